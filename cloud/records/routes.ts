import { type CloudRouter, makeCloudRouter } from '../api/route.ts'
import type { CloudDeps } from '../deps.ts'
import { deviceFace, layerFace, personFace } from './face.ts'
import { networkFace } from './network-face.ts'
import { ROOMS, recordRoutes } from './routes-records.ts'
import { reportRoutes } from './routes-reports.ts'
import { shapeRoutes } from './routes-shape.ts'

/** What people edit for a site and for a whole account, and what the branches say. */
export function recordsRoutes(deps: CloudDeps): CloudRouter {
  const app = makeCloudRouter()
  for (const face of [deviceFace, layerFace, personFace]) recordRoutes(app, deps, face, ROOMS.site)
  recordRoutes(app, deps, networkFace, ROOMS.network)
  recordRoutes(app, deps, layerFace, ROOMS.account)
  shapeRoutes(app, deps)
  reportRoutes(app, deps)
  return app
}
