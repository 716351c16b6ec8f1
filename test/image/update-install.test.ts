import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PATIENTLY } from '../support/box-under-test.ts'

const INSTALL = fileURLToPath(new URL('../../image/root/usr/lib/branchline/system/update-install', import.meta.url))
/** Says of each bundle what stands in it, and writes down that it was called. */
const RAUC = `#!/bin/sh
if [ "$1" = info ]; then cat "$3"; else echo "$3" >>"$BRANCHLINE_TOP/written"; echo 'Installing succeeded'; fi
`

// A box that runs 1.4.0, as files below a folder; RAUC is a program that writes no slot.
let top: string
const at = (path: string) => join(top, path)
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'branchline-install-'))
  for (const folder of ['run/update', 'run/system', 'usr/lib/branchline', 'var/lib/system', 'etc/rauc', 'bin'])
    mkdirSync(at(folder), { recursive: true })
  mkdirSync(at('var/lib/branchline/update'), { recursive: true })
  writeFileSync(at('usr/lib/branchline/IMAGE_VERSION'), '1.4.0\n')
  writeFileSync(at('etc/rauc/system.conf'), 'compatible=branchline-x86-64\n')
  writeFileSync(at('bin/rauc'), RAUC, { mode: 0o755 })
})
afterEach(() => rmSync(top, { recursive: true }))

const foundWell = () => writeFileSync(at('run/update/health'), 'well\n')
const status = () => readFileSync(at('run/update/status'), 'utf8')
/** The box has taken a bundle in; `seconds`: how long it is waited for the version that runs. */
async function install(version = '1.5.0', seconds = 60): Promise<string> {
  writeFileSync(
    at('var/lib/branchline/update/bundle.raucb'),
    `RAUC_MF_VERSION='${version}'\nRAUC_MF_COMPATIBLE='branchline-x86-64'\n`,
  )
  writeFileSync(at('var/lib/branchline/update/install'), '')
  const env = { PATH: `${at('bin')}:${process.env.PATH ?? ''}`, BRANCHLINE_TOP: top }
  const child = Bun.spawn([INSTALL], {
    env: { ...env, BRANCHLINE_HEALTH_SECONDS: String(seconds) },
    ...{ stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' },
  })
  expect([await new Response(child.stderr).text(), await child.exited]).toEqual(['', 0])
  return status()
}

describe('an update', () => {
  it('is written at once where what runs was found well, and nothing of it stays on the data partition', async () => {
    foundWell()
    expect(await install()).toContain('phase=installed')
    expect(existsSync(at('written'))).toBe(true)
    for (const left of ['var/lib/system/incoming.raucb', 'var/lib/branchline/update/install'])
      expect(existsSync(at(left)), left).toBe(false)
  })

  it('that goes on at the start after a power cut needs no look at a version that was found well before', async () => {
    writeFileSync(at('var/lib/system/last-well'), '1.4.0\n')
    expect(await install()).toContain('phase=installed')
  })

  it('waits while a new version is looked at: the other slot has the one to go back to', async () => {
    writeFileSync(at('var/lib/system/last-well'), '1.3.0\n')
    const installing = install()
    await expect.poll(() => existsSync(at('run/update/status')) && status(), PATIENTLY).toContain('waits until')
    expect(existsSync(at('written'))).toBe(false)
    foundWell()
    expect(await installing).toContain('phase=installed')
  })

  it('is refused when that version is never found well', async () => {
    expect(await install('1.5.0', 0)).toMatch(/phase=refused.*not found well yet/s)
    expect(existsSync(at('written'))).toBe(false)
  })

  it('that is older is refused without waiting', async () => {
    expect(await install('1.3.9')).toMatch(/phase=refused.*older than what runs: 1\.3\.9/s)
  })
})
