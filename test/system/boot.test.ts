import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Method, startOf } from '../../appliance/phone/boot.ts'
import { fill, loadScripts, type PhoneScript } from '../../appliance/phone/script.ts'
import { shippedTemplates } from '../../appliance/templates.ts'
import type { JourneyView } from '../../services/admin/schema.ts'
import { type Mac, parseMac } from '../../services/core/mac.ts'
import { catalogue } from '../../services/phones/catalogue.ts'
import { readDefinitions } from '../../services/phones/read.ts'
import { BoxUnderTest, office, PATIENTLY } from '../support/box-under-test.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { type Booted, PhoneDesk } from '../support/phone-desk.ts'

// Every vendor's virtual phones boot against the box by each method that the vendor's description claims. A new vendor is
// covered by its folder alone: without a script for one of its methods it fails.

const SECRET = 'Kx7-only-for-101'
const DESKS = 6

const vendors = catalogue(readDefinitions(shippedTemplates()).all).filter((vendor) => vendor.configured)
const scripts = loadScripts(shippedTemplates())

/** Whether a phone can be led by a method, as far as its script goes. */
const CAN: Readonly<Record<Method, (script: PhoneScript) => boolean>> = {
  dhcp: ({ dhcp }) => dhcp.take.length > 0,
  pnp: ({ pnp }) => pnp !== undefined,
  redirect: ({ redirected }) => redirected !== undefined,
  link: ({ typed }) => typed !== undefined,
}

interface Case {
  readonly vendor: string
  readonly model: string
  readonly method: Method
  readonly script: PhoneScript
  readonly mac: Mac
}

let made = 0
function macOf(script: PhoneScript): Mac {
  return parseMac(`${script.oui}${(0x5e00 + made++).toString(16).padStart(6, '0')}`)
}

const CASES: readonly Case[] = vendors.flatMap(({ id, methods }) =>
  methods.flatMap((method) =>
    scripts
      .filter((script) => script.vendor === id && CAN[method](script))
      .map((script) => ({ vendor: id, model: script.model, method, script, mac: macOf(script) })),
  ),
)

describe('virtual phones', () => {
  it.each(vendors.flatMap(({ id, methods }) => methods.map((method) => [id, method] as const)))(
    'there is one of %s for the method %s',
    (vendor, method) => {
      expect(CASES.filter((one) => one.vendor === vendor && one.method === method)).not.toEqual([])
    },
  )
})

/** The names under which the box wrote down what was asked for, with the protocol, in order. */
function askedIn(journey: JourneyView): string[] {
  return journey.happenings.flatMap(({ text }) => {
    const [, name, protocol] = /^(?:is sent|asked for) (\S+) by ([A-Z]+)/.exec(text) ?? []
    return name === undefined ? [] : [`${protocol?.toLowerCase()} ${name}`]
  })
}

/** The same as the phone itself counts it: what reached the box. */
function askedBy({ files }: Booted): string[] {
  return files
    .filter(({ status }) => status !== 0)
    .map(({ url }) => {
      const { protocol, pathname } = new URL(url)
      return `${protocol.slice(0, -1)} ${lastPart(decodeURIComponent(pathname))}`
    })
}

function namesOf(asked: readonly string[]): string[] {
  return asked.map((name) => name.slice(name.indexOf(' ') + 1))
}

function stepsAmong(asked: readonly string[], steps: readonly string[]): string[] {
  return namesOf(asked).filter((name) => steps.includes(name))
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).toLowerCase()
}

/** What a phone with a folder's URL has to ask for when its own file is there: its steps up to where it stops. */
function stepsOf({ script, mac }: Case, { files }: Booted): string[] {
  const there = new Set(files.filter(({ status }) => status === 200).map(({ url }) => lastPart(new URL(url).pathname)))
  const steps: string[] = []
  let any = false
  for (const step of script.fetch) {
    const name = lastPart(fill(step.name, script, mac))
    const found = there.has(name)
    if (step.port !== undefined || (step.fallback && any)) continue
    steps.push(name)
    any ||= found
    if (found) steps.push(...step.between.map((other) => lastPart(fill(other, script, mac))))
    if (step.stop === (found ? 'when-found' : 'when-missing')) break
  }
  return steps
}

const FROM: Readonly<Record<Method, RegExp>> = {
  dhcp: /^option \d+/,
  pnp: /^PnP$/,
  redirect: /^its manufacturer’s service$/,
  link: /^a person$/,
}

