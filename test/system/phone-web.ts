import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import auth from 'http-auth'

// The web server of a made-up phone, in a process of its own for namespaces: `/calls` tells whether it is in a call, `/do`
// makes it fetch again, behind Digest or Basic by the package http-auth. Arguments: port, scheme, password. Each line
// of input is what it is from then on (`idle`, `talking`); each line of output is a request that it took.
const [port = '', scheme = '', password = ''] = process.argv.slice(2)
let state = 'idle'
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

const guard =
  scheme === 'digest'
    ? auth.digest({ realm: 'acme', qop: 'auth' }, (user, answer) =>
        answer(user === 'admin' ? createHash('md5').update(`admin:acme:${password}`).digest('hex') : ''),
      )
    : auth.basic({ realm: 'acme' }, (user, given, answer) => answer(user === 'admin' && given === password))

const server = createServer(
  guard.check((request, response) => {
    say({ took: request.url, state })
    response.end(request.url === '/calls' ? `state=${state}` : 'ok')
  }),
)
server.listen(Number(port), () => say({ ready: true }))
for await (const line of createInterface({ input: process.stdin })) {
  state = line
  say({ is: line })
}
