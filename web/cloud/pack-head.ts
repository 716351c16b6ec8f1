import { t } from '../i18n.ts'
import { path } from './session.ts'

/** A pack that boxes shall have. */
export interface Pack {
  readonly name: string
  readonly version: string
  readonly size: number
  readonly rev: number
  readonly sha256: string
  readonly shared: boolean
  readonly updatedBy: string
  readonly updatedAt: number
}

/** What the head of a pack says of it. Nothing of it is proven: each box checks the signature and every byte. */
export interface PackHead {
  readonly name: string
  readonly version: string
  readonly title?: string
  readonly vendors: readonly string[]
  readonly keyId: string
}

const MAGIC = 'branchline-pack 1'
/** Longer heads are no packs. */
const MOST = 1_100_000

class NoPackError extends Error {
  override readonly name = 'NoPackError'
}

/** Reads the first three lines of a file of the account, and no more of it. */
export async function packHead(file: string): Promise<PackHead> {
  const response = await fetch(`/api/v1${path('files', file)}`, { headers: { 'x-branchline': '1' } })
  const head = headOf(response.body ? await lines(response.body, 3) : [])
  if (!response.ok || head === undefined) throw new NoPackError(t('{name} is not a pack.', { name: file }))
  return head
}

async function lines(body: ReadableStream<Uint8Array>, wanted: number): Promise<readonly string[]> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (value) text += decoder.decode(value, { stream: true })
    const found = text.split('\n')
    if (done || found.length > wanted || text.length > MOST) {
      if (!done) await reader.cancel()
      return found.slice(0, wanted)
    }
  }
}

export function headOf([magic, manifest = '', signature = '']: readonly string[]): PackHead | undefined {
  if (magic !== MAGIC) return undefined
  try {
    const it = JSON.parse(manifest) as { name?: unknown; version?: unknown; title?: unknown; files?: unknown }
    const files = Array.isArray(it.files) ? (it.files as readonly { path?: unknown }[]) : []
    const vendors = new Set(files.map((one) => String(one.path).split('/')[0] ?? ''))
    if (typeof it.name !== 'string' || typeof it.version !== 'string') return undefined
    return {
      ...{ name: it.name, version: it.version, vendors: [...vendors], keyId: signature.split(' ')[0] ?? '' },
      ...(typeof it.title === 'string' && { title: it.title }),
    }
  } catch {
    return undefined
  }
}
