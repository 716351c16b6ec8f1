import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const STICK = fileURLToPath(new URL('../../image/root/usr/lib/branchline/system/stick', import.meta.url))

// Folders stand for the stick and for the box; the two programs that would write slots or start the machine again write
// down that they were called.
let folder: string
const at = (...names: readonly string[]) => join(folder, ...names)
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'branchline-stick-'))
  for (const name of ['stick', 'data/backup', 'data/update', 'state', 'system', 'mount'])
    mkdirSync(at(name), { recursive: true })
  for (const name of ['factory-reset', 'update-install']) {
    writeFileSync(at('system', name), `#!/bin/sh\necho "$@" >${at(`${name}.called`)}\n`)
    chmodSync(at('system', name), 0o755)
  }
  writeFileSync(at('version'), '1.4.0\n')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function stick(...words: readonly string[]): string {
  const env = {
    ...{ PATH: process.env.PATH, BRANCHLINE_DATA: at('data'), BRANCHLINE_STATE: at('state') },
    ...{ BRANCHLINE_STICK: at('mount'), BRANCHLINE_SYSTEM: at('system'), BRANCHLINE_INCOMING: at('incoming.raucb') },
    BRANCHLINE_VERSION_FILE: at('version'),
  }
  const ended = Bun.spawnSync([STICK, ...words], { env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  expect([ended.exitCode, ended.stderr.toString()]).toEqual([0, ''])
  return ended.stdout.toString()
}
const look = () => stick('look', at('stick'))
const listed = (name: string) => (existsSync(at(name)) ? readdirSync(at(name)).sort() : [])
function put(name: string, text = 'x', daysAgo = 0): void {
  writeFileSync(at(name), text)
  const when = Date.now() / 1000 - daysAgo * 86_400
  utimesSync(at(name), when, when)
}

describe('a USB stick', () => {
  it('with nothing of ours changes nothing, and is not written', () => {
    put('stick/holiday.jpg')
    put('data/backup/branchline-box-20261126-010203.backup')
    look()
    expect(listed('stick')).toEqual(['holiday.jpg'])
    expect([listed('data/stick'), listed('state'), existsSync(at('incoming.raucb'))]).toEqual([[], [], false])
  })

  it('brings the newest backups, by names that are ours and never through a link', () => {
    for (const [i, day] of ['01', '02', '03', '04'].entries())
      put(`stick/branchline-a-202611${day}-010203.backup`, day, 9 - i)
    put('stick/branchline-.backup.exe')
    put('stick/other.backup')
    symlinkSync('/etc/passwd', at('stick/branchline-z-link.backup'))
    look()
    expect(listed('data/stick')).toEqual([
      'branchline-a-20261102-010203.backup',
      'branchline-a-20261103-010203.backup',
      'branchline-a-20261104-010203.backup',
    ])
    stick('gone')
    expect(listed('data/stick')).toEqual([])
  })

  it('takes new backups when it has a folder for them, and those alone that it lacks', () => {
    mkdirSync(at('stick/branchline-backups'))
    put('data/backup/branchline-box-20261126-010203-daily.backup', 'new')
    put('data/backup/unfinished.part')
    expect(look()).toContain('has branchline-box-20261126-010203-daily.backup')
    expect(listed('stick/branchline-backups')).toEqual(['branchline-box-20261126-010203-daily.backup'])
    expect(listed('state')).toEqual(['stick'])
    expect(look()).not.toContain('has ')
    // What it took is offered for restoring at the next look.
    expect(listed('data/stick')).toEqual(['branchline-box-20261126-010203-daily.backup'])
  })

  it('brings the newest update that is newer than what runs', () => {
    for (const version of ['1.3.9', '1.4.0', '1.4.2', '1.10.0']) put(`stick/branchline-${version}-amd64.raucb`, version)
    put('stick/branchline-9.9.9; reboot.raucb')
    look()
    expect(readFileSync(at('update-install.called'), 'utf8').trim()).toBe(at('incoming.raucb'))
    expect(readFileSync(at('incoming.raucb'), 'utf8')).toBe('1.10.0')
    expect(listed('stick')).toContain('branchline-1.10.0-amd64.raucb')
  })

  it('with an update that runs already, or an older one, installs none', () => {
    for (const version of ['1.3.9', '1.4.0']) put(`stick/branchline-${version}-amd64.raucb`)
    look()
    expect(existsSync(at('update-install.called'))).toBe(false)
  })

  it('resets the box once, by a marker with its word', () => {
    put('stick/branchline-factory-reset', 'please')
    look()
    expect(existsSync(at('factory-reset.called'))).toBe(false)
    put('stick/branchline-factory-reset', 'ERASE\n')
    expect(look()).toContain('factory reset')
    expect(existsSync(at('factory-reset.called'))).toBe(true)
    expect(listed('stick')).toEqual(['branchline-factory-reset.done'])
    rmSync(at('factory-reset.called'))
    look()
    expect(existsSync(at('factory-reset.called'))).toBe(false)
  })

  it('gets what the box asks to have copied', () => {
    mkdirSync(at('mount/branchline-backups'))
    put('data/update/stick', '')
    put('data/backup/branchline-box-20261126-010203.backup')
    stick('copy')
    expect(listed('mount/branchline-backups')).toEqual(['branchline-box-20261126-010203.backup'])
    expect(listed('data/update')).toEqual([])
  })
})
