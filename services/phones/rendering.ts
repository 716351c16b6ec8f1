import { createHash } from 'node:crypto'
import type { EpochMs } from '../core/clock.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import type { PhoneBook } from '../directory/contract.ts'
import type { FileProtocol } from '../journey/contract.ts'
import type { MediaLibrary } from '../media/contract.ts'
import { holds } from './condition.ts'
import { type RenderInput, renderContext } from './context.ts'
import type { Effective, Key, TracedParameter } from './contract.ts'
import type { DigestForm, FileForm } from './definition.ts'
import { withOwnDirectory } from './directory-defaults.ts'
import { makeDirectoryDocuments } from './directory-documents.ts'
import type { FileGuard } from './firmware-desk.ts'
import { fillName } from './names.ts'
import { packed } from './packing.ts'
import { codesOf, fillText } from './placeholder.ts'
import { tracedParameters, type UnknownParameter, unknownParameters } from './provenance.ts'
import type { RenderSubject } from './provision.ts'
import { makeRecent } from './recent.ts'
import { type Renderer, TemplateError } from './render.ts'
import type { RenderedFile } from './rendered-file.ts'
import { effectiveFor, type RevisedLayers, type SubjectFacts } from './subject.ts'
import { keysWithoutEffect, settingsWithoutEffect } from './supports.ts'

export interface RenderingFacts extends SubjectFacts {
  readonly layers: RevisedLayers
  readonly renderer: Renderer
  /** Keeps from a device the name of a file that is not for it. */
  readonly guard?: FileGuard
  /** `ldap`: of the box's own directory server, when it is on. */
  readonly ports: { readonly http: number; readonly ldap?: number }
  readonly phoneBook: PhoneBook
  /** Makes stored pictures and sounds what each model takes. */
  readonly media?: MediaLibrary
}

/** Renders files; the same function stands behind a phone's request, a preview and the golden files. */
export interface Rendering {
  /** Throws `TemplateError`. */
  file(
    subject: RenderSubject & { readonly mac?: Mac },
    to: {
      readonly localAddress: Ipv4
      readonly protocol: FileProtocol
      readonly at: EpochMs
      /** Of the URL; for documents of the phone book. */
      readonly query?: string
    },
  ): RenderedFile
  /** Where a form with `redirect` sends the phone. Throws `TemplateError` when something in it is not known. */
  location(
    subject: RenderSubject & { readonly mac?: Mac },
    to: { readonly localAddress: Ipv4; readonly protocol: FileProtocol; readonly at: EpochMs },
  ): string
  /** Every parameter of a file with what stands behind it; secrets without their value. Throws `TemplateError`. */
  parameters(
    subject: RenderSubject & { readonly mac?: Mac },
    to: { readonly localAddress: Ipv4; readonly protocol: FileProtocol; readonly at: EpochMs },
  ): readonly TracedParameter[]
  /** The parameters of a device's files that nobody knows; none when one of the files fails. */
  unknown(
    subject: Omit<RenderSubject, 'form'> & { readonly mac?: Mac },
    to: { readonly localAddress: Ipv4; readonly protocol: FileProtocol; readonly at: EpochMs },
  ): readonly UnknownParameter[]
  /** Which of these settings change nothing in any of a device's files, whatever they are set to; none when one of them fails. */
  idle(
    subject: Omit<RenderSubject, 'form'> & { readonly mac?: Mac },
    names: readonly string[],
    to: { readonly localAddress: Ipv4; readonly protocol: FileProtocol; readonly at: EpochMs },
  ): readonly string[]
  /** Which of its keys are of a kind that the device has no word for; none when a file of it fails. */
  idleKeys(
    subject: Omit<RenderSubject, 'form'> & { readonly mac?: Mac },
    to: { readonly localAddress: Ipv4; readonly protocol: FileProtocol; readonly at: EpochMs },
  ): readonly Key[]
}

/** Bytes that are kept rendered: the files of some thousand phones between two of their requests. */
const MAX_KEPT = 16 * 1_048_576

interface Kept {
  readonly stamp: string
  readonly file: RenderedFile
}

