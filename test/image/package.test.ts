import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InvariantError } from '../../services/core/errors.ts'
import { drain, PATIENTLY } from '../support/box-under-test.ts'
import { hasTool, Namespaces, whyNoNamespaces } from '../support/netns.ts'

// The Debian package, installed by dpkg into a Debian 12 of its own, and its program run as its unit runs it.
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BOX = '192.0.2.1'
const MINUTES_MS = 600_000
const DEFAULTS = '/etc/default/branchline'
const UNIT = '/usr/lib/systemd/system/branchline.service'
const ENABLED = '/etc/systemd/system/multi-user.target.wants/branchline.service'
/** Runs what follows in a tree that follows, with what the kernel shows of this network. */
const IN_TREE = [
  ...['unshare', '--mount', 'sh', '-c'],
  'cd "$0" && mount -t proc proc proc && mount -t sysfs sysfs sys && mount --rbind /dev dev && exec chroot . "$@"',
]
const missing = ['mmdebstrap', 'dpkg-deb', 'setpriv', 'udhcpc', 'curl'].find((tool) => !hasTool(tool))
const reason =
  process.env.BRANCHLINE_NIGHTLY === undefined
    ? 'BRANCHLINE_NIGHTLY is not set'
    : (whyNoNamespaces() ?? (missing === undefined ? undefined : `${missing} is not installed`))

