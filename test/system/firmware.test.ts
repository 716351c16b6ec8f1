import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SOCKET_NAME } from '../../appliance/cli/client.ts'
import type { FileView } from '../../services/admin/schema-files.ts'
import { BoxUnderTest } from '../support/box-under-test.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { makeRandom } from '../support/random.ts'

const CLIENTS = 50
const SIZE = 60_000_000
const T46U = '805ec0005301'
const AGENT = 'Yealink SIP-T46U 108.86.0.20 80:5e:c0:00:53:01'
const U_ROM = 'T46U(T43U,T46U,T41U,T48U,T42U)-108.86.0.90.rom'
const S_ROM = 'T46S(T48S,T42S,T41S)-66.86.0.15.rom'

/** Bytes that no block repeats, so that one in the wrong place is noticed. */
function image(size: number, seed: number): Buffer {
  const random = makeRandom(seed)
  const words = new Uint32Array(size / 4)
  for (let i = 0; i < words.length; i++) words[i] = random() * 0x1_0000_0000
  return Buffer.from(words.buffer)
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Lets the highest memory of a process count anew (proc_pid_clear_refs(5)). */
const forgetPeak = (pid: number) => writeFile(`/proc/${pid}/clear_refs`, '5')

/** Resident memory of a process, now and at its highest, in bytes. */
async function memory(pid: number) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? Number.NaN) * 1024
  return { now: of('VmRSS'), peak: of('VmHWM') }
}

