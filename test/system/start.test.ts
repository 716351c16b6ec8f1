import { Database } from 'bun:sqlite'
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  branchline,
  freePorts,
  LAUNCHER,
  plainEnvironment,
  portFlags,
  temporaryFolder,
} from '../support/box-process.ts'
import { drain, MAIN } from '../support/box-under-test.ts'
import { describeOrSkip, Namespaces, toolPath } from '../support/netns.ts'

type Child = Bun.Subprocess<'ignore' | 'pipe', 'pipe', 'pipe'>

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder[Symbol.asyncDispose]())

/** Reads what a box says, and waits for a text in it. */
function listen(child: Child) {
  const said = { out: '', err: '' }
  const waiting = new Set<() => void>()
  const heard = (stream: 'out' | 'err') => (text: string) => {
    said[stream] += text
    for (const look of waiting) look()
  }
  const reading = Promise.all([drain(child.stdout, heard('out')), drain(child.stderr, heard('err'))])
  return {
    said,
    until(wanted: RegExp): Promise<RegExpExecArray> {
      return new Promise((resolve, reject) => {
        const look = () => {
          const match = wanted.exec(said.out)
          if (match === null) return
          waiting.delete(look)
          resolve(match)
        }
        waiting.add(look)
        look()
        void reading.then(() => reject(new TypeError(`the box ended without ${wanted}: ${said.err}${said.out}`)))
      })
    },
    /** How long it takes from SIGTERM to its end, in milliseconds. */
    async stop() {
      const begin = performance.now()
      child.kill('SIGTERM')
      await child.exited
      const ms = performance.now() - begin
      await reading
      return { code: child.exitCode, ms }
    },
  }
}

function start(...words: readonly string[]): Child {
  return Bun.spawn([process.execPath, MAIN, 'up', ...words], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    env: plainEnvironment(),
  })
}

