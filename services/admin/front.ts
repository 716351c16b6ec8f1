import type { AdminApp } from './app.ts'
import { type Assets, assetResponse } from './assets.ts'
import type { Via } from './contract.ts'
import { errorBody } from './errors.ts'
import { isPage, objectionTo, SECURITY_HEADERS } from './guard.ts'

/** Answers one request of a listener: the API, or a file of the page, which holds nothing that is anybody's. */
export type Front = (request: Request, via: Via) => Response | Promise<Response>

export function makeFront({ app, assets }: { readonly app: AdminApp; readonly assets: Assets }): Front {
  return (request, via) => {
    const path = new URL(request.url).pathname
    if (!isPage(path)) return app.fetch(request, via)
    const objection = objectionTo(request, via)
    const response = objection
      ? Response.json(errorBody('turned-away', objection.message), { status: objection.status })
      : assetResponse(assets, request, path)
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value)
    return response
  }
}