//   box 198.18.0.1 ── switch ── c0 … c49: 198.18.1.1 … 198.18.1.50, each a host of its own
describeOrSkip('firmware for fifty phones at once', ['namespaces', 'curl', 'tftp', 'atftp', 'sha256sum'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest
  const content = image(SIZE, 7)
  const hash = sha256(content)
  const names = Array.from({ length: CLIENTS }, (_, i) => `c${i}`)

  beforeAll(async () => {
    await lab.add('switch')
    await lab.bridge('switch', 'br0')
    await lab.add('box')
    await lab.cable(
      { namespace: 'box', device: 'eth0', address: '198.18.0.1/16' },
      { namespace: 'switch', device: 'box', bridge: 'br0' },
    )
    for (const [i, name] of names.entries()) {
      await lab.add(name)
      await lab.cable(
        {
          namespace: name,
          device: 'eth0',
          address: `198.18.1.${i + 1}/16`,
          ...(i === 0 && { mac: '80:5e:c0:00:53:01' }),
        },
        { namespace: 'switch', device: name, bridge: 'br0' },
      )
    }
    box = await BoxUnderTest.make(lab, { interfaces: ['eth0'], log: { level: 'warn' } })
    await box.start()
    await writeFile(join(box.folder, 'big.rom'), content)
    await writeFile(join(box.folder, S_ROM), 'not for this board')
    await writeFile(join(box.folder, U_ROM), 'for this board')
  }, 120_000)
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
    await box[Symbol.asyncDispose]()
  })

  const sh = (namespace: string, script: string) => lab.run(namespace, ['sh', '-c', script], { timeoutMs: 280_000 })
  const URL = 'http://198.18.0.1/yealink/big.rom'

  it('is stored without being in memory, and only when it is what its maker says', async () => {
    const large = join(box.folder, 'large.bin')
    await sh('box', `head -c 300000000 /dev/urandom > ${large}`)
    await forgetPeak(box.pid)
    const before = await memory(box.pid)
    await box.told('files', 'add', large, '--kind', 'other')
    const after = await memory(box.pid)
    expect(after.peak - before.now).toBeLessThan(100e6)
    await box.told('files', 'remove', 'large.bin')

    const wrong = await box.branchline('files', 'add', join(box.folder, 'big.rom'), '--sha256', 'ab'.repeat(32))
    expect(wrong).toMatchObject({ code: 5, err: expect.stringContaining('is not the file that its maker gave out') })
    const file = JSON.parse(
      await box.told('files', 'add', join(box.folder, 'big.rom'), '--sha256', hash, '--fw-version', '9.9', '--json'),
    ) as FileView
    expect(file).toMatchObject({ name: 'big.rom', kind: 'firmware', version: '9.9', size: SIZE, hash, uses: [] })
    expect(await box.told('files', 'verify')).toMatch(/^big\.rom +good\n$/)
    expect(await readdir(join(box.data, 'files', 'incoming'))).toEqual([])
  }, 120_000)

  it('leaves nothing of an upload that broke off', async () => {
    const socket = join(box.data, SOCKET_NAME)
    const url = 'http://localhost/api/v1/files/broken.rom'
    const cut = await sh(
      'box',
      `head -c 30000000 /dev/urandom | timeout -s KILL 1 curl -sS --unix-socket ${socket} --limit-rate 5M -T - '${url}'`,
    )
    expect(cut.code).not.toBe(0)
    await expect.poll(() => readdir(join(box.data, 'files', 'incoming')), { timeout: 20_000 }).toEqual([])
    const { files } = JSON.parse(await box.told('files', 'list', '--json')) as { files: FileView[] }
    expect(files.map(({ name }) => name)).toEqual(['big.rom'])
  })

  it('comes whole over HTTP: at once, in ranges, and going on after a cut', async () => {
    await forgetPeak(box.pid)
    const before = await memory(box.pid)
    const tag = /^etag: (\S+)/im.exec((await sh('c1', `curl -sSI ${URL}`)).stdout)?.[1]
    expect(tag).toBe(`"${hash}"`)
    const half = SIZE / 2
    const pieces = (given: string) =>
      `( curl -sSf -r 0-${half - 1} ${URL}; curl -sSf -r ${half}- -H 'If-Range: ${given}' ${URL} ) | sha256sum`
    const file = join(box.folder, 'part-$$')
    const ways = [
      `curl -sSf ${URL} | sha256sum`,
      pieces(`"${hash}"`),
      // Cut in the middle, then on from there.
      `curl -sSf ${URL} | head -c 20000000 > ${file}; curl -sSf -C - -o ${file} ${URL} && sha256sum < ${file}; rm -f ${file}`,
    ]
    const sums = await Promise.all(
      names.map(async (name, i) => {
        const { stdout, stderr } = await sh(name, ways[i < 6 ? 2 : i % 2] ?? '')
        return stdout.split(' ')[0] || stderr
      }),
    )
    expect(sums).toEqual(names.map(() => hash))
    // Another version has taken the name meanwhile: all of it comes, not the rest of something else.
    const stale = await sh('c2', `curl -sSf -r ${half}- -H 'If-Range: "other"' ${URL} | sha256sum`)
    expect(stale.stdout.split(' ')[0]).toBe(hash)
    const after = await memory(box.pid)
    console.info(`HTTP: ${(before.now / 1e6).toFixed(0)} MB before, ${(after.peak / 1e6).toFixed(0)} MB at most`)
    expect(after.peak - before.now).toBeLessThan(150e6)
  }, 300_000)

  it('comes whole over TFTP: in windows, and with more blocks than a number has room for', async () => {
    await forgetPeak(box.pid)
    const before = await memory(box.pid)
    const folder = join(box.folder, 'tftp')
    await mkdir(folder)
    const get = (i: number) => {
      const local = join(folder, `${i}`)
      const sum = `sha256sum < ${local}; rm -f ${local}`
      // Five without options: 512 octets a block, so that the number begins anew after 32 MB.
      return i % 10 === 0
        ? `tftp -m octet 198.18.0.1 -c get big.rom ${local}; ${sum}`
        : `atftp --option 'blksize 1428' --option 'windowsize 16' -g -r big.rom -l ${local} 198.18.0.1; ${sum}`
    }
    const sums = await Promise.all(
      names.map(async (name, i) => {
        const { stdout, stderr } = await sh(name, get(i))
        return /[0-9a-f]{64}/.exec(stdout)?.[0] ?? stderr
      }),
    )
    expect(sums).toEqual(names.map(() => hash))
    const after = await memory(box.pid)
    console.info(`TFTP: ${(before.now / 1e6).toFixed(0)} MB before, ${(after.peak / 1e6).toFixed(0)} MB at most`)
    // Three gigabytes went out in packets of 1,428 octets; what is more than at rest waits to be collected.
    expect(after.peak - before.now).toBeLessThan(220e6)
  }, 300_000)

  describe('for another board', () => {
    beforeAll(async () => {
      for (const name of [S_ROM, U_ROM]) await box.told('files', 'add', join(box.folder, name))
      await box.told(
        'devices',
        'add',
        T46U,
        '--vendor',
        'yealink',
        '--model',
        'T46U',
        '--user',
        '1',
        '--server',
        'pbx.example',
      )
      const fetched = await sh('c0', `curl -sSf -A '${AGENT}' http://198.18.0.1/yealink/${T46U}.cfg`)
      expect(fetched.stdout).toContain('account.1')
    })
    const reason = `${S_ROM} is by its name for hardware 66, and this Yealink T46U has 108`

    it('is refused to the phone, with the reason in its journey', async () => {
      const ask = (name: string) =>
        sh('c0', `curl -sS -g -o /dev/null -w '%{http_code}' -A '${AGENT}' 'http://198.18.0.1/yealink/${name}'`)
      expect((await ask(S_ROM)).stdout).toBe('404')
      expect((await ask(U_ROM)).stdout).toBe('200')
      await expect.poll(() => box.told('explain', T46U), { timeout: 20_000 }).toContain(`was refused: ${reason}`)
    })

    it('is not told to the phone when it is set, and explain says why', async () => {
      await box.api(`/layers/model/yealink%3At46u`, { settings: { 'firmware.file': S_ROM } })
      expect(await box.rendered(T46U)).not.toContain('firmware.url')
      expect(await box.told('explain', T46U)).toContain(`setting firmware.file is not given to this device: ${reason}`)
      await box.api(`/layers/model/yealink%3At46u`, { settings: { 'firmware.file': U_ROM } })
      expect(await box.rendered(T46U)).toContain('-108.86.0.90.rom')
    })

    it('is left out of a rollout, with the reason', async () => {
      const started = await box.branchline('rollout', 'start', 'Wrong', '--all', '--file', S_ROM)
      expect(started).toMatchObject({ code: 5, err: expect.stringContaining(reason) })
      const { devices } = JSON.parse(
        await box.told('rollout', 'start', 'Right', '--all', '--file', U_ROM, '--dry-run', '--json'),
      ) as { devices: object[] }
      expect(devices).toMatchObject([{ state: 'waiting', version: '108.86.0.90', before: '108.86.0.20' }])
    })

    it('and nothing is removed that a setting names', async () => {
      const refused = await box.branchline('files', 'remove', U_ROM)
      expect(refused).toMatchObject({ code: 5, err: expect.stringContaining('of model yealink:t46u') })
      await box.told('files', 'remove', U_ROM, '--force')
    })
  })
})

