import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encode } from 'uqr'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { PATTERNS } from '../../web/fresh/code128.ts'
import { DemoBox } from '../support/box-process.ts'
import { buildPage, HAS_BROWSER, PageBrowser } from '../support/page-browser.ts'

const WIDTH = 640
const HEIGHT = 360

/** A video of one picture (YUV4MPEG2), which Chromium shows as a camera: `dark` says where it is black. */
function video(dark: (x: number, y: number) => boolean): Uint8Array {
  const light = new Uint8Array(WIDTH * HEIGHT)
  for (let y = 0; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++) light[y * WIDTH + x] = dark(x, y) ? 20 : 230
  const colour = new Uint8Array((WIDTH * HEIGHT) / 2).fill(128)
  const head = new TextEncoder().encode(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip C420\n`)
  const frame = [new TextEncoder().encode('FRAME\n'), light, colour]
  return Buffer.concat([head, ...frame, ...frame])
}

/** The label of a phone: its MAC as Code 128, set B. */
function barcode(text: string): Uint8Array {
  const values = [...text].map((char) => char.charCodeAt(0) - 32)
  const check = values.reduce((sum, value, i) => sum + value * (i + 1), 104) % 103
  const widths = [104, ...values, check, 106].flatMap((value) => [...(PATTERNS[value] ?? '')].map(Number))
  const modules = widths.flatMap((width, i) => Array<boolean>(width).fill(i % 2 === 0))
  const left = Math.floor((WIDTH - modules.length * 3) / 2)
  return video((x, y) => y > 100 && y < 260 && (modules[Math.floor((x - left) / 3)] ?? false))
}

function qr(text: string): Uint8Array {
  const { data, size } = encode(text)
  const scale = Math.floor(300 / size)
  return video((x, y) => data[Math.floor((y - 30) / scale)]?.[Math.floor((x - 150) / scale)] ?? false)
}

describe.skipIf(!HAS_BROWSER)('labels before the camera of a mobile (skipped without /usr/bin/chromium)', () => {
  let box: DemoBox
  let folder: string
  beforeAll(async () => {
    await buildPage()
    folder = await mkdtemp(join(tmpdir(), 'branchline-camera-'))
    box = await DemoBox.start()
  })
  afterAll(async () => {
    await box?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  it.each([
    ['a barcode', '805EC0AA0001', barcode('805EC0AA0001')],
    ['a QR code', 'MAC:805EC0AA0002', qr('MAC:805EC0AA0002')],
  ] as const)('reads %s and enters the phone for when it comes', async (what, text, bytes) => {
    const file = join(folder, `${what.replace(/ /g, '-')}.y4m`)
    await writeFile(file, bytes)
    const flags = [
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${file}`,
    ]
    await using browser = await PageBrowser.start(box.page, { flags })
    const page = await browser.open('#/new')
    await page.getByRole('button', { name: 'With the camera' }).click()
    const mac = (/[0-9A-F]{12}$/.exec(text)?.[0] ?? '').toLowerCase().match(/../g)?.join(':') ?? ''
    await page.locator('.scan').getByText(mac).waitFor()
    await page.getByRole('button', { name: 'Enter it for when it comes' }).click()
    await page.getByText(`${mac} is entered`).waitFor()
    await page.close()
  })

  it('says so where there is no camera', async () => {
    await using browser = await PageBrowser.start(box.page)
    const page = await browser.open('#/new')
    await page.getByRole('button', { name: 'With the camera' }).click()
    await page.getByText(/No camera can be used|The browser does not allow the camera/).waitFor()
    await page.close()
  })
})
