import { join } from 'node:path'
import type { Clock } from '../services/core/clock.ts'
import { InvariantError } from '../services/core/errors.ts'
import type { Log } from '../services/core/log.ts'
import type { Definition, Definitions } from '../services/phones/definition.ts'
import { type LiveDefinitions, makeLiveDefinitions } from '../services/phones/live-definitions.ts'
import { compileVendor, readSources } from '../services/phones/read.ts'
import { makeRenderer } from '../services/phones/render.ts'
import { templateWarnings } from '../services/phones/template-warnings.ts'
import { VERSION } from '../services/program/version.ts'
import type { Records } from '../services/records/contract.ts'
import { readKeyList } from '../services/templates/codec-pack.ts'
import type { Packs, TemplateEdits, Templates } from '../services/templates/contract.ts'
import { makeLibrary, type Whole } from '../services/templates/library.ts'
import { openPackFolder } from '../services/templates/pack-folder.ts'
import { openPacks } from '../services/templates/packs.ts'
import type { Layer } from '../services/templates/policy.ts'
import { keyIdOf } from '../services/templates/sign.ts'
import { makeTemplates, ownSources } from '../services/templates/templates.ts'
import type { BoxConfig } from './config/config.ts'
import { writeDurably } from './durable-file.ts'
import pinned from './pack-keys.json' with { type: 'json' }
import { shippedTemplates } from './templates.ts'

/** Everything that the box knows of vendors, and what changes it. */
export interface VendorData {
  readonly definitions: LiveDefinitions
  readonly templates: Templates
  readonly packs: Packs
  /** The descriptions as they would be with these edits. Throws with every fault. */
  trial(vendor: string, edits: TemplateEdits): Definitions
  close(): void
}

export interface VendorDataDeps {
  readonly config: Pick<BoxConfig, 'dataFolder' | 'templates' | 'packKeys'>
  readonly records: Records
  readonly clock: Clock
  readonly log: Log
}

/**
 * Reads what came with the program, packs, the operator's folder and own texts, and keeps them in one place. A fault in the
 * folder of the configuration throws, as any fault of the configuration does; packs and own texts that do not fit (after an
 * update of the program, say) are set aside, and the box starts.
 */
export function openVendorData({ config, records, clock, log }: VendorDataDeps): VendorData {
  const opened = openPacks({
    folder: openPackFolder(join(config.dataFolder, 'packs'), writeDurably),
    ...{ version: VERSION, clock, log },
    shippedKeys: shippedKeys(),
    moreKeys: config.packKeys.map((key) => ({ id: keyIdOf(key), title: 'from the configuration', key })),
  })
  const fixed: Layer[] = [{ origin: 'shipped', sources: readSources(shippedTemplates(), { shipped: true }) }]
  if (config.templates !== undefined)
    fixed.push({ origin: 'folder', sources: readSources(config.templates, { shipped: false }) })
  let live: LiveDefinitions | undefined
  const library = makeLibrary<Definition>(
    { compile: compileVendor, log, publish: (whole) => live?.swap(definitionsOf(whole)) },
    [...fixed, ...opened.layers(), { origin: 'own', sources: ownSources(records) }],
  )
  library.make(fixed, true)
  live = makeLiveDefinitions(definitionsOf(library.now()))
  const renderer = makeRenderer()
  const { trial, close, ...templates } = makeTemplates<Definition>({
    ...{ library, records },
    titleOf: ({ title }) => title,
    notesOf: (definition) => templateWarnings(definition, renderer),
  })
  return {
    ...{ definitions: live, templates, packs: opened.serve(library), close },
    trial: (vendor, edits) => definitionsOf(trial(vendor, edits)),
  }
}

function definitionsOf({ version, vendors }: Whole<Definition>): Definitions {
  const byId = new Map([...vendors].flatMap(([id, { compiled }]) => (compiled === undefined ? [] : [[id, compiled]])))
  return { version, all: [...byId.values()], get: (id) => byId.get(id) }
}

function shippedKeys() {
  const read = readKeyList(JSON.stringify(pinned))
  if ('fault' in read) throw new InvariantError(`pack-keys.json: ${read.fault}`)
  return read.value
}
