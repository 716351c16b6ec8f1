import type { AdminDeps } from '../services/admin/contract.ts'
import { NotFoundError } from '../services/core/errors.ts'
import type { Inspector, RenderedPreview } from '../services/phones/contract.ts'
import type { Definitions } from '../services/phones/definition.ts'
import { diffOf } from '../services/templates/diff.ts'
import type { VendorData } from './vendor-data.ts'

/** Own texts and packs for the API, with what they would change for one phone. */
export function templatesFor(
  { definitions, templates, packs, trial }: Pick<VendorData, 'definitions' | 'templates' | 'packs' | 'trial'>,
  heart: { inspectorWith(definitions: Definitions, options: { readonly masked: boolean }): Inspector },
): AdminDeps['templates'] {
  return {
    ...templates,
    packs,
    preview(mac, { vendor, edits, file, protocol, reveal }) {
      const options = protocol === undefined ? {} : { protocol }
      const tried = heart.inspectorWith(trial(vendor, edits), { masked: !reveal }).render(mac, file, options)
      const before = thereBefore(() =>
        heart.inspectorWith(definitions, { masked: !reveal }).render(mac, tried.file, options),
      )
      const diff = diffOf(
        { name: `${tried.file} (now)`, text: before === undefined ? '' : textOf(before) },
        { name: `${tried.file} (preview)`, text: textOf(tried) },
      )
      return { ...tried, changed: diff !== undefined, ...(diff !== undefined && { diff }) }
    },
  }
}

/** What the phone gets now; a file that is new with the edit has none. */
function thereBefore(render: () => RenderedPreview): RenderedPreview | undefined {
  try {
    return render()
  } catch (thrown) {
    if (thrown instanceof NotFoundError) return undefined
    throw thrown
  }
}

function textOf({ bytes }: RenderedPreview): string {
  return new TextDecoder().decode(bytes)
}
