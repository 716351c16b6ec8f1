import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCloudApp } from '../../cloud/api/app.ts'
import type { CloudRouter } from '../../cloud/api/route.ts'
import { openBoxes } from '../../cloud/boxes.ts'
import { migrate } from '../../cloud/database/migrate.ts'
import { type CloudDatabase, openCloudDatabase } from '../../cloud/database/open.ts'
import { type CloudDeps, makeDeps } from '../../cloud/deps.ts'
import { makeEnrolmentStorage } from '../../cloud/enrolment/enrolment-storage.ts'
import type { BlobStore } from '../../cloud/files/blob-store.ts'
import { openFolderStore } from '../../cloud/files/folder-store.ts'
import type { Letter, Mail } from '../../cloud/mail/mail.ts'
import { noMail } from '../../cloud/mail/mail.ts'
import type { OidcProvider } from '../../cloud/signin/oidc.ts'
import { shippedTemplates } from '../../cloud/templates.ts'
import { newId } from '../../cloud/tokens.ts'
import { makeCounters } from '../../services/core/counters.ts'
import { silentLog } from '../../services/core/log.ts'
import type { BoxRow } from '../../services/enrolment/storage.ts'
import type { Definitions } from '../../services/phones/definition.ts'
import { readDefinitions } from '../../services/phones/read.ts'

import { makeTestClock, type TestClock } from './clock.ts'

/** Where phones' pages are shown. */
export const PAGES = { scheme: 'http', suffix: '.localhost:8090' } as const
export const PUBLIC_URL = 'http://localhost:8090'

/** Secrets as they are, so that tests need no key file. */
const plainSecrets = {
  seal: (plain: string) => `sealed:${plain}`,
  open: (sealed: string) => sealed.slice('sealed:'.length),
}

export interface CloudDesk extends AsyncDisposable {
  readonly deps: CloudDeps
  readonly app: CloudRouter
  readonly clock: TestClock
  readonly letters: Letter[]
  /** A browser with its own cookies, at an address of its own. */
  browser(address?: string): Browser
  /** Calls with an API token. */
  program(token: string): Browser
  person(email: string, password?: string): Promise<string>
  account(name: string, given?: { parent?: string; kind?: 'provider' | 'reseller' | 'customer' }): Promise<string>
  member(
    account: string,
    person: string,
    role: 'owner' | 'admin' | 'installer' | 'viewer',
    sites?: readonly string[],
  ): Promise<void>
  /** A box as its claim would have made it; what it was given is its site's. */
  box(row: Pick<BoxRow, 'boxId' | 'orgId' | 'siteId' | 'identityKey'> & Partial<BoxRow>): Promise<void>
  /** A browser in which the person is signed in. */
  signedIn(person: string): Promise<Browser>
}

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
  readonly headers: Headers
}

export interface Browser {
  readonly cookies: Map<string, string>
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

let addresses = 0
let definitions: Definitions | undefined
function shipped(): Definitions {
  definitions ??= readDefinitions(shippedTemplates())
  return definitions
}

/** The cloud's API over a database, without sockets, with a clock that the test moves. */
export async function makeCloudDesk(
  given: {
    database?: CloudDatabase
    mail?: boolean
    blobs?: BlobStore
    oidc?: readonly OidcProvider[]
    publicUrl?: string
  } = {},
): Promise<CloudDesk> {
  const clock = makeTestClock(1_800_000_000_000)
  const database = given.database ?? openCloudDatabase({ kind: 'sqlite', path: ':memory:' })
  await migrate(database, { now: clock.now() })
  const letters: Letter[] = []
  const post: Mail = {
    async send(letter) {
      letters.push(letter)
      return 'sent'
    },
  }
  const publicUrl = given.publicUrl ?? PUBLIC_URL
  const ctx = { database, clock, log: silentLog, counters: makeCounters(), secrets: plainSecrets, publicUrl }
  const whole = { ...ctx, mail: given.mail === true ? post : noMail }
  const boxes = await openBoxes(whole, () => 1)
  const folder = mkdtempSync(join(tmpdir(), 'bl-desk-'))
  const fileStore = { blobs: given.blobs ?? (await openFolderStore(folder, 0)), limits: { quota: 1000, most: 800 } }
  const all = { version: 'test', oidc: given.oidc ?? [], boxes, fileStore, definitions: shipped(), phonePages: PAGES }
  const deps = makeDeps(whole, all)
  const app = makeCloudApp(deps)

  function caller(address: string, token?: string): Browser {
    const cookies = new Map<string, string>()
    return {
      cookies,
      async call(method, path, body, headers = {}) {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
        const request = new Request(`${publicUrl}${path}`, {
          method,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          headers: {
            ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
            ...(cookie === '' ? {} : { cookie }),
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...headers,
          },
        })
        const response = await app.fetch(request, { address })
        for (const line of response.headers.getSetCookie()) {
          const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? []
          if (value === '') cookies.delete(name)
          else cookies.set(name, value)
        }
        const isStream = response.headers.get('content-type') === 'text/event-stream'
        if (isStream) await response.body?.cancel()
        const text = isStream ? '' : await response.text()
        const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
        return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers }
      },
    }
  }
  const nextAddress = () => `198.51.100.${++addresses % 250}`
  return {
    deps,
    app,
    clock,
    letters,
    browser: (address = nextAddress()) => caller(address),
    program: (token) => caller(nextAddress(), token),
    async person(email, password) {
      const id = newId()
      const { hashPassword } = await import('../../cloud/signin/passwords.ts')
      const password_hash = password === undefined ? null : await hashPassword(password)
      const row = { id, email, name: email, password_hash, totp_sealed: null, totp_step: 0, created_at: clock.now() }
      await database.db.insertInto('person').values(row).execute()
      return id
    },
    async account(name, { parent, kind = 'customer' } = {}) {
      const id = newId()
      const row = { id, name, parent_id: parent ?? null, kind, rev: 1, created_at: clock.now(), disabled_at: null }
      await database.db.insertInto('account').values(row).execute()
      return id
    },
    async member(account_id, person_id, role, sites = []) {
      await database.db.insertInto('member').values({ account_id, person_id, role, created_at: clock.now() }).execute()
      for (const site_id of sites)
        await database.db.insertInto('member_site').values({ account_id, person_id, site_id }).execute()
    },
    box: (row) =>
      makeEnrolmentStorage({ database, keys: boxes.keys, clock }).write(async (writer) => {
        const made = { state: 'active' as const, sealingKey: row.identityKey, epoch: 1, model: 'branchline' }
        await writer.putBox({ ...made, claimedAt: clock.now(), claimedBy: 'test', ...row })
        await writer.place(row)
      }),
    async signedIn(person) {
      const browser = caller(nextAddress())
      browser.cookies.set('branchline-session', await deps.sessions.start(person, { address: 'test', agent: 'test' }))
      return browser
    },
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true })
      await boxes[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}
