import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryDatabase } from '../../test/support/database.ts'
import { fromLatin1, latin1 } from '../core/bytes.ts'
import { NotFoundError, OperatorError } from '../core/errors.ts'
import { silentLog } from '../core/log.ts'
import { listBlobs, settle, stage } from './blob-folder.ts'
import { type FileStore, makeFileStore } from './file-store.ts'

let folder: string
let files: FileStore
let db: ReturnType<typeof memoryDatabase>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'branchline-files-'))
  db = memoryDatabase()
  files = makeFileStore({ db, folder, log: silentLog, clock: { now: () => 42 } })
  await files.start()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

// printf hello | sha256sum
const HELLO = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield fromLatin1(text)
}
const incoming = () => readdir(join(folder, 'incoming'))

describe('stored files', () => {
  it('come back by hash, from bytes and from a stream alike', async () => {
    const stored = await files.put('/fw//T46.rom', fromLatin1('hello'), { by: 'cli:root', contentType: 'a/b' })
    expect(stored).toEqual({
      name: 'fw/T46.rom',
      hash: HELLO,
      size: 5,
      contentType: 'a/b',
      addedAt: 42,
      by: 'cli:root',
    })
    expect((await files.put('b', pieces('he', '', 'llo'), { by: 'x' })).hash).toBe(HELLO)
    expect(latin1((await files.read(HELLO, 1, 3)) ?? new Uint8Array(0))).toBe('ell')
    expect(await files.read(HELLO, 3, 100)).toEqual(fromLatin1('lo'))
    expect(await files.read(HELLO, 9, 100)).toEqual(new Uint8Array(0))
    expect(files.path(HELLO)).toBe(join(folder, '2c', HELLO))
    expect(await incoming()).toEqual([])
  })

  it('are found in any case and with stray slashes', async () => {
    await files.put('fw/T46.rom', fromLatin1('hello'), { by: 'x' })
    expect(files.find('/FW//t46.ROM')?.name).toBe('fw/T46.rom')
    expect(files.find('T46.rom')).toBeUndefined()
  })

  it('are kept once, until the last name is gone', async () => {
    await files.put('a', fromLatin1('hello'), { by: 'x' })
    await files.put('b', fromLatin1('hello'), { by: 'x' })
    await files.remove('A', { by: 'x' })
    expect(await listBlobs(folder)).toEqual([HELLO])
    await files.put('b', fromLatin1('other'), { by: 'x' })
    expect(await listBlobs(folder)).not.toContain(HELLO)
    await files.remove('b', { by: 'x' })
    expect(await listBlobs(folder)).toEqual([])
    await expect(files.remove('b', { by: 'x' })).rejects.toThrow(NotFoundError)
  })

  it('survive a put and a removal of the same content at the same time', async () => {
    await files.put('a', fromLatin1('hello'), { by: 'x' })
    await Promise.all([files.put('b', fromLatin1('hello'), { by: 'x' }), files.remove('a', { by: 'x' })])
    expect(files.list().map(({ name }) => name)).toEqual(['b'])
    expect(await files.read(HELLO, 0, 5)).toEqual(fromLatin1('hello'))
  })

  it('leave nothing behind when the upload breaks or is too large', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield fromLatin1('half')
      throw new OperatorError('connection lost')
    }
    await files.put('a', fromLatin1('hello'), { by: 'x' })
    await expect(files.put('a', broken(), { by: 'x' })).rejects.toThrow('connection lost')
    await expect(files.put('a', fromLatin1('123456'), { by: 'x', maxSize: 5 })).rejects.toThrow('larger than 5 bytes')
    expect(await incoming()).toEqual([])
    expect(files.find('a')?.hash).toBe(HELLO)
  })

  it('clear at start what an interruption left: half an upload, content without a name', async () => {
    await files.put('a', fromLatin1('hello'), { by: 'x' })
    await writeFile(join(folder, 'incoming', 'half'), 'ha')
    await settle(folder, await stage(folder, fromLatin1('nobody'), 100))
    expect((await listBlobs(folder)).length).toBe(2)
    await makeFileStore({ db, folder, log: silentLog, clock: { now: () => 1 } }).start()
    expect(await incoming()).toEqual([])
    expect(await listBlobs(folder)).toEqual([HELLO])
  })

  it('are not reached by anything but a hash', async () => {
    expect(await files.read('../../etc/passwd', 0, 10)).toBeUndefined()
    expect(files.path('../../etc/passwd')).toBeUndefined()
    expect(await files.read('0'.repeat(64), 0, 10)).toBeUndefined()
  })

  it.each(['', '/', 'a/../b', '..', 'a\\b', 'a\0b', 'a\nb', './a', 'x'.repeat(256)])(
    'refuses the name %j',
    async (name) => {
      await expect(files.put(name, fromLatin1('x'), { by: 'x' })).rejects.toThrow(OperatorError)
      expect(await incoming()).toEqual([])
    },
  )
})
