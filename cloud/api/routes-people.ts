import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { body, json } from '../../services/admin/route.ts'
import type { Giver } from '../accounts/members.ts'
import type { CloudDeps } from '../deps.ts'
import {
  accountParams,
  act,
  callerOf,
  DONE,
  type Env,
  idParam,
  makeCloudRouter,
  ok,
  pathProblems,
  problems,
} from './route.ts'
import {
  InvitationInput,
  InvitationList,
  InvitationMade,
  MemberEdit,
  MemberList,
  TokenInput,
  TokenList,
  TokenMade,
} from './schema.ts'

const personParams = accountParams.extend({ person: idParam('person') })
const invitationParams = accountParams.extend({ invitation: idParam('invitation') })
const tokenParams = accountParams.extend({ token: idParam('token') })

const giverOf = (c: Context<Env>): Giver => ({ role: c.var.standing.role, caller: callerOf(c) })

/** Who is in an account: people, invitations, API tokens. */
export function peopleRoutes(deps: CloudDeps) {
  const { members, invitations, apiTokens } = deps
  const app = makeCloudRouter()
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/people',
      tags: ['People'],
      summary: 'The people of an account',
      ...act(deps, 'people.read'),
      request: { params: accountParams },
      responses: { 200: json(MemberList, 'People'), ...pathProblems },
    }),
    async (c) => {
      const people = await members.list(c.req.valid('param').account)
      return c.json({ people: people.map((person) => ({ ...person, sites: [...person.sites] })) }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/accounts/{account}/people/{person}',
      tags: ['People'],
      summary: 'Give a person another role or other sites',
      ...act(deps, 'people.manage'),
      request: { params: personParams, body: body(MemberEdit) },
      responses: { 200: json(ok, 'Changed'), ...problems },
    }),
    async (c) => {
      const { account, person } = c.req.valid('param')
      await members.change(account, person, c.req.valid('json'), giverOf(c))
      return c.json(DONE, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/accounts/{account}/people/{person}',
      tags: ['People'],
      summary: 'Take a person out of an account',
      ...act(deps, 'people.manage'),
      request: { params: personParams },
      responses: { 200: json(ok, 'Removed'), ...problems },
    }),
    async (c) => {
      const { account, person } = c.req.valid('param')
      await members.remove(account, person, giverOf(c))
      return c.json(DONE, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/invitations',
      tags: ['People'],
      summary: 'Invitations that nobody has taken yet',
      ...act(deps, 'people.read'),
      request: { params: accountParams },
      responses: { 200: json(InvitationList, 'Invitations'), ...pathProblems },
    }),
    async (c) => {
      const list = await invitations.list(c.req.valid('param').account)
      return c.json({ invitations: list.map((one) => ({ ...one, sites: [...one.sites] })) }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/accounts/{account}/invitations',
      tags: ['People'],
      summary: 'Invite a person by a link, sent by mail or given back',
      ...act(deps, 'people.manage'),
      request: { params: accountParams, body: body(InvitationInput) },
      responses: { 201: json(InvitationMade, 'Invited'), ...problems },
    }),
    async (c) => c.json(await invitations.create(c.req.valid('param').account, c.req.valid('json'), giverOf(c)), 201),
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/accounts/{account}/invitations/{invitation}',
      tags: ['People'],
      summary: 'Take an invitation back',
      ...act(deps, 'people.manage'),
      request: { params: invitationParams },
      responses: { 200: json(ok, 'Taken back'), ...pathProblems },
    }),
    async (c) => {
      const { account, invitation } = c.req.valid('param')
      await invitations.remove(account, invitation, giverOf(c))
      return c.json(DONE, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/tokens',
      tags: ['Tokens'],
      summary: 'The API tokens of an account',
      ...act(deps, 'tokens.read'),
      request: { params: accountParams },
      responses: { 200: json(TokenList, 'Tokens'), ...pathProblems },
    }),
    async (c) => {
      const list = await apiTokens.list(c.req.valid('param').account)
      return c.json({ tokens: list.map((one) => ({ ...one, sites: [...one.sites], scopes: [...one.scopes] })) }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/accounts/{account}/tokens',
      tags: ['Tokens'],
      summary: 'Make an API token; it is told this once',
      ...act(deps, 'tokens.manage'),
      request: { params: accountParams, body: body(TokenInput) },
      responses: { 201: json(TokenMade, 'Token'), ...problems },
    }),
    async (c) => c.json(await apiTokens.create(c.req.valid('param').account, c.req.valid('json'), giverOf(c)), 201),
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/accounts/{account}/tokens/{token}',
      tags: ['Tokens'],
      summary: 'End an API token',
      ...act(deps, 'tokens.manage'),
      request: { params: tokenParams },
      responses: { 200: json(ok, 'Ended'), ...pathProblems },
    }),
    async (c) => {
      const { account, token } = c.req.valid('param')
      await apiTokens.remove(account, token, giverOf(c))
      return c.json(DONE, 200)
    },
  )
  return app
}
