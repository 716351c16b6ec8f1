import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CloudState } from '../../services/enrolment/contract.ts'
import { branchline, DemoBox } from '../support/box-process.ts'
import { ANN, smallCloud } from '../support/enrolment-lab.ts'

// The box as a program and a small account beside it on loopback: claimed, let go, and left without it.

const cloud = smallCloud()
let server: ReturnType<typeof Bun.serve>
let box: DemoBox
const url = () => `http://127.0.0.1:${server.port}`
beforeAll(async () => {
  server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => cloud.app.fetch(request) })
  box = await DemoBox.start('--cloud', url())
}, 60_000)
afterAll(async () => {
  await box[Symbol.asyncDispose]()
  await server.stop(true)
})

type Of<State> = Extract<CloudState, { state: State }>
const until = <State extends CloudState['state']>(state: State, fits: (found: Of<State>) => boolean = () => true) =>
  box.until(async () => {
    const found = await box.api<CloudState>('/cloud')
    return found.state === state && fits(found as Of<State>) ? (found as Of<State>) : undefined
  }, `the state is ${state}`)

describe('branchline cloud', () => {
  it('shows code and phrase, and, once somebody typed them, whose the box is', async () => {
    const { code = '', phrase, claimUrl } = await until('unclaimed', (state) => state.code !== undefined)
    expect(claimUrl).toBe(`https://cloud.example/claim?code=${code}`)
    const { out } = await box.branchline('cloud', 'status')
    expect(out).toContain(`code         ${code}   type it at https://cloud.example/claim before `)
    expect(out).toContain(`phrase       ${phrase}`)

    const offer = await cloud.ask(ANN, 'POST', '/v1/claims', { code: code.toLowerCase() })
    const { claimToken } = offer.body
    const confirmed = await cloud.ask(ANN, 'POST', '/v1/claims/confirm', { claimToken, siteId: 'lobby', phrase })
    expect(confirmed.status).toBe(200)
    const { boxId } = await until('claimed')
    expect(boxId).toBe(confirmed.body.boxId)
    expect((await box.branchline('cloud', 'status')).out).toMatch(/^claimed by Acme on /)
    expect(JSON.parse((await box.branchline('cloud', 'status', '--json')).out)).toMatchObject({
      state: 'claimed',
      boxId,
    })
  })

  it('leaves: new keys and a new code at once, and the account hears of it', async () => {
    const before = cloud.storage.boxes()[0]
    expect((await box.branchline('cloud', 'leave')).out).toMatch(/^belongs to no account yet/)
    await until('unclaimed', (state) => state.code !== undefined)
    expect(cloud.storage.boxes()[0]).toMatchObject({ boxId: before?.boxId, state: 'released' })
    expect(cloud.storage.enrolments().at(-1)?.identityKey).not.toBe(before?.identityKey)
    expect(await box.branchline('cloud', 'leave')).toMatchObject({
      code: 5,
      err: 'branchline: this box belongs to no account\n',
    })
  })

  it.each([
    [['cloud'], 'status, join, sync or leave is missing'],
    [['cloud', 'joint'], 'neither status, join, sync nor leave: "joint"'],
    [['cloud', 'join'], 'the address of the account is missing'],
    [['cloud', 'leave', 'it'], 'nothing follows leave: "it"'],
  ])('%j is wrong usage', async (words, message) =>
    expect(await box.branchline(...words)).toMatchObject({ code: 2, err: `branchline: ${message}\n` }),
  )

  it('writes neither code nor key nor token to its log', async () => {
    const { code = '' } = await until('unclaimed', (state) => state.code !== undefined)
    expect(box.log).not.toContain(code)
    expect(box.log).not.toMatch(/[\w-]{43}/)
  })
})

describe('an account that is named while the box runs', () => {
  it('is asked for a code at once, and is not left by naming another', async () => {
    await using alone = await DemoBox.start()
    const state = () => alone.api<CloudState>('/cloud')
    expect(await state()).toEqual({ state: 'off', reason: expect.stringContaining('branchline cloud join') })
    expect(await alone.branchline('cloud', 'join', 'http://cloud.example')).toMatchObject({
      code: 5,
      err: 'branchline: address of the account: must begin with https://: "http://cloud.example"\n',
    })
    expect((await alone.branchline('cloud', 'join', `${url()}/`)).out).toMatch(/^belongs to no account yet/)
    const { code, phrase } = await alone.until(async () => {
      const found = await state()
      return found.state === 'unclaimed' && found.code !== undefined ? found : undefined
    }, 'a code is there')
    const { claimToken } = (await cloud.ask(ANN, 'POST', '/v1/claims', { code })).body
    await cloud.ask(ANN, 'POST', '/v1/claims/confirm', { claimToken, siteId: 'lobby', phrase })
    await alone.until(async () => (await state()).state === 'claimed' || undefined, 'it is claimed')
    const other = ['cloud', 'join', 'https://127.0.0.1:9'] as const
    expect(await alone.branchline(...other)).toMatchObject({
      code: 5,
      err: 'branchline: this box belongs to Acme: leave that account first\n',
    })
    expect((await alone.branchline('cloud', 'leave')).code).toBe(0)
    expect((await alone.branchline(...other)).out).toContain('asks https://127.0.0.1:9 for a code')
  }, 60_000)

  it('is not asked where the configuration names one', async () => {
    expect(await box.branchline('cloud', 'join', 'https://other.example')).toMatchObject({
      code: 5,
      err: expect.stringContaining('the configuration names the account'),
    })
    expect(await box.api('/cloud')).toMatchObject({ fixed: true, url: url() })
  })
})

describe('without an account that answers', () => {
  it('a box serves its phones and says since when and why', async () => {
    // Nothing listens on port 9 of loopback.
    await using alone = await DemoBox.start('--cloud', 'http://127.0.0.1:9')
    const state = await alone.until(async () => {
      const found = await alone.api<CloudState>('/cloud')
      return 'unreachable' in found ? found : undefined
    }, 'the account is unreachable')
    expect(state).toMatchObject({
      state: 'unclaimed',
      unreachable: { reason: expect.stringContaining('cannot be reached') },
    })
    const { devices } = await alone.api<{ devices: { verdict: { state: string } }[] }>('/devices')
    expect(devices.some(({ verdict }) => verdict.state === 'configured')).toBe(true)
  }, 60_000)

  it('none is configured: off, and the address must be one', async () => {
    const wrong = await branchline(['up', '--demo', '--cloud', 'http://cloud.example'])
    expect([wrong.code, wrong.err]).toEqual([
      5,
      expect.stringContaining('flag --cloud: cloud.url: must begin with https://: "http://cloud.example"'),
    ])
  })
})
