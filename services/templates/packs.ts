import type { Clock } from '../core/clock.ts'
import { ConflictError, messageOf, NotFoundError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { compareVersions, type KeyList, type PublicKey, readKeyList } from './codec-pack.ts'
import type { PackCheck, Packs, PackView } from './contract.ts'
import { PackError, TemplateFaultError } from './errors.ts'
import type { Library } from './library.ts'
import type { PackEntry, PackFolder } from './pack-folder.ts'
import type { Layer } from './policy.ts'
import { type Pack, readKeys, readPack } from './sign.ts'

/** A pack that is installed: what it holds, or why it is not used. */
interface Installed {
  readonly entry: PackEntry
  readonly pack?: Pack
  readonly setAside?: string
}

export interface PackDeps {
  readonly folder: PackFolder
  /** Of this box. */
  readonly version: string
  /** Keys that came with the program. */
  readonly shippedKeys: KeyList
  /** Keys that the configuration adds. */
  readonly moreKeys: readonly PublicKey[]
  readonly clock: Clock
  readonly log: Log
}

/** What was found on the disk at the start: packs that can be used, and why others cannot. */
export function openPacks(deps: PackDeps) {
  const { folder, log } = deps
  let list = keysNow(deps)
  const keys = () => [...list.keys, ...deps.moreKeys]
  const load = (entry: PackEntry): Installed => {
    const read = folder.read(entry.hash)
    if ('fault' in read) return { entry, setAside: `its file in the data folder is ${read.fault}: install it again` }
    try {
      return { entry, pack: readPack(read.bytes, keys(), deps.version) }
    } catch (thrown) {
      return { entry, setAside: messageOf(thrown) }
    }
  }
  let installed: readonly Installed[] = []
  const reload = () => {
    let entries: readonly PackEntry[] = []
    try {
      entries = folder.entries()
      folder.clear(entries)
    } catch (thrown) {
      log.error('packs are not used', { reason: messageOf(thrown) })
    }
    installed = entries.map(load)
    for (const { entry, setAside } of installed)
      if (setAside !== undefined)
        log.error('pack is set aside', { pack: entry.name, version: entry.version, reason: setAside })
  }
  reload()
  const layers = (): readonly Layer[] => installed.flatMap(({ pack }) => (pack === undefined ? [] : [layerOf(pack)]))
  return {
    layers,
    /** The service over these, once there is a library that they are part of. */
    serve<Compiled>(library: Library<Compiled>): Packs {
      let last: Promise<unknown> = Promise.resolve()
      /** One after the other: each is decided by what the one before it left. */
      const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
        const turn = last.then(work)
        last = turn.catch(() => undefined)
        return turn
      }
      const withPacks = (packs: readonly Layer[]) => [
        ...library.layers().filter(({ origin }) => origin !== 'pack'),
        ...packs,
      ]
      const find = (name: string) => {
        const one = installed.find(({ entry }) => entry.name === name)
        if (one === undefined) throw new NotFoundError(`no pack is called ${name}`)
        return one
      }
      /** Throws every fault that these packs would bring; an operator's own text that does not fit counts as one. */
      const tryOut = (packs: readonly Layer[], vendors: ReadonlySet<string>, what: string) => {
        const next = withPacks(packs)
        try {
          library.make(
            next.filter(({ origin }) => origin === 'shipped' || origin === 'pack'),
            vendors,
          )
          const whole = [...vendors].filter((vendor) => library.now().vendors.get(vendor)?.setAside === undefined)
          library.make(next, new Set(whole))
        } catch (thrown) {
          if (thrown instanceof TemplateFaultError) throw new TemplateFaultError(what, thrown.faults)
          throw thrown
        }
      }
      /** From here on only the one step on the disk decides. */
      const settle = (next: readonly Installed[]) => {
        folder.commit(next.map(({ entry }) => entry))
        installed = next
        library.use(withPacks(layers()))
      }
      const replace = async (
        pack: Pack,
        entry: PackEntry,
        what: string,
        keep?: () => Promise<void>,
      ): Promise<PackView> => {
        const others = installed.filter((one) => one.entry.name !== entry.name)
        for (const other of others) {
          const shared = other.pack && pathsOf(other.pack).find((path) => pathsOf(pack).includes(path))
          if (shared !== undefined)
            throw new ConflictError(`${what} is not taken: ${shared} belongs to the pack ${other.entry.name} already`)
        }
        const next = [...others, { entry, pack }].sort((a, b) => (a.entry.name < b.entry.name ? -1 : 1))
        const vendors = new Set(pack.sources.keys())
        tryOut(
          next.flatMap((one) => (one.pack ? [layerOf(one.pack)] : [])),
          vendors,
          what,
        )
        await keep?.()
        settle(next)
        log.info('pack is in use', { pack: entry.name, version: entry.version, by: entry.by })
        return viewOf(find(entry.name))
      }
      return {
        list: () => installed.map(viewOf),
        keys: () => keys().map(({ id, title }) => ({ id, title })),
        install: (content, { by, older = false, instead = false, expected }) =>
          inTurn(async () => {
            const staged = await folder.stage(content)
            try {
              const pack = readPack(staged.bytes, keys(), deps.version)
              const { name, version } = pack.manifest
              if (expected !== undefined && (name !== expected.name || version !== expected.version))
                throw new PackError(
                  `the file is not taken: it is the pack ${name} ${version}, not ${expected.name} ${expected.version}`,
                )
              const before = installed.find(({ entry }) => entry.name === name)
              const same = before?.entry.hash === staged.hash
              if (same && before.pack !== undefined) return viewOf(before)
              if (before !== undefined && !same && !older && compareVersions(version, before.entry.version) <= 0)
                throw new ConflictError(
                  `pack ${name} ${version} is not newer than ${before.entry.version}, which is installed; say that an older one is meant`,
                )
              const previous =
                before === undefined || same || (instead && before.entry.by === by)
                  ? before?.entry.previous
                  : { version: before.entry.version, hash: before.entry.hash, by: before.entry.by }
              const entry = {
                name,
                version,
                hash: staged.hash,
                installedAt: deps.clock.now(),
                by,
                ...(previous && { previous }),
              }
              return await replace(pack, entry, `pack ${name} ${version}`, () => folder.keep(staged))
            } finally {
              await folder.drop(staged.path)
            }
          }),
        back: (name, { by }) =>
          inTurn(async () => {
            const { entry } = find(name)
            const { previous, version, hash, by: lately } = entry
            if (previous === undefined)
              throw new NotFoundError(`no version of the pack ${name} before ${version} is kept`)
            const read = folder.read(previous.hash)
            if ('fault' in read)
              throw new PackError(`pack ${name} ${previous.version} is ${read.fault} in the data folder`)
            const pack = readPack(read.bytes, keys(), deps.version)
            const was = { version, hash, by: lately }
            const next = { ...previous, name, installedAt: deps.clock.now(), by, previous: was }
            return replace(pack, next, `pack ${name} ${previous.version}`)
          }),
        remove: (name, { by }) =>
          inTurn(async () => {
            const gone = find(name)
            const next = installed.filter((one) => one !== gone)
            tryOut(
              next.flatMap(({ pack }) => (pack ? [layerOf(pack)] : [])),
              new Set(shippedAmong(library, gone.pack)),
              `what is left without the pack ${name}`,
            )
            settle(next)
            log.info('pack is removed', { pack: name, version: gone.entry.version, by })
          }),
        verify: async () =>
          installed.map(({ entry }): PackCheck => {
            const read = folder.read(entry.hash)
            return { name: entry.name, state: 'fault' in read ? read.fault : 'good' }
          }),
        renewKeys: (content, { by }) =>
          inTurn(async () => {
            const next = readKeys(content, keys())
            if (next.number <= list.number)
              throw new PackError(
                `the list of keys has number ${next.number}; this box has number ${list.number} already`,
              )
            folder.writeKeys(JSON.stringify(next))
            list = next
            log.info('keys of packs are renewed', { number: next.number, by })
            reload()
            library.use(withPacks(layers()))
          }),
      }
    },
  }
}

