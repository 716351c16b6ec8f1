import type { EpochMs } from '../core/clock.ts'
import { contains, type Ipv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import type { Lease } from './contract.ts'
import { Heap, type HeapItem } from './heap.ts'
import { addressAt, inPool, type Network, type Setup } from './policy-setup.ts'

/** Who has an address, or had it last. `endsAt` is when somebody else may get it, whatever the state. */
export interface Binding extends Lease {
  /** Identity of the client (`clientKey`); empty when the address is set aside because a stranger uses it. */
  readonly client: string
  /** The client had an acknowledged lease of it at some time; a mere offer leaves no claim. */
  readonly held: boolean
}

/** One address. */
interface Slot extends HeapItem {
  readonly address: Ipv4
  binding: Binding | undefined
  /** The list of free addresses that it stands in, and its neighbours there. */
  list: FreeList | undefined
  before: Slot | undefined
  after: Slot | undefined
  book: Book | undefined
}

interface FreeList {
  head: Slot | undefined
  tail: Slot | undefined
}

/** The state of one network. Addresses that are in use wait in `busy` for their end; then they join a list. */
interface Book {
  readonly network: Network
  readonly byClient: Map<string, Slot>
  readonly busy: Heap<Slot>
  /** Offers that nobody took up. */
  readonly lapsed: FreeList
  /** Ended leases, oldest first. */
  readonly ended: FreeList
  /** Place in the pools below which every address has been looked at. */
  next: number
}

/**
 * The working state: who has which address. Every step is O(log n) whatever the pool's size and fill. It holds no clock;
 * call `expire` before each batch of decisions.
 */
export class LeaseTable {
  readonly #slots = new Map<Ipv4, Slot>()
  readonly #macs = new Map<Mac, Slot[]>()
  #books = new Map<string, Book>()

  constructor(setup: Setup, bindings: readonly Binding[], now: EpochMs) {
    this.#fill(setup, bindings, now)
  }

  /** Takes over changed networks; leases stay. */
  rebuild(setup: Setup, now: EpochMs): void {
    const bindings = this.all()
    this.#slots.clear()
    this.#macs.clear()
    this.#fill(setup, bindings, now)
  }

  #fill(setup: Setup, bindings: readonly Binding[], now: EpochMs): void {
    this.#books = new Map(setup.networks.map((network) => [network.id, makeBook(network)]))
    for (const binding of bindings.toSorted((a, b) => a.endsAt - b.endsAt)) {
      // A network may have been renamed or redrawn since: what counts is where the address lies now.
      const given = setup.byId.get(binding.network)
      const home = given && contains(given.spec.subnet, binding.address) ? given : networkAround(setup, binding.address)
      this.apply(home === undefined || home === given ? binding : { ...binding, network: home.id })
    }
    this.expire(now)
  }

  at(address: Ipv4): Binding | undefined {
    return this.#slots.get(address)?.binding
  }

  /** The client's newest binding in this network, whatever its state. */
  of(network: Network, client: string): Binding | undefined {
    return this.#books.get(network.id)?.byClient.get(client)?.binding
  }

  /** The address that a new client should get: never used, else an offer that lapsed, else the lease that ended first. */
  candidate(network: Network): Ipv4 | undefined {
    const book = this.#books.get(network.id)
    if (book === undefined) return undefined
    return this.#fresh(book) ?? book.lapsed.head?.address ?? book.ended.head?.address
  }

  #fresh(book: Book): Ipv4 | undefined {
    for (; book.next < book.network.size; book.next++) {
      const address = addressAt(book.network, book.next)
      if (address !== undefined && this.at(address) === undefined && inPool(book.network, address)) return address
    }
    return undefined
  }

  /** The next addresses that `candidate` would give, to be probed ahead of time. */
  upcoming(network: Network, count: number): Ipv4[] {
    const book = this.#books.get(network.id)
    const list: Ipv4[] = []
    if (book === undefined) return list
    this.#fresh(book)
    for (let index = book.next; index < network.size && list.length < count; index++) {
      const address = addressAt(network, index)
      if (address !== undefined && this.at(address) === undefined && inPool(network, address)) list.push(address)
    }
    for (const free of [book.lapsed, book.ended])
      for (let slot = free.head; slot !== undefined && list.length < count; slot = slot.after) list.push(slot.address)
    return list
  }

  /** Puts a binding in the place of whatever the address had, and returns that for `restore`. */
  apply(binding: Binding): Binding | undefined {
    const slot = this.#slots.get(binding.address) ?? this.#makeSlot(binding.address)
    const before = slot.binding
    this.#set(slot, binding)
    return before
  }

  /** Undoes `apply` after a failed commit. */
  restore(address: Ipv4, before: Binding | undefined): void {
    const slot = this.#slots.get(address)
    if (slot !== undefined) this.#set(slot, before)
  }

  /** Moves addresses whose time is over to the free ones. */
  expire(now: EpochMs): void {
    for (const book of this.#books.values()) {
      for (let slot = book.busy.first(); slot !== undefined && slot.key <= now; slot = book.busy.first()) {
        book.busy.remove(slot)
        append(slot.binding?.held === false ? book.lapsed : book.ended, slot)
      }
    }
  }

  /** Addresses of the pools that are leased, offered or set aside. Exact after `expire`. */
  busy(network: Network): number {
    return this.#books.get(network.id)?.busy.size ?? 0
  }

  all(): Binding[] {
    const list: Binding[] = []
    for (const slot of this.#slots.values()) if (slot.binding !== undefined) list.push(slot.binding)
    return list
  }

  /** The newest active lease of a device. */
  byMac(mac: Mac, now: EpochMs): Binding | undefined {
    let newest: Binding | undefined
    for (const { binding } of this.#macs.get(mac) ?? [])
      if (binding?.state === 'active' && binding.endsAt > now && binding.startedAt >= (newest?.startedAt ?? 0))
        newest = binding
    return newest
  }

  #makeSlot(address: Ipv4): Slot {
    const slot: Slot = {
      address,
      key: 0,
      index: -1,
      binding: undefined,
      list: undefined,
      before: undefined,
      after: undefined,
      book: undefined,
    }
    this.#slots.set(address, slot)
    return slot
  }

  #set(slot: Slot, binding: Binding | undefined): void {
    const old = slot.binding
    slot.book?.busy.remove(slot)
    unlink(slot)
    if (old !== undefined) this.#forget(slot, old, binding)
    slot.binding = binding
    if (binding === undefined) {
      // Nobody ever had it again: it is as fresh as the rest.
      this.#slots.delete(slot.address)
      if (slot.book !== undefined) slot.book.next = 0
      return
    }
    const book = this.#books.get(binding.network)
    slot.book = book
    slot.key = binding.endsAt
    if (binding.mac !== undefined && old?.mac !== binding.mac) this.#remember(slot, binding.mac)
    if (book === undefined) return
    if (binding.client !== '') book.byClient.set(binding.client, slot)
    if (inPool(book.network, slot.address)) book.busy.add(slot)
  }

  #forget(slot: Slot, old: Binding, next: Binding | undefined): void {
    if (next?.client !== old.client && slot.book?.byClient.get(old.client) === slot)
      slot.book.byClient.delete(old.client)
    if (old.mac === undefined || old.mac === next?.mac) return
    const rest = this.#macs.get(old.mac)?.filter((other) => other !== slot)
    if (rest === undefined || rest.length === 0) this.#macs.delete(old.mac)
    else this.#macs.set(old.mac, rest)
  }

  #remember(slot: Slot, mac: Mac): void {
    const slots = this.#macs.get(mac)
    if (slots === undefined) this.#macs.set(mac, [slot])
    else slots.push(slot)
  }
}

function makeBook(network: Network): Book {
  const empty = (): FreeList => ({ head: undefined, tail: undefined })
  return { network, byClient: new Map(), busy: new Heap(), lapsed: empty(), ended: empty(), next: 0 }
}

function networkAround(setup: Setup, address: Ipv4): Network | undefined {
  return setup.networks.find((network) => contains(network.spec.subnet, address))
}

function append(list: FreeList, slot: Slot): void {
  slot.list = list
  slot.before = list.tail
  slot.after = undefined
  if (list.tail === undefined) list.head = slot
  else list.tail.after = slot
  list.tail = slot
}

function unlink(slot: Slot): void {
  const { list, before, after } = slot
  if (list === undefined) return
  if (before === undefined) list.head = after
  else before.after = after
  if (after === undefined) list.tail = before
  else after.before = before
  slot.list = undefined
  slot.before = undefined
  slot.after = undefined
}
