import { expect, it } from 'vitest'
import { ACME } from '../../test/support/cloud-matrix.ts'
import { makeTextChecker } from './checker.ts'

const texts = (liquid: string) =>
  new Map([
    ['vendor.yaml', { text: ACME, file: 'acme/vendor.yaml' }],
    ['a.liquid', { text: liquid, file: 'acme/a.liquid' }],
  ])

it('says every fault with its place', async () => {
  const { check } = makeTextChecker()
  expect(await check('a', 'acme', texts('fine'))).toEqual({ faults: [], notes: [] })
  const { faults } = await check('a', 'acme', texts('one\n{% nonsense %}'))
  expect(faults).toMatchObject([{ file: 'acme/a.liquid', line: 2 }])
})

it('gives up what does not come to an end, and the next one is looked at', async () => {
  const { check } = makeTextChecker(0)
  await expect(check('a', 'acme', texts('fine'))).rejects.toThrow('did not come to an end')
  expect(await makeTextChecker().check('a', 'acme', texts('fine'))).toEqual({ faults: [], notes: [] })
})

it('lets one account wait for three at most, and others all the same', async () => {
  const { check } = makeTextChecker()
  const mine = [1, 2, 3].map(() => check('a', 'acme', texts('fine')))
  await expect(check('a', 'acme', texts('fine'))).rejects.toThrow('too many tries')
  expect((await check('b', 'acme', texts('fine'))).faults).toEqual([])
  await Promise.all(mine)
  expect((await check('a', 'acme', texts('fine'))).faults).toEqual([])
})
