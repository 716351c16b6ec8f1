import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseIpv4 } from '../../services/core/ipv4.ts'
import { makeTestClock } from '../../test/support/clock.ts'
import { makeHttpSite, OWN } from '../../test/support/http-site.ts'
import { loadOrCreateAuthority } from './authority.ts'

const NAMES = ['branchline.local', 'Box-1']
const ADDRESSES = [parseIpv4('127.0.0.1'), parseIpv4('192.0.2.1')]
// Not encryption: it shows only that what is stored went through the box.
const secretBox = {
  seal: (plain: string) => `sealed:${Buffer.from(plain).toString('base64')}`,
  open: (sealed: string) => Buffer.from(sealed.slice(7), 'base64').toString(),
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'branchline-tls-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const load = (now?: number) => loadOrCreateAuthority({ folder, secretBox, clock: makeTestClock(now) })

describe('authority', () => {
  it('is made once, its key sealed, its files private', async () => {
    const made = await load()
    await made.certificateFor(NAMES, ADDRESSES)
    expect(readdirSync(folder).sort()).toEqual(['ca.sealed', 'server-ec.pem', 'server-rsa.pem'])
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(folder, 'ca.sealed'), 'utf8')).not.toContain('PRIVATE KEY')
    expect((await load()).caPem).toBe(made.caPem)
    expect(made.caPem).not.toContain('PRIVATE KEY')
    expect(Buffer.from(made.caDer).toString('base64')).toBe(made.caPem.replace(/-----[^-]+-----|\s/g, ''))
  })

  it('keeps certificates that cover what is asked, makes new ones for a new address or near the end', async () => {
    const authority = await load()
    const first = await authority.certificateFor(NAMES, ADDRESSES)
    expect(await authority.certificateFor(['branchline.local'], ADDRESSES.slice(0, 1))).toEqual(first)
    expect(await (await load()).certificateFor(NAMES, ADDRESSES)).toEqual(first)
    const moved = await authority.certificateFor(NAMES, [parseIpv4('198.51.100.1')])
    expect(moved[0]?.keyPem).not.toBe(first[0]?.keyPem)
    const late = await (await load(Date.UTC(2045, 6, 1))).certificateFor(NAMES, [parseIpv4('198.51.100.1')])
    expect(late[0]?.chainPem).not.toBe(moved[0]?.chainPem)
  })

  it('makes a new certificate where the stored one is damaged or from another authority', async () => {
    const first = await (await load()).certificateFor(NAMES, ADDRESSES)
    writeFileSync(join(folder, 'server-ec.pem'), 'damaged')
    rmSync(join(folder, 'ca.sealed'))
    const second = await (await load()).certificateFor(NAMES, ADDRESSES)
    expect(second.map(({ keyPem }) => keyPem)).not.toContain(first[0]?.keyPem)
  })
})

describe('https with the own authority', () => {
  function handshake(port: number, ca: string, options: object): Promise<TLSSocket | Error> {
    return new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', ca, ...options }, () => resolve(socket))
      socket.on('error', resolve)
    })
  }

  it('serves clients that trust the authority: RSA only, EC only, TLS 1.3; not TLS 1.1', async () => {
    const authority = await load()
    const identities = await authority.certificateFor(NAMES, ADDRESSES)
    const site = makeHttpSite({ listeners: [{ scheme: 'https', port: 0, identities }] })
    site.http.start()
    const port = site.port('https')
    try {
      const response = await fetch(`https://127.0.0.1:${port}/own.cfg`, { tls: { ca: authority.caPem } })
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(OWN)
      expect(site.requests[0]?.protocol).toBe('https')
      await expect(fetch(`https://127.0.0.1:${port}/own.cfg`)).rejects.toThrow()

      const outcomes: unknown[] = []
      for (const options of [
        { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' },
        { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' },
        { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
        { servername: 'box-1' },
        { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' },
      ]) {
        const socket = await handshake(port, authority.caPem, options)
        outcomes.push(socket instanceof Error ? 'refused' : socket.authorized)
        if (!(socket instanceof Error)) socket.destroy()
      }
      expect(outcomes).toEqual([true, true, true, true, 'refused'])
    } finally {
      await site.http.stop()
    }
  })
})
