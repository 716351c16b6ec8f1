import { contentRange, readRanges } from '../../services/config-http/codec-range.ts'
import type { AccountFile, CloudFiles } from './files.ts'

/**
 * The answer with a file's content: whole, one range of it (a download that goes on), or that nothing changed. The tag is the
 * content's hash, so it is right whatever the file is called and whoever serves it.
 */
export async function sendFile(files: CloudFiles, file: AccountFile, request: Request): Promise<Response | undefined> {
  const { hash, size } = file
  const tag = `"${hash}"`
  const headers = new Headers({
    etag: tag,
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'content-type': file.contentType,
    // It is shown by no browser under this name: a stored page must not run as ours.
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name.split('/').at(-1) ?? 'file')}`,
  })
  const known = request.headers.get('if-none-match')
  if (known !== null && (known === '*' || known.split(',').some((one) => one.trim().replace(/^W\//, '') === tag)))
    return new Response(null, { status: 304, headers })
  const condition = request.headers.get('if-range')
  const asked = condition === null || condition === tag ? request.headers.get('range') : null
  const ranges = asked === null ? undefined : readRanges(asked, size)
  if (ranges?.length === 0) {
    headers.set('content-range', `bytes */${size}`)
    return new Response(null, { status: 416, headers })
  }
  // Several at once are answered with all of it (RFC 9110 section 14.2 allows that).
  const [only] = ranges?.length === 1 ? ranges : []
  const range = only ?? { from: 0, to: size }
  headers.set('content-length', String(range.to - range.from))
  if (only !== undefined) headers.set('content-range', contentRange(only, size))
  const status = only === undefined ? 200 : 206
  if (request.method === 'HEAD') return new Response(null, { status, headers })
  const content = await files.read(file, range)
  return content && new Response(content, { status, headers })
}
