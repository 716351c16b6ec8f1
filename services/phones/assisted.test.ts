import { describe, expect, it } from 'vitest'
import type { ClaimPage } from '../assist/contract.ts'
import { readMac } from '../core/mac.ts'
import { BOX, definitions, makeTestBox } from './box.fixture.ts'
import { canClaim, makeClaimPages } from './claim-pages.ts'
import { holds } from './condition.ts'
import type { Definition, FileForm, Model } from './definition.ts'
import { makeManuals } from './manuals.ts'
import { parametersOf } from './parameter-reader.ts'
import { isKnownParameter } from './parameters.ts'
import { makeRenderer } from './render.ts'
import { hostileSettings, renderSample } from './sample.fixture.ts'
import { SITE, sampleDevice } from './sample.ts'

const MAC = '00005e005301'
const SECRETS = /Secret4|\dPassword|4711|Anna/

const claimed: [string, Definition, Model, FileForm][] = definitions.all.flatMap((definition) =>
  definition.models
    .filter((model) => canClaim(definition, model, undefined))
    .flatMap((model) =>
      (definition.claim?.files ?? []).map((form): [string, Definition, Model, FileForm] => [
        `${definition.id} ${model.model} ${form.name}`,
        definition,
        model,
        form,
      ]),
    ),
)
const vendors = [...new Set(claimed.map(([, definition]) => definition))]

/** A phone that looks at one hour of the day alone has its interval switched off. */
const { 'provisioning.windowFrom': _window, ...settings } = SITE.settings
const EVERY_HOUR = { ...SITE, settings }

/** These read all of their files anew and keep nothing of the last time. */
const FORGETFUL = new Set(['poly'])

describe('the first file of a phone that nobody registered', () => {
  it('is there for the vendors whose phones show a page', () => {
    expect(vendors.map(({ id }) => id)).toEqual(['cisco-mpp', 'cisco-spa', 'grandstream', 'poly', 'snom', 'yealink'])
  })

  it.each(claimed)('%s sets known parameters, holds no secret and takes any text', (_, definition, model, form) => {
    const mac = readMac(MAC) ?? expect.fail()
    const text = renderSample(definition, form, model, sampleDevice(model, mac))
    const names = parametersOf(form.reader, text)
    expect(names.filter((name) => !isKnownParameter(definition, name, model))).toEqual([])
    expect(text).not.toMatch(SECRETS)
    const hostile = renderSample(definition, form, model, sampleDevice(model, mac), {
      site: { ...SITE, settings: hostileSettings('"<&\nevil = 1') },
    })
    expect(parametersOf(form.reader, hostile)).toEqual(names)
    if (form.format === 'xml') expect(() => Bun.XML.parse(text)).not.toThrow()
  })

  it.each(claimed.filter(([, { id }]) => !FORGETFUL.has(id)))(
    '%s leaves nothing behind: the phone’s own files set all of it again',
    (_, definition, model, form) => {
      const mac = readMac(MAC) ?? expect.fail()
      const device = sampleDevice(model, mac)
      const own = definition.files
        .filter(
          ({ from, when }) => from !== undefined && (when === undefined || holds(definition, when, model, undefined)),
        )
        .flatMap((one) => parametersOf(one.reader, renderSample(definition, one, model, device, { site: EVERY_HOUR })))
      const first = parametersOf(form.reader, renderSample(definition, form, model, device, { site: EVERY_HOUR }))
      expect(first.filter((name) => !own.includes(name))).toEqual([])
    },
  )
})

describe('the pages', () => {
  const box = makeTestBox()
  const facts = { definitions, layers: box.layers, passwordKey: new Uint8Array(32), memory: box.memory }
  const pages = makeClaimPages({ ...facts, renderer: makeRenderer(), ports: { http: 8080 } })
  const EVIL = '"<&>\' 0'
  const kinds: ClaimPage[] = [
    { page: 'both', title: EVIL, text: EVIL },
    { page: 'pin', title: 'Whose?', text: EVIL, extension: '2/04' },
    { page: 'message', title: EVIL, text: EVIL, again: true },
    { page: 'message', title: 'Done', text: 'It is yours.' },
  ]
  it.each(vendors.map((definition) => [definition.id, definition] as const))('%s', (id, definition) => {
    const model = definition.models.find((one) => canClaim(definition, one, undefined)) ?? expect.fail()
    const mac = readMac(MAC) ?? expect.fail()
    box.memory.remember(mac, { vendor: id, model: model.model, confidence: 3, used: [] })
    const [both, pin, again, done] = kinds.map((page) => {
      const made = pages.render(mac, page, BOX) ?? expect.fail()
      const text = new TextDecoder().decode(made.bytes)
      expect(() => Bun.XML.parse(text)).not.toThrow()
      return text
    })
    expect(both).toContain('http://192.0.2.1:8080/claim')
    expect(both).toMatch(/\bext\b/)
    // In its path: what a phone appends must not depend on a question mark.
    expect(pin).toContain('http://192.0.2.1:8080/claim/2%2F04')
    expect(pin).toMatch(/\bpin\b/)
    expect(pin).not.toMatch(/\bext\b/)
    expect(again).toContain('http://192.0.2.1:8080/claim')
    expect(done).toContain('It is yours.')
    expect(pages.allowed(mac)).toBe(false)
    box.layers.put('site', 'site', { settings: { 'claim.mode': 'pin' } }, { by: 'test' })
    expect(pages.allowed(mac)).toBe(true)
    box.layers.put('site', 'site', { settings: {} }, { by: 'test' })
  })
})

