import { beforeEach, describe, expect, it } from 'vitest'
import { movesBox } from '../../test/support/moves-box.ts'
import { ConflictError, NotFoundError, OperatorError } from '../core/errors.ts'
import { parseMac } from '../core/mac.ts'
import type { ReplaceRequest } from './contract.ts'

const OLD = parseMac('80:5e:c0:00:53:01')
const SNOM = parseMac('00:04:13:00:53:01')
const GRP = parseMac('c0:74:ad:00:53:01')
const by = 'test'

/** A receptionist's T46S: more of everything than other phones have. */
const T46S = {
  ...{ name: 'Reception', vendor: 'yealink', model: 'T46S', group: 'front', person: 'ada', notes: 'by the door' },
  lines: [
    { index: 1, user: '101', secret: 's3cret-one', label: 'Reception', server: 'pbx.example.net' },
    { index: 13, user: '113', secret: 's3cret-13' },
  ],
  keys: [
    { index: 2, type: 'blf', value: '102', label: 'Bob' },
    { index: 3, type: 'speed-dial', value: '0049301234', label: 'Taxi' },
    { index: 4, type: 'paging', value: '700', label: 'All' },
    { index: 5, type: 'blf', value: '103', line: 13 },
    { index: 26, type: 'blf', value: '126', label: 'Far' },
    { module: 1, index: 1, type: 'blf', value: '201' },
    { module: 1, index: 19, type: 'blf', value: '219' },
    { module: 4, index: 1, type: 'blf', value: '401' },
  ],
  settings: { timezone: 'Europe/Berlin', 'sip.backupServer': 'pbx2.example.net', adminPassword: 'hunter2000' },
  extra: { yealink: { 'features.dnd.allow': '1', 'account.1.password': 'hunter3000' } },
}

let box: ReturnType<typeof movesBox>
beforeEach(() => {
  box = movesBox()
  box.devices.put(OLD, T46S, { by })
})

const text = (mac: typeof OLD) => new TextDecoder().decode(box.inspector.render(mac).bytes)
const to = (request: Partial<ReplaceRequest>): ReplaceRequest => ({ from: OLD, to: SNOM, old: 'archive', ...request })

