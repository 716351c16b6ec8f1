import { describe, expect, it } from 'vitest'
import { decideMode, negotiate } from './policy.ts'

const limits = { maxBlockSize: 1468, maxWindowSize: 16 }
const options = (text: string) =>
  text
    .split(' ')
    .filter((one) => one !== '')
    .map((one) => ({ name: one.split('=')[0] ?? '', value: one.split('=')[1] ?? '' }))

describe('negotiate', () => {
  it.each([
    ['', ''],
    ['blksize=1428', 'blksize=1428'],
    ['blksize=8', 'blksize=8'],
    ['blksize=65464', 'blksize=1468'],
    ['blksize=7', ''],
    ['blksize=65465', ''],
    ['blksize=-9 tsize=0', 'tsize=1000'],
    ['blksize=0x200', ''],
    ['blksize=512 blksize=1024', 'blksize=512'],
    ['BlkSize=1024 TSIZE=0', 'BlkSize=1024 TSIZE=1000'],
    ['tsize=77', 'tsize=1000'],
    ['tsize=', ''],
    ['timeout=1', 'timeout=1'],
    ['timeout=255', 'timeout=255'],
    ['timeout=0', ''],
    ['timeout=256', ''],
    ['windowsize=4', 'windowsize=4'],
    ['windowsize=65535', 'windowsize=16'],
    ['windowsize=0', ''],
    ['windowsize=65536', ''],
    ['multicast= rollover=0 blksize=512', 'blksize=512'],
    ['tsize=0 windowsize=2 blksize=900', 'tsize=1000 windowsize=2 blksize=900'],
  ])('asked %j, acknowledges %j', (asked, expected) => {
    expect(negotiate(options(asked), limits, 1000).acknowledged).toEqual(options(expected))
  })

  it('uses what it acknowledges', () => {
    expect(negotiate(options('blksize=9000 windowsize=99 timeout=3'), limits, 5)).toMatchObject({
      blockSize: 1468,
      windowSize: 16,
      timeoutMs: 3000,
    })
    expect(negotiate(options('blksize=7'), limits, 5)).toMatchObject({
      blockSize: 512,
      windowSize: 1,
      timeoutMs: undefined,
    })
  })

  it('repeats the size that a writer announces', () => {
    expect(negotiate(options('tsize=4711'), limits, undefined).acknowledged).toEqual(options('tsize=4711'))
  })
})

describe('decideMode', () => {
  it.each([
    ['octet', { kind: 'go', netascii: false }],
    ['netascii', { kind: 'go', netascii: true }],
    ['mail', { kind: 'refuse', code: 4, text: 'Illegal TFTP operation' }],
    ['', { kind: 'refuse', code: 4, text: 'Illegal TFTP operation' }],
  ])('%j', (mode, decision) => {
    expect(decideMode({ kind: 'read', file: 'a', mode, options: [] })).toEqual(decision)
  })
})
