import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'

const LIGHT = fileURLToPath(new URL('../../image/root/usr/lib/branchline/system/light', import.meta.url))
const WELL = 'a greeting\n  all well\n'

// The lights of a board, and what the box says of itself, as files below a folder.
let top: string
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'branchline-light-'))
  for (const folder of ['run/update', 'run/branchline', 'efi/branchline'])
    mkdirSync(join(top, folder), { recursive: true })
  for (const name of ['ACT', 'green:status']) {
    mkdirSync(join(top, 'sys/class/leds', name), { recursive: true })
    writeFileSync(led(name, 'trigger'), '[none] timer mmc0')
    writeFileSync(led(name, 'max_brightness'), '255\n')
  }
})
afterEach(() => rmSync(top, { recursive: true }))

const led = (name: string, file: string) => join(top, 'sys/class/leds', name, file)
function say(health: boolean, console?: string): void {
  if (health) writeFileSync(join(top, 'run/update/health'), 'well\n')
  if (console !== undefined) writeFileSync(join(top, 'run/branchline/console'), console)
}
function look(): void {
  const env = { PATH: process.env.PATH, BRANCHLINE_TOP: top }
  const ended = Bun.spawnSync([LIGHT, 'once'], { env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  expect([ended.exitCode, ended.stderr.toString(), ended.stdout.toString()]).toEqual([0, '', ''])
}
const shown = (name = 'ACT') =>
  ['trigger', 'brightness', 'delay_on'].map((file) =>
    existsSync(led(name, file)) ? readFileSync(led(name, file), 'utf8') : undefined,
  )
const UNTOUCHED = ['[none] timer mmc0', undefined, undefined]
const BLINKING = ['timer', undefined, '250']
const STEADY = ['none', '255', undefined]

it.each<[string, boolean, string | undefined, unknown]>([
  ['starts', false, undefined, BLINKING],
  ['runs, and was not found well yet', false, WELL, BLINKING],
  ['was found well, and is', true, WELL, STEADY],
  ['was found well, and something does not work now', true, 'a greeting\n  not well:\n    tftp is off\n', BLINKING],
  ['was found well, and its service has ended', true, undefined, BLINKING],
])('a box that %s', (_, health, console, expected) => {
  say(health, console)
  look()
  expect(shown()).toEqual(expected)
})

it('takes the light that a file names, and no other', () => {
  say(true, WELL)
  writeFileSync(join(top, 'efi/branchline/light'), 'green:status\r\n')
  look()
  expect([shown('green:status'), shown()]).toEqual([STEADY, UNTOUCHED])
})

it.each(['capslock', '../../../efi', '..', '', '/'])(
  'touches nothing for %j, which is no light of this board',
  (name) => {
    say(true, WELL)
    writeFileSync(join(top, 'efi/branchline/light'), `${name}\n`)
    writeFileSync(join(top, 'efi/trigger'), 'not a light')
    look()
    expect([shown(), readFileSync(join(top, 'efi/trigger'), 'utf8')]).toEqual([UNTOUCHED, 'not a light'])
  },
)