describe('replacing a Yealink T46S', () => {
  it('by a Snom D785: says before anything is done what does not fit, and why', () => {
    const plan = box.moves.preview(to({ model: 'D785' }))
    expect(plan).toMatchObject({ vendor: 'snom', model: 'D785', fromRev: 1, toRev: 0, notes: [] })
    expect(plan.misfits.map((it) => it.text)).toEqual([
      'line 13 is left out: D785 has 12 lines',
      'key 26 is left out: D785 has 24 keys',
      'key 19 of module 1 is left out: D785 takes 3 of D7 with 18 keys',
      'key 1 of module 4 is left out: D785 takes 3 of D7 with 18 keys',
      'key 5 does nothing: it works on line 13, and D785 has 12 lines',
      'key 4 does nothing: D785 has no key of the kind paging',
      'setting sip.backupServer (from device) has no effect: no template of Snom renders it',
      'raw parameter features.dnd.allow stays behind: it is a word of Yealink, and the new phone is of Snom',
      'raw parameter account.1.password stays behind: it is a word of Yealink, and the new phone is of Snom',
    ])
    expect(JSON.stringify(plan.misfits)).not.toMatch(/hunter|s3cret/)
    const file = new TextDecoder().decode(plan.file?.bytes)
    expect(file).toMatch(/<fkey idx="1"[^>]*label="Bob"[^>]*>blf 102<\/fkey>/)
    expect(file).toContain('s3cret-one')
    expect(box.devices.get(SNOM)).toBeUndefined()
    expect(box.devices.get(OLD)?.rev).toBe(1)
  })

  it('by a Snom D785: does what it showed, keeps what does not fit, and tells both journeys', () => {
    const plan = box.moves.preview(to({ model: 'D785' }))
    const move = box.moves.replace(to({ model: 'D785' }), { by })
    expect(move).toMatchObject({ from: OLD, to: SNOM, by, old: 'archive', misfits: plan.misfits })
    expect(text(SNOM)).toBe(new TextDecoder().decode(plan.file?.bytes))
    const device = box.devices.get(SNOM)
    expect(device).toMatchObject({ name: 'Reception', vendor: 'snom', model: 'D785', group: 'front', person: 'ada' })
    expect(device?.keys).toEqual(box.devices.get(OLD)?.keys)
    expect(device?.lines.map(({ secret }) => secret)).toEqual(['s3cret-one', 's3cret-13'])
    expect(device?.extra).toEqual(T46S.extra)
    expect(box.devices.get(OLD)).toMatchObject({
      enabled: false,
      notes: 'by the door\n2026-06-01: replaced by 00:04:13:00:53:01 (Snom D785)',
    })
    expect(box.journal.map(({ mac, step }) => [mac, 'what' in step && step.what])).toEqual([
      [OLD, 'replaced by 00:04:13:00:53:01 (Snom D785)'],
      [SNOM, 'took the place of 80:5e:c0:00:53:01'],
    ])
  })

  it.each(['archive', 'remove'] as const)('undo puts byte-equal files back (%s)', (old) => {
    const before = [text(OLD), box.records.get('device', OLD)?.body] as const
    const move = box.moves.replace(to({ model: 'D785', old }), { by })
    expect(box.devices.get(OLD)?.enabled).toBe(old === 'archive' ? false : undefined)
    const undone = box.moves.undo(move.id, { by: 'other' })
    expect(undone.undone).toMatchObject({ by: 'other' })
    expect([text(OLD), box.records.get('device', OLD)?.body]).toEqual(before)
    expect(box.devices.get(SNOM)).toBeUndefined()
    expect(box.moves.list()).toEqual([undone])
    expect(() => box.moves.undo(move.id, { by })).toThrow('undone already, by other at 2026-06-01')
  })

  it('by a Grandstream GRP2615 and back: the keys that had no place are there again', () => {
    const file = text(OLD)
    const plan = box.moves.preview(to({ to: GRP, model: 'GRP2615' }))
    expect(plan.misfits.map((it) => it.name)).toEqual(
      expect.arrayContaining(['line 13', 'features.dnd.allow', 'account.1.password']),
    )
    // 40 keys of its own, and modules of 40: all of the T46S's keys have a place.
    expect(plan.misfits.filter((it) => /is left out/.test(it.text) && it.what === 'key')).toEqual([])
    expect(new TextDecoder().decode(plan.file?.bytes)).toContain('102')
    box.moves.replace(to({ to: GRP, model: 'GRP2615', old: 'remove' }), { by })
    const back = box.moves.replace({ from: GRP, to: OLD, model: 'T46S', old: 'remove' }, { by })
    expect(back.misfits).toEqual([])
    expect(text(OLD)).toBe(file)
  })

  it('by a smaller GRP2601 names every key that it has no room for', () => {
    const { misfits } = box.moves.preview(to({ to: GRP, model: 'GRP2601' }))
    expect(misfits.filter((it) => it.what === 'key').map((it) => it.name)).toEqual(
      expect.arrayContaining(['key 3', 'key 4', 'key 5', 'key 26', 'key 1 of module 1', 'key 1 of module 4']),
    )
    expect(misfits.find((it) => it.name === 'key 1 of module 1')?.text).toContain('GRP2601 takes no module')
  })
})

