import { Hono } from 'hono'
import { errorBody } from '../../services/admin/errors.ts'
import { refused } from '../../services/enrolment/answers.ts'
import type { CloudDeps } from '../deps.ts'
import { sendFile } from './send.ts'

/**
 * `GET /v1/files/{hash}`: a box fetches a file of its account, with the token of its enrolment. Ranges are understood, so a
 * download that broke goes on; the box checks the hash.
 */
export function boxFileRoutes({ files, boxes, counters }: Pick<CloudDeps, 'files' | 'boxes' | 'counters'>): Hono {
  const app = new Hono()
  app.get('/v1/files/:hash{[0-9a-f]{64}}', async (c) => {
    const token = /^Bearer ([\w.-]{20,2000})$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    const outcome = await boxes.enrolment.verifyToken(token)
    if (outcome.kind === 'refused') {
      counters.add('files.unauthorized')
      return refused(c, outcome)
    }
    const file = await files.byHash(outcome.value.orgId, c.req.param('hash'))
    counters.add('files.sent-to-box')
    const answer = await sendFile(files, file, c.req.raw)
    return answer ?? c.json(errorBody('not-found', 'the content of this file is lost'), 404)
  })
  return app
}