describeOrSkip('a disk that runs full', ['namespaces', 'mount', 'curl'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest
  beforeAll(async () => {
    await lab.add('box')
    // The disk of the files alone, of 64 MB, seen by the box and by nobody else.
    const prepare = 'mkdir -p "$1/files" && mount -t tmpfs -o size=64m none "$1/files"'
    box = await BoxUnderTest.make(lab, { interfaces: ['lo'] }, prepare)
    await box.start()
    await writeFile(join(box.folder, 'first.rom'), image(20_000_000, 1))
    await writeFile(join(box.folder, 'large.rom'), image(60_000_000, 2))
  }, 60_000)
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
    await box[Symbol.asyncDispose]()
  })
  const stored = async () =>
    (JSON.parse(await box.told('files', 'list', '--json')) as { files: FileView[] }).files.map(({ name }) => name)
  /** As the box sees it: the mount is its own. */
  const incoming = () => readdir(`/proc/${box.pid}/root${box.data}/files/incoming`)

  it('is noticed before anything is sent, and nothing is lost', async () => {
    await box.told('files', 'add', join(box.folder, 'first.rom'))
    const full = await box.branchline('files', 'add', join(box.folder, 'large.rom'))
    expect(full.code).toBe(1)
    expect(full.err).toMatch(/no room on the disk for the file: \d+\.\d MB are free in .* stay for the box itself/)
    expect(await stored()).toEqual(['first.rom'])
    expect(await incoming()).toEqual([])
  })

  it('is noticed in the middle of an upload that did not say how long it is', async () => {
    const script =
      `head -c 200000000 /dev/zero | curl -sS -w '%{http_code}' --unix-socket ${join(box.data, SOCKET_NAME)} ` +
      `-T - http://localhost/api/v1/files/endless.rom`
    const { stdout } = await lab.run('box', ['sh', '-c', script])
    expect(stdout).toMatch(/"code":"disk-full","message":"no room on the disk for the file.*507$/)
    expect(await incoming()).toEqual([])
    expect(await stored()).toEqual(['first.rom'])
    expect(await box.told('files', 'verify')).toMatch(/^first\.rom +good\n$/)
  })

  it('has room again for what fits', async () => {
    await writeFile(join(box.folder, 'second.rom'), image(30_000_000, 3))
    await box.told('files', 'add', join(box.folder, 'second.rom'))
    expect(await stored()).toEqual(['first.rom', 'second.rom'])
    expect(await box.told('files', 'verify')).toMatch(/^first\.rom +good\nsecond\.rom +good\n$/)
  })
})
