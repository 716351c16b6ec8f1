import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { describeOrSkip, toolPath } from '../support/netns.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SLOTS = join(ROOT, 'image/root/usr/lib/branchline/system/boot-slots')
const folder = mkdtempSync(join(tmpdir(), 'branchline-slots-'))
const memory = join(folder, 'grubenv')
const commandLine = join(folder, 'cmdline')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function remember(words: string): void {
  writeFileSync(memory, `# GRUB Environment Block\n${words.replaceAll(', ', '\n')}\n`.padEnd(1024, '#'))
}
function slots(...words: readonly string[]): string {
  const env = { ...process.env, BRANCHLINE_GRUBENV: memory, BRANCHLINE_CMDLINE: commandLine }
  const ended = Bun.spawnSync([SLOTS, ...words], { env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  expect([ended.exitCode, ended.stderr.toString()]).toEqual([0, ''])
  return ended.stdout.toString().trim()
}
const remembered = () => readFileSync(memory, 'latin1').split('\n').slice(1, 6).join(', ')

describe('the boot loader’s memory', () => {
  beforeEach(() => writeFileSync(commandLine, 'panic=5 rauc.slot=B quiet'))

  it.each([
    ['ORDER=A B, A_OK=1, A_TRY=0, B_OK=0, B_TRY=0', 'A'],
    ['ORDER=B A, A_OK=1, A_TRY=1, B_OK=1, B_TRY=2', 'B'],
    // Tried three times and never well.
    ['ORDER=B A, A_OK=1, A_TRY=1, B_OK=1, B_TRY=3', 'A'],
    // Half written.
    ['ORDER=B A, A_OK=1, A_TRY=0, B_OK=0, B_TRY=0', 'A'],
    // Nothing is left: the boot loader begins anew.
    ['ORDER=B A, A_OK=0, A_TRY=0, B_OK=0, B_TRY=0', 'B'],
  ])('%s: %s is next', (words, next) => {
    remember(words)
    expect(slots('get-primary')).toBe(next)
  })

  it.each([
    ['set-state B bad', 'ORDER=A B, A_OK=1, A_TRY=1, B_OK=0, B_TRY=0', ''],
    ['set-primary B', 'ORDER=B A, A_OK=1, A_TRY=1, B_OK=1, B_TRY=0', ''],
    // B runs although A comes first: A must have failed, and that is told.
    ['mark-well', 'ORDER=B A, A_OK=1, A_TRY=1, B_OK=1, B_TRY=0', 'fell-back-from A'],
  ])('%s', (words, after, told) => {
    remember('ORDER=A B, A_OK=1, A_TRY=1, B_OK=1, B_TRY=2')
    expect(slots(...words.split(' '))).toBe(told)
    expect(remembered()).toBe(after)
    const bytes = readFileSync(memory, 'latin1')
    expect([bytes.length, bytes.startsWith('# GRUB Environment Block\n'), /#+$/.test(bytes)]).toEqual([
      1024,
      true,
      true,
    ])
    // Everything that changes is in the first sector: a power cut leaves the old words or the new ones.
    expect(/^#+$/.test(bytes.slice(512))).toBe(true)
  })

  it('keeps what two say at the same time', async () => {
    const env = { ...process.env, BRANCHLINE_GRUBENV: memory, BRANCHLINE_CMDLINE: commandLine }
    for (let i = 0; i < 10; i++) {
      remember('ORDER=A B, A_OK=1, A_TRY=1, B_OK=1, B_TRY=2')
      const both = [['set-state', 'A', 'bad'], ['mark-well']].map(
        (words) => Bun.spawn([SLOTS, ...words], { env }).exited,
      )
      expect(await Promise.all(both)).toEqual([0, 0])
      expect(remembered()).toBe('ORDER=B A, A_OK=0, A_TRY=0, B_OK=1, B_TRY=0')
    }
  })

  it('is taken for a new one where it cannot be read', () => {
    writeFileSync(memory, '\0'.repeat(1024))
    expect(slots('get-primary')).toBe('A')
    expect(slots('set-state', 'A', 'good')).toBe('')
    expect(remembered()).toBe('ORDER=A B, A_OK=1, A_TRY=0, B_OK=0, B_TRY=0')
  })
})

describeOrSkip('the service', ['systemd-analyze'], () => {
  it('is shut in: exposure under 2.5 of 10', () => {
    const unit = join(folder, 'branchline.service')
    writeFileSync(unit, readFileSync(join(ROOT, 'image/package/branchline.service'), 'utf8'))
    const tool = toolPath('systemd-analyze') ?? 'systemd-analyze'
    const ended = Bun.spawnSync([tool, 'security', '--offline=true', '--no-pager', unit], {
      stdout: 'pipe',
      stderr: 'pipe',
    })
    const text = ended.stdout.toString()
    const [, exposure] = /Overall exposure level for branchline\.service: ([\d.]+)/.exec(text) ?? []
    expect(exposure, ended.stderr.toString() + text).toBeDefined()
    expect(Number(exposure)).toBeLessThan(2.5)
  })
})
