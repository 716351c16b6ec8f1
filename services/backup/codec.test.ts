import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MalformedPacketError, OperatorError } from '../core/errors.ts'
import { ArchiveReader, END, entryHead } from './codec-archive.ts'
import { CHUNK, chunksOf, type Head, headLength, readHead, TAG, writeHead } from './codec-frame.ts'
import { readRecoveryKey, writeRecoveryKey } from './codec-key.ts'
import { pack, type Source } from './pack.ts'
import { newSeed, recipientOf } from './seal.ts'
import { preambleOf, unpack } from './unpack.ts'

const SEED = Uint8Array.from({ length: 15 }, (_, i) => i * 17)

describe('the recovery key', () => {
  const key = writeRecoveryKey(SEED)

  it('is six groups of five, read in any case, with any dashes, and with letters that look alike', () => {
    expect(key).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]{5}$/)
    const sloppy = key.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')
    for (const text of [key, sloppy, key.replaceAll('-', ''), ` ${key}\n`])
      expect(readRecoveryKey(text)).toEqual({ seed: SEED })
  })

  it('is read back whatever the secret is', () => {
    for (let i = 0; i < 200; i++) {
      const seed = newSeed()
      expect(readRecoveryKey(writeRecoveryKey(seed))).toEqual({ seed })
    }
  })

  it('names the group with any one letter that is wrong, and any two that changed places', () => {
    const letters = [...key]
    for (const [at, letter] of letters.entries()) {
      if (letter === '-') continue
      const group = Math.floor(at / 6) + 1
      for (const other of '0123456789ABCDEFGHJKMNPQRSTVWXYZU') {
        if (other === letter) continue
        const read = readRecoveryKey(letters.with(at, other).join(''))
        expect(read).toEqual({ fault: `the recovery key is mistyped: look at group ${group} of 6` })
      }
      const next = letters[at + 1]
      if (next === undefined || next === '-' || next === letter) continue
      expect(
        readRecoveryKey(
          letters
            .with(at, next)
            .with(at + 1, letter)
            .join(''),
        ),
      ).toHaveProperty('fault')
    }
  })

  it('is refused with groups in another order or of another length, and never quoted', () => {
    const groups = key.split('-')
    const swapped = readRecoveryKey([groups[1], groups[0], ...groups.slice(2)].join('-'))
    expect(swapped).toEqual({ fault: 'the recovery key is mistyped: look at groups 1, 2 of 6' })
    expect(readRecoveryKey(key.slice(1))).toEqual({
      fault: 'the recovery key has 30 letters and digits, 29 were given',
    })
  })
})

const HEAD: Omit<Head, 'ephemeral'> = {
  ...{ box: 'branchline-00ff', version: '1.2.3', at: 1_790_000_000_000, size: 5_000, content: 'all' },
  ...{ database: 13, readable: 11, keyId: recipientOf(SEED).id },
}

describe('the head', () => {
  const bytes = writeHead({ ...HEAD, ephemeral: 'A'.repeat(43) })

  it('is read back, and ignores fields that it does not know', () => {
    expect(readHead(bytes)).toEqual({ ...HEAD, ephemeral: 'A'.repeat(43) })
    const later = writeHead({ ...HEAD, ephemeral: 'A'.repeat(43), ...{ colour: 'green' } })
    expect(readHead(later)).toEqual({ ...HEAD, ephemeral: 'A'.repeat(43) })
  })

  it('is refused at every length that it can be cut to', () => {
    for (let length = 0; length < bytes.length; length++)
      expect(() => readHead(bytes.slice(0, length)), `${length}`).toThrow(MalformedPacketError)
  })

  it('of a newer form says so', () => {
    const newer = bytes.slice()
    newer[18] = 2
    expect(() => headLength(newer)).toThrow('the backup is of form 2, made by a newer version')
  })

  it.each([
    ['box', 'a\u0007b'],
    ['version', ''],
    ['at', -1],
    ['size', 1.5],
    ['content', 'some'],
    ['keyId', 'xyz'],
    ['ephemeral', 7],
  ])('with %s as %j is damaged', (name, value) => {
    const odd = writeHead({ ...HEAD, ephemeral: 'A'.repeat(43), [name]: value })
    expect(() => readHead(odd)).toThrow(`damaged at ${name}`)
  })
})

describe('the archive', () => {
  const content = new TextEncoder().encode('content')
  const whole = [...entryHead('data/a', 7), ...content, ...entryHead('data/b/c', 0), ...END]

  it('is read in pieces of any length', () => {
    for (let step = 1; step <= whole.length; step++) {
      const reader = new ArchiveReader()
      const seen: string[] = []
      for (let at = 0; at < whole.length; at += step)
        for (const event of reader.push(Uint8Array.from(whole.slice(at, at + step)))) {
          if (event.kind === 'file') seen.push(`${event.path}:${event.size}`)
          if (event.kind === 'content') seen.push(new TextDecoder().decode(event.bytes))
        }
      reader.finish()
      expect(seen.join('').replace(/(data\/a:7|data\/b\/c:0)/g, '<$1>')).toBe('<data/a:7>content<data/b/c:0>')
    }
  })

  it('is refused when it ends early, goes on after its end, or leads out of its folder', () => {
    for (let length = 0; length < whole.length; length++) {
      const reader = new ArchiveReader()
      reader.push(Uint8Array.from(whole.slice(0, length)))
      expect(() => reader.finish(), `${length}`).toThrow(MalformedPacketError)
    }
    expect(() => new ArchiveReader().push(Uint8Array.from([...END, 0]))).toThrow('after its end')
    for (const path of ['../x', 'data//x', '/etc/passwd', 'data/./x', 'data/..', 'data/a\\b', 'data/\n', 'x/'])
      expect(() => new ArchiveReader().push(entryHead(path, 0)), path).toThrow('leads elsewhere')
  })
})

