import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../services/core/log.ts'
import { parseMac } from '../services/core/mac.ts'
import type { SecretBox } from '../services/core/secret.ts'
import { makeUploadSink } from './uploads.ts'

const MAC = parseMac('00:00:5e:00:53:01')
const backwards = (text: string) => [...text].reverse().join('')
const secretBox: SecretBox = { seal: backwards, open: backwards }
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'branchline-uploads-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function sink(warnings: string[] = []) {
  const log = { ...silentLog, warn: (text: string) => void warnings.push(text) }
  return makeUploadSink({ folder, secretBox, log })
}

describe('makeUploadSink', () => {
  it('keeps an upload sealed, and the next of its name in its place', () => {
    const uploads = sink()
    uploads.store(MAC, '00005e005301-local.cfg', new TextEncoder().encode('first'))
    uploads.store(MAC, '00005e005301-LOCAL.cfg', new TextEncoder().encode('second'))
    const names = readdirSync(join(folder, MAC))
    expect(names).toEqual(['00005e005301-local.cfg.sealed'])
    const text = readFileSync(join(folder, MAC, names[0] ?? ''), 'utf8')
    expect(Buffer.from(secretBox.open(text), 'base64').toString()).toBe('second')
  })

  it.each(['../../etc/passwd', '/etc/passwd', 'a\u0000b', '..', `${'x'.repeat(400)}.cfg`])(
    'lets no name lead out of the folder: %j',
    (name) => {
      sink().store(MAC, name, Uint8Array.of(1))
      expect(readdirSync(folder)).toEqual([MAC])
      expect(readdirSync(join(folder, MAC))).toHaveLength(1)
    },
  )

  it('drops what goes past the quota of a device and says so', () => {
    const warnings: string[] = []
    const uploads = sink(warnings)
    for (let i = 0; i < 20; i++) uploads.store(MAC, `${i}.log`, Uint8Array.of(1))
    expect(readdirSync(join(folder, MAC))).toHaveLength(16)
    expect(warnings).toHaveLength(4)
  })
})
