import { expect, it } from 'vitest'
import { newKeyPair } from '../../services/enrolment/crypto.ts'
import { openSealed, sealTo } from '../../services/sync/sealed-box.ts'
import { makeCourier } from './courier.ts'

const bytes = (key: string) => new Uint8Array(Buffer.from(key, 'base64url'))
const pair = ({ publicKey, privateKey }: ReturnType<typeof newKeyPair>) => ({
  publicKey: bytes(publicKey),
  privateKey: bytes(privateKey),
})
const local = { seal: (plain: string) => `b1:${plain}`, open: (sealed: string) => sealed.slice(3) }
const account = newKeyPair('x25519')
const [now, before] = [newKeyPair('x25519'), newKeyPair('x25519')]

function courier(sealingKey: string | undefined) {
  const claim = {
    boxId: 'b1',
    orgId: 'o1',
    orgName: 'Acme',
    siteId: 's1',
    apiBase: '',
    epoch: 1,
    pinned: [],
    claimedAt: 0,
  }
  const enrolment = {
    claim: () => ({ ...claim, ...(sealingKey !== undefined && { sealingKey }) }),
    sealingKeys: () => [now, before],
  }
  return makeCourier(enrolment, local)
}

it('carries secrets up to the key of the account', () => {
  const sealed = courier(account.publicKey).toCloud('b1:secret')
  expect(sealed).toMatch(/^x1:/)
  expect(openSealed([pair(account)], sealed)).toBe('secret')
})

it.each([
  ['the present', now],
  ['the former', before],
])('carries secrets down that were sealed to %s key of the box', (_which, { publicKey }) =>
  expect(courier(account.publicKey).fromCloud(sealTo(bytes(publicKey), 'secret'))).toBe('b1:secret'),
)

it('opens nothing that is for somebody else', () => {
  const other = sealTo(bytes(account.publicKey), 'secret')
  expect(() => courier(account.publicKey).fromCloud(other)).toThrow('sealed secret is for a key that is not here')
})

it('says when the account takes none', () => {
  expect([courier(undefined).isOpen?.(), courier(account.publicKey).isOpen?.()]).toEqual([false, true])
  expect(() => courier(undefined).toCloud('b1:secret')).toThrow('no key to which secrets could be sealed')
})
