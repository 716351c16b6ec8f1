import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { UpdateView } from '../../services/admin/schema-update.ts'
import { InvariantError } from '../../services/core/errors.ts'
import { drain } from '../support/box-under-test.ts'
import { Namespaces } from '../support/netns.ts'
import { Machine, type MachineOptions } from './machine.ts'

/** Where the box is in its LAN; addresses for benchmarks (RFC 2544), since the lease load needs thousands. */
export const BOX = '198.18.0.1'
/** A second computer on the phone's socket, which has the time and may come in by SSH. */
export const TIME_SERVER = '198.18.0.9'
export const PHONE_MAC = '80:5e:c0:00:53:01'
/** The name that systemd gives a network card in this place of the machine. */
export const CARD = 'enp0s16'
/** A bundle on its way into an emulated machine that shares its processor. */
const UPLOAD_S = 900
const PASSWORD = 'correct horse battery staple'

/** Writes what udhcpc learned, and puts the address on the interface. */
const UDHCPC_SCRIPT = `#!/bin/sh
case "$1" in
  bound|renew)
    ip address replace "$ip/$mask" dev "$interface"
    env > "$OUT.new" && mv "$OUT.new" "$OUT" ;;
esac
exit 0
`

export type Lease = Readonly<Record<string, string>>

/**
 * A LAN of its own in network namespaces: a switch, a box in QEMU on one of its sockets, and a computer on another whose
 * network card looks like a phone's. Nothing of it reaches the machine's own network.
 */
export class Office implements AsyncDisposable {
  readonly lab = new Namespaces()
  readonly folder = mkdtempSync(join(tmpdir(), 'branchline-image-'))
  machine!: Machine
  #hangUp = new AbortController()

  /** Plugs everything in; the box is still off. `config` is its configuration file besides DHCP for this LAN. */
  static async make(
    options: Omit<MachineOptions, 'lab' | 'namespace' | 'folder'>,
    config: object = {},
  ): Promise<Office> {
    const office = new Office()
    const { lab, folder } = office
    try {
      await lab.add('lan')
      await lab.bridge('lan', 'br0')
      await lab.ip('lan', 'tuntap', 'add', 'dev', 'tap0', 'mode', 'tap')
      await lab.ip('lan', 'link', 'set', 'tap0', 'master', 'br0')
      await lab.add('phone')
      await lab.cable(
        { namespace: 'phone', device: 'eth0', mac: PHONE_MAC },
        { namespace: 'lan', device: 'port1', bridge: 'br0' },
      )
      office.machine = new Machine({ ...options, lab, namespace: 'lan', folder })
      office.machine.put('network.conf', `ADDRESS=${BOX}/16\nNTP=${TIME_SERVER}\n`)
      const network = {
        id: 'lab',
        interface: CARD,
        subnet: '198.18.0.0/16',
        pools: ['198.18.1.0-198.18.80.255'],
        lease: '1h',
      }
      const dhcp = { probe: false, interfaces: { [CARD]: { mode: 'full' } }, networks: [network] }
      // JSON is YAML too.
      office.machine.put('branchline.yaml', JSON.stringify({ dhcp, ...config }))
      return office
    } catch (thrown) {
      await office[Symbol.asyncDispose]()
      throw thrown
    }
  }

