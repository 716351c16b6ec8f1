import { printable } from '../core/bytes.ts'
import { messageOf, OperatorError } from '../core/errors.ts'
import { describeOption } from './codec-options.ts'
import { type DhcpNetwork, type OfferedOption, OWN_OPTIONS, type ToldOption } from './contract.ts'
import { offerTo } from './policy-reply.ts'
import { baseOptions, type OptionSet, readyOptions } from './policy-setup.ts'

/** The options of an answer in a network, for a person: by the same choice as the answer itself. */
export function toldOptions(
  spec: DhcpNetwork,
  advised: readonly OfferedOption[],
  parameters: readonly number[],
): readonly ToldOption[] {
  const base = baseOptions(spec)
  const own = new Map([...base, ...spec.options].map((option) => [option.code, option]))
  const given = new Map(advised.map((option) => [option.code, option]))
  const told = new Map<number, ToldOption>()
  offerTo(readySet([...own.values()]), readySet([...given.values()]), parameters, ({ code, always }) => {
    const option = given.get(code) ?? own.get(code)
    if (option === undefined || told.has(code)) return
    const text = printable(describeOption(option), 1000)
    const from = given.has(code) ? 'device' : 'network'
    told.set(code, { code, type: option.type, text, from, always, plain: base.includes(option) })
  })
  return [...told.values()]
}

/** What cannot be encoded is not sent either. */
function readySet(options: readonly OfferedOption[]): OptionSet {
  return new Map(options.flatMap((option) => (faultOf(option) === undefined ? [...readyOptions([option])] : [])))
}

/** Why an option of a person can never be sent; undefined: it can. */
export function faultOf(
  option: OfferedOption,
): { readonly at: 'code' | 'value'; readonly message: string } | undefined {
  if (OWN_OPTIONS.has(option.code))
    return { at: 'code', message: `option ${option.code} is set by the protocol itself` }
  try {
    readyOptions([option])
    return undefined
  } catch (thrown) {
    if (!(thrown instanceof OperatorError)) throw thrown
    return { at: 'value', message: messageOf(thrown) }
  }
}
