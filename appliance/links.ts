import type { Lan } from '../services/core/net.ts'
import type { LinkWatch, OpenLink } from '../services/lldp/contract.ts'
import { type LinkWatchDeps, watchLinks } from '../services/lldp/watch.ts'

export interface HearingLinks {
  /** Hears LLDP and CDP; undefined: the box does not listen for them. */
  readonly openLink?: OpenLink
}

type LinksDeps = HearingLinks & Omit<LinkWatchDeps, 'openLink' | 'interfaces'> & { readonly lan: Lan }

/** Listens at every interface that is up; with no way to hear frames, as in the demonstration, it hears nobody. */
export function openLinks({ openLink, lan, clock, counters, log, every }: LinksDeps): LinkWatch {
  if (openLink === undefined) return { neighbours: () => [], [Symbol.dispose]() {} }
  const interfaces = () =>
    lan
      .interfaces()
      .filter(({ up }) => up)
      .map(({ name }) => name)
  return watchLinks({ openLink, interfaces, clock, counters, log, every })
}
