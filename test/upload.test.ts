import { expect, it } from 'vitest'
import { fromLatin1, latin1 } from '../services/core/bytes.ts'
import { silentLog } from '../services/core/log.ts'
import { parseMac } from '../services/core/mac.ts'
import type { Endpoint } from '../services/core/net.ts'
import { makeTestBox, NOW } from '../services/phones/box.fixture.ts'
import { decode, encode, type TftpPacket } from '../services/tftp/codec.ts'
import { makeTftpServer } from '../services/tftp/server.ts'
import { BOX, makeTestLink, PHONE } from '../services/tftp/test-link.ts'

const MAC = parseMac('805ec0005301')

/** A phone that writes one file by TFTP (RFC 1350), and the box that takes it or does not. */
async function write(file: string, text: string) {
  const link = makeTestLink()
  const box = makeTestBox()
  box.devices.put(MAC, { vendor: 'yealink', model: 'T46U' }, { by: 'test' })
  box.leases.set(PHONE, MAC)
  const server = makeTftpServer({
    lan: link.lan,
    provisioner: box.provisioner,
    blobs: { read: () => Promise.resolve(undefined), path: () => undefined },
    journal: { record: (happening) => void box.journal.push(happening) },
    clock: { now: () => NOW },
    log: silentLog,
    counters: box.counters,
    settings: { port: 69 },
    monotonic: link.now,
    every: link.every,
  })
  await server.start()
  const said: { readonly packet: TftpPacket; readonly from: Endpoint }[] = []
  const phone = link.client(PHONE, 5000, (bytes, from) => void said.push({ packet: decode(bytes), from }))
  phone.send(encode({ kind: 'write', file, mode: 'octet', options: [] }), { address: BOX, port: 69 })
  await link.run(() => said.length > 0)
  const [first] = said
  if (first?.packet.kind === 'ack') {
    phone.send(encode({ kind: 'data', block: 1, bytes: fromLatin1(text) }), first.from)
    await link.run(() => server.active === 0, 60_000)
  }
  await server.stop()
  return {
    said: said.map(({ packet }) => (packet.kind === 'ack' ? `ack ${packet.block}` : packet.kind)),
    kept: box.uploads.map((upload) => ({ ...upload, body: latin1(upload.body) })),
    steps: box.journal.map(({ step }) => step.kind),
  }
}

it('a phone writes its own overrides by TFTP: asked for twice, kept and written down once', async () => {
  expect(await write('805ec0005301-local.cfg', 'lang.gui = German')).toEqual({
    said: ['ack 0', 'ack 1'],
    kept: [{ mac: MAC, file: '805ec0005301-local.cfg', body: 'lang.gui = German' }],
    steps: ['file.uploaded', 'file.completed'],
  })
})

it('a phone that writes a file of another is told so before it sends anything', async () => {
  expect(await write('805ec0005302-local.cfg', 'x')).toEqual({ said: ['error'], kept: [], steps: ['file.refused'] })
})