it('chunks of a file end where it does, and one that is nothing but a tag is none', () => {
  expect([...chunksOf(100 + CHUNK + TAG, 100)]).toEqual([{ at: 100, length: CHUNK + TAG, number: 0, last: true }])
  expect([...chunksOf(101 + CHUNK + 2 * TAG, 100)].map(({ length, last }) => [length, last])).toEqual([
    [CHUNK + TAG, false],
    [TAG + 1, true],
  ])
  expect(() => [...chunksOf(100 + CHUNK + 2 * TAG, 100)]).toThrow('cut off')
  expect(() => [...chunksOf(100, 100)]).toThrow('cut off')
})

describe('a backup file', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'branchline-backup-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const large = new Uint8Array(2 * CHUNK + 700).map((_, i) => (i * 31) % 251)
  function make(sources: readonly Source[]): string {
    const out = join(folder, `${crypto.randomUUID()}.backup`)
    pack({ out, head: HEAD, publicKey: recipientOf(SEED).publicKey, sources })
    return out
  }
  function open(file: string, seed: Uint8Array = SEED): string {
    const into = join(folder, crypto.randomUUID())
    mkdirSync(into)
    unpack({ file, seed, into })
    return into
  }
  /** What opening these bytes as a file throws. */
  function openBytes(bytes: Uint8Array): unknown {
    const file = join(folder, 'changed.backup')
    writeFileSync(file, bytes)
    try {
      open(file)
      return undefined
    } catch (thrown) {
      return thrown
    }
  }

  it('gives back every file, and only with its key', () => {
    writeFileSync(join(folder, 'large'), large)
    const file = make([
      { path: 'manifest.json', bytes: new TextEncoder().encode('{}') },
      { path: 'data/files/ab/large', file: join(folder, 'large') },
      { path: 'data/empty', bytes: new Uint8Array(0) },
      { path: 'data/gone', file: join(folder, 'gone') },
    ])
    const into = open(file)
    expect(new Uint8Array(readFileSync(join(into, 'data/files/ab/large')))).toEqual(large)
    expect(readFileSync(join(into, 'data/empty')).length).toBe(0)
    expect(readFileSync(join(into, 'manifest.json'), 'utf8')).toBe('{}')
    expect(preambleOf(file).head).toMatchObject(HEAD)
    expect(() => open(file, newSeed())).toThrow(OperatorError)
    expect(readFileSync(file).includes(large.subarray(0, 64))).toBe(false)
  })

  it('is refused with any byte flipped', () => {
    const bytes = new Uint8Array(readFileSync(make([{ path: 'data/secret.key', bytes: large.subarray(0, 300) }])))
    for (let at = 0; at < bytes.length; at++) {
      const flipped = bytes.slice()
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
      expect(openBytes(flipped), `byte ${at}`).toSatisfy(
        (it) => it instanceof MalformedPacketError || it instanceof OperatorError,
      )
    }
  })

  it('is refused when it was cut, goes on, or has chunks in another order, twice or of another file', () => {
    const bytes = new Uint8Array(readFileSync(make([{ path: 'data/large', bytes: large }])))
    const other = new Uint8Array(readFileSync(make([{ path: 'data/large', bytes: large }])))
    const start = preambleOf(make([])).bytes.length
    const size = CHUNK + TAG
    const [first, second] = [bytes.slice(start, start + size), bytes.slice(start + size, start + 2 * size)]
    const rest = bytes.slice(start + 2 * size)
    const file = (...parts: readonly Uint8Array[]) => Buffer.concat([bytes.subarray(0, start), ...parts])
    expect(openBytes(file(first, second, rest))).toBeUndefined()
    const cuts = [start, start + 1, start + size, start + 2 * size, bytes.length - TAG, bytes.length - 1]
    for (const length of cuts)
      expect(openBytes(bytes.slice(0, length)), `cut to ${length}`).toBeInstanceOf(MalformedPacketError)
    const changed = [
      file(second, first, rest),
      file(first, rest),
      file(first, first, second, rest),
      file(first, other.slice(start + size, start + 2 * size), rest),
      file(first, second, rest, Uint8Array.of(0)),
      Buffer.concat([other.subarray(0, start), first, second, rest]),
    ]
    for (const it of changed) expect(openBytes(it)).toBeInstanceOf(MalformedPacketError)
  })

  it('writes nothing where this machine keeps its own, and nothing twice', () => {
    for (const path of ['data/branchline.lock', 'data/restore/state.json', 'etc/passwd', 'data'])
      expect(() => open(make([{ path, bytes: large.subarray(0, 5) }])), path).toThrow('has no place')
    const twice = { path: 'data/x', bytes: large.subarray(0, 5) }
    expect(() => open(make([twice, twice]))).toThrow('EEXIST')
  })
})