export function makeRendering(facts: RenderingFacts): Rendering {
  const kept = new Map<string, Kept>()
  const idle = makeRecent<readonly string[]>()
  const unknown = makeRecent<readonly UnknownParameter[]>()
  const encoder = new TextEncoder()
  let size = 0
  const drop = (key: string) => {
    const file = kept.get(key)?.file
    size -= (file?.bytes.length ?? 0) + (file?.plain?.bytes.length ?? 0)
    kept.delete(key)
  }
  const documents = makeDirectoryDocuments(facts)
  const boxAt = (address: Ipv4) => ({ address, httpPort: facts.ports.http })
  const givenFor = ({ definition, form, model, device, mac }: RenderSubject & { readonly mac?: Mac }) =>
    effectiveFor(facts, {
      mac: form.scope === 'device' ? mac : undefined,
      device: form.scope === 'device' ? device : undefined,
      vendor: definition.id,
      model: model.model,
    })
  const effectiveOf = (subject: RenderSubject & { readonly mac?: Mac }, address: Ipv4): Effective => {
    const own = subject.form.scope === 'device' ? subject.mac : undefined
    const effective = withOwnDirectory(
      givenFor(subject),
      { ...subject, mac: own },
      { box: boxAt(address), ...(facts.ports.ldap !== undefined && { ldapPort: facts.ports.ldap }) },
    )
    const { 'firmware.file': file, ...settings } = effective.settings
    const { definition, model } = subject
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
      effective: effectiveOf(subject, to.localAddress),
      protocol: to.protocol,
      box: boxAt(to.localAddress),
      year: yearOf(to.at),
      ...(facts.media && { media: facts.media }),
      ...(firmware !== undefined && { firmware }),
      ...(own !== undefined && { mac: own }),
      ...(device !== undefined && { device }),
    }
  }
  const stampOf = (
    { device, model, firmware, mac }: Omit<RenderSubject, 'form'> & { readonly mac?: Mac },
    at: EpochMs,
  ) =>
    `${mac === undefined ? '' : facts.overlay?.of(mac)?.stamp}|${facts.guard?.stamp(mac)}|${device?.rev}|${facts.layers.revision()}|${facts.media?.revision()}|${facts.definitions.version}|${model.model}|${firmware}|${yearOf(at)}`
  const traced = (input: RenderInput) => facts.renderer.trace(input.definition, input.form, renderContext(input))
  /** One input for each different text that the device gets. */
  const inputsOf = (
    subject: Omit<RenderSubject, 'form'> & { readonly mac?: Mac },
    to: Parameters<Rendering['file']>[1],
  ): readonly RenderInput[] => {
    const { definition, model, firmware, device } = subject
    return (
      definition.files
        .filter(
          (form) =>
            form.from !== undefined &&
            (form.scope !== 'device' || device !== undefined) &&
            (form.when === undefined || holds(definition, form.when, model, firmware)),
        )
        // Two names may be made from one template for the same reader: the same text twice.
        .filter((form, i, forms) => forms.findIndex((other) => sameText(form, other)) === i)
        .map((form) => inputOf({ ...subject, form }, to))
    )
  }
  const rendering: Rendering = {
    parameters(subject, to) {
      const input = inputOf(subject, to)
      return tracedParameters(input, traced(input))
    },
    unknown(subject, to) {
      const { definition, model, mac } = subject
      const key = `${mac ?? model.model}|${definition.id}`
      return unknown(key, stampOf(subject, to.at), () =>
        tried(() => inputsOf(subject, to).flatMap((input) => unknownParameters(input, traced(input)))),
      )
    },
    idleKeys(subject, to) {
      const { device } = subject
      if (device === undefined) return []
      return tried(() => keysWithoutEffect(inputsOf(subject, to), facts.renderer, device))
    },
    idle(subject, names, to) {
      const { definition, model, mac } = subject
      const key = `${mac ?? model.model}|${definition.id}|${to.localAddress}`
      return idle(key, `${stampOf(subject, to.at)}|${names.join(' ')}`, () =>
        tried(() => settingsWithoutEffect(inputsOf(subject, to), facts.renderer, names)),
      )
    },
    location(subject, to) {
      const { definition, form, model, mac } = subject
      const location = fillText(form.redirect ?? '', {
        box: boxAt(to.localAddress),
        vendor: definition.id,
        mac: form.scope === 'device' ? mac : undefined,
        model: model.model === 'unlisted' ? undefined : model.model,
        codes: codesOf(model),
        settings: effectiveOf(subject, to.localAddress).settings,
      })
      if (location === undefined || location === '') throw new TemplateError(`${form.name} leads nowhere`)
      return location
    },
    file(subject, to) {
      const { definition, form, model, mac, device } = subject
      if (form.directory !== undefined) {
        const { localAddress, query, at } = to
        const asker = { mac, device, vendor: definition.id, model: model.model }
        return documents.file({
          ...{ subject, query, box: boxAt(localAddress), stamp: stampOf(subject, at), year: yearOf(at) },
          effective: effectiveFor(facts, asker),
        })
      }
      const own = form.scope === 'device' ? mac : undefined
      const key = `${own ?? model.model}|${definition.id}|${form.name}|${to.localAddress}`
      const stamp = stampOf(subject, to.at)
      const before = kept.get(key)
      if (before?.stamp === stamp) return before.file
      drop(key)
      const input = inputOf(subject, to)
      const context = renderContext(input)
      const text =
        form.redirect !== undefined
          ? `${rendering.location(subject, to)}\n`
          : form.digest === undefined
            ? facts.renderer.render(definition, form, context)
            : digestText(rendering, subject, form.digest, to)
      const plain = {
        bytes: encoder.encode(form.lineEnd === 'crlf' ? text.replace(/\r?\n/g, '\r\n') : text),
        contentType: form.contentType,
      }
      const sent = packed(definition, form, input.effective.settings, plain.bytes)
      const bytes = sent ?? plain.bytes
      const file = {
        ...(sent === undefined ? plain : { bytes: sent, contentType: 'application/octet-stream', plain }),
        hash: createHash('sha256').update(bytes).digest('hex'),
      }
      kept.set(key, { stamp, file })
      size += bytes.length + (sent === undefined ? 0 : plain.bytes.length)
      for (const oldest of kept.keys()) {
        if (size <= MAX_KEPT) break
        drop(oldest)
      }
      return file
    },
  }
  return rendering
}

function yearOf(at: EpochMs): number {
  return new Date(at).getUTCFullYear()
}

function sameText(one: FileForm, other: FileForm): boolean {
  return one.from === other.from && one.format === other.format && one.scope === other.scope
}

/** A template that fails says so where its file is listed; here it says nothing. */
function tried<Found>(find: () => readonly Found[]): readonly Found[] {
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
