// What the tests use of the package, which brings no types of its own.
declare module 'http-auth' {
  import type { RequestListener } from 'node:http'

  interface Guard {
    check(listener: RequestListener): RequestListener
  }
  const auth: {
    /** `answer` takes the hash of user, realm and password; '' refuses the user. */
    digest(
      options: { readonly realm: string; readonly qop: 'auth' },
      check: (user: string, answer: (hash: string) => void) => void,
    ): Guard
    basic(
      options: { readonly realm: string },
      check: (user: string, password: string, answer: (right: boolean) => void) => void,
    ): Guard
  }
  export default auth
}
