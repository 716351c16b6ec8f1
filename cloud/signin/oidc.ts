import type { Configuration } from 'openid-client'
import { messageOf, NotFoundError } from '../../services/core/errors.ts'
import { note } from '../accounts/audit.ts'
import type { CloudContext } from '../context.ts'
import type { Ceremonies } from './ceremonies.ts'
import { WrongCredentialsError } from './people.ts'

export interface OidcProvider {
  readonly id: string
  readonly name: string
  readonly issuer: URL
  readonly clientId: string
  readonly clientSecret: string
  /** A verified e-mail address of this provider is proof enough. */
  readonly trustEmail: boolean
}

type OidcContext = Pick<CloudContext, 'database' | 'clock' | 'log' | 'publicUrl'> & {
  readonly ceremonies: Ceremonies
  readonly providers: readonly OidcProvider[]
}

export type Oidc = ReturnType<typeof makeOidc>

/**
 * Sign-in at OpenID providers: authorization code with PKCE, state and nonce. It lets in who is a person here already;
 * nobody is made a person by it.
 */
export function makeOidc({ database, clock, log, publicUrl, ceremonies, providers }: OidcContext) {
  const library = () => import('openid-client')
  const discovered = new Map<string, Promise<Configuration>>()

  function providerOf(id: string): OidcProvider {
    const provider = providers.find((one) => one.id === id)
    if (provider === undefined) throw new NotFoundError('there is no such sign-in')
    return provider
  }

  /** Asked once; a provider that could not be reached is asked again. */
  function configurationOf(provider: OidcProvider): Promise<Configuration> {
    const known = discovered.get(provider.id)
    if (known !== undefined) return known
    const asked = library().then(({ discovery, allowInsecureRequests }) =>
      discovery(
        provider.issuer,
        provider.clientId,
        provider.clientSecret,
        undefined,
        // The configuration lets only this machine's own provider be plain HTTP.
        provider.issuer.protocol === 'http:' ? { execute: [allowInsecureRequests] } : undefined,
      ),
    )
    discovered.set(provider.id, asked)
    asked.catch(() => discovered.delete(provider.id))
    return asked
  }

  const redirectOf = (id: string) => `${publicUrl}/api/v1/sign-in/oidc/${id}/callback`

  return {
    list: () => providers.map(({ id, name }) => ({ id, name })),

    /** Where the browser goes, and the token that it must bring back in its cookie. */
    async begin(id: string): Promise<{ url: string; ticket: string }> {
      const provider = providerOf(id)
      const client = await library()
      const configuration = await configurationOf(provider)
      const verifier = client.randomPKCECodeVerifier()
      const state = client.randomState()
      const nonce = client.randomNonce()
      const ticket = await ceremonies.begin('oidc', null, { provider: id, verifier, state, nonce })
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectOf(id),
        scope: 'openid email',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      })
      return { url: url.href, ticket }
    },

    /** The person that the provider sent back. */
    async finish(id: string, ticket: string, query: string): Promise<string> {
      const provider = providerOf(id)
      const begun = await ceremonies.take('oidc', ticket)
      const { verifier, state, nonce } = begun?.data ?? {}
      if (begun?.data.provider !== id || verifier === undefined || state === undefined || nonce === undefined)
        throw new WrongCredentialsError('this sign-in has ended: begin again')
      const client = await library()
      const configuration = await configurationOf(provider)
      const claims = await client
        .authorizationCodeGrant(configuration, new URL(`${redirectOf(id)}${query}`), {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
        })
        .then((tokens) => tokens.claims())
        .catch((thrown: unknown) => {
          log.warn('sign-in by a provider failed', { provider: id, reason: messageOf(thrown) })
          return undefined
        })
      if (claims === undefined) throw new WrongCredentialsError('the provider did not confirm this sign-in')
      const email = claims.email_verified === true && typeof claims.email === 'string' ? claims.email : undefined
      const personId = await personOf(provider, { issuer: claims.iss, subject: claims.sub, email })
      if (personId === undefined)
        throw new WrongCredentialsError('nobody here is known by this sign-in: ask for an invitation')
      return personId
    },
  }

  /** By what the provider calls somebody; the first time by its verified address, where the provider is trusted with that. */
  async function personOf(
    provider: OidcProvider,
    { issuer, subject, email }: { issuer: string; subject: string; email: string | undefined },
  ): Promise<string | undefined> {
    return database.transaction(async (trx) => {
      const known = await trx
        .selectFrom('identity')
        .select('person_id')
        .where('issuer', '=', issuer)
        .where('subject', '=', subject)
        .executeTakeFirst()
      if (known !== undefined || !provider.trustEmail || email === undefined) return known?.person_id
      const person = await trx
        .selectFrom('person')
        .select(['id', 'email'])
        .where('email', '=', email.toLowerCase())
        .executeTakeFirst()
      if (person === undefined) return undefined
      const now = clock.now()
      await trx.insertInto('identity').values({ issuer, subject, person_id: person.id, created_at: now }).execute()
      const caller = { actor: `person:${person.id}`, name: person.email, address: '' }
      const detail = { provider: provider.id }
      await note(trx, now, caller, { accountId: null, action: 'identity.link', target: `person:${person.id}`, detail })
      return person.id
    })
  }
}
