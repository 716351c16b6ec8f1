import type { ClaimStatusView, PinView } from '../../services/admin/schema-assist.ts'
import { type BoxClient, clientFor } from './client.ts'
import { type Command, EXIT, type Invocation, UsageError, wordAt } from './command.ts'

const CLAIM = '/api/v1/claim'

export const claimCommand: Command = {
  name: 'claim',
  words: 'status | open | close | pin EXTENSION',
  most: 2,
  help: 'phones that are claimed at their own screen: the PIN of a round, and PINs of people',
  flags: [
    { name: 'minutes', value: 'N', help: 'open: how long the PIN is good; default 30' },
    { name: 'set', value: 'PIN', help: 'pin: this one, 4 to 12 digits; default: a new one' },
    { name: 'clear', help: 'pin: take it away' },
  ],
  async run(invocation) {
    const action = wordAt(invocation, 0, 'status, open, close or pin')
    const client = clientFor(invocation)
    if (action === 'pin') return pin(invocation, client)
    if (action === 'status') return show(invocation, await client.json('GET', CLAIM))
    if (action === 'close') return show(invocation, await client.json('POST', `${CLAIM}/close`))
    if (action === 'open') return show(invocation, await client.json('POST', `${CLAIM}/open`, minutesOf(invocation)))
    throw new UsageError(`neither status, open, close nor pin: ${JSON.stringify(action)}`)
  },
}

function minutesOf({ flags }: Invocation): { minutes?: number } {
  if (flags.minutes === undefined) return {}
  if (!/^\d{1,5}$/.test(flags.minutes))
    throw new UsageError(`--minutes is not a number: ${JSON.stringify(flags.minutes)}`)
  return { minutes: Number(flags.minutes) }
}

function show({ terminal, json }: Invocation, answered: unknown): number {
  const status = answered as ClaimStatusView
  terminal.out(json ? `${JSON.stringify(status)}\n` : told(status))
  return EXIT.ok
}

function told({ mode, round, pins, heldUntil, now }: ClaimStatusView): string {
  const minutes = (until: number) => `${Math.max(1, Math.ceil((until - now) / 60_000))} min`
  return [
    mode === 'off'
      ? 'off: no phone shows the page (site setting claim.mode)\n'
      : 'on: a phone that nobody registered shows the page\n',
    round === undefined ? 'no round is open\n' : `PIN ${round.pin}, good for ${minutes(round.endsAt)}\n`,
    `people with a PIN of their own: ${pins}\n`,
    heldUntil === undefined ? '' : `too many wrong PINs: all phones must wait ${minutes(heldUntil)}\n`,
  ].join('')
}

async function pin(invocation: Invocation, client: BoxClient): Promise<number> {
  const { flags, terminal, json } = invocation
  const extension = wordAt(invocation, 1, 'the extension')
  if (flags.set !== undefined && flags.clear !== undefined) throw new UsageError('either --set or --clear')
  const given = flags.clear !== undefined ? { pin: null } : flags.set !== undefined ? { pin: flags.set } : {}
  const made = (await client.json('POST', `${CLAIM}/pins`, { extension, ...given })) as PinView
  const text = made.pin === undefined ? `${extension} has no PIN\n` : `${extension} has PIN ${made.pin}\n`
  terminal.out(json ? `${JSON.stringify(made)}\n` : text)
  return EXIT.ok
}
