import { createConnection } from 'node:net'

// Which TCP ports of a host answer, and which say that nothing listens there; what a firewall swallows is in neither list.
// Run in a namespace: bun test/image/port-scan.ts HOST LAST-PORT PATIENCE-MS
const [host = '', last = '', patience = ''] = process.argv.slice(2)
const found: Record<'open' | 'refused', number[]> = { open: [], refused: [] }

function look(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port })
    const end = (kind?: 'open' | 'refused') => {
      if (kind !== undefined) found[kind].push(port)
      clearTimeout(timer)
      socket.destroy()
      resolve()
    }
    const timer = setTimeout(end, Number(patience))
    socket.once('connect', () => end('open'))
    socket.once('error', () => end('refused'))
  })
}

await Promise.all(Array.from({ length: Number(last) }, (_, i) => look(i + 1)))
console.log(JSON.stringify({ open: found.open.toSorted((a, b) => a - b), refused: found.refused.length }))
