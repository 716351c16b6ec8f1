import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CloudView } from '../../services/admin/schema-cloud.ts'
import type { JsonObject } from '../../services/records/contract.ts'
import { boxStatus, deviceStatus } from '../../services/sync/site-report.ts'
import { DemoBox } from '../support/box-process.ts'
import { type SyncLab, startSyncLab } from '../support/sync-lab.ts'

// The box as a program and a small account beside it on loopback: what either of them changes, the other one has.

type Claimed = Extract<CloudView, { state: 'claimed' }>
type Unclaimed = Extract<CloudView, { state: 'unclaimed' }>
interface DeviceBody {
  readonly mac: string
  readonly name?: string
}

let lab: SyncLab
let box: DemoBox
let boxId: string
beforeAll(async () => {
  lab = await startSyncLab()
  box = await DemoBox.start('--cloud', lab.url)
  const { code, phrase } = await box.until(async () => {
    const found = (await box.api<CloudView>('/cloud')) as Unclaimed
    return found.code === undefined ? undefined : found
  }, 'it has a code')
  boxId = await lab.claim({ phrase, ...(code !== undefined && { code }) })
}, 60_000)
afterAll(async () => {
  await box[Symbol.asyncDispose]()
  await lab[Symbol.asyncDispose]()
})

const feed = () => `box:${boxId}` as const
const cloudState = () => box.api<Claimed>('/cloud')
const living = async (key: string) => (await lab.living(feed()))[key]
const devices = async () => (await box.api<{ devices: readonly DeviceBody[] }>('/devices')).devices
const plain = (mac: string) => mac.replaceAll(':', '')
function patch(mac: string, change: object) {
  const headers = { 'content-type': 'application/json' }
  return box.ask(`/api/v1/devices/${mac}`, { method: 'PATCH', headers, body: JSON.stringify(change) })
}

