import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BoxUnderTest, drain, office, PATIENTLY } from '../support/box-under-test.ts'
import { colons } from '../support/colons.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'

// Real softphones (Debian: linphone-cli, baresip-core) on computers of the LAN, with the file that the box makes for the
// hardware address of each, register with what stands in it.

const REGISTRAR = join(import.meta.dirname, 'registrar-process.ts')
const LINPHONE = '00005e005301'
const BARESIP = '00005e005302'

describeOrSkip('softphones', ['namespaces', 'linphonec', 'baresip', 'curl'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest
  let registered = ''

  beforeAll(async () => {
    await office(lab, {
      pbx: { address: '192.0.2.5/24' },
      linphone: { address: '192.0.2.11/24', mac: colons(LINPHONE) },
      baresip: { address: '192.0.2.12/24', mac: colons(BARESIP) },
    })
    const eth0 = { mode: 'full', besideForeignServer: true }
    const office0 = { id: 'office', interface: 'eth0', subnet: '192.0.2.0/24', pools: ['192.0.2.100-192.0.2.149'] }
    box = await BoxUnderTest.make(lab, { dhcp: { interfaces: { eth0 }, networks: [office0] } })
    await box.start()
    await box.api('/layers/site/site', { settings: { 'sip.server': '192.0.2.5', 'sip.codecs': ['pcma', 'g722'] } })
    const file = join(box.folder, 'devices.csv')
    const rows = [`${LINPHONE},linphone,Linphone,101,Secret4Anna`, `${BARESIP},baresip,baresip,102,Secret4Bob`]
    await writeFile(file, ['mac,vendor,model,user,secret', ...rows, ''].join('\n'))
    await box.told('devices', 'import', file)
    const registrar = lab.start('pbx', [process.execPath, REGISTRAR, '101:Secret4Anna', '102:Secret4Bob'])
    void drain(registrar.stderr, () => undefined)
    const listening = Promise.withResolvers<void>()
    void drain(registrar.stdout, (text) => {
      registered += text
      listening.resolve()
    })
    await listening.promise
  }, 60_000)
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
    await box[Symbol.asyncDispose]()
  })

  function talks(namespace: string, command: readonly string[]): void {
    const child = lab.start(namespace, command, { env: { HOME: box.folder }, cwd: box.folder })
    void drain(child.stderr, () => undefined)
    void drain(child.stdout, () => undefined)
  }

  it('linphone fetches its file at start and registers', { timeout: 40_000 }, async () => {
    await mkdir(join(box.folder, '.local/share/linphone'), { recursive: true })
    const file = join(box.folder, 'linphonerc')
    await writeFile(file, `[misc]\nconfig-uri=http://192.0.2.1/linphone/${LINPHONE}.xml\n`)
    talks('linphone', ['linphonec', '-c', file])
    await expect.poll(() => registered, PATIENTLY).toMatch(/"user":"101","agent":"Linphonec\/[\d.]+","right":true/)
    const { journeys } = await box.api<{ journeys: { mac: string }[] }>('/journeys')
    expect(journeys.map(({ mac }) => mac.replaceAll(':', ''))).toContain(LINPHONE)
  })

  it('baresip registers with the files that were put into its folder', { timeout: 40_000 }, async () => {
    const folder = join(box.folder, 'baresip')
    await mkdir(folder)
    for (const name of ['config', 'accounts', 'contacts']) {
      const url = `http://192.0.2.1/baresip/${BARESIP}/${name}`
      const { code, stderr } = await lab.run('baresip', ['curl', '-sSf', '-o', join(folder, name), url])
      expect([code, stderr]).toEqual([0, ''])
    }
    talks('baresip', ['baresip', '-f', folder])
    await expect.poll(() => registered, PATIENTLY).toMatch(/"user":"102","agent":"baresip v[^"]+","right":true/)
  })

  it('another computer gets neither', async () => {
    for (const path of [`linphone/${LINPHONE}.xml`, `baresip/${BARESIP}/accounts`]) {
      const { code } = await lab.run('pbx', ['curl', '-sSf', '-o', '/dev/null', `http://192.0.2.1/${path}`])
      expect(code).not.toBe(0)
    }
  })
})
