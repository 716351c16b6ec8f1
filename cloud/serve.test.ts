import { expect, it } from 'vitest'
import { serve } from './serve.ts'

it('lets a request that is under way end before it closes, and takes no new one', async () => {
  let enter: () => void = () => {}
  const entered = new Promise<void>((resolve) => {
    enter = resolve
  })
  let finish: (response: Response) => void = () => {}
  const slow = new Promise<Response>((resolve) => {
    finish = resolve
  })
  const server = serve({
    address: '127.0.0.1',
    port: 0,
    proxies: 0,
    fetch: () => {
      enter()
      return slow
    },
  })
  const answer = fetch(server.url)
  await entered
  const closed = server[Symbol.asyncDispose]()
  await expect(fetch(server.url, { headers: { connection: 'close' } })).rejects.toThrow()
  finish(new Response('whole'))
  expect(await (await answer).text()).toBe('whole')
  await closed
})

it('says which port is taken', async () => {
  await using first = serve({ address: '127.0.0.1', port: 0, proxies: 0, fetch: () => new Response() })
  const port = Number(new URL(first.url).port)
  expect(() => serve({ address: '127.0.0.1', port, proxies: 0, fetch: () => new Response() })).toThrow(
    `port ${port} on 127.0.0.1 cannot be opened: it is taken by another program`,
  )
})
