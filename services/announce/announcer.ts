import { messageOf } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Lan } from '../core/net.ts'
import type { Announcement, Announcer } from './contract.ts'
import type { Mdns } from './mdns.ts'
import type { Ssdp } from './ssdp.ts'

export interface AnnouncerDeps {
  readonly lan: Lan
  readonly log: Log
}

/** By mDNS and SSDP, on each interface apart. */
export function makeAnnouncer({ lan, log }: AnnouncerDeps): Announcer {
  const listeners = new Set<() => void>()
  let mdns: Mdns[] = []
  let ssdp: Ssdp[] = []
  let current = ''

  async function silence(): Promise<void> {
    current = ''
    for (const one of ssdp) one[Symbol.dispose]()
    ssdp = []
    const old = mdns
    mdns = []
    await Promise.all(old.map((one) => one[Symbol.asyncDispose]()))
  }

  async function begin(what: Announcement): Promise<void> {
    // Both are loaded with the first use: each brings more than 10 MB along.
    const [{ openMdns }, { openSsdp }] = await Promise.all([import('./mdns.ts'), import('./ssdp.ts')])
    for (const at of what.interfaces) {
      try {
        ssdp.push(await openSsdp(lan, what, at))
      } catch (thrown) {
        log.warn('not announced by ssdp', { interface: at.name, reason: messageOf(thrown) })
      }
    }
    const renamed = () => {
      for (const listener of [...listeners]) listener()
    }
    const opening = what.interfaces.map(async (at) => {
      try {
        mdns.push(await openMdns(lan, what, at, renamed))
      } catch (thrown) {
        log.warn('not announced by mdns', { interface: at.name, reason: messageOf(thrown) })
      }
    })
    await Promise.all(opening)
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
    hosts: () => mdns.flatMap((one) => one.hosts()),
    onHost(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    [Symbol.asyncDispose]: silence,
  }
}
