import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'
import { makeKernelLan } from '../../appliance/net/lan.ts'
import { makeCounters } from '../../services/core/counters.ts'
import { messageOf } from '../../services/core/errors.ts'
import { formatIpv4, parseIpv4 } from '../../services/core/ipv4.ts'
import { silentLog } from '../../services/core/log.ts'
import { parseMac } from '../../services/core/mac.ts'
import { makeNotifier } from '../../services/sip/notifier.ts'
import { makePnpResponder } from '../../services/sip/responder.ts'

// The PnP responder and the NOTIFY sender in a process of their own, for namespaces. It leases nothing: the kernel's
// neighbour table tells who asks. Each line of input is a NOTIFY to send; each line of output an outcome or a step.
const counters = makeCounters()
const lan = makeKernelLan({ log: silentLog, counters })
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

const responder = makePnpResponder({
  lan,
  leases: { byAddress: () => undefined, byMac: () => undefined, all: () => [] },
  advisor: {
    urlFor: ({ mac, pnp }, local) => ({
      url: `http://${formatIpv4(local)}/${pnp?.vendor ?? 'any'}/${mac}`,
      vendor: 'any',
    }),
  },
  journal: { record: ({ step }) => void say({ step }) },
  clock: { now: () => Date.now() },
  random,
  log: silentLog,
  counters,
  settings: { interfaces: ['eth0'] },
})
const notifier = makeNotifier({
  lan,
  random,
  hash: (algorithm, text) => createHash(algorithm).update(text, 'latin1').digest('hex'),
  log: silentLog,
  counters,
})
responder.start()
say({ ready: responder.status() })

for await (const line of createInterface({ input: process.stdin })) {
  const { to, port, user, event, secret } = JSON.parse(line)
  notifier
    .notify({
      mac: parseMac('00:00:5e:00:53:01'),
      to: { address: parseIpv4(to), port },
      user,
      event,
      ...(secret === undefined ? {} : { credentials: { user, secret } }),
    })
    .then((outcome) => say({ outcome }))
    .catch((thrown) => say({ error: messageOf(thrown) }))
}
process.exit(0)
