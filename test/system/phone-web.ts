import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createInterface } from 'node:readline'
import auth from 'http-auth'

// The web server of a made-up phone, in a process of its own for namespaces: `/calls` tells whether it is in a call, `/do`
// makes it fetch again, behind Digest or Basic by the package http-auth, or open to all, with a front page then. Arguments:
// port, scheme, password. Each line of input is what it is from then on (`idle`, `talking`); each line of output is a
// request that it took.
const [port = '', scheme = '', password = ''] = process.argv.slice(2)
let state = 'idle'
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

const guard =
  scheme === 'digest'
    ? auth.digest({ realm: 'acme', qop: 'auth' }, (user, answer) =>
        answer(user === 'admin' ? createHash('md5').update(`admin:acme:${password}`).digest('hex') : ''),
      )
    : auth.basic({ realm: 'acme' }, (user, given, answer) => answer(user === 'admin' && given === password))

function answer(request: IncomingMessage, response: ServerResponse): void {
  say({ took: request.url, state })
  if (scheme === 'open') {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(`<!doctype html><html lang="en"><title>Phone</title><h1>Front panel</h1><p>${state}</p></html>`)
  } else response.end(request.url === '/calls' ? `state=${state}` : 'ok')
}

const server = createServer(scheme === 'open' ? answer : guard.check(answer))
server.listen(Number(port), () => say({ ready: true }))
for await (const line of createInterface({ input: process.stdin })) {
  state = line
  say({ is: line })
}
