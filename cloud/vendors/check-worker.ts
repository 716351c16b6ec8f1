import { parentPort } from 'node:worker_threads'
import { compileVendor } from '../../services/phones/read.ts'
import { makeRenderer } from '../../services/phones/render.ts'
import { templateWarnings } from '../../services/phones/template-warnings.ts'
import type { Source, TemplateCheck } from '../../services/templates/contract.ts'

export interface CheckOrder {
  readonly vendor: string
  readonly files: ReadonlyMap<string, Source>
}

// A thread of its own: what one account writes must not hold up what others ask for.
parentPort?.once('message', ({ vendor, files }: CheckOrder) => {
  parentPort?.postMessage(checked(vendor, files))
})

function checked(vendor: string, files: ReadonlyMap<string, Source>): TemplateCheck {
  const made = compileVendor(vendor, files)
  if ('faults' in made) return { faults: made.faults, notes: [] }
  return { faults: [], notes: templateWarnings(made.compiled, makeRenderer()) }
}
