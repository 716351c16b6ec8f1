import { join } from 'node:path'
import { Hono } from 'hono'
import { type Assets, assetResponse, loadAssets } from '../../services/admin/assets.ts'
import { messageOf } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'

/** Addresses that letters and boxes lead to; the page itself knows what to show there. */
const ENTRANCES = ['/', '/claim', '/welcome', '/reset'] as const

/** Reads the built page. Without one (`npm run build`) the account serves its API alone. */
export async function cloudPage(log: Log): Promise<Assets> {
  try {
    return await loadAssets(join(import.meta.dirname, '../../dist/web-cloud'))
  } catch (thrown) {
    log.warn('there is no page, only the API', { reason: messageOf(thrown) })
    return new Map()
  }
}

/** The page's files, and the places at which it begins. Every other path is the API's. */
export function pageRoutes(assets: Assets): Hono {
  const app = new Hono()
  if (!assets.has('/index.html')) return app
  const paths = [...assets.keys()].filter((path) => path !== '/index.html')
  for (const path of [...ENTRANCES, ...paths])
    app.get(path, (c) => {
      const file = paths.includes(path) ? path : '/'
      return assetResponse(assets, c.req.raw, file)
    })
  return app
}
