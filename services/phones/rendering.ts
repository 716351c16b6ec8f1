import { createHash } from 'node:crypto'
import type { EpochMs } from '../core/clock.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import type { FileProtocol } from '../journey/contract.ts'
import { holds } from './condition.ts'
import { renderContext } from './context.ts'
import type { DigestForm } from './definition.ts'
import { fillName } from './names.ts'
import { codesOf, fillText } from './placeholder.ts'
import type { RenderSubject } from './provision.ts'
import { type Renderer, TemplateError } from './render.ts'
import { effectiveFor, type RevisedLayers, type SubjectFacts } from './subject.ts'

/** One rendered file. */
export interface RenderedFile {
  readonly bytes: Uint8Array
  readonly contentType: string
  /** SHA-256 in hexadecimal. */
  readonly hash: string
}

export interface RenderingFacts extends SubjectFacts {
  readonly layers: RevisedLayers
  readonly renderer: Renderer
  readonly ports: { readonly http: number }
}

/** Renders files; the same function stands behind a phone's request, a preview and the golden files. */
export interface Rendering {
  /** Throws `TemplateError`. */
  file(
    subject: RenderSubject & { readonly mac?: Mac },
    to: { readonly localAddress: Ipv4; readonly protocol: FileProtocol; readonly at: EpochMs },
  ): RenderedFile
  /** Where a form with `redirect` sends the phone. Throws `TemplateError` when something in it is not known. */
  location(
    subject: RenderSubject & { readonly mac?: Mac },
    to: { readonly localAddress: Ipv4; readonly protocol: FileProtocol; readonly at: EpochMs },
  ): string
}

/** Bytes that are kept rendered: the files of some thousand phones between two of their requests. */
const MAX_KEPT = 16 * 1_048_576

interface Kept {
  readonly stamp: string
  readonly file: RenderedFile
}

export function makeRendering(facts: RenderingFacts): Rendering {
  const kept = new Map<string, Kept>()
  const encoder = new TextEncoder()
  let size = 0
  const drop = (key: string) => {
    size -= kept.get(key)?.file.bytes.length ?? 0
    kept.delete(key)
  }
  const effectiveOf = ({ definition, form, model, device, mac }: RenderSubject & { readonly mac?: Mac }) =>
    effectiveFor(facts, {
      mac: form.scope === 'device' ? mac : undefined,
      device: form.scope === 'device' ? device : undefined,
      vendor: definition.id,
      model: model.model,
    })
  const rendering: Rendering = {
    location(subject, to) {
      const { definition, form, model, mac } = subject
      const location = fillText(form.redirect ?? '', {
        box: { address: to.localAddress, httpPort: facts.ports.http },
        vendor: definition.id,
        mac: form.scope === 'device' ? mac : undefined,
        model: model.model === 'unlisted' ? undefined : model.model,
        codes: codesOf(model),
        settings: effectiveOf(subject).settings,
      })
      if (location === undefined || location === '') throw new TemplateError(`${form.name} leads nowhere`)
      return location
    },
    file(subject, to) {
      const { definition, form, model, firmware, device, mac } = subject
      const own = form.scope === 'device' ? mac : undefined
      const year = new Date(to.at).getUTCFullYear()
      const key = `${own ?? model.model}|${definition.id}|${form.name}|${to.localAddress}`
      const stamp = `${device?.rev}|${facts.layers.revision()}|${facts.definitions.version}|${model.model}|${firmware}|${year}`
      const before = kept.get(key)
      if (before?.stamp === stamp) return before.file
      drop(key)
      const effective = effectiveOf(subject)
      const context = renderContext({
        definition,
        form,
        model,
        effective,
        protocol: to.protocol,
        box: { address: to.localAddress, httpPort: facts.ports.http },
        year,
        ...(firmware !== undefined && { firmware }),
        ...(own !== undefined && { mac: own }),
        ...(device !== undefined && { device }),
      })
      const text =
        form.redirect !== undefined
          ? `${rendering.location(subject, to)}\n`
          : form.digest === undefined
            ? facts.renderer.render(definition, form.from ?? '', form.format, context)
            : digestText(rendering, subject, form.digest, to)
      const bytes = encoder.encode(form.lineEnd === 'crlf' ? text.replace(/\r?\n/g, '\r\n') : text)
      const file = { bytes, contentType: form.contentType, hash: createHash('sha256').update(bytes).digest('hex') }
      kept.set(key, { stamp, file })
      size += bytes.length
      for (const oldest of kept.keys()) {
        if (size <= MAX_KEPT) break
        drop(oldest)
      }
      return file
    },
  }
  return rendering
}

/** The digest of another file as the same phone would get it now. */
function digestText(
  rendering: Rendering,
  subject: RenderSubject & { readonly mac?: Mac },
  digest: DigestForm,
  to: Parameters<Rendering['file']>[1],
): string {
  const { definition, model, firmware, mac } = subject
  const form = definition.files.find(
    (other) =>
      other.name === digest.of &&
      other.from !== undefined &&
      (other.when === undefined || holds(definition, other.when, model, firmware)),
  )
  if (form === undefined) throw new TemplateError(`nothing is made under the name ${digest.of}`)
  const { bytes } = rendering.file({ ...subject, form }, to)
  const code = model.code === undefined ? {} : { code: model.code }
  const name = fillName(form.name, { model: model.model, codes: model.codes, ...code, ...(mac && { mac }) })
  const sum = createHash(digest.algorithm).update(bytes).digest('hex')
  return digest.text.replaceAll('{digest}', sum).replaceAll('{name}', name ?? form.name)
}
