import { join } from 'node:path'
import { InvariantError } from '../../services/core/errors.ts'
import { drain } from '../support/box-under-test.ts'
import type { CommandResult, Namespaces } from '../support/netns.ts'

// tshark takes any option 43 that begins with sub-option 58 or 64 to 67 for Alcatel-Lucent's, Snom's 66 among them.
const HEURISTICS = ['--disable-heuristic', 'alcatel_lucent_dhcp']

/** Everything that an interface of the box sends and hears, as tshark reads it. */
export class Capture {
  readonly #lab: Namespaces
  readonly #file: string
  #child: Bun.Subprocess<'pipe', 'pipe', 'pipe'> | undefined

  private constructor(lab: Namespaces, file: string) {
    this.#lab = lab
    this.#file = file
  }

  static async start(lab: Namespaces, folder: string, device = 'eth0'): Promise<Capture> {
    const capture = new Capture(lab, join(folder, `${device}.pcap`))
    const command = ['tcpdump', '-i', device, '-Z', 'root', '--immediate-mode', '-U', '-w', capture.#file]
    const child = lab.start('box', command)
    const heard = Promise.withResolvers<void>()
    let said = ''
    void drain(child.stdout, () => {})
    void drain(child.stderr, (text) => {
      said += text
      if (said.includes('listening on')) heard.resolve()
    }).then(() => heard.reject(new InvariantError(`tcpdump ended: ${said}`)))
    await heard.promise
    capture.#child = child
    return capture
  }

  /** Ends the capture; what was heard until now is in the file. */
  async stop(): Promise<void> {
    this.#child?.kill('SIGINT')
    await this.#child?.exited
    this.#child = undefined
  }

  /** The given fields of the packets that pass the filter, a row a packet. */
  async fields(filter: string, ...names: readonly string[]): Promise<string[][]> {
    const wanted = names.flatMap((name) => ['-e', name])
    const result = await this.#tshark('-Y', filter, '-T', 'fields', ...wanted)
    return result.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t'))
  }

  /** The packets sent from this address by DHCP, TFTP or SIP in which tshark finds a fault, and how many there were. */
  async faults(from: string): Promise<{ readonly faulty: readonly string[]; readonly packets: number }> {
    const sent = `ip.src == ${from} && (dhcp || tftp || sip)`
    const packets = (await this.fields(sent, 'frame.number')).length
    const faulty = await this.#tshark('-Y', `${sent} && (_ws.malformed || _ws.expert.severity == error)`, '-V')
    return { packets, faulty: faulty.stdout === '' ? [] : faulty.stdout.split('\n\n') }
  }

  async #tshark(...args: readonly string[]): Promise<CommandResult> {
    const command = ['tshark', '-n', ...HEURISTICS, '-r', this.#file, ...args]
    const result = await this.#lab.run('box', command)
    // A capture that is still running ends within a packet now and then.
    if (result.code !== 0 && !result.stderr.includes('cut short'))
      throw new InvariantError(`tshark ${args.join(' ')}: ${result.stderr}`)
    return result
  }
}
