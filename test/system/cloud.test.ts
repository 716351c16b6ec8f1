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
    [['cloud'], 'status, sync or leave is missing'],
    [['cloud', 'join'], 'neither status, sync nor leave: "join"'],
  ])('%j is wrong usage', async (words, message) =>
    expect(await box.branchline(...words)).toMatchObject({ code: 2, err: `branchline: ${message}\n` }),
  )

  it('writes neither code nor key nor token to its log', async () => {
    const { code = '' } = await until('unclaimed', (state) => state.code !== undefined)
    expect(box.log).not.toContain(code)
    expect(box.log).not.toMatch(/[\w-]{43}/)
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
