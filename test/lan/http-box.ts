// The HTTP host alone, run inside the box's namespace: `http-box.ts FOLDER ADDRESS`. Says when it listens, and after
// its input has ended what it was asked.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadOrCreateAuthority } from '../../appliance/tls/authority.ts'
import { parseIpv4 } from '../../services/core/ipv4.ts'
import { makeTestClock } from '../support/clock.ts'
import { makeHttpSite } from '../support/http-site.ts'

const [folder = '', address = ''] = process.argv.slice(2)
const authority = await loadOrCreateAuthority({
  folder: join(folder, 'tls'),
  secretBox: { seal: (plain) => plain, open: (sealed) => sealed },
  clock: makeTestClock(),
})
const identities = await authority.certificateFor(['branchline.local'], [parseIpv4(address)])
const publicFiles = new Map([
  ['ca.pem', { bytes: new TextEncoder().encode(authority.caPem), contentType: 'application/x-pem-file' }],
  ['ca.der', { bytes: authority.caDer, contentType: 'application/x-x509-ca-cert' }],
])
const listeners = [
  { scheme: 'http', port: 80 },
  { scheme: 'https', port: 443, identities },
] as const
const site = makeHttpSite({ listeners, publicFiles }, {}, address)
site.http.start()
writeFileSync(join(folder, 'fw.rom'), site.firmware)
console.log(JSON.stringify(site.http.status()))
await new Response(Bun.stdin.stream()).text()
await site.http.stop()
console.log(JSON.stringify({ requests: site.requests, happenings: site.happenings }))
