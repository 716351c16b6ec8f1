import type { OptionView } from './schema-network.ts'

// Values of DHCP options hold passwords: in a URL, in bytes that only a vendor can read. Nothing tells which do, so those
// who may not change an option see its number, its type, and that it is set.

export function withoutValue({ code, type, always }: OptionView): OptionView {
  return { ...{ code, type, hidden: true }, ...(always !== undefined && { always }) }
}

interface WithOptions {
  readonly dhcpOptions: readonly OptionView[]
}

/** A device or a layer, for somebody who may change it or not. */
export function optionsFor<View extends WithOptions>(mayEdit: boolean, view: View): View {
  return mayEdit ? view : { ...view, dhcpOptions: view.dhcpOptions.map(withoutValue) }
}

interface Explained {
  readonly device?: WithOptions | undefined
  readonly dhcpOptions: readonly { readonly option: OptionView }[]
}

/** The same for what a device gets, and of whom. */
export function explainedFor<View extends Explained>(mayEdit: boolean, view: View): View {
  if (mayEdit) return view
  return {
    ...view,
    ...(view.device && { device: optionsFor(false, view.device) }),
    dhcpOptions: view.dhcpOptions.map((one) => ({ ...one, option: withoutValue(one.option) })),
  }
}
