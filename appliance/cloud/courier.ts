import { OperatorError } from '../../services/core/errors.ts'
import type { SecretBox } from '../../services/core/secret.ts'
import type { BoxEnrolment } from '../../services/enrolment/box-enrolment.ts'
import type { SecretCourier } from '../../services/sync/box-deps.ts'
import { openSealed, sealTo } from '../../services/sync/sealed-box.ts'

/**
 * Carries secrets between the box's own seal and those for the way: up to the key of the account, down to the key of the
 * box. Keys are asked for each time, since both sides may change theirs.
 */
export function makeCourier(
  enrolment: Pick<BoxEnrolment, 'claim' | 'sealingKeys'>,
  secretBox: SecretBox,
): SecretCourier {
  const accountKey = () => enrolment.claim()?.sealingKey
  return {
    isOpen: () => accountKey() !== undefined,
    toCloud(local) {
      const key = accountKey()
      if (key === undefined) throw new OperatorError('the account has no key to which secrets could be sealed')
      return sealTo(Buffer.from(key, 'base64url'), secretBox.open(local))
    },
    fromCloud(sealed) {
      const keys = enrolment.sealingKeys().map(({ publicKey, privateKey }) => ({
        publicKey: Buffer.from(publicKey, 'base64url'),
        privateKey: Buffer.from(privateKey, 'base64url'),
      }))
      return secretBox.seal(openSealed(keys, sealed))
    },
  }
}