describe('the short URL', () => {
  const AGENT = 'Yealink SIP-T46U 108.86.0.90 80:5e:c0:00:53:01'
  const PHONE = '805ec0005301'
  const registered = () => {
    const box = makeTestBox()
    box.lease('192.0.2.50', PHONE)
    const mac = readMac(PHONE) ?? expect.fail()
    box.devices.put(mac, { vendor: 'yealink', lines: [{ index: 1, user: '101', secret: 'Secret4' }] }, { by: 'test' })
    return box
  }
  it.each(['1', 'p', 'P', '/1', '1/'])('%s is the phone’s own file', (path) => {
    const answer = registered().ask(path, '192.0.2.50', { userAgent: AGENT })
    expect(answer).toMatchObject({ kind: 'content', file: `${PHONE}.cfg`, own: true, secret: true, mac: PHONE })
  })

  it.each([
    [`1/${PHONE}.cfg`, { kind: 'content', own: true }],
    ['p/y000000000108.cfg', { kind: 'content', own: false }],
    [`1/${PHONE}.boot`, { kind: 'missing', expected: true }],
    ['1/tone.wav', { kind: 'blob' }],
  ])('%s is looked up as below any folder', (path, wanted) => {
    expect(registered().ask(path, '192.0.2.50', { userAgent: AGENT })).toMatchObject(wanted)
  })

  it('gives nothing to an address that nobody is known to hold, and nobody else’s file', () => {
    const box = registered()
    expect(box.ask('1', '192.0.2.66', { userAgent: AGENT }).kind).toBe('missing')
    expect(box.ask(`1/${PHONE}.cfg`, '192.0.2.66').kind).toBe('refused')
    box.lease('192.0.2.51', '805ec0005302')
    expect(box.ask('1', '192.0.2.51', { userAgent: AGENT }).kind).toBe('refused')
    expect(box.ask(`1/${PHONE}.cfg`, '192.0.2.51').kind).toBe('refused')
    box.neighbour('192.0.2.50', '805ec0005302')
    expect(box.ask('1', '192.0.2.50').kind).toBe('refused')
  })

  it('knows a phone by its record or its prefix alone, and says when nothing tells', () => {
    const box = registered()
    expect(box.ask('1', '192.0.2.50', { protocol: 'tftp' }).kind).toBe('content')
    box.lease('192.0.2.52', '000413005303')
    expect(box.ask('1', '192.0.2.52')).toMatchObject({ kind: 'missing', reason: 'this device is not registered yet' })
    box.lease('192.0.2.53', '00005e005304')
    const answer = box.ask('1', '192.0.2.53')
    expect(answer).toMatchObject({ kind: 'missing', mac: '00005e005304' })
    expect(answer.reason).toContain('nothing says which vendor')
  })

  it('is the first file of a phone that may be claimed', () => {
    const box = makeTestBox()
    box.lease('192.0.2.50', PHONE)
    expect(box.ask('1', '192.0.2.50', { userAgent: AGENT }).kind).toBe('missing')
    box.layers.put('site', 'site', { settings: { 'claim.mode': 'pin' } }, { by: 'test' })
    const answer = box.ask('1', '192.0.2.50', { userAgent: AGENT })
    expect(answer).toMatchObject({ kind: 'content', stage: 'bootstrap', own: false, secret: false })
    expect(box.ask(`yealink/${PHONE}.cfg`, '192.0.2.50', { userAgent: AGENT })).toMatchObject({ stage: 'bootstrap' })
    const mac = readMac(PHONE) ?? expect.fail()
    box.devices.put(mac, { lines: [{ index: 1, user: '101', secret: 'Secret4' }] }, { by: 'test' })
    expect(box.ask('1', '192.0.2.50', { userAgent: AGENT })).toMatchObject({ stage: 'full', own: true, secret: true })
  })
})

describe('instructions', () => {
  const box = makeTestBox()
  const facts = { definitions, layers: box.layers, passwordKey: new Uint8Array(32), memory: box.memory }
  const manuals = makeManuals({ ...facts, devices: box.devices, ports: { http: 80 }, addressFor: () => BOX })
  const files = definitions.all.filter(({ files }) => files.some(({ from }) => from !== undefined))
  it.each(files.map((definition) => [definition.id, definition] as const))('%s says what to type', (id, definition) => {
    expect(definition.manual).toBeDefined()
    for (const model of definition.models) {
      const mac = readMac(MAC) ?? expect.fail()
      box.memory.remember(mac, { vendor: id, model: model.model, confidence: 3, used: [] })
      const manual = manuals.of(mac)
      expect(manual).toMatchObject({ vendor: id, shortUrl: 'http://192.0.2.1/1' })
      expect(manual.url).toMatch(/192\.0\.2\.1/)
      const steps = [...manual.phone, ...manual.web, ...manual.address, ...manual.findMac, ...manual.reset]
      expect(steps.filter((step) => /\{\{|\}\}|\n/.test(step) || !/[.:!]$/.test(step))).toEqual([])
    }
  })
  it('has the short URL for what nobody knows', () => {
    const manual = manuals.of(readMac('00005e005399') ?? expect.fail())
    expect(manual).toMatchObject({ url: 'http://192.0.2.1/1', scan: 'http://192.0.2.1/1', scannable: false })
  })
})
