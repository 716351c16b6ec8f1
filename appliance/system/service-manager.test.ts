import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { makeServiceManager } from './service-manager.ts'

const folder = mkdtempSync(join(tmpdir(), 'branchline-notify-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A listener as systemd is one, in Python, since the runtime has no such sockets. */
const LISTENER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1].replace('@', '\\0', 1))
print('bound', flush=True)
for _ in range(int(sys.argv[2])):
    print(s.recv(100).decode(), flush=True)
`

describe.skipIf(Bun.which('python3') === null)('what a service manager hears', () => {
  it.each([
    ['a path', join(folder, 'notify')],
    ['an abstract name', `@branchline-${crypto.randomUUID()}`],
  ])('by %s', async (_, path) => {
    const child = spawn('python3', ['-c', LISTENER, path, '5'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines: string[] = []
    for await (const chunk of child.stdout) {
      const before = lines.length
      lines.push(
        ...String(chunk)
          .split('\n')
          .filter((line) => line !== ''),
      )
      if (before > 0) continue
      const manager = makeServiceManager({ NOTIFY_SOCKET: path, WATCHDOG_USEC: '60000000' })
      manager.ready()
      manager.alive()
      manager.startsAgain()
      manager.ready()
      manager.stopping()
      expect(manager.watchdogMs).toBe(60_000)
    }
    expect(lines).toEqual([
      ...['bound', 'READY=1', 'WATCHDOG=1', 'WATCHDOG_USEC=180000000'],
      ...['READY=1', 'WATCHDOG_USEC=60000000', 'STOPPING=1'],
    ])
  })
})

it('is nobody where nobody asked to be told', () => {
  const manager = makeServiceManager({})
  manager.ready()
  expect(manager.watchdogMs).toBeUndefined()
})

it('is missed without harm', () => {
  makeServiceManager({ NOTIFY_SOCKET: '/nonexistent/notify' }).alive()
})
