import type { Lan, LanInterface } from '../../services/core/net.ts'

/** The same LAN, but only these interfaces are there; without names, every one except loopback. */
export function chooseInterfaces(lan: Lan, names: readonly string[] | undefined): Lan {
  const wanted = (one: LanInterface) => (names === undefined ? one.name !== 'lo' : names.includes(one.name))
  return {
    ...lan,
    interfaces: () => lan.interfaces().filter(wanted),
    onChange: (listener) => lan.onChange((interfaces) => listener(interfaces.filter(wanted))),
  }
}
