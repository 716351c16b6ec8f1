import jsQR from 'jsqr'
import { describe, expect, it } from 'vitest'
import { parseMac } from '../core/mac.ts'
import type { Manual } from './contract.ts'
import { qrBlocks, qrModules, qrSvg, setupOf } from './setup.ts'

// The codes are read by another program's decoder, from what a person would point a camera at.

const MODULE = 4

/** Rows of dark and light modules as a picture. */
function decode(rows: readonly (readonly boolean[])[]): string | undefined {
  const size = rows.length
  const pixels = new Uint8ClampedArray(size * size * MODULE * MODULE * 4)
  for (let y = 0; y < size * MODULE; y++)
    for (let x = 0; x < size * MODULE; x++) {
      const dark = rows[Math.floor(y / MODULE)]?.[Math.floor(x / MODULE)] === true
      pixels.set(dark ? [0, 0, 0, 255] : [255, 255, 255, 255], (y * size * MODULE + x) * 4)
    }
  return jsQR(pixels, size * MODULE, size * MODULE)?.data
}

/** The dark squares that the path of our SVG draws. */
function modulesOfSvg(svg: string): boolean[][] {
  const size = Number(/viewBox="0 0 (\d+) \d+"/.exec(svg)?.[1]) / MODULE
  const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => false))
  for (const [, x, y] of svg.matchAll(/M(\d+),(\d+)h\d+v\d+h-\d+z/g)) {
    const row = rows[Number(y) / MODULE]
    if (row !== undefined) row[Number(x) / MODULE] = true
  }
  return rows
}

/** Each character is two modules; a block is light, as on a dark terminal. */
function modulesOfBlocks(blocks: string): boolean[][] {
  return blocks.split('\n').flatMap((line) => {
    const chars = [...line]
    return [chars.map((char) => char === ' ' || char === '▄'), chars.map((char) => char === ' ' || char === '▀')]
  })
}

function framed(rows: readonly (readonly boolean[])[]): boolean[][] {
  const width = rows.length + 8
  const blank = Array.from({ length: 4 }, () => Array.from({ length: width }, () => false))
  const side = [false, false, false, false]
  return [...blank, ...rows.map((row) => [...side, ...row, ...side]), ...blank]
}

const URLS = [
  'http://192.0.2.1/1',
  'http://192.0.2.1:8080/linphone/00005e005301.xml',
  `http://box.example.net/${'a'.repeat(150)}`,
]

describe('a QR code', () => {
  it.each(URLS)('holds %s', (url) => {
    expect(decode(framed(qrModules(url)))).toBe(url)
    expect(decode(modulesOfSvg(qrSvg(url)))).toBe(url)
    const rows = modulesOfBlocks(qrBlocks(url))
    const size = rows[0]?.length ?? 0
    expect(decode(rows.slice(0, size))).toBe(url)
  })
  it('is a picture without scripts, whose colours are its own', () => {
    const svg = qrSvg(URLS[0] ?? '')
    expect(svg).toMatch(/^<svg [^>]*>/)
    expect(svg).not.toMatch(/script|href|style/)
  })
})

describe('instructions', () => {
  const none = { phone: [], web: [], address: [], findMac: [], reset: [] }
  const manual: Manual = {
    ...none,
    url: 'http://b/x/',
    shortUrl: 'http://b/1',
    scan: 'http://b/x/',
    scannable: false,
    unsure: false,
  }
  const mac = parseMac('00:00:5e:00:53:01')
  it('say what holds for most devices where nothing is known', () => {
    const setup = setupOf(mac, manual)
    expect(setup.web.join(' ')).toContain('http://b/1')
    expect(setup.address).toHaveLength(1)
    expect(setup.findMac).toHaveLength(1)
  })
  it('leave alone what is known', () => {
    const setup = setupOf(mac, { ...manual, phone: ['Menu.'], address: ['There.'] })
    expect(setup).toMatchObject({ phone: ['Menu.'], web: [], address: ['There.'] })
  })
})