function layerOf({ manifest, sources }: Pack): Layer {
  return { origin: 'pack', pack: `${manifest.name} ${manifest.version}`, sources }
}

function pathsOf({ manifest }: Pack): readonly string[] {
  return manifest.files.map(({ path }) => path)
}

/** The vendors of a pack that are there without it too. */
function shippedAmong<Compiled>(library: Library<Compiled>, pack: Pack | undefined): readonly string[] {
  const vendors = [...(pack?.sources.keys() ?? [])]
  return vendors.filter((vendor) =>
    library.layers().some(({ origin, sources }) => origin !== 'pack' && sources.has(vendor)),
  )
}

/** The list that counts: the one taken last, or the program's own when that is newer. */
function keysNow({ folder, shippedKeys, log }: PackDeps): KeyList {
  const text = folder.readKeys()
  if (text === undefined) return shippedKeys
  // Its signature was checked when it was taken; the key that made it may be gone from the list by now.
  const read = readKeyList(text)
  if ('fault' in read) log.error('the list of keys in the data folder is not used', { reason: read.fault })
  return 'value' in read && read.value.number > shippedKeys.number ? read.value : shippedKeys
}

function viewOf({ entry, pack, setAside }: Installed): PackView {
  return {
    ...{ name: entry.name, version: entry.version, hash: entry.hash, installedAt: entry.installedAt, by: entry.by },
    ...{ files: pack?.manifest.files.length ?? 0, vendors: [...(pack?.sources.keys() ?? [])], key: pack?.key.id ?? '' },
    ...(pack?.manifest.title !== undefined && { title: pack.manifest.title }),
    ...(entry.previous && { previous: entry.previous.version }),
    ...(entry.previous?.by !== undefined && { previousBy: entry.previous.by }),
    ...(setAside !== undefined && { setAside }),
  }
}
