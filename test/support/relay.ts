import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { InvariantError } from '../../services/core/errors.ts'
import type { Namespaces } from './netns.ts'

const SCRIPT = fileURLToPath(new URL('./relay-process.ts', import.meta.url))

/** Carries connections within a namespace from one place to another, until they are cut. */
async function relay(lab: Namespaces, namespace: string, from: string, to: string): Promise<() => Promise<void>> {
  const child = lab.start(namespace, [process.execPath, SCRIPT, from, to])
  const reader = child.stdout.getReader()
  const { done } = await reader.read()
  if (done) throw new InvariantError(`the relay did not start: ${await new Response(child.stderr).text()}`)
  reader.releaseLock()
  return async () => {
    child.kill('SIGKILL')
    await child.exited
  }
}

/** Makes a port of loopback in one namespace the same port in another, over a Unix socket that both see. */
export class LoopbackLine {
  readonly #lab: Namespaces
  readonly #ends: { readonly from: string; readonly to: string; readonly port: number; readonly socket: string }
  #cut: (() => Promise<void>) | undefined

  constructor(lab: Namespaces, ends: { from: string; to: string; port: number; socket: string }) {
    this.#lab = lab
    this.#ends = ends
  }

  async connect(): Promise<void> {
    const { from, to, port, socket } = this.#ends
    rmSync(socket, { force: true })
    const far = await relay(this.#lab, to, socket, String(port))
    const near = await relay(this.#lab, from, String(port), socket)
    this.#cut = async () => {
      await near()
      await far()
    }
  }

  /** Breaks what is under way, and lets nothing through until it is connected again. */
  async cut(): Promise<void> {
    await this.#cut?.()
  }
}
