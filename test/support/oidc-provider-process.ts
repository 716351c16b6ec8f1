// A real OpenID provider (the npm package oidc-provider) on loopback, in a process of its own. Its users sign in by name.
import Provider from 'oidc-provider'

const [redirect = '', verified = 'yes'] = process.argv.slice(2)
const port = Number(process.env.OIDC_PORT)
const issuer = `http://localhost:${port}`

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'cloud',
      client_secret: 'not-a-secret-in-a-test',
      redirect_uris: redirect.split(','),
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
  ],
  pkce: { required: () => true },
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  // The address in the id token, as many providers have it.
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: true } },
  cookies: { keys: ['a test'] },
  async findAccount(_ctx, id) {
    return {
      accountId: id,
      claims: async () => ({ sub: id, email: `${id}@Example.net`, email_verified: verified === 'yes' }),
    }
  },
})
provider.listen(port, '127.0.0.1', () => process.stdout.write('ready\n'))
