import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OperatorError } from '../core/errors.ts'
import { LiveSecrets } from './redaction.ts'
import { openSecretBox } from './secret-box.ts'

describe('openSecretBox', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'branchline-'))
    path = join(folder, 'state', 'secret.key')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  function open(mayCreate = true, secrets = new LiveSecrets()) {
    return openSecretBox({ path, secrets, mayCreate })
  }

  it('opens what it sealed, also after a restart, and never seals twice alike', () => {
    const box = open()
    const sealed = ['', 'secret', 'ünïcode \u0000 💡'].map((plain) => [plain, box.seal(plain)] as const)
    for (const [plain, text] of sealed) expect(open(false).open(text)).toBe(plain)
    expect(box.seal('secret')).not.toBe(box.seal('secret'))
    expect(sealed.map(([, text]) => text).join('')).not.toContain('secret')
  })

  it('refuses what another key sealed, what is changed, and what is no sealed text, without telling it', () => {
    const sealed = open().seal('a long secret')
    const changed = `${sealed.slice(0, -3)}${sealed.at(-3) === 'A' ? 'B' : 'A'}${sealed.slice(-2)}`
    for (const text of [changed, sealed.slice(0, 20), 'a long secret', '', 'b1:'])
      expect(() => open().open(text)).toThrow(OperatorError)
    rmSync(path)
    expect(() => open().open(sealed)).toThrow("sealed secret was not sealed with this box's key, or is damaged")
  })

  it('makes a key that its owner alone can read, and leaves nothing beside it', () => {
    open()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'state')).mode & 0o777).toBe(0o700)
    expect(readdirSync(join(folder, 'state'))).toEqual(['secret.key'])
  })

  it('refuses a key that others can read, and says what to do', () => {
    open()
    chmodSync(path, 0o644)
    expect(() => open()).toThrow(`secret key ${path} can be read by others (mode 644): run chmod 600 ${path}`)
  })

  it('refuses a damaged key, and does not replace a lost one', () => {
    open()
    writeFileSync(path, 'abc')
    expect(() => open()).toThrow(/is damaged: 2 of 32 bytes/)
    rmSync(path)
    expect(() => open(false)).toThrow(/is missing, but there are secrets sealed with it/)
  })

  it('tells the log which secrets are live', () => {
    const secrets = new LiveSecrets()
    const sealed = open().seal('correct horse')
    open(false, secrets).open(sealed)
    expect(secrets.redact('password is correct horse.')).toBe('password is [secret].')
  })
})
