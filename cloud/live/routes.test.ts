import { expect, it } from 'vitest'
import { type Browser, makeCloudDesk, PUBLIC_URL } from '../../test/support/cloud-desk.ts'

it('tells whoever follows an account what a call changed, until they are no person of it any more', async () => {
  await using desk = await makeCloudDesk()
  const account = await desk.account('Harbour')
  const [ada, grace] = [await desk.person('ada@example.net'), await desk.person('grace@example.net')]
  await desk.member(account, ada, 'owner')
  await desk.member(account, grace, 'viewer')
  const [owner, viewer] = [await desk.signedIn(ada), await desk.signedIn(grace)]
  const base = `/api/v1/accounts/${account}`

  async function follow(browser: Browser) {
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await desk.app.fetch(new Request(`${PUBLIC_URL}${base}/events`, { headers: { cookie } }))
    expect([response.status, response.headers.get('x-accel-buffering')]).toEqual([200, 'no'])
    const reader = response.body?.getReader()
    return async () => new TextDecoder().decode((await reader?.read())?.value)
  }
  const [told, seen] = [await follow(owner), await follow(viewer)]
  for (const text of [await told(), await seen()]) expect(text).toMatch(/^retry: \d{4}\nevent: hello\n/)

  const { body } = await owner.call('POST', `${base}/sites`, { name: 'Lobby', timeZone: 'UTC', note: '' })
  expect(await told()).toContain('{"changes":[{"what":["sites","devices"]}]}')
  expect(await seen()).toContain('sites')
  // What went wrong changed nothing, and neither did a look at something.
  await owner.call('PATCH', `${base}/sites/${body.id}`, { rev: 99, note: 'x' })
  await owner.call('GET', `${base}/sites`)
  await owner.call('DELETE', `${base}/people/${grace}`)
  expect(await told()).toContain('{"changes":[{"what":["people"]}]}')
  // The end of the stream.
  expect(await seen()).toBe('')
})