//   box 192.0.2.1 ──┬── desk0 … desk5, at each one phone after the other
describeOrSkip('every vendor’s phones boot against the box', ['namespaces'], () => {
  const lab = new Namespaces()
  const booted = new Map<string, Booted | Error>()
  let box: BoxUnderTest

  const STRAY = { script: scriptOf('yealink', 'SIP-T46U'), mac: parseMac('805ec0005d01') }
  const MISLED = { script: scriptOf('yealink', 'SIP-T46U'), mac: parseMac('805ec0005d02') }
  const MISTAKEN = { script: scriptOf('grandstream', 'GRP2614'), mac: parseMac('c074ad005d03') }

  beforeAll(async () => {
    const names = Array.from({ length: DESKS }, (_, i) => `desk${i}`)
    await office(lab, Object.fromEntries(names.map((name) => [name, {}])))
    const eth0 = { mode: 'full', besideForeignServer: true }
    const network = { id: 'office', interface: 'eth0', subnet: '192.0.2.0/24', pools: ['192.0.2.10-192.0.2.199'] }
    box = await BoxUnderTest.make(lab, { dhcp: { interfaces: { eth0 }, networks: [network] } })
    await box.start()
    const rows = CASES.map(({ mac, vendor, model }, i) => `${mac},${vendor},${model},${i},${SECRET}${i},pbx.example`)
    const file = join(box.folder, 'devices.csv')
    await writeFile(file, ['mac,vendor,model,user,secret,server', ...rows, ''].join('\n'))
    await box.told('devices', 'import', file)
    const line = { index: 1, user: '101', secret: SECRET, server: 'pbx.example' }
    const astray = [{ code: 66, type: 'text', value: 'http://192.0.2.1/elsewhere/' }]
    await box.api(`/devices/${MISLED.mac}`, { vendor: 'yealink', lines: [line], dhcpOptions: astray })
    await box.api(`/devices/${MISTAKEN.mac}`, { vendor: 'yealink', lines: [line] })
    const jobs = [
      ...CASES.map((one) => () => bootCase(one)),
      ...[STRAY, MISLED, MISTAKEN].map((one) => () => bootAt(one.script, one.mac, ['--by', 'dhcp'])),
    ]
    await Promise.all(
      names.map(async (name) => {
        const desk = new PhoneDesk(lab, name)
        for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job()(desk)
      }),
    )
  }, 110_000)
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
    await box[Symbol.asyncDispose]()
  })

  let fixed = 200
  function bootCase({ script, mac, method }: Case): (desk: PhoneDesk) => Promise<void> {
    // A phone that looks at DHCP first asks by PnP only where DHCP says nothing: it has its address by hand.
    const alone = method === 'pnp' && script.pnp?.order === 'after-dhcp'
    // One that looks at DHCP first shows it by asking for all that it can.
    const free = method === 'dhcp' && script.pnp?.order !== 'before-dhcp'
    const flags = alone || free || method === 'pnp' ? [] : ['--by', method]
    return bootAt(script, mac, flags, alone ? `192.0.2.${fixed++}` : undefined)
  }

  function bootAt(script: PhoneScript, mac: Mac, flags: readonly string[], address?: string) {
    return async (desk: PhoneDesk) => {
      const who = ['--vendor', script.vendor, '--model', script.model]
      booted.set(
        mac,
        await desk
          .boot(mac, [...who, ...flags], address)
          .catch((thrown: unknown) => (thrown instanceof Error ? thrown : new TypeError(String(thrown)))),
      )
    }
  }

  function resultOf(mac: Mac): Booted {
    const result = booted.get(mac)
    if (result === undefined || result instanceof Error) throw result ?? new TypeError(`${mac} did not boot`)
    return result
  }

  const journeyOf = (mac: Mac) => box.api<JourneyView>(`/journeys/${mac}`)
  const verdictOf = async (mac: Mac) => (await journeyOf(mac)).verdict

  it.each(CASES)('a $vendor $model by $method, $mac', async (one) => {
    const { method, mac, vendor, script } = one
    const result = resultOf(mac)
    expect(result).toMatchObject({ configured: true, urlFrom: expect.stringMatching(FROM[method]) })
    // The last byte is written down a moment after the phone has it.
    await expect.poll(() => verdictOf(mac), PATIENTLY).toMatchObject({ state: 'configured' })
    const journey = await journeyOf(mac)
    const asked = askedIn(journey)
    expect(asked).toEqual(askedBy(result))
    const start = startOf(result.url ?? '', script, mac)
    if (start.file) expect(namesOf(asked)[0]).toBe(lastPart(decodeURIComponent(start.url.pathname)))
    else expect(stepsAmong(asked, stepsOf(one, result))).toEqual(stepsOf(one, result))
    // Whatever of it was recognised on the way, it was not taken for another vendor's.
    expect([undefined, vendor]).toContain(journey.vendor)
    expect(JSON.stringify(journey)).not.toContain(SECRET)
  })

  it('one that nobody registered is told from them', async () => {
    expect(resultOf(STRAY.mac).configured).toBe(false)
    await expect
      .poll(() => verdictOf(STRAY.mac), PATIENTLY)
      .toMatchObject({
        state: 'unknown-device',
        text: expect.stringMatching(/^unknown device \(yealink T46U\) asked for /),
      })
  })

  it('one that an option of its record leads astray is told from them', async () => {
    expect(resultOf(MISLED.mac)).toMatchObject({ configured: false, url: 'http://192.0.2.1/elsewhere/' })
    await expect
      .poll(() => verdictOf(MISLED.mac), PATIENTLY)
      .toMatchObject({
        state: 'trouble',
        text: expect.stringMatching(/^asked for (?:805ec0005d02|y000000000)\S+ .*, which no template makes: /),
      })
  })

  it('one that asks in another order than its script says is told from them', async () => {
    const [old] = CASES.filter(({ model, method }) => model === 'W70B' && method === 'dhcp')
    const [late] = CASES.filter(({ model, method }) => model === 'SIP-T46U' && method === 'dhcp')
    if (old === undefined || late === undefined) throw new TypeError('no such phones')
    const asked = askedIn(await journeyOf(old.mac))
    const steps = stepsOf(late, resultOf(late.mac))
    expect(stepsAmong(asked, steps)).not.toEqual(steps)
  })

  it('one whose record names another vendor is told from them', async () => {
    expect(resultOf(MISTAKEN.mac).configured).toBe(false)
    await expect.poll(() => verdictOf(MISTAKEN.mac), PATIENTLY).toMatchObject({ state: 'trouble' })
  })

  it('no secret is in the log of the box', () => {
    expect(box.log).not.toContain(SECRET)
  })
})

function scriptOf(vendor: string, model: string): PhoneScript {
  const script = scripts.find((one) => one.vendor === vendor && one.model === model)
  if (script === undefined) throw new TypeError(`no virtual phone ${vendor} ${model}`)
  return script
}
