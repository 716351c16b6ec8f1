import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { messageOf, OperatorError } from '../core/errors.ts'
import type { SecretBox } from '../core/secret.ts'
import type { LiveSecrets } from './redaction.ts'

const ALGORITHM = 'aes-256-gcm'
const KEY_SIZE = 32
const NONCE_SIZE = 12
const TAG_SIZE = 16
/** Stands before what is sealed, so that another form can come later. */
const FORM = 'b1:'

export interface SecretBoxOptions {
  /** The key's file. */
  readonly path: string
  /** Told every secret that is opened or sealed, so that none reaches a log. */
  readonly secrets: LiveSecrets
  /** Whether a missing key is made. Not when sealed secrets exist already: a new key could not open them. */
  readonly mayCreate: boolean
}

/** Opens the box's key, making it at the first start. Throws `OperatorError` when the file cannot be trusted or used. */
export function openSecretBox(options: SecretBoxOptions): SecretBox {
  const key = readKey(options.path) ?? createKey(options)
  return {
    seal(plain) {
      options.secrets.add(plain)
      const nonce = randomBytes(NONCE_SIZE)
      const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_SIZE })
      const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return FORM + sealed.toString('base64url')
    },
    open(sealed) {
      const plain = unseal(key, sealed)
      options.secrets.add(plain)
      return plain
    },
  }
}

function unseal(key: Buffer, sealed: string): string {
  const bytes = Buffer.from(sealed.slice(FORM.length), 'base64url')
  if (!sealed.startsWith(FORM) || bytes.length < NONCE_SIZE + TAG_SIZE)
    throw new OperatorError(`sealed secret has an unknown form (${sealed.length} characters)`)
  try {
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_SIZE), { authTagLength: TAG_SIZE })
    decipher.setAuthTag(bytes.subarray(-TAG_SIZE))
    return decipher.update(bytes.subarray(NONCE_SIZE, -TAG_SIZE), undefined, 'utf8') + decipher.final('utf8')
  } catch (thrown) {
    throw new OperatorError("sealed secret was not sealed with this box's key, or is damaged", { cause: thrown })
  }
}

function readKey(path: string): Buffer | undefined {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new OperatorError(`secret key ${path} cannot be read: ${messageOf(thrown)}`, { cause: thrown })
  }
  try {
    const mode = fstatSync(fd).mode & 0o777
    if ((mode & 0o077) !== 0)
      throw new OperatorError(
        `secret key ${path} can be read by others (mode ${mode.toString(8)}): run chmod 600 ${path}, and replace the ` +
          'secrets if somebody else may have read it',
      )
    const key = Buffer.from(readFileSync(fd, 'latin1').trim(), 'base64url')
    if (key.length !== KEY_SIZE) throw new OperatorError(`secret key ${path} is damaged: ${key.length} of 32 bytes`)
    return key
  } finally {
    closeSync(fd)
  }
}

/** On disk before it is used, and never half-written: it appears under its name whole, and only if none is there. */
function createKey({ path, mayCreate }: SecretBoxOptions): Buffer {
  if (!mayCreate)
    throw new OperatorError(`secret key ${path} is missing, but there are secrets sealed with it: put it back`)
  const unfinished = `${path}.${process.pid}.new`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const fd = openSync(unfinished, 'w', 0o600)
    fchmodSync(fd, 0o600)
    writeSync(fd, `${randomBytes(KEY_SIZE).toString('base64url')}\n`)
    fsyncSync(fd)
    closeSync(fd)
    linkWhereNone(unfinished, path)
    const folder = openSync(dirname(path), 'r')
    fsyncSync(folder)
    closeSync(folder)
  } catch (thrown) {
    throw new OperatorError(`secret key ${path} cannot be made: ${messageOf(thrown)}`, { cause: thrown })
  } finally {
    rmSync(unfinished, { force: true })
  }
  const key = readKey(path)
  if (key === undefined) throw new OperatorError(`secret key ${path} vanished while it was made`)
  return key
}

/** Two boxes that start at once end up with the same key: the first one's. */
function linkWhereNone(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown
  }
}
