import { NotFoundError, OperatorError } from '../core/errors.ts'
import type { JsonObject, Records } from '../records/contract.ts'
import {
  isTemplateFile,
  isVendorName,
  type OwnText,
  ownBodyOf,
  type Source,
  type Sources,
  type TemplateCheck,
  type TemplateEdits,
  type TemplateNote,
  type Templates,
  type TemplateVersion,
  type TemplateView,
  type VendorView,
} from './contract.ts'
import { diffOf } from './diff.ts'
import { TemplateFaultError } from './errors.ts'
import { hashOf } from './hash.ts'
import { type Library, type Standing, withLayer } from './library.ts'
import { checkEdits, edited, inOrder, type Layer, type Used, usedFiles } from './policy.ts'

export interface TemplatesDeps<Compiled> {
  readonly library: Library<Compiled>
  readonly records: Records
  titleOf(compiled: Compiled): string
  /** What is surely not meant in one vendor's texts. */
  notesOf(compiled: Compiled): readonly TemplateNote[]
}

/** An operator's own texts as records wrote them: the layer over all others. */
export function ownSources(records: Pick<Records, 'list'>): Sources {
  const sources = new Map<string, Map<string, Source>>()
  for (const { id, body } of records.list('template')) {
    const [vendor = '', file = '', more] = id.split('/')
    const own = ownBodyOf(body)
    if (own === undefined || more !== undefined || !isVendorName(vendor) || !isTemplateFile(file)) continue
    const files = sources.get(vendor) ?? new Map<string, Source>()
    sources.set(vendor, files.set(file, { text: own.text, file: id }))
  }
  return sources
}

