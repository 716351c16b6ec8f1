import { describe, expect, it } from 'vitest'
import { OperatorError } from '../../services/core/errors.ts'
import { silentLog } from '../../services/core/log.ts'
import type { BoxEnrolment } from '../../services/enrolment/box-enrolment.ts'
import { settled } from '../../test/support/timers.ts'
import { followAccount } from './follow.ts'
import type { Account } from './session.ts'

type Claim = ReturnType<BoxEnrolment['claim']>
const claimOf = (boxId: string, orgId = 'o1', apiBase = 'https://cloud.example'): Claim => ({
  ...{ boxId, orgId, orgName: 'Acme', siteId: 's1', apiBase, epoch: 1, pinned: [], claimedAt: 0 },
})

function made(options: { readonly fails?: number } = {}) {
  const life: string[] = []
  let claim: Claim
  let failures = options.fails ?? 0
  let account: Account | undefined
  const enrolment = { claim: () => claim } as BoxEnrolment
  const following = followAccount({
    enrolment,
    log: silentLog,
    onChange: () => undefined,
    async begin(given) {
      if (failures-- > 0) throw new OperatorError('the disk is full')
      account = given
      const name = `${given.boxId} ${given.orgId} ${given.apiBase}`
      life.push(`begin ${name}`)
      return {
        status: () => expect.fail('nobody asks'),
        async now() {
          life.push(`sync ${name}`)
        },
        alarm: ({ text }) => void life.push(text),
        async [Symbol.asyncDispose]() {
          await settled()
          life.push(`end ${name}`)
        },
      }
    },
  })
  return {
    following,
    life,
    changed: () => account?.onChange(),
    async belong(next: Claim) {
      claim = next
      following.look()
      for (let i = 0; i < 5; i++) await settled()
    },
  }
}
const ONE = 'b1 o1 https://cloud.example'

describe('a session with the account', () => {
  it('begins with the claim and ends with it', async () => {
    const { following, life, belong } = made()
    await expect(following.now()).rejects.toThrow('this box belongs to no account')
    await belong(claimOf('b1'))
    await belong(claimOf('b1'))
    await following.now()
    await belong(undefined)
    expect(life).toEqual([`begin ${ONE}`, `sync ${ONE}`, `end ${ONE}`])
    await expect(following.now()).rejects.toThrow('this box belongs to no account')
    expect(following.status()).toBeUndefined()
  })

  it.each([
    ['box', claimOf('b2'), 'b2 o1 https://cloud.example'],
    ['organisation', claimOf('b1', 'o2'), 'b1 o2 https://cloud.example'],
    ['address', claimOf('b1', 'o1', 'https://other.example'), 'b1 o1 https://other.example'],
  ])('gives way to one with another %s, never two at once', async (_what, next, name) => {
    const { life, belong } = made()
    await belong(claimOf('b1'))
    await belong(next)
    expect(life).toEqual([`begin ${ONE}`, `end ${ONE}`, `begin ${name}`])
  })

  it('that cannot begin is tried again, and keeps nothing from going on', async () => {
    const { life, belong } = made({ fails: 1 })
    await belong(claimOf('b1'))
    expect(life).toEqual([])
    await belong(claimOf('b1'))
    expect(life).toEqual([`begin ${ONE}`])
  })

  it('ends when the box stops, and begins no more', async () => {
    const { following, life, belong } = made()
    await belong(claimOf('b1'))
    await following[Symbol.asyncDispose]()
    await belong(claimOf('b2'))
    expect(life).toEqual([`begin ${ONE}`, `end ${ONE}`])
  })

  it('hears of alarms while there is one', async () => {
    const { following, life, belong } = made()
    const alarm = { kind: 'enumeration', subject: 'x', text: 'guessing', firstAt: 0, lastAt: 0, count: 1 } as const
    following.alarm(alarm)
    await belong(claimOf('b1'))
    following.alarm(alarm)
    expect(life).toEqual([`begin ${ONE}`, 'guessing'])
  })
})
