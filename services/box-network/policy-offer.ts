import type { AddressOffer, BoxNetworkState, FormerAddress } from './contract.ts'
import { faultsOf, settingText } from './policy.ts'

/**
 * What a former setting is on this machine, whose network ports are `ports`; undefined: it is in force. It is suggested only where
 * the same ports are: on other hardware a port of the same number may hang on another network, and there a wrong
 * address takes the box from whoever restores it. A setting that somebody put on this machine's boot partition counts before it.
 */
export function offerOf(
  { ports: had, ...former }: FormerAddress,
  now: BoxNetworkState,
  ports: readonly string[],
): AddressOffer | undefined {
  const { interface: only, ...rest } = former
  const isHere = only === undefined ? had.some((name) => ports.includes(name)) : ports.includes(only)
  const [single, ...more] = ports
  // A machine with one port has no other that could be meant.
  const setting = only !== undefined && !isHere && single !== undefined && more.length === 0 ? rest : former
  if (settingText(setting) === settingText(now.setting)) return undefined
  const [fault] = faultsOf(setting, ports)
  const obstacle = now.unsupported ?? fault?.message
  if (obstacle !== undefined) return { ...setting, suggested: false, obstacle }
  return { ...setting, suggested: isHere && now.source !== 'boot' }
}