describe.skipIf(reason !== undefined)(
  `the Debian package${reason === undefined ? '' : ` [skipped: ${reason}]`}`,
  () => {
    const lab = new Namespaces()
    const folder = mkdtempSync(join(tmpdir(), 'branchline-package-'))
    const tree = join(folder, 'tree')
    let untouched: readonly string[]
    let running: Bun.Subprocess | undefined

    const within = (path: string) => join(tree, path)
    async function run(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
      const child = Bun.spawn([...command], {
        env: { ...process.env, ...env },
        ...{ cwd: ROOT, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' },
      })
      const [said, complained, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ])
      if (code !== 0) throw new InvariantError(`${command.join(' ')}: ${complained.slice(-2000)}${said.slice(-500)}`)
      return said
    }
    const inTree = (...command: readonly string[]) => run(['chroot', tree, ...command])
    const build = (version: string) => run(['image/deb', '--version', version, '--out', folder])
    const install = async (version: string) => {
      const name = `branchline_${version}_amd64.deb`
      await run(['cp', join(folder, name), within('/tmp/')])
      await inTree('dpkg', '--install', '--force-confdef', `/tmp/${name}`)
      rmSync(within(`/tmp/${name}`))
    }
    const userId = async () => (await inTree('id', '-u', 'branchline')).trim()
    const files = async () => (await inTree('find', '/etc', '/usr', '/var', '/opt', '/srv', '-xdev')).split('\n')

    /** Starts the program as systemd would: its user and group, two capabilities and no others, its environment. */
    async function start(): Promise<void> {
      const unit = readFileSync(within(UNIT), 'utf8')
      const settings = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(([, words = '']) => words.split(' '))
      expect(/^CapabilityBoundingSet=(.*)$/m.exec(unit)?.[1]).toBe('CAP_NET_BIND_SERVICE CAP_NET_RAW')
      const data = within('/var/lib/branchline')
      if (!existsSync(data)) mkdirSync(data, { mode: 0o700 })
      await inTree('chown', 'branchline:branchline', '/var/lib/branchline')
      const only = '-all,+net_bind_service,+net_raw'
      const as = ['setpriv', '--reuid=branchline', '--regid=branchline', '--clear-groups', '--no-new-privs']
      const capabilities = [`--inh-caps=${only}`, `--ambient-caps=${only}`, `--bounding-set=${only}`]
      const program = ['env', '-i', 'PATH=/usr/bin:/bin', ...settings, '/usr/bin/branchline', 'up']
      const child = lab.start('box', [...IN_TREE, tree, ...as, ...capabilities, ...program])
      running = child
      let said = ''
      void drain(child.stdout, (text) => {
        said += text
      })
      void drain(child.stderr, (text) => {
        said += text
      })
      await expect.poll(() => said, { timeout: 60_000 }).toMatch(/page {2}http:/)
    }
    async function stop(): Promise<void> {
      running?.kill('SIGTERM')
      expect(await running?.exited).toBe(0)
    }
    const cli = (...words: readonly string[]) =>
      lab.run('box', [...IN_TREE, tree, '/usr/bin/branchline', ...words, '--data', '/var/lib/branchline'])
    async function lease(): Promise<string> {
      const asked = [
        'udhcpc',
        '-i',
        'eth0',
        '-n',
        '-q',
        '-f',
        '-t',
        '20',
        '-T',
        '1',
        '-V',
        'yealink',
        '-s',
        '/bin/true',
      ]
      const { stdout, stderr } = await lab.run('phone', asked, { timeoutMs: 60_000 })
      return /lease of (\S+) obtained/.exec(stdout + stderr)?.[1] ?? `no lease: ${stdout}${stderr}`
    }

    beforeAll(async () => {
      for (const name of ['box', 'phone']) await lab.add(name)
      await lab.cable(
        { namespace: 'box', device: 'eth0', address: `${BOX}/24` },
        { namespace: 'phone', device: 'eth0', mac: '80:5e:c0:00:53:01', address: '192.0.2.250/24' },
      )
      await run([
        ...['mmdebstrap', '--mode=root', '--quiet', '--variant=essential', '--include=systemd,passwd'],
        ...['bookworm', tree, 'http://deb.debian.org/debian'],
      ])
      untouched = await files()
      await build('0.9.0')
      await build('0.9.1')
    }, MINUTES_MS)
    afterAll(async () => {
      await lab[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    }, MINUTES_MS)

    it(
      'installs: a user of its own, enabled, every file as it was packed',
      async () => {
        await install('0.9.0')
        expect(await inTree('dpkg', '--status', 'branchline')).toMatch(
          /^Status: install ok installed$.*^Version: 0\.9\.0$/ms,
        )
        expect(await inTree('dpkg', '--verify', 'branchline')).toBe('')
        expect(await inTree('getent', 'passwd', 'branchline')).toMatch(/^branchline:x:\d{3}:\d{3}:.*\/nologin$/m)
        expect(existsSync(within(ENABLED)) || (await inTree('readlink', ENABLED))).toBeTruthy()
        expect(await inTree('sh', '-c', `systemd-analyze verify ${UNIT} 2>&1 | grep branchline || true`)).toBe('')
      },
      MINUTES_MS,
    )

    it(
      'runs as its user with its two capabilities, and serves phones',
      async () => {
        await start()
        expect((await cli('check')).stdout).toContain('well')
        expect((await cli('dhcp', 'enable', 'eth0')).code).toBe(0)
        expect(await lease()).toMatch(/^192\.0\.2\./)
        const ask = ['curl', '-sS', '-o', '/dev/null', '-w', '%{http_code}', `http://${BOX}/y.cfg`]
        expect((await lab.run('phone', ask)).stdout).toMatch(/^[24]\d\d$/)
        const owners = await inTree('find', '/var/lib/branchline', '!', '-uid', await userId())
        expect(owners).toBe('')
        await stop()
      },
      MINUTES_MS,
    )

    it(
      'is updated, and keeps what it knew and what was set',
      async () => {
        writeFileSync(within(DEFAULTS), `${readFileSync(within(DEFAULTS), 'utf8')}BRANCHLINE_ADMIN_LISTEN=lan\n`)
        rmSync(within(ENABLED), { force: true })
        await install('0.9.1')
        expect(readFileSync(within(DEFAULTS), 'utf8')).toContain('\nBRANCHLINE_ADMIN_LISTEN=lan\n')
        // Somebody had disabled it.
        expect(await inTree('sh', '-c', `test ! -L ${ENABLED} && echo still`)).toBe('still\n')
        await start()
        await expect
          .poll(async () => (await cli('dhcp', 'status')).stdout, PATIENTLY)
          .toMatch(/eth0 +full +on: answers/)
        expect((await cli('dhcp', 'status')).stdout).toMatch(/eth0 +127 +1 /)
        await stop()
      },
      MINUTES_MS,
    )

    it(
      'is removed and leaves its data; is purged and leaves nothing but its user',
      async () => {
        await inTree('dpkg', '--remove', 'branchline')
        expect([existsSync(within('/usr/lib/branchline')), existsSync(within('/usr/bin/branchline'))]).toEqual([
          false,
          false,
        ])
        expect(existsSync(within('/var/lib/branchline/branchline.db'))).toBe(true)
        expect(existsSync(within(DEFAULTS))).toBe(true)
        await inTree('dpkg', '--purge', 'branchline')
        const left = (await files()).filter((path) => !untouched.includes(path))
        const ownOfDebian =
          /^\/(etc\/(passwd|group|shadow|gshadow)-|etc\/\.pwd\.lock|var\/lib\/dpkg\/|var\/log\/dpkg\.log$|var\/lib\/systemd\/deb-systemd-helper-(en|mask)abled?$|var\/lib\/systemd\/deb-systemd-helper-masked$|var\/lib\/systemd$)/
        expect(left.filter((path) => !ownOfDebian.test(path))).toEqual([])
      },
      MINUTES_MS,
    )
  },
)
