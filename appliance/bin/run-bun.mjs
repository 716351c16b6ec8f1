// Runs the pinned runtime in this process's place: same input and outputs, signals passed on, same end.
import { spawn } from 'node:child_process'
import { bunPath } from './setup.mjs'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']

/**
 * The runtime lets garbage grow with the memory of the machine. The box is made for machines of half a gigabyte, and on a larger one
 * it shall leave the rest to others: with this a boot storm of 1,000 phones takes 20 MB less and no longer.
 */
export const RUNTIME_ENV = { BUN_JSC_forceRAMSize: String(512 * 1024 * 1024) }

export function runBun(args) {
  const child = spawn(bunPath(), args, { stdio: 'inherit', env: { ...RUNTIME_ENV, ...process.env } })
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      // Ctrl-C at a terminal reaches the child by itself; passed on as well, it would look like a second one.
      if (signal === 'SIGINT' && process.stdin.isTTY) return
      child.kill(signal)
    })
  }
  child.on('error', (error) => {
    process.stderr.write(`branchline: cannot start the runtime ${bunPath()}: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    // Ends the way the child did, so that who waits for this process sees the same.
    for (const name of SIGNALS) process.removeAllListeners(name)
    process.kill(process.pid, signal)
    // Node itself keeps SIGUSR1 and may outlive others for a moment.
    setTimeout(() => process.exit(1), 1_000)
  })
}
