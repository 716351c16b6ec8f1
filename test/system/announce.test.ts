import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { BoxUnderTest, drain, office } from '../support/box-under-test.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'

const QUESTION = fileURLToPath(new URL('../support/lan-question.ts', import.meta.url))

interface Heard {
  readonly from: string
  readonly text?: string
  readonly answers?: readonly { name: string; type: string; data: unknown }[]
}

/** Asks the LAN in a namespace and gives the answers up to the first that `enough` says is enough. */
async function ask(lab: Namespaces, namespace: string, words: readonly string[], enough: (heard: Heard) => boolean) {
  const child = lab.start(namespace, [process.execPath, QUESTION, ...words])
  const heard: Heard[] = []
  const errors = new Response(child.stderr).text()
  let rest = ''
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${text}`.split('\n')
    rest = lines.pop() ?? ''
    heard.push(...lines.map((line) => JSON.parse(line) as Heard))
    if (heard.some(enough)) break
  }
  await child.stdin.end()
  child.kill()
  expect(await errors).toBe('')
  return heard
}

/** The box with two LANs, a laptop on each: `near` on eth0 (192.0.2.0/24), `far` on eth1 (198.51.100.0/24). */
async function twoLans(lab: Namespaces): Promise<void> {
  await office(lab, { near: { address: '192.0.2.20/24' } })
  await lab.add('far')
  await lab.cable(
    { namespace: 'box', device: 'eth1', address: '198.51.100.1/24' },
    { namespace: 'far', device: 'eth0', address: '198.51.100.20/24' },
  )
}

// Each test has networks and a box of its own, and waits most of its time: they wait together.
describeOrSkip.concurrent('being found', ['namespaces'], () => {
  it('says nothing while the page is on loopback, and on each LAN its own address once there is an account', async () => {
    await using lab = new Namespaces()
    await twoLans(lab)
    await using box = await BoxUnderTest.make(lab)
    await box.start()
    expect(
      (await box.api<{ listeners: { service: string }[] }>('/about')).listeners.map((it) => it.service),
    ).not.toContain('page')
    // Nobody hears a question that nobody answers; the sockets are the proof.
    const udp = async () => (await lab.run('box', ['cat', '/proc/net/udp'])).stdout
    expect(await udp()).not.toMatch(/:14E9 |:076C /)
    await box.told('accounts', 'add', 'maria')
    for (const [namespace, own, address] of [
      ['near', '192.0.2.20', '192.0.2.1'],
      ['far', '198.51.100.20', '198.51.100.1'],
    ] as const) {
      const isAnswer = ({ answers }: Heard) => (answers ?? []).some(({ type }) => type === 'A')
      const heard = await ask(lab, namespace, ['mdns', 'branchline.local', 'A', own], isAnswer)
      const told = heard.flatMap(({ answers }) => answers ?? []).filter(({ type }) => type === 'A')
      expect(new Set(told.map(({ data }) => data))).toEqual(new Set([address]))
      const found = await ask(lab, namespace, ['ssdp', 'upnp:rootdevice', own], ({ text }) => text !== undefined)
      expect(found.map(({ from }) => from)).toEqual([address])
      expect(found[0]?.text).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
      expect(found[0]?.text).toContain(`LOCATION: http://${address}:8080/description.xml\r\n`)
      expect(found[0]?.text).toMatch(/\r\nSERVER: Linux\/1 UPnP\/1\.1 Branchline\//i)
      const xml = await lab.run(namespace, ['curl', '-sS', `http://${address}:8080/description.xml`])
      expect(xml.stdout).toContain(`<presentationURL>https://${address}:8443/</presentationURL>`)
      const udn = /USN: (uuid:[0-9a-f-]{36})::upnp:rootdevice/.exec(found[0]?.text ?? '')?.[1]
      expect(xml.stdout).toContain(`<UDN>${udn}</UDN>`)
    }
    const services = await ask(lab, 'near', ['mdns', '_https._tcp.local', 'PTR', '192.0.2.20'], ({ answers }) =>
      (answers ?? []).some(({ type }) => type === 'PTR'),
    )
    const srv = services.flatMap(({ answers }) => answers ?? []).find(({ type }) => type === 'SRV')
    expect(srv?.data).toMatchObject({ port: 8443, target: 'branchline.local' })
    const plain = await ask(lab, 'far', ['mdns', '_http._tcp.local', 'PTR', '198.51.100.20'], ({ answers }) =>
      (answers ?? []).some(({ type }) => type === 'SRV'),
    )
    const other = plain.flatMap(({ answers }) => answers ?? []).find(({ type }) => type === 'SRV')
    expect(other?.data).toMatchObject({ port: 8080, target: 'branchline-http.local' })
    expect(await box.stop()).toBe(0)
  }, 90_000)

  it('answers searches of its own LAN only, and stands nonsense', async () => {
    await using lab = new Namespaces()
    await twoLans(lab)
    await using box = await BoxUnderTest.make(lab, { admin: { listen: 'lan' } })
    await box.start()
    for (const target of ['((((', '__proto__', 'x'.repeat(1200), 'ssdp:all"'])
      await ask(lab, 'near', ['ssdp', 'upnp:rootdevice', '192.0.2.20'], () => true).then(() =>
        lab.run('near', [
          'bash',
          '-c',
          `printf 'M-SEARCH * HTTP/1.1\\r\\nMAN: x\\r\\nMX: 1\\r\\nST: %s\\r\\n\\r\\n' '${target}' > /dev/udp/192.0.2.1/1900`,
        ]),
      )
    // From an address that is not of this LAN: answering it would hit whoever has it.
    await lab.address('near', 'eth0', '203.0.113.9/32')
    await lab.ip('box', 'route', 'add', '203.0.113.0/24', 'via', '192.0.2.20')
    const wrong = lab.start('near', [process.execPath, QUESTION, 'ssdp', 'ssdp:all', '203.0.113.9'])
    const lines: string[] = []
    const reading = drain(wrong.stdout, (text) => void lines.push(text))
    const right = await ask(lab, 'near', ['ssdp', 'ssdp:all', '192.0.2.20'], ({ text }) => text !== undefined)
    expect(right[0]?.from).toBe('192.0.2.1')
    wrong.kill()
    await reading
    expect(lines.filter((line) => line.includes('203.0.113'))).toEqual([])
    expect(box.log).not.toContain(' error ')
  }, 90_000)
})

