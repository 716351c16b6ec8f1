import { mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryDatabase } from '../../test/support/database.ts'
import { fromLatin1, latin1 } from '../core/bytes.ts'
import { ConflictError, NotFoundError, OperatorError } from '../core/errors.ts'
import { silentLog } from '../core/log.ts'
import { listBlobs, settle, stage } from './blob-folder.ts'
import { DiskFullError, WrongHashError } from './contract.ts'
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
      kind: 'firmware',
      models: [],
      hardware: [],
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

  it('keep what was said of them, also when their content is given anew', async () => {
    const said = { version: '66.86.0.15', models: ['yealink/T46S'], hardware: ['66'] }
    await files.put('fw.rom', fromLatin1('hello'), { by: 'x', ...said })
    await files.put('fw.rom', fromLatin1('other'), { by: 'x', hardware: ['66', '108', '66'] })
    expect(files.find('fw.rom')).toMatchObject({
      ...{ kind: 'firmware', models: said.models, hardware: ['66', '108'] },
    })
    expect(files.find('fw.rom')?.version, 'of other content nobody said it').toBeUndefined()
    await files.describe('fw.rom', { version: '66.86.0.20' }, { by: 'x' })
    expect((await files.put('fw.rom', fromLatin1('other'), { by: 'x' })).version).toBe('66.86.0.20')
    const described = await files.describe('fw.rom', { kind: 'other', version: '', models: [] }, { by: 'x' })
    expect(files.find('fw.rom')).toEqual(described)
    expect(described).toMatchObject({ kind: 'other', models: [], hardware: ['66', '108'] })
    expect(described.version).toBeUndefined()
    await expect(files.describe('other', {}, { by: 'x' })).rejects.toThrow(NotFoundError)
    await expect(files.describe('fw.rom', { models: ['a/b/c'] }, { by: 'x' })).rejects.toThrow('"a/b/c" is no model')
  })

  it('are stored only when they are what their sender says', async () => {
    await files.put('a', fromLatin1('hello'), { by: 'x', sha256: HELLO.toUpperCase() })
    await expect(files.put('a', fromLatin1('hellO'), { by: 'x', sha256: HELLO })).rejects.toThrow(WrongHashError)
    await expect(files.put('a', fromLatin1('x'), { by: 'x', sha256: 'abc' })).rejects.toThrow('"abc" is no SHA-256')
    expect(await incoming()).toEqual([])
    expect(files.find('a')?.hash).toBe(HELLO)
  })

  it('are kept when somebody objects to another content or to their removal', async () => {
    await files.put('a', fromLatin1('hello'), { by: 'x' })
    const object = ({ name }: { name: string }) => {
      throw new ConflictError(`${name} is in use`)
    }
    await expect(files.put('A', fromLatin1('other'), { by: 'x', mayReplace: object })).rejects.toThrow('a is in use')
    await files.put('a', fromLatin1('hello'), { by: 'x', mayReplace: object })
    await expect(files.remove('A', { by: 'x', mayRemove: object })).rejects.toThrow('a is in use')
    expect(await listBlobs(folder)).toEqual([HELLO])
    expect(await incoming()).toEqual([])
  })

  it('are compared with their hash on demand', async () => {
    const changes: string[] = []
    const stop = files.onChange((name) => void changes.push(name))
    await files.put('a', fromLatin1('hello'), { by: 'x' })
    expect(await files.verify('A')).toEqual({ name: 'a', state: 'good' })
    await writeFile(join(folder, '2c', HELLO), 'hellO')
    expect(await files.verify('a')).toEqual({ name: 'a', state: 'changed' })
    await rm(join(folder, '2c', HELLO))
    expect(await files.verify('a')).toEqual({ name: 'a', state: 'missing' })
    await files.remove('a', { by: 'x' })
    stop()
    expect(changes).toEqual(['a', 'a'])
  })

  it('are not taken when too little of the disk would stay free, before or while they come', async () => {
    const { bavail, bsize } = await statfs(folder)
    const much = bavail * bsize
    await expect(files.put('a', fromLatin1('x'), { by: 'x', size: much, maxSize: much * 2 })).rejects.toThrow(
      DiskFullError,
    )
    let free = 20e6
    const room = {
      async check(bytes: number) {
        free -= bytes
        if (free < 0) throw new DiskFullError('no room on the disk')
      },
    }
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield new Uint8Array(9e6)
    }
    await expect(stage(folder, endless(), 1e12, { room })).rejects.toThrow(DiskFullError)
    expect(await incoming()).toEqual([])
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
