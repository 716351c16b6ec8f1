import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import type { BoxAnswer, BoxCaller } from '../../services/sync/box-caller.ts'
import { makeDownloads } from './download.ts'

const CONTENT = Buffer.from('the quick brown fox jumps over the lazy dog')
const SHA = createHash('sha256').update(CONTENT).digest('hex')
const WANTED = { sha256: SHA, size: CONTENT.length }
const never = new AbortController().signal

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bl-download-'))
  return () => rmSync(folder, { recursive: true })
})

interface Asked {
  readonly path: string
  readonly range: string | undefined
}

/** An account that answers with `answers`, one after the other, and what it was asked. */
function account(...answers: readonly ((asked: Asked) => BoxAnswer)[]) {
  const asked: Asked[] = []
  const get: BoxCaller['get'] = async (path, headers) => {
    const one = { path, range: headers.range }
    asked.push(one)
    const answer = answers[asked.length - 1]
    if (answer === undefined) throw new TypeError('asked once too often')
    return answer(one)
  }
  return { asked, downloads: makeDownloads(folder, { get }) }
}
async function* pieces(bytes: Uint8Array, cutAt?: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 7) {
    if (cutAt !== undefined && at >= cutAt) throw new TypeError('the line is gone')
    yield bytes.subarray(at, at + 7)
  }
}
const whole =
  (bytes: Uint8Array = CONTENT, cutAt?: number) =>
  (): BoxAnswer => ({
    status: 200,
    headers: new Headers(),
    body: pieces(bytes, cutAt),
  })
const rest = ({ range }: Asked): BoxAnswer => {
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1])
  const headers = new Headers({ 'content-range': `bytes ${from}-${CONTENT.length - 1}/${CONTENT.length}` })
  return { status: 206, headers, body: pieces(CONTENT.subarray(from)) }
}

it('goes on where the line broke', async () => {
  const { asked, downloads } = account(whole(CONTENT, 14), rest)
  await expect(downloads.fetch(WANTED, never)).rejects.toThrow('broke off after 14 of 43 bytes: the line is gone')
  expect(await readFile(await downloads.fetch(WANTED, never))).toEqual(CONTENT)
  expect(asked).toEqual([
    { path: `/v1/files/${SHA}`, range: undefined },
    { path: `/v1/files/${SHA}`, range: 'bytes=14-' },
  ])
})

it('what is there already is not asked for again', async () => {
  await writeFile(join(folder, `${SHA}.part`), CONTENT)
  const { asked, downloads } = account()
  await downloads.fetch(WANTED, never)
  expect(asked).toEqual([])
})

it('an account that does not go on begins anew', async () => {
  await writeFile(join(folder, `${SHA}.part`), 'the quick')
  const { downloads } = account(whole())
  expect(await readFile(await downloads.fetch(WANTED, never))).toEqual(CONTENT)
})

it('more than was told of, or a file that grew, is thrown away', async () => {
  const { downloads } = account(whole(Buffer.concat([CONTENT, CONTENT])), whole())
  await expect(downloads.fetch(WANTED, never)).rejects.toThrow('more than the 43 bytes')
  await writeFile(join(folder, `${SHA}.part`), Buffer.alloc(900))
  expect(await readFile(await downloads.fetch(WANTED, never))).toEqual(CONTENT)
})

it('other content of the same size is noticed, and nothing of it is kept', async () => {
  const { downloads } = account(whole(Buffer.from(CONTENT.toString().toUpperCase())))
  await expect(downloads.fetch(WANTED, never)).rejects.toThrow(`not ${SHA}`)
  expect(readdirSync(folder)).toEqual([])
})

it.each([
  [404, 'the account does not have this file any more'],
  [500, 'the account answered 500'],
  [416, 'the account answered 416'],
])('%i is told as it is', async (status, reason) => {
  const { downloads } = account(() => ({ status, headers: new Headers(), body: pieces(new Uint8Array()) }))
  await expect(downloads.fetch(WANTED, never)).rejects.toThrow(reason)
})

it('clears what nobody wants any more', async () => {
  for (const name of [`${SHA}.part`, `${'a'.repeat(64)}.part`]) await writeFile(join(folder, name), 'x')
  const { downloads } = account()
  await downloads.clear(new Set([SHA]))
  expect(readdirSync(folder)).toEqual([`${SHA}.part`])
})

it('takes no more in a second than it may, and what was held up when it ends is not lost but fetched again', async () => {
  const { downloads } = account(whole(), whole())
  const stop = new AbortController()
  const slow = downloads.fetch({ ...WANTED, rate: 14 }, stop.signal)
  setTimeout(() => stop.abort(), 20)
  await expect(slow, 'all of it takes three seconds').rejects.toThrow('broke off after 0 of 43 bytes')
  const parts: number[] = []
  await downloads.fetch({ ...WANTED, rate: 1e9 }, never, (bytes) => parts.push(bytes))
  expect(parts).toEqual([7, 14, 21, 28, 35, 42, 43])
})
