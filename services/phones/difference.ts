import type { Effective, SettingValue, Sourced, ValueChange } from './contract.ts'

/** What a phone is told otherwise. That a value comes from another layer now is no change for it. */
export function differenceOf(before: Effective, after: Effective): readonly ValueChange[] {
  const options = (effective: Effective) =>
    Object.fromEntries(effective.dhcpOptions.map((one) => [`option ${one.value.code}`, one]))
  return [
    ...changesIn('setting', before.settings, after.settings),
    ...changesIn('parameter', before.extra, after.extra),
    ...changesIn('option', options(before), options(after)).map(({ what, name }) => ({ what, name })),
  ]
}

type Bag = Readonly<Record<string, Sourced<unknown>>>

function changesIn(what: ValueChange['what'], before: Bag, after: Bag): readonly ValueChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name): ValueChange[] => {
    const [was, is] = [before[name], after[name]]
    if (JSON.stringify(was?.value) === JSON.stringify(is?.value)) return []
    return [
      {
        ...{ what, name },
        ...(was !== undefined && { before: was.value as SettingValue }),
        ...(is !== undefined && { after: is.value as SettingValue }),
      },
    ]
  })
}
