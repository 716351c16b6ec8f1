import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BoxUnderTest, office } from '../support/box-under-test.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { plugIn } from '../support/phone-farm.ts'
import { makeRandom } from '../support/random.ts'
import { inFolder, madeUpVendor, packKey, packOf } from '../support/vendor-packs.ts'

const SECRET = 'Kx7-only-for-101'
const DESK = '805ec0005301'
const URL_OF = (mac: string) => `http://192.0.2.1/acme/${mac}.acme`
const FARM = Array.from({ length: 24 }, (_, i) => ({
  mac: `02005e0054${(i + 16).toString(16)}`,
  address: `192.0.2.${100 + i}`,
}))
const LINES = 400
/** A file of many lines that all say the same word: half of one is seen at once. */
const wall = (word: string) => `{% for i in (1..${LINES}) %}\nword.{{ i }} = ${word}{% endfor %}\n`

//   desk 192.0.2.40 ──┬── box 192.0.2.1
//   farm 192.0.2.100+ ┘
describeOrSkip('vendor data of a running box', ['namespaces', 'curl'], () => {
  const lab = new Namespaces()
  const ours = packKey('ours')
  const theirs = packKey('theirs')
  let box: BoxUnderTest

  beforeAll(async () => {
    await office(lab, { desk: { mac: '80:5e:c0:00:53:01', address: '192.0.2.40/24' }, farm: {} })
    box = await BoxUnderTest.make(lab, { packKeys: [ours.key.key], log: { level: 'warn' } })
    await plugIn(lab, 'farm', box.folder, FARM)
    await box.start()
    await box.told(
      'devices',
      'add',
      DESK,
      '--vendor',
      'yealink',
      '--model',
      'T46U',
      '--user',
      '101',
      '--secret',
      SECRET,
    )
  })
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
    await box[Symbol.asyncDispose]()
  })

  async function fetched(): Promise<string> {
    const { stdout, stderr, code } = await lab.run('desk', ['curl', '-sSf', `http://192.0.2.1/yealink/${DESK}.cfg`])
    return code === 0 ? stdout : `exit ${code}: ${stderr}`
  }
  async function post<Body>(path: string, body: object): Promise<Body> {
    const response = await fetch(`http://localhost/api/v1${path}`, {
      ...{ unix: join(box.data, 'branchline.sock'), method: 'POST', body: JSON.stringify(body) },
      headers: { 'content-type': 'application/json' },
    })
    return (await response.json()) as Body
  }
  async function file(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(box.folder, name)
    await writeFile(path, content)
    return path
  }
  const install = (pack: Uint8Array) =>
    fetch('http://localhost/api/v1/packs', {
      ...{ unix: join(box.data, 'branchline.sock'), method: 'PUT', body: new Uint8Array(pack) },
      headers: { 'content-type': 'application/octet-stream', 'x-branchline': '1' },
    })

  it('an edit is in the next file that the phone fetches, as the preview showed it, without a restart', async () => {
    const { pid } = box
    const before = await fetched()
    expect(before).toContain(SECRET)
    const { text } = await box.api<{ text: string }>('/templates/yealink/device.cfg.liquid')
    const files = { 'device.cfg.liquid': `${text}# for the lobby {{ lines[0].secret | split: '' | join: '-' }}\n` }
    const ask = { vendor: 'yealink', files, mac: DESK }
    const shown = await post<{ text: string; diff: string }>('/templates/preview', ask)
    // Dots, however a template turns its secrets round.
    expect(shown.diff).toContain('+# for the lobby •-•')
    expect(shown.text).not.toContain(SECRET)
    const { text: whole } = await post<{ text: string }>('/templates/preview?reveal=1', ask)
    expect(await fetched()).toBe(before)
    await box.api('/templates/yealink/device.cfg.liquid', { text: files['device.cfg.liquid'] })
    const after = await fetched()
    expect(after).toBe(whole)
    expect(after).toContain(`# for the lobby ${[...SECRET].join('-')}`)
    expect(await box.told('templates', 'list')).toMatch(/yealink\/device\.cfg\.liquid +own +by cli:local/)
    expect(await box.told('templates', 'diff', 'yealink/device.cfg.liquid')).toContain('+# for the lobby')
    await box.told('templates', 'restore', 'yealink/device.cfg.liquid')
    expect([await fetched(), box.pid]).toEqual([before, pid])
    expect(await box.told('templates', 'versions', 'yealink/device.cfg.liquid')).toMatch(/made .*\n.* removed/)
  })

  it('a faulty edit is refused with its line, and the phone gets what it got', async () => {
    const before = await fetched()
    const bad = await file('device.cfg.liquid', 'a = 1\n{{ mac | nonsense }}\n')
    const told = await box.branchline('templates', 'edit-from', bad, '--as', 'yealink/device.cfg.liquid')
    expect([told.code, told.err]).toEqual([5, expect.stringContaining('yealink/device.cfg.liquid:2:')])
    const checked = await box.branchline('templates', 'check', bad, '--as', 'yealink/device.cfg.liquid')
    expect([checked.code, checked.out]).toEqual([5, expect.stringMatching(/^yealink\/device\.cfg\.liquid:2:\d+ /)])
    expect(await fetched()).toBe(before)
  })

  it('a pack reaches the phone; one that is not ours, or not whole, does not', async () => {
    const { text } = await box.api<{ text: string }>('/templates/yealink/device.cfg.liquid')
    const pack = (pem: string, version: string) =>
      packOf(pem, { 'yealink/device.cfg.liquid': `${text}# pack ${version}\n` }, { name: 'yealink', version })
    const good = await file('good.pack', pack(ours.pem, '1'))
    expect(await box.told('packs', 'install', good)).toBe('pack yealink 1 is in use: 1 files of yealink\n')
    expect(await fetched()).toContain('# pack 1')
    for (const [name, content, why] of [
      ['theirs.pack', pack(theirs.pem, '2'), 'does not trust'],
      ['half.pack', pack(ours.pem, '2').subarray(0, 900), 'the file is not taken'],
      ['old.pack', pack(ours.pem, '0.9'), 'is not newer than 1'],
    ] as const) {
      const { code, err } = await box.branchline('packs', 'install', await file(name, content))
      expect([code, err], name).toEqual([5, expect.stringContaining(why)])
    }
    expect(await fetched()).toContain('# pack 1')
    expect(await box.told('packs', 'verify')).toBe('yealink  good\n')
    await box.told('packs', 'install', await file('two.pack', pack(ours.pem, '2')))
    expect(await fetched()).toContain('# pack 2')
    await box.told('packs', 'back', 'yealink')
    expect(await fetched()).toContain('# pack 1')
    await box.told('packs', 'remove', 'yealink')
    expect(await fetched()).not.toContain('# pack')
  })

  it('phones that fetch while texts are swapped see whole files only', async () => {
    expect((await install(packOf(ours.pem, inFolder('acme', madeUpVendor(wall('w0')))))).status).toBe(200)
    const rows = FARM.map(({ mac }) => `${mac},acme,A1,101,pw`)
    await box.told(
      'devices',
      'import',
      await file('farm.csv', ['mac,vendor,model,user,secret', ...rows, ''].join('\n')),
    )
    const fetching = FARM.map(({ mac }, i) =>
      lab.run('farm', [
        'sh',
        '-c',
        `for n in 1 2 3 4 5 6 7 8; do curl -sSf --interface p${i} ${URL_OF(mac)} || exit 1; done`,
      ]),
    )
    let running = true
    const all = Promise.all(fetching).finally(() => {
      running = false
    })
    let swaps = 0
    while (running) {
      swaps++
      await box.api('/templates/acme/device.liquid', { text: wall(`w${swaps}`) })
    }
    const seen = new Set<string>()
    for (const { code, stdout, stderr } of await all) {
      expect([code, stderr]).toEqual([0, ''])
      const words = [...stdout.matchAll(/^word\.(\d+) = (w\d+)$/gm)]
      expect(words).toHaveLength(8 * LINES)
      for (let n = 0; n < 8; n++) {
        const file = words.slice(n * LINES, (n + 1) * LINES).map(([, , word]) => word)
        expect(new Set(file).size).toBe(1)
        seen.add(file[0] ?? '')
      }
    }
    expect(swaps).toBeGreaterThan(2)
    expect(seen.size).toBeGreaterThan(1)
    await box.told('templates', 'restore', 'acme/device.liquid')
  })

  it('killed in the middle of an install, again and again, it comes up with the old pack or the new one', async () => {
    const random = makeRandom(17)
    const [phone] = FARM
    const found = new Set<string>()
    let known = 0
    // How long an install takes that is not broken off, by a box that has just started.
    let usual = 0
    for (let round = 1; round <= 14; round++) {
      const wanted = round + 1
      const pack = packOf(ours.pem, inFolder('acme', madeUpVendor(wall(`w${wanted}`))), { version: `${wanted}` })
      const began = performance.now()
      const acknowledged = install(pack).then(
        ({ ok }) => ok,
        () => false,
      )
      if (round > 2) await Bun.sleep(random() * 1.5 * usual)
      else expect(await acknowledged).toBe(true)
      if (round === 2) usual = performance.now() - began
      await box.kill()
      const done = await acknowledged
      await box.start()
      const { stdout } = await lab.run('farm', ['curl', '-sSf', '--interface', 'p0', URL_OF(phone?.mac ?? '')])
      const words = new Set([...stdout.matchAll(/^word\.\d+ = w(\d+)$/gm)].map(([, word]) => Number(word)))
      expect(words.size).toBe(1)
      const [now = -1] = words
      expect(done ? [wanted] : [known, wanted]).toContain(now)
      expect(await box.told('packs', 'verify')).toBe('acme  good\n')
      found.add(now === wanted ? 'new' : 'old')
      known = now
    }
    expect([...found].sort()).toEqual(['new', 'old'])
    expect(box.log).not.toContain('set aside')
  })
})
