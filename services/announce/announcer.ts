import { messageOf } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Lan } from '../core/net.ts'
import type { Announcement, Announcer } from './contract.ts'
import type { Mdns } from './mdns.ts'
import { openSsdp, type Ssdp } from './ssdp.ts'

export interface AnnouncerDeps {
  readonly lan: Lan
  readonly log: Log
}

/** mDNS on all interfaces together, SSDP on each. */
export function makeAnnouncer({ lan, log }: AnnouncerDeps): Announcer {
  const listeners = new Set<() => void>()
  let mdns: Mdns | undefined
  let ssdp: Ssdp[] = []
  let current = ''

  async function silence(): Promise<void> {
    current = ''
    for (const one of ssdp) one[Symbol.dispose]()
    ssdp = []
    const old = mdns
    mdns = undefined
    await old?.[Symbol.asyncDispose]()
  }

  async function begin(what: Announcement): Promise<void> {
    for (const at of what.interfaces) {
      try {
        ssdp.push(await openSsdp(lan, what, at))
      } catch (thrown) {
        log.warn('not announced by ssdp', { interface: at.name, reason: messageOf(thrown) })
      }
    }
    try {
      // Loaded with the first use: it brings 13 MB along.
      const { openMdns } = await import('./mdns.ts')
      mdns = await openMdns(lan, what, () => {
        for (const listener of [...listeners]) listener()
      })
    } catch (thrown) {
      log.warn('not announced by mdns', { reason: messageOf(thrown) })
    }
  }

  return {
    async announce(what) {
      const wanted = what === undefined || what.interfaces.length === 0 ? undefined : what
      const key = wanted === undefined ? '' : JSON.stringify(wanted)
      if (key === current) return
      await silence()
      current = key
      if (wanted) await begin(wanted)
    },
    host: () => mdns?.host(),
    onHost(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    [Symbol.asyncDispose]: silence,
  }
}
