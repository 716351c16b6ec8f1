import { createConnection, createServer, type ListenOptions, type Socket } from 'node:net'

// Carries connections from one place to another: a number is a port of loopback, anything else a Unix socket, which
// namespaces share. Arguments: from, to. One line is printed when it listens.
const [from = '', to = ''] = process.argv.slice(2)
const place = (text: string): ListenOptions & { readonly path?: string } =>
  /^\d+$/.test(text) ? { host: '127.0.0.1', port: Number(text) } : { path: text }

createServer((near) => {
  const far = createConnection(place(to) as { readonly port: number })
  join(near, far)
  join(far, near)
}).listen(place(from), () => process.stdout.write('listens\n'))

function join(one: Socket, other: Socket): void {
  one.pipe(other)
  one.on('error', () => other.destroy())
  one.on('close', () => other.destroy())
}