describeOrSkip.concurrent('other programs', ['namespaces', 'mdns-scan', 'upnpc'], () => {
  it('find the page: mdns-scan and upnpc', async () => {
    await using lab = new Namespaces()
    await twoLans(lab)
    await using box = await BoxUnderTest.make(lab, { admin: { listen: 'lan' } })
    await box.start()
    // It wants a way to everywhere before it joins the group.
    await lab.ip('near', 'route', 'add', 'default', 'via', '192.0.2.1')
    // It looks for routers for some seconds and lists what else it found.
    const listed = lab.run('far', ['upnpc', '-m', 'eth0', '-s'])
    const scan = lab.start('near', ['stdbuf', '-oL', 'mdns-scan'])
    const found = Promise.withResolvers<void>()
    let text = ''
    const take = (part: string) => {
      text += part
      if (/_https\._tcp/.test(text) && /_http\._tcp/.test(text)) found.resolve()
    }
    const reading = Promise.all([drain(scan.stdout, take), drain(scan.stderr, take)])
    await found.promise
    scan.kill()
    await reading
    expect(text).toContain('Branchline')
    expect(text).not.toContain('(2)')
    const { stdout } = await listed
    expect(stdout).toContain('desc: http://198.51.100.1:8080/description.xml')
    expect(stdout).not.toContain('192.0.2.1')
  }, 90_000)
})
