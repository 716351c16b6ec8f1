import { type CloudRouter, makeCloudRouter } from '../api/route.ts'
import type { CloudDeps } from '../deps.ts'
import { packRoutes } from './routes-packs.ts'
import { templateRoutes } from './routes-templates.ts'

/** What is known of vendors: own texts and packs, of an account and of each of its sites. */
export function vendorRoutes(deps: CloudDeps): CloudRouter {
  const app = makeCloudRouter()
  for (const room of ['account', 'site'] as const) {
    templateRoutes(app, deps, room)
    packRoutes(app, deps, room)
  }
  return app
}
