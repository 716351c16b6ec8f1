import { createRoute, z } from '@hono/zod-openapi'
import { ForbiddenError } from '../../services/admin/errors.ts'
import { body, json } from '../../services/admin/route.ts'
import { listAudit } from '../accounts/audit.ts'
import type { CloudDeps } from '../deps.ts'
import {
  accountParams,
  act,
  callerOf,
  idParam,
  makeCloudRouter,
  pathProblems,
  problems,
  signedIn,
  whoOf,
} from './route.ts'
import { AccountEdit, AccountList, AccountView, AuditList, CustomerInput, MyAccounts } from './schema.ts'

const customerParams = accountParams.extend({ customer: idParam('customer') })

/** Accounts, the customers below them, and what happened in them. */
export function accountRoutes(deps: CloudDeps) {
  const { accounts } = deps
  const tags = ['Accounts']
  const app = makeCloudRouter()
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts',
      tags,
      summary: 'The accounts of who asks',
      ...signedIn('tokens'),
      responses: { 200: json(MyAccounts, 'Accounts'), 401: problems[401] },
    }),
    async (c) => {
      const { principal } = whoOf(c)
      if (principal.kind === 'person')
        return c.json({ accounts: [...(await accounts.ofPerson(principal.personId))] }, 200)
      const account = await accounts.get(principal.accountId)
      return c.json({ accounts: [{ ...account, role: principal.role }] }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}',
      tags,
      summary: 'One account',
      ...act(deps, 'account.read'),
      request: { params: accountParams },
      responses: { 200: json(AccountView, 'Account'), ...pathProblems },
    }),
    async (c) => c.json(await accounts.get(c.req.valid('param').account), 200),
  )
  app.openapi(
    createRoute({
      method: 'patch',
      path: '/accounts/{account}',
      tags,
      summary: 'Rename an account, or change how boxes are claimed for it',
      ...act(deps, 'account.edit'),
      request: { params: accountParams, body: body(AccountEdit) },
      responses: { 200: json(AccountView, 'Account'), ...problems },
    }),
    async (c) => c.json(await accounts.edit(c.req.valid('param').account, c.req.valid('json'), callerOf(c)), 200),
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/customers',
      tags,
      summary: 'The accounts below a reseller or the provider',
      ...act(deps, 'customers.read'),
      request: { params: accountParams },
      responses: { 200: json(AccountList, 'Accounts'), ...pathProblems },
    }),
    async (c) => c.json({ accounts: [...(await accounts.customers(c.req.valid('param').account))] }, 200),
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/accounts/{account}/customers',
      tags,
      summary: 'Make an account below this one',
      ...act(deps, 'customers.manage'),
      request: { params: accountParams, body: body(CustomerInput) },
      responses: { 201: json(AccountView, 'Account'), ...problems },
    }),
    async (c) =>
      c.json(await accounts.createCustomer(c.req.valid('param').account, c.req.valid('json'), callerOf(c)), 201),
  )
  for (const [verb, closed] of [
    ['close', true],
    ['reopen', false],
  ] as const)
    app.openapi(
      createRoute({
        method: 'post',
        path: `/accounts/{account}/customers/{customer}/${verb}`,
        tags,
        summary: closed ? 'Close a customer’s account: nobody of it gets in' : 'Open it again',
        ...act(deps, 'customers.manage'),
        request: { params: customerParams },
        responses: { 200: json(AccountView, 'Account'), ...pathProblems },
      }),
      async (c) => {
        const { account, customer } = c.req.valid('param')
        return c.json(await accounts.setClosed(account, customer, closed, callerOf(c)), 200)
      },
    )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/audit',
      tags,
      summary: 'Who did what, when and from where, newest first',
      ...act(deps, 'audit.read'),
      request: {
        params: accountParams,
        query: z.object({
          before: z.string().max(100).optional(),
          limit: z.coerce.number().int().min(1).max(500).default(100),
          find: z
            .string()
            .max(200)
            .optional()
            .openapi({ description: 'words that all have to be found', example: 'ada site' }),
          site: z
            .string()
            .regex(/^[\w-]{1,100}$/)
            .optional(),
          from: z.coerce.number().int().min(0).optional().openapi({ description: 'milliseconds since 1970' }),
          to: z.coerce.number().int().min(0).optional(),
        }),
      },
      responses: {
        200: json(AuditList, 'Entries'),
        400: problems[400],
        401: problems[401],
        403: problems[403],
        404: problems[404],
      },
    }),
    async (c) => {
      if (c.var.standing.sites !== undefined) throw new ForbiddenError('the log is of the whole account')
      return c.json({ entries: [...(await listAudit(deps, c.req.valid('param').account, c.req.valid('query')))] }, 200)
    },
  )
  return app
}
