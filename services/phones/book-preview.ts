import type { Clock } from '../core/clock.ts'
import { NotFoundError } from '../core/errors.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { BookPreview } from '../directory/contract.ts'
import { holds } from './condition.ts'
import type { Definitions } from './definition.ts'
import type { Rendering } from './rendering.ts'

/** Shows the phone book in a vendor's form with the settings of the site, as the vendor's first model gets it. */
export function makeBookPreview(deps: {
  readonly definitions: Definitions
  readonly rendering: Rendering
  readonly clock: Clock
  /** The box's address, for the links in it. */
  address(): Ipv4
}): BookPreview {
  return {
    documents: () =>
      deps.definitions.all.flatMap(({ id, title, directory }) =>
        directory === undefined || directory.documents.length === 0
          ? []
          : [{ vendor: id, title, documents: directory.documents.map(({ name }) => name) }],
      ),
    render(vendor, document, query) {
      const definition = deps.definitions.get(vendor)
      const form = definition?.directory?.documents.find(({ name }) => name === document)
      if (definition === undefined || form === undefined)
        throw new NotFoundError(`${vendor} has no phone book ${document}`)
      const model =
        definition.models.find((one) => form.when === undefined || holds(definition, form.when, one, undefined)) ??
        definition.unlisted
      const to = { localAddress: deps.address(), protocol: 'http' as const, at: deps.clock.now() }
      const made = deps.rendering.file({ definition, form, model }, { ...to, ...(query !== undefined && { query }) })
      return { file: form.name, ...made }
    },
  }
}
