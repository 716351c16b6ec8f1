import { expect, it } from 'vitest'
import type { ExplainView } from '../../services/admin/schema.ts'
import { type DeskSource, makeDesk } from './desk.ts'

/** A desk of a phone whose name is what `world` says; answers come when the test lets them. */
function setUp() {
  const world = { name: 'Hall', rev: 1 }
  const waiting: (() => void)[] = []
  let held = false
  const explain = async () => {
    if (held) await new Promise<void>((resolve) => void waiting.push(resolve))
    const device = { ...world, mac: 'm', lines: [], keys: [], settings: {}, extra: {}, secrets: [] }
    return { device, verdict: { state: 'never-seen' } } as unknown as ExplainView
  }
  const desk = makeDesk('m', { explain, shape: async () => ({}) } as unknown as DeskSource)
  const hold = () => {
    held = true
  }
  return { desk, world, hold, letGo: () => waiting.shift()?.() }
}

it('takes a record that somebody else changed, as long as nothing is edited here', async () => {
  const { desk, world } = setUp()
  await desk.load()
  Object.assign(world, { name: 'Porter', rev: 2 })
  await desk.refresh()
  expect(desk.device.value).toMatchObject({ name: 'Porter', rev: 2 })
  desk.edit({ notes: 'behind the plant' })
  Object.assign(world, { name: 'Lobby', rev: 3 })
  await desk.refresh()
  expect(desk.device.value).toMatchObject({ name: 'Porter', rev: 2, notes: 'behind the plant' })
})

it('leaves an answer out that comes when somebody has begun to type', async () => {
  const { desk, world, hold, letGo } = setUp()
  await desk.load()
  hold()
  Object.assign(world, { name: 'Porter', rev: 2 })
  const done = desk.refresh()
  desk.edit({ notes: 'b' })
  letGo()
  await done
  expect(desk.device.value).toMatchObject({ name: 'Hall', rev: 1, notes: 'b' })
})
