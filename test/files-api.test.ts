import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AdminApp, makeAdminApp } from '../services/admin/app.ts'
import type { AdminDeps } from '../services/admin/contract.ts'
import { silentLog } from '../services/core/log.ts'
import { DiskFullError } from '../services/files/contract.ts'
import { type FileStore, makeFileStore } from '../services/files/file-store.ts'
import { makeFakeSite } from './support/admin-fakes.ts'
import { memoryDatabase } from './support/database.ts'

let folder: string
let files: FileStore
let app: AdminApp
let uses: string[]

function appOver(given: AdminDeps['files']): AdminApp {
  const { deps } = makeFakeSite()
  return makeAdminApp({ ...deps, files: given, fileUses: () => uses.map((text) => ({ text })) })
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'branchline-admin-files-'))
  files = makeFileStore({ db: memoryDatabase(), folder, log: silentLog, clock: { now: () => 42 } })
  await files.start()
  uses = []
  app = appOver(files)
})
afterEach(async () => {
  app.close()
  await rm(folder, { recursive: true })
})

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

async function ask(method: string, path: string, body?: BodyInit, headers: Record<string, string> = {}) {
  const request = new Request(`http://localhost/api/v1/files${path}`, { method, headers, ...(body && { body }) })
  const response = await app.fetch(request, { via: 'socket' })
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
}

describe('files', () => {
  it('are stored under a name with folders, listed with what uses them, described and removed', async () => {
    const put = await ask(
      'PUT',
      `/1.0.11%2Fgrp2614fw.bin?for=grandstream/GRP2614&hardware=V1.0A,V1.1A&version=1.0.11&sha256=${sha256('abc')}`,
      'abc',
    )
    expect(put).toMatchObject({
      status: 201,
      body: {
        ...{ name: '1.0.11/grp2614fw.bin', kind: 'firmware', version: '1.0.11', size: 3, hash: sha256('abc') },
        ...{ models: ['grandstream/GRP2614'], hardware: ['V1.0A', 'V1.1A'], by: 'cli:local', uses: [] },
      },
    })
    uses = ['rollout May']
    expect((await ask('GET', '')).body.files).toMatchObject([{ name: '1.0.11/grp2614fw.bin', uses: ['rollout May'] }])
    expect(await ask('DELETE', '/1.0.11%2Fgrp2614fw.bin')).toMatchObject({
      status: 409,
      body: { error: { message: '1.0.11/grp2614fw.bin is in use: rollout May; force=1 removes it all the same' } },
    })
    const json = { 'content-type': 'application/json' }
    expect(await ask('PATCH', '/1.0.11%2Fgrp2614fw.bin', '{"version":"1.0.12"}', json)).toMatchObject({
      ...{ status: 200, body: { version: '1.0.12', models: ['grandstream/GRP2614'] } },
    })
    expect((await ask('POST', '/1.0.11%2Fgrp2614fw.bin/verify')).body).toMatchObject({ state: 'good' })
    expect((await ask('DELETE', '/1.0.11%2Fgrp2614fw.bin?force=1')).status).toBe(204)
    expect((await ask('GET', '/1.0.11%2Fgrp2614fw.bin')).status).toBe(404)
  })

  it('take other content only when that is asked for, and while they are in use only when forced', async () => {
    await ask('PUT', '/a.rom', 'abc')
    expect((await ask('PUT', '/A.rom', 'abc')).status, 'the same content').toBe(200)
    expect(await ask('PUT', '/a.rom', 'other')).toMatchObject({ status: 409 })
    uses = ['setting firmware.file of the site']
    expect((await ask('PUT', '/a.rom?replace=1', 'other')).body.error.message).toContain(
      'is in use: setting firmware.file',
    )
    expect((await ask('PUT', '/a.rom?replace=1&force=1', 'other')).body.hash).toBe(sha256('other'))
  })

  it('are refused with what is wrong', async () => {
    expect(await ask('PUT', `/a.rom?sha256=${sha256('x')}`, 'abc')).toMatchObject({
      ...{ status: 400, body: { error: { message: expect.stringContaining('nothing was stored, send it again') } } },
    })
    expect((await ask('PUT', '/a.rom?kind=poem', 'abc')).body.error.faults).toMatchObject([{ path: 'kind' }])
    expect((await ask('PUT', '/..%2Fa.rom', 'abc')).body.error.message).toContain('dot segment')
    expect((await ask('PUT', '/a.rom?for=a/b/c', 'abc')).body.error.message).toContain('"a/b/c" is no model of a file')
    expect(files.list()).toEqual([])
    app.close()
    app = appOver({
      ...files,
      put: () => Promise.reject(new DiskFullError('no room on the disk for the file')),
    })
    expect(await ask('PUT', '/a.rom', 'abc')).toMatchObject({ status: 507, body: { error: { code: 'disk-full' } } })
  })

  it('may be larger than any other body, in as many uploads at once as are good for the disk', async () => {
    const large = new Uint8Array(9 * 1024 * 1024)
    expect((await ask('PUT', '/large.bin', large)).body.size).toBe(large.length)
    expect((await ask('POST', '/large.bin/verify', large)).status).toBe(413)
    const open: (() => void)[] = []
    const waiting = () =>
      new ReadableStream<Uint8Array>({
        start: (controller) => {
          controller.enqueue(new Uint8Array(3))
          open.push(() => controller.close())
        },
      })
    const uploads = ['a', 'b', 'c', 'd'].map((name) => ask('PUT', `/${name}`, waiting()))
    expect(await ask('PUT', '/e', 'abc')).toMatchObject({ status: 503, body: { error: { code: 'busy' } } })
    for (const end of open) end()
    expect((await Promise.all(uploads)).map(({ status }) => status)).toEqual([201, 201, 201, 201])
    expect((await ask('PUT', '/e', 'abc')).status).toBe(201)
  })
})