  /** Before it is switched on: lets this computer in by SSH, and gives it the time to tell. */
  async plugInComputer(): Promise<void> {
    const made = Bun.spawnSync(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(this.folder, 'key')])
    if (made.exitCode !== 0) throw new InvariantError(`no key for SSH: ${made.stderr.toString()}`)
    this.machine.put('authorized_keys', readFileSync(join(this.folder, 'key.pub'), 'utf8'))
    await this.lab.address('phone', 'eth0', `${TIME_SERVER}/16`)
    await this.lab.address('phone', 'eth0', '169.254.200.1/16')
    const server = this.lab.start('phone', [process.execPath, 'test/support/ntp.ts', 'serve', TIME_SERVER])
    void drain(server.stdout, () => {})
    void drain(server.stderr, (text) => process.stderr.write(text))
  }

  /** Runs something as root on the box. */
  async ssh(command: string, host = BOX): Promise<string> {
    const key = ['-i', join(this.folder, 'key'), '-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes']
    const known = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR']
    const asked = [
      'ssh',
      '-F',
      'none',
      ...key,
      ...known,
      '-o',
      'ConnectTimeout=60',
      '-o',
      'ServerAliveInterval=10',
      `root@${host}`,
      command,
    ]
    const ended = await this.lab.run('phone', asked, { timeoutMs: 180_000 })
    if (ended.code !== 0)
      throw new InvariantError(`${command}: ${ended.stderr.slice(-1000)}${ended.stdout.slice(-500)}`)
    return ended.stdout
  }

  /** The address that the box took without being given it. */
  async linkLocal(): Promise<string> {
    const said = await this.ssh(`ip -4 -brief address show dev ${CARD}`)
    const [found] = /169\.254\.\d+\.\d+/.exec(said) ?? []
    if (found === undefined) throw new InvariantError(`the box has no link-local address: ${said}`)
    return found
  }

  /** Asks for an address as a phone, once a second, until the box answers. */
  async lease(patienceMs: number, ...more: readonly string[]): Promise<Lease> {
    const script = join(this.folder, 'udhcpc.sh')
    const out = join(this.folder, 'lease')
    writeFileSync(script, UDHCPC_SCRIPT)
    chmodSync(script, 0o755)
    rmSync(out, { force: true })
    const tries = String(Math.ceil(patienceMs / 1000))
    const asked = [
      'udhcpc',
      '-i',
      'eth0',
      '-n',
      '-q',
      '-f',
      '-t',
      tries,
      '-T',
      '1',
      '-s',
      script,
      '-V',
      'yealink',
      '-O',
      '66',
    ]
    // udhcpc shows only names of hosts in option 66, no URLs: it is read off the wire.
    const heard = this.#listen()
    const ended = await this.lab.run('phone', [...asked, ...more], {
      env: { OUT: out },
      timeoutMs: patienceMs + 10_000,
    })
    if (ended.code !== 0)
      throw new InvariantError(`no lease: ${ended.stderr.slice(-500)}\n${this.machine.serial.slice(-2000)}`)
    const lines = readFileSync(out, 'utf8').split('\n')
    const learned = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]))
    return { ...learned, tftp: await heard(/\(66\),[^"\n]*"([^"]*)"/) }
  }

  /** Listens to DHCP at the phone's socket; the returned function waits for a text and ends that. */
  #listen(): (pattern: RegExp) => Promise<string> {
    const child = this.lab.start('phone', ['tcpdump', '-i', 'eth0', '-l', '-n', '-v', '-s', '0', 'udp port 68'])
    let text = ''
    const reading = (async () => {
      const decoder = new TextDecoder()
      for await (const chunk of child.stdout) text += decoder.decode(chunk)
    })()
    return async (pattern) => {
      for (let i = 0; i < 50 && !pattern.test(text); i++) await Bun.sleep(100)
      child.kill()
      await reading
      const [, found] = pattern.exec(text) ?? []
      if (found === undefined) throw new InvariantError(`no ${pattern} in what was heard:\n${text.slice(-1500)}`)
      return found
    }
  }

  /** Pulls the plug of the box; whoever was speaking with it is not left waiting for an answer. */
  async cut(): Promise<void> {
    await this.machine.cut()
    this.#hangUp.abort()
    this.#hangUp = new AbortController()
  }

  /** curl on the phone's socket of the switch. */
  async curl(...args: readonly string[]): Promise<string> {
    const jar = join(this.folder, 'cookies')
    const base = ['curl', '-sS', '-k', '-m', '120', '-c', jar, '-b', jar]
    const options = { timeoutMs: UPLOAD_S * 1000 + 30_000, signal: this.#hangUp.signal }
    const ended = await this.lab.run('phone', [...base, ...args], options)
    if (ended.code !== 0) throw new InvariantError(`curl ${args.join(' ')}: ${ended.stderr}`)
    return ended.stdout
  }

  async api<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const given = body === undefined ? [] : ['-H', 'content-type: application/json', '-d', JSON.stringify(body)]
    const text = await this.curl('-X', method, '-H', 'x-branchline: 1', ...given, `https://${BOX}:8443/api/v1${path}`)
    const said = `${method} ${path} answered ${JSON.stringify(text.slice(0, 500))}`
    let answer: unknown
    try {
      answer = JSON.parse(text)
    } catch {
      throw new InvariantError(said)
    }
    if (typeof answer === 'object' && answer !== null && 'error' in answer) throw new InvariantError(said)
    return answer as Answer
  }

  /** Makes the first account with the code that the box shows on its console. */
  async makeFirstAccount(): Promise<void> {
    const [, setupCode] = await this.machine.shows(/with the setup code (\S+)/, 120_000)
    const made = await this.api<{ state: string }>('POST', '/sign-in/first', {
      name: 'lab',
      password: PASSWORD,
      setupCode,
    })
    if (made.state !== 'signed-in') throw new InvariantError(`no first account: ${JSON.stringify(made)}`)
  }

  async signIn(password = PASSWORD): Promise<void> {
    await this.api('POST', '/sign-in', { name: 'lab', password })
  }

  /** Enters the phone that hangs on this LAN. */
  async enterPhone(): Promise<void> {
    const line = { index: 1, user: '201', label: 'Desk', server: 'pbx.example.net', secret: 'lab-secret-4711' }
    await this.api('PUT', `/devices/${PHONE_MAC.replaceAll(':', '')}`, {
      ...{ vendor: 'yealink', model: 'SIP-T46U', name: 'Desk', lines: [line] },
    })
  }

  /** Hands a bundle to the box as the page does, and waits until it is installed or refused. */
  async update(bundle: string, seen: (view: UpdateView) => void = () => {}): Promise<UpdateView> {
    const headers = ['-H', 'content-type: application/octet-stream', '-H', 'x-branchline: 1']
    const url = `https://${BOX}:8443/api/v1/update`
    return this.#installed(JSON.parse(await this.curl('-m', String(UPLOAD_S), ...headers, '-T', bundle, url)), seen)
  }

  /** The same where the bundle's way over TLS into an emulated machine would take longest: its system fetches it. */
  async updateFromTheSide(bundle: string, seen: (view: UpdateView) => void): Promise<UpdateView> {
    const served = this.lab.start('phone', [
      ...['busybox', 'httpd', '-f', '-p', `${TIME_SERVER}:8000`, '-h', dirname(bundle)],
    ])
    const folder = '/var/lib/branchline/update'
    const url = `http://${TIME_SERVER}:8000/${basename(bundle)}`
    await this.ssh(`
      set -e
      busybox wget -q -O ${folder}/bundle.raucb ${url}
      chown branchline:branchline ${folder}/bundle.raucb
      : >${folder}/install
      while [ -e ${folder}/install ]; do sleep 0.2; done
      sleep 2
    `)
    served.kill()
    return this.#installed(await this.api<UpdateView>('GET', '/update'), seen)
  }

  async #installed(first: UpdateView, seen: (view: UpdateView) => void): Promise<UpdateView> {
    let now = first
    seen(now)
    while (now.phase === 'checking' || now.phase === 'installing') {
      await Bun.sleep(300)
      now = await this.api<UpdateView>('GET', '/update')
      seen(now)
    }
    return now
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.machine?.[Symbol.asyncDispose]()
    await this.lab[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
