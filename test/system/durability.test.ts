import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BoxUnderTest, drain } from '../support/box-under-test.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { makeRandom } from '../support/random.ts'

const ROUNDS = 20
const LOOP = fileURLToPath(new URL('./lease-loop.ts', import.meta.url))
const CONFIG = {
  interfaces: ['eth0'],
  log: { level: 'warn' },
  dhcp: {
    probe: false,
    interfaces: { eth0: { mode: 'full', besideForeignServer: true } },
    networks: [
      { id: 'office', interface: 'eth0', subnet: '198.18.0.0/16', pools: ['198.18.1.0-198.18.80.255'], lease: '1h' },
    ],
  },
}

describeOrSkip('a box that is killed again and again', ['namespaces'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest
  beforeAll(async () => {
    await lab.add('box')
    await lab.add('office')
    await lab.cable(
      { namespace: 'box', device: 'eth0', address: '198.18.0.1/16' },
      { namespace: 'office', device: 'eth0', address: '198.18.0.9/16' },
    )
    box = await BoxUnderTest.make(lab, CONFIG)
  })
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
    await box[Symbol.asyncDispose]()
  })

  it(`keeps every acknowledged lease and device through ${ROUNDS} kills, and gives no address twice`, async () => {
    const random = makeRandom(9)
    const leased = new Map<string, string>()
    const holders = new Map<string, string>()
    const faults: string[] = []
    const written = new Map<string, string>()
    const heard = new Set<() => void>()
    let acknowledged = 0
    let running = true

    function acknowledge(): void {
      acknowledged++
      for (const look of heard) look()
    }
    function take(line: string): void {
      const [answer, mac = '', address = ''] = line.split(' ')
      if (answer !== 'ack') faults.push(`refused: ${line}`)
      const before = leased.get(mac)
      if (before !== undefined && before !== address) faults.push(`${mac} had ${before}, got ${address}`)
      const holder = holders.get(address)
      if (holder !== undefined && holder !== mac) faults.push(`${address} of ${holder} was given to ${mac}`)
      leased.set(mac, address)
      holders.set(address, mac)
      acknowledge()
    }
    /** Waits until so many more answers and writes were acknowledged. */
    function more(count: number): Promise<void> {
      const goal = acknowledged + count
      return new Promise((resolve) => {
        const look = () => {
          if (acknowledged < goal) return
          heard.delete(look)
          resolve()
        }
        heard.add(look)
        look()
      })
    }
    async function write(): Promise<void> {
      for (let n = 0; running; n++) {
        const mac = `00005e0053${(n % 50).toString(16).padStart(2, '0')}`
        const name = `write ${n}`
        const body = JSON.stringify({ name, lines: [{ index: 1, user: String(n), secret: `s3cret-${n}` }] })
        const stored = await fetch(`http://localhost/api/v1/devices/${mac}`, {
          ...{ unix: join(box.data, 'branchline.sock'), method: 'PUT', body },
          headers: { 'content-type': 'application/json' },
        }).then(
          (response) => response.ok,
          () => undefined,
        )
        if (stored === true) {
          written.set(mac, name)
          acknowledge()
        } else if (stored === false) faults.push(`${name} was refused`)
        else await Bun.sleep(10)
      }
    }
    async function check(): Promise<void> {
      // What was acknowledged before the question; more comes in while it is answered.
      const [leasedBefore, writtenBefore] = [[...leased], [...written]]
      const { leases } = await box.api<{ leases: { mac?: string; address: string; state: string }[] }>('/leases')
      const active = new Map(leases.filter(({ state }) => state === 'active').map((it) => [it.address, it.mac]))
      for (const [mac, address] of leasedBefore)
        if (active.get(address) !== mac) faults.push(`lease of ${mac} for ${address} is ${active.get(address)}`)
      const { devices } = await box.api<{ devices: { mac: string; name: string }[] }>('/devices')
      const names = new Map(devices.map(({ mac, name }) => [mac.replaceAll(':', ''), name]))
      for (const [mac, name] of writtenBefore) {
        // The one that was under way may be stored without an answer.
        const number = Number((names.get(mac) ?? 'none -1').split(' ')[1])
        if (number < Number(name.split(' ')[1])) faults.push(`${name} of ${mac} is ${names.get(mac)}`)
      }
    }

    const loop = lab.start('office', [process.execPath, LOOP, '198.18.0.9', '198.18.0.1'])
    let rest = ''
    void drain(loop.stderr, (text) => faults.push(text))
    void drain(loop.stdout, (text) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) take(line)
    })
    await box.start()
    const writing = write()
    for (let round = 0; round < ROUNDS && faults.length === 0; round++) {
      await more(5 + Math.floor(random() * 40))
      await box.kill()
      // Every fourth time it does not even come up again before the next kill.
      if (round % 4 === 3) {
        const starting = box.start().catch(() => undefined)
        await Bun.sleep(random() * 600)
        await box.kill()
        await starting
      }
      await box.start()
      await check()
    }
    running = false
    await writing
    loop.kill('SIGKILL')
    expect(faults).toEqual([])
    expect(leased.size).toBeGreaterThan(ROUNDS * 5)
    // How many writes come between the leases is the machine's affair.
    expect(written.size).toBeGreaterThan(ROUNDS)
    expect(await box.stop()).toBe(0)
  }, 300_000)
})