describeOrSkip('a box that starts', ['namespaces', 'setpriv', 'node'], () => {
  const lab = new Namespaces()
  beforeAll(async () => {
    await lab.add('box')
    await lab.add('office')
    await lab.cable(
      { namespace: 'box', device: 'eth0', address: '192.0.2.1/24' },
      { namespace: 'office', device: 'eth0', address: '192.0.2.9/24' },
    )
  })
  afterAll(() => lab[Symbol.asyncDispose]())

  it('as root listens on the real ports, leaves DHCP off, and stops within two seconds without a trace', async () => {
    const data = join(folder.path, 'root')
    const child = lab.start('box', [toolPath('node') ?? 'node', LAUNCHER, 'up', '--data', data])
    const box = listen(child)
    await box.until(/page {2}http/)
    expect(box.said.out.split('\n')).toEqual([
      expect.stringMatching(/^branchline \S+: eth0 192\.0\.2\.1\/24$/),
      '  dhcp     eth0: off: not enabled for this interface',
      '  tftp     eth0 port 69',
      '  http     192.0.2.1:80',
      '  https    192.0.2.1:443',
      '  sip pnp  eth0 port 5060',
      '  DHCP stays off until you enable it: branchline dhcp enable INTERFACE',
      '  page  http://127.0.0.1:8080/',
      '  nobody has an account yet: branchline accounts add NAME makes the first',
      '',
    ])
    expect((await stat(data)).mode & 0o777).toBe(0o700)
    for (const name of await readdir(data)) {
      const { mode } = await stat(join(data, name))
      expect([name, mode & 0o077]).toEqual([name, 0])
    }
    const asked = await lab.run('office', ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', 'http://192.0.2.1/'])
    expect(asked.stdout).toBe('404')

    const second = await lab.run('box', [process.execPath, MAIN, 'up', '--data', data])
    expect(second).toMatchObject({ code: 5, stdout: '' })
    expect(second.stderr).toMatch(/^branchline: another box \(process \d+\) uses the data folder .*; stop it/)

    const { code, ms } = await box.stop()
    expect(code).toBe(0)
    expect(ms).toBeLessThan(2_000)
    expect(await readdir(data)).not.toContain('branchline.sock')
    expect(box.said.err).not.toMatch(/ (warn|error) /)
  })

  it('as an ordinary user listens on high ports and says which', async () => {
    const data = join(folder.path, 'user')
    await mkdir(data)
    await chmod(folder.path, 0o755)
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
    await lab.run('box', ['chown', '65534:65534', data])
    const box = listen(lab.start('box', [...nobody, process.execPath, MAIN, 'up', '--data', data]))
    await box.until(/page {2}http/)
    expect(box.said.out.split('\n').slice(1, 6)).toEqual([
      '  dhcp     eth0: off: not enabled for this interface',
      '  tftp     eth0 port 10069',
      '  http     192.0.2.1:10080',
      '  https    192.0.2.1:10443',
      '  sip pnp  eth0 port 15060',
    ])
    expect((await box.stop()).code).toBe(0)

    const asked = await lab.run('box', [...nobody, process.execPath, MAIN, 'up', '--data', data, '--http-port', '80'])
    expect(asked).toMatchObject({ code: 5, stdout: '' })
    expect(asked.stderr).toContain(
      'http: tcp port 80 on 192.0.2.1 is not allowed to this user; choose one over 1023 with --http-port',
    )
  })

  it('with --demo shows journeys within ten seconds, sends nothing out, and takes its folder away', async () => {
    // A host of its own, on which the kernel has nothing to say either.
    await lab.add('demo')
    await lab.run('demo', ['sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1'])
    await lab.cable(
      { namespace: 'demo', device: 'eth0', address: '198.51.100.1/24' },
      { namespace: 'office', device: 'eth1', address: '198.51.100.2/24' },
    )
    const before = await traffic()
    const begin = performance.now()
    const box = listen(lab.start('demo', [process.execPath, MAIN, 'up', '--demo']))
    const [, data = ''] = await box.until(/branchline devices list --data (\S+)/)
    await box.until(/ 404 .*cfgc074ad00d006\.xml\n/)
    expect(performance.now() - begin).toBeLessThan(10_000)
    const listed = await branchline(['devices', 'list', '--data', data])
    expect(listed.out).toMatch(/Front desk .* configured \d+ s ago/)
    expect(await box.stop()).toMatchObject({ code: 0 })
    await expect(stat(data)).rejects.toThrow('ENOENT')
    const after = await traffic()
    expect(after.eth0).toBe(before.eth0)
    expect(after.lo).toBeGreaterThan(before.lo)
  })

  /** Packets that each interface sent until now. */
  async function traffic(): Promise<{ readonly eth0: number; readonly lo: number }> {
    const { stdout } = await lab.run('demo', ['cat', '/proc/net/dev'])
    const sent = (name: string) =>
      Number(
        stdout
          .split('\n')
          .find((line) => line.trim().startsWith(`${name}:`))
          ?.split(/[:\s]+/)
          .filter((word) => word !== '')[10],
      )
    return { eth0: sent('eth0'), lo: sent('lo') }
  }
})

describe('a box that cannot start', () => {
  it('names every port that is taken, starts nothing and leaves nothing', async () => {
    const ports = await freePorts()
    const taken = ['http-port', 'admin-port'] as const
    const servers = taken.map((name) => createServer().listen(ports[name], '127.0.0.1'))
    try {
      const { code, out, err } = await branchline(['up', '--demo', ...portFlags(ports)])
      expect([code, out]).toEqual([5, ''])
      expect(err.split('\n')).toEqual([
        'branchline: the box cannot start:',
        `  http: tcp port ${ports['http-port']} on 127.0.0.1 is taken by another program; choose another with --http-port`,
        `  page: tcp port ${ports['admin-port']} on 127.0.0.1 is taken by another program; choose another with --admin-port`,
        '',
      ])
    } finally {
      for (const server of servers) server.close()
    }
  })

  it('names every fault of its configuration and makes no folder', async () => {
    const file = join(folder.path, 'broken.yaml')
    const data = join(folder.path, 'never')
    await writeFile(
      file,
      ['ports:', '  http: eighty', 'dhcp:', '  networks:', '    - { id: a, subnet: 192.0.2.0/33, pools: [] }', ''].join(
        '\n',
      ),
    )
    const { code, out, err } = await branchline(['up', '--config', file, '--data', data, '--log-level', 'loud'])
    expect([code, out]).toEqual([5, ''])
    expect(err).toMatch(/^branchline: configuration cannot be used:\n/)
    expect(err).toContain(`${file}:2: ports.http: `)
    expect(err).toContain(`${file}:5: dhcp.networks.0.subnet: `)
    expect(err).toContain('flag --log-level: log.level: ')
    await expect(stat(data)).rejects.toThrow('ENOENT')

    await writeFile(file, 'ports: { http: 80\nlog: }')
    expect(await branchline(['up', '--config', file])).toMatchObject({
      code: 5,
      err: expect.stringContaining(`${file}:2:`),
    })
  })

  it('leaves a newer database alone', async () => {
    const data = join(folder.path, 'newer')
    await mkdir(data)
    const path = join(data, 'branchline.db')
    const database = new Database(path, { create: true })
    database.run('PRAGMA user_version = 9999')
    database.close()
    const before = await Bun.file(path).bytes()
    const { code, err } = await branchline(['up', '--data', data])
    expect(code).toBe(5)
    expect(err).toContain(`database ${path} is version 9999, newer than version`)
    expect((await Bun.file(path).bytes()).length).toBe(before.length)
    expect((await readdir(data)).filter((name) => name.endsWith('.key'))).toEqual([])
  })

  it('says so when its folder cannot be made', async () => {
    const { code, err } = await branchline(['up', '--data', '/proc/none'])
    expect([code, err]).toEqual([5, expect.stringMatching(/data folder \/proc\/none cannot be made.*--data/)])
  })
})

describe('a box that is asked to stop while it starts', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with 0 and nothing is left', async (signal) => {
    const ports = await freePorts()
    const child = start('--demo', ...portFlags(ports))
    const box = listen(child)
    // Its services run, its phones have only begun.
    const [, data = ''] = await box.until(/--data (\S+)/)
    child.kill(signal)
    await child.exited
    expect(child.exitCode).toBe(0)
    await expect(stat(data)).rejects.toThrow('ENOENT')
  })
})
