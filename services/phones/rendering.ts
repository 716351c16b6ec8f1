import { createHash } from 'node:crypto'
import type { EpochMs } from '../core/clock.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import type { FileProtocol } from '../journey/contract.ts'
import { holds } from './condition.ts'
import { type RenderInput, renderContext } from './context.ts'
import type { Effective } from './contract.ts'
import type { DigestForm, FileForm } from './definition.ts'
import type { FileGuard } from './firmware-desk.ts'
import { fillName } from './names.ts'
import { codesOf, fillText } from './placeholder.ts'
import type { RenderSubject } from './provision.ts'
import { type Renderer, TemplateError } from './render.ts'
import { effectiveFor, type RevisedLayers, type SubjectFacts } from './subject.ts'
import { settingsWithoutEffect } from './supports.ts'

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
  /** Keeps from a device the name of a file that is not for it. */
  readonly guard?: FileGuard
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
  /** Which of these settings change nothing in any of a device's files, whatever they are set to; none when one of them fails. */
  idle(
    subject: Omit<RenderSubject, 'form'> & { readonly mac?: Mac },
    names: readonly string[],
    to: { readonly localAddress: Ipv4; readonly protocol: FileProtocol; readonly at: EpochMs },
  ): readonly string[]
}

/** Devices of which it is kept what has no effect: those that a person looks at. */
const MAX_IDLE = 200

/** Bytes that are kept rendered: the files of some thousand phones between two of their requests. */
const MAX_KEPT = 16 * 1_048_576

interface Kept {
  readonly stamp: string
  readonly file: RenderedFile
}

export function makeRendering(facts: RenderingFacts): Rendering {
  const kept = new Map<string, Kept>()
  const idle = new Map<string, { readonly stamp: string; readonly names: readonly string[] }>()
  const encoder = new TextEncoder()
  let size = 0
  const drop = (key: string) => {
    size -= kept.get(key)?.file.bytes.length ?? 0
    kept.delete(key)
  }
  const effectiveOf = ({ definition, form, model, device, mac }: RenderSubject & { readonly mac?: Mac }): Effective => {
    const own = form.scope === 'device' ? mac : undefined
    const effective = effectiveFor(facts, {
      mac: own,
      device: form.scope === 'device' ? device : undefined,
      vendor: definition.id,
      model: model.model,
    })
    const { 'firmware.file': file, ...settings } = effective.settings
    const objects =
      typeof file?.value === 'string' &&
      facts.guard?.objection(file.value, { mac: own, definition, model }) !== undefined
    return objects ? { ...effective, settings } : effective
  }
  const inputOf = (
    subject: RenderSubject & { readonly mac?: Mac },
    to: Parameters<Rendering['file']>[1],
  ): RenderInput => {
    const { definition, form, model, firmware, device, mac } = subject
    const own = form.scope === 'device' ? mac : undefined
    return {
      definition,
      form,
      model,
      effective: effectiveOf(subject),
      protocol: to.protocol,
      box: { address: to.localAddress, httpPort: facts.ports.http },
      year: new Date(to.at).getUTCFullYear(),
      ...(firmware !== undefined && { firmware }),
      ...(own !== undefined && { mac: own }),
      ...(device !== undefined && { device }),
    }
  }
  const stampOf = (
    { device, model, firmware, mac }: Omit<RenderSubject, 'form'> & { readonly mac?: Mac },
    at: EpochMs,
  ) =>
    `${mac === undefined ? '' : facts.overlay?.of(mac)?.stamp}|${facts.guard?.stamp(mac)}|${device?.rev}|${facts.layers.revision()}|${facts.definitions.version}|${model.model}|${firmware}|${new Date(at).getUTCFullYear()}`
  const rendering: Rendering = {
    idle(subject, names, to) {
      const { definition, model, firmware, device, mac } = subject
      const key = `${mac ?? model.model}|${definition.id}|${to.localAddress}`
      const stamp = `${stampOf(subject, to.at)}|${names.join(' ')}`
      const before = idle.get(key)
      if (before?.stamp === stamp) return before.names
      const forms = definition.files.filter(
        (form) =>
          form.from !== undefined &&
          (form.scope !== 'device' || device !== undefined) &&
          (form.when === undefined || holds(definition, form.when, model, firmware)),
      )
      // Two names may be made from one template for the same reader: the same text twice.
      const different = forms.filter((form, i) => forms.findIndex((other) => sameText(form, other)) === i)
      const found = tried(() =>
        settingsWithoutEffect(
          different.map((form) => inputOf({ ...subject, form }, to)),
          facts.renderer,
          names,
        ),
      )
      idle.delete(key)
      idle.set(key, { stamp, names: found })
      for (const oldest of idle.keys()) {
        if (idle.size <= MAX_IDLE) break
        idle.delete(oldest)
      }
      return found
    },
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
      const { definition, form, model, mac } = subject
      const own = form.scope === 'device' ? mac : undefined
      const key = `${own ?? model.model}|${definition.id}|${form.name}|${to.localAddress}`
      const stamp = stampOf(subject, to.at)
      const before = kept.get(key)
      if (before?.stamp === stamp) return before.file
      drop(key)
      const context = renderContext(inputOf(subject, to))
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

function sameText(one: FileForm, other: FileForm): boolean {
  return one.from === other.from && one.format === other.format && one.scope === other.scope
}

/** A template that fails says so where its file is listed; here it says nothing. */
function tried(find: () => readonly string[]): readonly string[] {
  try {
    return find()
  } catch (thrown) {
    if (thrown instanceof TemplateError) return []
    throw thrown
  }
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
