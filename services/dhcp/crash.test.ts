import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeRandom } from '../../test/support/random.ts'

const CHILD = fileURLToPath(new URL('../../test/support/dhcp-crash-child.ts', import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dhcp-crash-'))
})
afterAll(() => rm(folder, { recursive: true }))

it('kill -9 at any moment loses no acknowledged lease and gives no address twice', async () => {
  const random = makeRandom(9)
  const given = new Map<string, string>()
  for (let life = 0; life < 6; life++) {
    const child = Bun.spawn([process.execPath, CHILD, join(folder, 'box.db'), String(life * 4000)], { stderr: 'pipe' })
    // The kill falls somewhere after this many acknowledgements: the child works on while the signal is under way.
    const enough = 1 + Math.floor(random() * 300)
    let text = ''
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += chunk
      if (text.split('\n').length > enough) child.kill('SIGKILL')
    }
    await child.exited
    const lines = text.split('\n').slice(0, -1)
    expect(lines.length, await new Response(child.stderr).text()).toBeGreaterThanOrEqual(enough)
    for (const line of lines) {
      const [address = '', mac = ''] = line.split(' ')
      // Each life starts with what the last one left on disk: an address lost there would be given to another now.
      expect(given.get(address) ?? mac).toBe(mac)
      given.set(address, mac)
    }
  }
})
