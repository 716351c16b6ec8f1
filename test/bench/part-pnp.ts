import { type Part, withServer } from './part.ts'
import { FIRST, perSecond, tell } from './part-files.ts'
import { box } from './servers/box.ts'

export const pnpPart: Part = {
  name: 'pnp',
  help: 'SIP PnP: every phone asks by multicast in one instant; SUBSCRIBE to NOTIFY',
  async run(context) {
    const { phones } = context.sizes
    return withServer(box({ devices: { first: FIRST, count: phones } }), context, async (lab, take) => {
      const taken = await take(() =>
        lab.hosts({ kind: 'pnp', hosts: phones, first: FIRST, addressing: { by: 'dhcp' }, limitMs: 60_000 }),
      )
      tell(context, 'pnp', taken)
      const { result } = taken
      return [
        {
          part: 'pnp',
          what: `${phones} phones at once`,
          unit: 'answers/s',
          better: 'more',
          box: perSecond(result),
          others: [],
        },
        {
          part: 'pnp',
          what: 'no answer',
          unit: 'phones',
          better: 'less',
          box: result.failed,
          others: [],
          goals: [{ atMost: 0 }],
        },
        {
          part: 'pnp',
          what: 'CPU time of an answer, its lease included',
          unit: 'ms',
          better: 'less',
          box: (taken.cpu / phones) * 1000,
          others: [],
        },
      ]
    })
  },
}