describe('a claimed box', () => {
  it('gives the account all that it has, its secrets sealed to that', async () => {
    const known = await devices()
    expect(known.length).toBeGreaterThan(3)
    await box.until(async () => {
      const feeds = Object.keys(await lab.living(feed()))
      return known.every(({ mac }) => feeds.includes(`device ${plain(mac)}`)) || undefined
    }, 'all devices are in the account')
    const bodies = Object.values(await lab.living(feed()))
    const seals = JSON.stringify(bodies).match(/"sealed":"[^"]*"/g) ?? []
    expect(seals.length).toBeGreaterThan(0)
    for (const seal of seals) {
      const text = seal.slice('"sealed":"'.length, -1)
      expect(text).toMatch(/^x1:/)
      expect(lab.opened(text)).not.toBe('')
    }
  })

  it('keeps a stream open, and has what the account changes in force at once, secrets too', async () => {
    await box.until(async () => (await cloudState()).sync?.live || undefined, 'the stream is open')
    const [first] = await devices()
    const mac = first?.mac ?? expect.fail('no device')
    const before = (await living(`device ${plain(mac)}`)) ?? expect.fail('not in the account')
    const line = { index: 1, user: '4711', server: 'pbx.example', secret: lab.sealed('typed-in-the-cloud') }
    await lab.write(feed(), 'device', plain(mac), { ...before, name: 'From the cloud', lines: [line] })
    await box.until(async () => {
      const found = (await devices()).find((one) => one.mac === mac)
      return found?.name === 'From the cloud' || undefined
    }, 'the new name is there')
    const { out } = await box.branchline('render', mac)
    expect(out).toContain('4711')
    expect(out).toContain('typed-in-the-cloud')
    expect((await box.branchline('devices', 'history', mac)).out + box.log).not.toContain('typed-in-the-cloud')
  })

  it('tells the account of an edit a moment later', async () => {
    const [first] = await devices()
    const mac = first?.mac ?? expect.fail('no device')
    expect((await patch(mac, { notes: 'loose cable' })).status).toBe(200)
    await box.until(
      async () => (await living(`device ${plain(mac)}`))?.notes === 'loose cable' || undefined,
      'the note is in the account',
    )
  })

  it('puts networks of the account in force without a restart, and passes over what it cannot use', async () => {
    const network = { id: 'annex', subnet: '198.51.100.0/24', pools: ['198.51.100.10-198.51.100.20'] }
    await lab.write(feed(), 'network', 'annex', network)
    await box.until(async () => {
      const { networks } = await box.api<{ networks: readonly { id: string }[] }>('/dhcp')
      return networks.some(({ id }) => id === 'annex') || undefined
    }, 'the network is served')
    await lab.write(feed(), 'network', 'annex', { ...network, subnet: 'nonsense' })
    await lab.write(feed(), 'network', 'twice', { ...network, id: 'twice' })
    const { sync } = await box.until(async () => {
      const found = await cloudState()
      return found.sync?.unusable.length === 1 ? found : undefined
    }, 'it says what it cannot use')
    expect(sync?.unusable).toEqual([{ kind: 'network', id: 'annex', reason: expect.stringContaining('subnet') }])
    const alarms = await box.until(async () => {
      const found = (await box.api<{ alarms: readonly { kind: string; subject: string }[] }>('/alarms')).alarms
      return found.filter(({ kind }) => kind === 'unusable-record').length >= 2 ? found : undefined
    }, 'the alarms are raised')
    expect(alarms).toContainEqual(expect.objectContaining({ kind: 'unusable-record', subject: 'network annex' }))
    const { networks } = await box.api<{ networks: readonly { id: string }[] }>('/dhcp')
    expect(networks.map(({ id }) => id)).toContain('annex')
    expect((await box.branchline('cloud', 'status')).out).toContain('cannot be used here: network annex: subnet')
    await lab.write(feed(), 'network', 'annex', undefined)
    await box.until(async () => {
      const { networks: left } = await box.api<{ networks: readonly { id: string }[] }>('/dhcp')
      const ids = left.map(({ id }) => id)
      return (!ids.includes('annex') && ids.includes('twice')) || undefined
    }, 'one is gone, and what it stood in the way of is served')
  })

  it('has texts of the account in force', async () => {
    const yealink = await box.api<{ text: string }>('/templates/yealink/vendor.yaml')
    await lab.write(feed(), 'template', 'yealink/vendor.yaml', { text: `${yealink.text}\n# of the account\n` })
    await box.until(async () => {
      const { text } = await box.api<{ text: string }>('/templates/yealink/vendor.yaml')
      return text.endsWith('# of the account\n') || undefined
    }, 'the text is in use')
    await lab.write(feed(), 'template', 'yealink/vendor.yaml', undefined)
    await box.until(async () => {
      const { text } = await box.api<{ text: string }>('/templates/yealink/vendor.yaml')
      return text === yealink.text || undefined
    }, 'the shipped text is back')
  })

  it('reports itself and its devices, wanted and fetched', async () => {
    const report = await box.until(async () => {
      await box.branchline('cloud', 'sync')
      const found = await lab.reported(boxId)
      const all = (await devices()).every(({ mac }) => found[`device ${mac}`] !== undefined)
      return all && found['box box'] !== undefined ? found : undefined
    }, 'everything is reported')
    expect(boxStatus.parse(report['box box']).services.length).toBeGreaterThan(3)
    const told = Object.entries(report).filter(([key]) => key.startsWith('device '))
    const bodies = told.map(([, body]) => deviceStatus.parse(body))
    const well = bodies.filter(({ wanted, fetched }) => wanted !== undefined && wanted.hash === fetched?.hash)
    expect(well.length).toBeGreaterThan(0)
    expect(JSON.stringify(bodies)).not.toMatch(/\d (?:s|min|h|days) ago/)
    const [[key, body] = expect.fail('none is well')] = told.filter(([, one]) => isWell(one))
    await patch(key.slice('device '.length), { lines: [{ index: 1, user: '999', server: 'pbx.example' }] })
    await box.until(async () => {
      await box.branchline('cloud', 'sync')
      const now = (await lab.reported(boxId))[key]
      const state = now && deviceStatus.parse(now)
      return state?.wanted?.hash !== deviceStatus.parse(body).wanted?.hash ? state : undefined
    }, 'it wants another configuration')
    const kinds = await box.until(async () => {
      await box.branchline('cloud', 'sync')
      const found = await lab.storage.read((reader) => reader.events(boxId, 100))
      return found.some(({ kind }) => kind === 'alarm') ? found.map(({ kind }) => kind) : undefined
    }, 'the alarm is told')
    expect(kinds[0]).toBe('started')
  })

  it('works on while the account is away, and both agree when it is back', async () => {
    const list = await devices()
    const mac = list[1]?.mac ?? expect.fail('no device')
    lab.instead = () => new Response('gone', { status: 503, headers: { 'retry-after': '1' } })
    await patch(mac, { name: 'Renamed offline' })
    const { out } = await box.branchline('cloud', 'sync')
    expect(out).toMatch(/no sync since .*: the account answered 503/)
    expect(out).toMatch(/; 1 edit waits/)
    await lab.write(feed(), 'device', plain(list[2]?.mac ?? ''), {
      ...((await living(`device ${plain(list[2]?.mac ?? '')}`)) ?? {}),
      name: 'Renamed up there',
    })
    lab.instead = undefined
    expect((await box.branchline('cloud', 'sync')).out).toMatch(/synced {3}\d{4}-[^;]*\n/)
    expect((await living(`device ${plain(mac)}`))?.name).toBe('Renamed offline')
    expect((await devices()).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Renamed offline', 'Renamed up there']),
    )
  })

  it('gets another token when the one that it has is refused', async () => {
    let refused = 0
    lab.instead = () => (refused++ === 0 ? Response.json({ error: { code: 'signature' } }, { status: 401 }) : undefined)
    const { out } = await box.branchline('cloud', 'sync')
    lab.instead = undefined
    expect(out).not.toContain('no sync since')
  })

  it('is told by its own stream of events how it goes', async () => {
    const response = await box.ask('/api/v1/events')
    const reader = (response.body ?? expect.fail('no stream')).getReader()
    let text = ''
    const first = await devices()
    await patch(first[0]?.mac ?? '', { notes: 'another note' })
    while (!/event: cloud\ndata: .*"waiting":0/.test(text)) {
      const { value, done } = await reader.read()
      if (done) expect.fail('the stream ended')
      text += new TextDecoder().decode(value)
    }
    await reader.cancel()
    expect(text).toContain('event: cloud')
  })

  it('ends sync when it leaves, and keeps what it has', async () => {
    const before = (await devices()).map(({ mac, name }) => [mac, name])
    expect((await box.branchline('cloud', 'leave')).out).toMatch(/^belongs to no account yet/)
    await box.until(async () => (lab.streams() === 0 ? true : undefined), 'the stream is closed')
    expect(await box.branchline('cloud', 'sync')).toMatchObject({
      code: 5,
      err: 'branchline: this box belongs to no account\n',
    })
    expect((await devices()).map(({ mac, name }) => [mac, name])).toEqual(before)
  })
})

function isWell(body: JsonObject): boolean {
  const { wanted, fetched } = deviceStatus.parse(body)
  return wanted !== undefined && wanted.hash === fetched?.hash
}
