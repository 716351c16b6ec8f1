import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { answer, errorOf } from './answers.ts'
import type { CloudEnrolment, SignedRequest } from './cloud-deps.ts'

/** The largest message of a box has well under a kilobyte. */
const MAX_BODY = 8 * 1024

export interface BoxRoutesDeps {
  readonly enrolment: Pick<CloudEnrolment, 'challenge' | 'enrol' | 'poll' | 'token' | 'rotate' | 'leave'>
  /** The public address that a request came from, by the proxies that this cloud trusts. */
  readonly addressOf: (c: Context) => string
}

/**
 * What boxes call. To be mounted where `/v1` is the API's root: the paths under the signature begin there, whatever
 * stands before them. Each signed answer brings the challenge for the box's next request.
 */
export function boxRoutes({ enrolment, addressOf }: BoxRoutesDeps): Hono {
  const app = new Hono()
  // On each route of ours, never on '*': whoever mounts these has others beside them.
  const limit = bodyLimit({
    maxSize: MAX_BODY,
    onError: (c) => c.json(errorOf('too-large', `more than ${MAX_BODY} bytes`), 413),
  })
  const signed = async (c: Context, path: string): Promise<SignedRequest> => {
    c.header('cache-control', 'no-store')
    c.header('branchline-challenge', enrolment.challenge().challenge)
    return {
      ...{ method: c.req.method, path, address: addressOf(c) },
      body: new Uint8Array(await c.req.arrayBuffer()),
      key: c.req.header('branchline-key'),
      challenge: c.req.header('branchline-challenge'),
      signature: c.req.header('branchline-signature'),
    }
  }

  app.get('/v1/challenge', (c) => {
    c.header('cache-control', 'no-store')
    return c.json(enrolment.challenge(), 200)
  })
  app.post('/v1/enrolments', limit, async (c) =>
    answer(c, await enrolment.enrol(await signed(c, '/v1/enrolments')), 201),
  )
  app.post('/v1/enrolments/:id/poll', limit, async (c) => {
    const id = c.req.param('id')
    return answer(c, await enrolment.poll(await signed(c, `/v1/enrolments/${id}/poll`), id))
  })
  app.post('/v1/token', limit, async (c) => answer(c, await enrolment.token(await signed(c, '/v1/token'))))
  app.post('/v1/boxes/:id/keys', limit, async (c) => {
    const id = c.req.param('id')
    return answer(c, await enrolment.rotate(await signed(c, `/v1/boxes/${id}/keys`), id))
  })
  app.post('/v1/boxes/:id/leave', limit, async (c) => {
    const id = c.req.param('id')
    return answer(c, await enrolment.leave(await signed(c, `/v1/boxes/${id}/leave`), id))
  })
  return app
}