/** What an operator does to vendors' texts. `close` stops listening to the records. */
export function makeTemplates<Compiled>(deps: TemplatesDeps<Compiled>) {
  const { library, records } = deps
  let stale = false
  const renew = () => {
    if (!stale) return
    stale = false
    library.use(withLayer(library.layers(), 'own', ownSources(records)))
  }
  const stop = records.onChange(({ kind }) => {
    if (kind !== 'template' || stale) return
    stale = true
    // Several records of one transaction are looked at together: each alone may not fit the others.
    queueMicrotask(renew)
  })
  const beneathOf = (vendor: string) => usedFiles(inOrder(library.layers()), vendor, new Set(['own']))
  const ownOf = (vendor: string, file: string, beneath: Used | undefined): OwnText | undefined => {
    const record = records.get('template', `${vendor}/${file}`)
    const own = record && ownBodyOf(record.body)
    if (record === undefined || own === undefined) return undefined
    const behind = own.basedOn !== (beneath === undefined ? undefined : hashOf(beneath.text))
    return { rev: record.rev, by: record.updatedBy, at: record.updatedAt, behind }
  }
  const viewOf = (vendor: string, file: string, used: Used, beneath: Used | undefined): TemplateView => {
    const own = ownOf(vendor, file, beneath)
    return {
      ...{ file, origin: used.origin, size: used.text.length, hash: hashOf(used.text) },
      ...(used.pack !== undefined && { pack: used.pack }),
      ...(own && { own }),
    }
  }
  const vendorView = ({ id, compiled, used, setAside }: Standing<Compiled>): VendorView => {
    const beneath = beneathOf(id)
    // A text that is set aside still stands in the list, or nobody could mend it.
    const all = new Map([...used, ...usedFiles(inOrder(library.layers()), id)])
    const files = [...all].sort(([a], [b]) => (a < b ? -1 : 1))
    return {
      id,
      title: compiled === undefined ? id : deps.titleOf(compiled),
      files: files.map(([file, text]) => viewOf(id, file, used.get(file) ?? text, beneath.get(file))),
      ...(setAside && { setAside }),
    }
  }
  const candidate = (vendor: string, edits: TemplateEdits): readonly Layer[] => {
    checkEdits(vendor, edits)
    return withLayer(library.layers(), 'own', edited(ownSources(records), vendor, edits))
  }
  const standing = (vendor: string) => library.now().vendors.get(vendor)
  const templates: Templates = {
    list: () => [...library.now().vendors.values()].map(vendorView),
    get(vendor, file) {
      renew()
      const beneath = beneathOf(vendor).get(file)
      const whole = usedFiles(inOrder(library.layers()), vendor).get(file)
      if (whole === undefined) throw new NotFoundError(`no template ${vendor}/${file}`)
      const used = standing(vendor)?.used.get(file) ?? whole
      const under = beneath && {
        ...{ origin: beneath.origin, text: beneath.text, hash: hashOf(beneath.text) },
        ...(beneath.pack !== undefined && { pack: beneath.pack }),
      }
      const names = { from: `${vendor}/${file} (${beneath?.pack ?? beneath?.origin})`, to: `${vendor}/${file}` }
      const diff = beneath && diffOf({ name: names.from, text: beneath.text }, { name: names.to, text: whole.text })
      return {
        ...viewOf(vendor, file, used, beneath),
        ...{ vendor, text: whole.text },
        ...(under && { beneath: under }),
        ...(diff !== undefined && { diff }),
      }
    },
    check(vendor, edits): TemplateCheck {
      try {
        const made = library.make(candidate(vendor, edits), new Set([vendor]))
        const compiled = made.vendors.get(vendor)?.compiled
        const mine = new Set(Object.keys(edits).map((file) => `${vendor}/${file}`))
        const notes = compiled === undefined ? [] : deps.notesOf(compiled)
        return { faults: [], notes: notes.filter(({ file }) => mine.has(file)) }
      } catch (thrown) {
        if (thrown instanceof TemplateFaultError) return { faults: thrown.faults, notes: [] }
        throw thrown
      }
    },
    change(vendor, edits, { by, base }) {
      const layers = candidate(vendor, edits)
      if (base !== undefined && Object.keys(edits).length !== 1)
        throw new OperatorError('a base revision goes with the edit of one file')
      // What is set aside can be taken away piece by piece.
      const clears = Object.values(edits).every((text) => text === null) && standing(vendor)?.setAside !== undefined
      if (!clears) library.make(layers, new Set([vendor]))
      const beneath = beneathOf(vendor)
      const options = { by, ...(base !== undefined && { base }) }
      records.batch(() => {
        for (const [file, text] of Object.entries(edits)) {
          const id = `${vendor}/${file}`
          if (text === null) records.remove('template', id, options)
          else records.put('template', id, bodyFor(text, beneath.get(file)), options)
        }
      })
      renew()
      return vendorView(standing(vendor) ?? { id: vendor, used: new Map() })
    },
    versions(vendor, file) {
      const changes = records.history('template', `${vendor}/${file}`)
      return changes.map(({ seq, at, by, before, after }): TemplateVersion => {
        const own = after && ownBodyOf(after)
        return {
          ...{ seq, at, by, did: after === undefined ? 'removed' : before === undefined ? 'made' : 'edited' },
          ...(own && { size: own.text.length, hash: hashOf(own.text) }),
        }
      })
    },
    textOf(vendor, file, seq) {
      const change = records.history('template', `${vendor}/${file}`).find((one) => one.seq === seq)
      if (change === undefined) throw new NotFoundError(`${vendor}/${file} has no version ${seq}`)
      return change.after && ownBodyOf(change.after)?.text
    },
  }
  return {
    ...templates,
    /** What these edits would come to, for a preview; throws `TemplateFaultError`. */
    trial: (vendor: string, edits: TemplateEdits) => library.make(candidate(vendor, edits), new Set([vendor])),
    close: stop,
  }
}

function bodyFor(text: string, beneath: Used | undefined): JsonObject {
  return { text, ...(beneath && { basedOn: hashOf(beneath.text) }) }
}