describe('what the new phone is', () => {
  it('is what it was recognised as, then what its MAC tells, then what the old one is', () => {
    expect(box.moves.preview(to({}))).toMatchObject({ vendor: 'snom', notes: [] })
    expect(box.moves.preview(to({})).device).not.toHaveProperty('model')
    box.memory.remember(SNOM, { vendor: 'snom', model: 'D785', confidence: 3, used: [] })
    expect(box.moves.preview(to({}))).toMatchObject({ vendor: 'snom', model: 'D785' })
    const twin = parseMac('80:5e:c0:00:53:09')
    expect(box.moves.preview(to({ to: twin }))).toMatchObject({
      ...{ vendor: 'yealink', model: 'T46S', misfits: [] },
      notes: ["The new phone's model is not known yet: it is taken for a T46S, as the old one is."],
    })
    const stranger = parseMac('00:00:5e:00:53:09')
    expect(box.moves.preview(to({ to: stranger })).notes[0]).toContain('taken for one of Yealink')
  })

  it.each([
    [{ vendor: 'Snom', model: 'Snom D785' }, 'snom', 'D785'],
    [{ vendor: 'SNOM', model: 'd785' }, 'snom', 'D785'],
    [{ to: OLD, vendor: 'x' }, undefined, undefined],
    [{ model: 'Grandstream GRP-2615' }, 'grandstream', 'GRP2615'],
  ])('%j', (given, vendor, model) => {
    if (vendor === undefined) expect(() => box.moves.preview(to(given))).toThrow(OperatorError)
    else expect(box.moves.preview(to(given)).device).toMatchObject({ vendor, model })
  })

  it('may be a model that nobody described, which is said', () => {
    const plan = box.moves.preview(to({ vendor: 'snom', model: 'D9999' }))
    expect(plan.notes).toEqual(['"D9999" is no listed model of Snom.'])
    expect(() => box.moves.preview(to({ vendor: 'nokia' }))).toThrow('no vendor is called "nokia"')
  })

  it('loses what came from the layers of the old vendor and model, which is said', () => {
    box.layers.put('vendor', 'yealink', { settings: { language: 'de' } }, { by })
    box.layers.put('model', 'yealink:t46s', { settings: { voicemail: '*97' } }, { by })
    const names = box.moves.preview(to({ model: 'D785' })).misfits.map((it) => it.text)
    expect(names).toContainEqual(
      expect.stringMatching(/^setting language came from the vendor yealink of the old phone/),
    )
  })

  it('is told of the address that stays reserved for the old one, and of raw DHCP options', () => {
    box.reservations.set(OLD, ['192.0.2.51 in network lan'])
    box.devices.put(OLD, { ...T46S, dhcpOptions: [{ code: 160, type: 'text', value: 'x' }] }, { by })
    expect(box.moves.preview(to({ model: 'D785' })).notes).toEqual([
      'The address 192.0.2.51 in network lan stays reserved for the old phone: change the reservation by hand.',
      "DHCP option 160 of the device's record goes out to the new phone too.",
    ])
  })
})

describe('a replacement is refused', () => {
  it('without an old device, onto itself, or onto a record that is not to be overwritten', () => {
    expect(() => box.moves.preview(to({ from: GRP }))).toThrow(NotFoundError)
    expect(() => box.moves.preview(to({ to: OLD }))).toThrow('cannot take its own place')
    box.devices.put(SNOM, { name: 'Spare' }, { by })
    expect(() => box.moves.preview(to({}))).toThrow('00:04:13:00:53:01 has a record already (Spare)')
    const move = box.moves.replace(to({ model: 'D785', overwrite: true }), { by })
    expect(box.devices.get(SNOM)).toMatchObject({ name: 'Reception' })
    box.moves.undo(move.id, { by })
    expect(box.devices.get(SNOM)).toMatchObject({ name: 'Spare', lines: [] })
  })

  it('when a record is not the one that was shown, and then nothing is written', () => {
    const plan = box.moves.preview(to({ model: 'D785' }))
    box.devices.put(OLD, { ...T46S, name: 'Lobby' }, { by })
    const shown = to({ model: 'D785', fromRev: plan.fromRev, toRev: plan.toRev })
    expect(() => box.moves.replace(shown, { by })).toThrow(ConflictError)
    box.devices.put(SNOM, {}, { by })
    expect(() => box.moves.replace({ ...shown, fromRev: 2, overwrite: true }, { by })).toThrow(
      '00:04:13:00:53:01 is at revision 1, the preview was made of 0',
    )
    expect(box.moves.list()).toEqual([])
    expect(box.devices.get(SNOM)?.lines).toEqual([])
  })

  it.each([OLD, SNOM])('undone, when somebody changed %s since', (mac) => {
    const move = box.moves.replace(to({ model: 'D785' }), { by })
    box.devices.put(mac, { name: 'Other' }, { by: 'page:eve' })
    expect(() => box.moves.undo(move.id, { by })).toThrow(
      /^(80:5e:c0|00:04:13):00:53:01 was changed since by page:eve at 2026-06-01 \d\d:\d\d; undoing the move would lose that$/,
    )
    expect(box.devices.get(mac)?.name).toBe('Other')
    expect(box.moves.list()[0]).not.toHaveProperty('undone')
    expect(() => box.moves.undo('nothing', { by })).toThrow(NotFoundError)
  })
})
