import { InvariantError } from '../../services/core/errors.ts'
import type { CloudProcess } from './cloud-process.ts'

/** A person who is signed in to a cloud that runs as a program. */
export interface CloudClient {
  readonly account: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  call(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: any }>
  /** The same person at another process of the same cloud. */
  at(url: string): CloudClient
  site(name: string): Promise<string>
  /** Follows the account as a page does: resolves when what was heard so far holds the text. */
  follow(): Promise<(text: string) => Promise<string>>
}

const PASSWORD = 'correct horse battery'

/** Makes the first owner by the link that the program printed. */
export async function firstOwner(cloud: CloudProcess): Promise<CloudClient> {
  const token = new URL(cloud.firstLink ?? 'none:').hash.slice(1)
  const given = { token, name: 'Ada', email: 'ada@example.net', accountName: 'Phones', password: PASSWORD }
  const response = await fetch(`${cloud.url}/api/v1/invitations/accept`, {
    ...{ method: 'POST', body: JSON.stringify(given), headers: { 'content-type': 'application/json' } },
  })
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const { accounts } = await (await fetch(`${cloud.url}/api/v1/accounts`, { headers: { cookie } })).json()
  return client(cloud.url, cookie, accounts[0].id)
}

function client(url: string, cookie: string, account: string): CloudClient {
  const self: CloudClient = {
    account,
    async call(method, path, body) {
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { cookie, ...(method === 'GET' ? {} : { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text }
    },
    at: (other) => client(other, cookie, account),
    async follow() {
      const { body } = await fetch(`${url}/api/v1/accounts/${account}/events`, { headers: { cookie } })
      const reader = body?.getReader()
      let heard = ''
      return async (text) => {
        while (!heard.includes(text)) {
          const part = await reader?.read()
          if (part === undefined || part.done) throw new InvariantError(`the stream ended: ${heard}`)
          heard += new TextDecoder().decode(part.value)
        }
        return heard
      }
    },
    site: async (name) => (await self.call('POST', `/accounts/${account}/sites`, { name })).body.id,
  }
  return self
}
