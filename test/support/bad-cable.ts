import { fileURLToPath } from 'node:url'
import { InvariantError } from '../../services/core/errors.ts'
import type { CableEnd, Namespaces } from './netns.ts'
import type { BadCable } from './virtual-lan.ts'

/**
 * A cable between two namespaces that loses, doubles and reorders IPv4 frames, the same ones for the same seed and
 * the same traffic. A process in a namespace of its own carries them, since many kernels come without netem.
 */
export async function badCable(lab: Namespaces, a: CableEnd, b: CableEnd, cable: BadCable): Promise<void> {
  const middle = `cable-${a.namespace}-${b.namespace}`
  await lab.add(middle)
  await lab.cable(a, { namespace: middle, device: 'left' })
  await lab.cable({ namespace: middle, device: 'right' }, b)
  const script = fileURLToPath(new URL('./bad-cable-process.ts', import.meta.url))
  const child = lab.start(middle, [process.execPath, script, JSON.stringify(cable)])
  const reader = child.stdout.getReader()
  const { done } = await reader.read()
  if (done) throw new InvariantError(`bad cable did not start: ${await new Response(child.stderr).text()}`)
  reader.releaseLock()
}
