import type { UpdatePhase, UpdateStatus } from './contract.ts'

const PHASES: readonly UpdatePhase[] = ['idle', 'receiving', 'checking', 'installing', 'installed', 'refused']
const IDLE: UpdateStatus = { phase: 'idle', percent: 0 }

/** What the installer wrote down: lines `name=value`. What cannot be read counts as nothing under way. */
export function readStatus(text: string | undefined): UpdateStatus {
  if (text === undefined) return IDLE
  const fields = new Map<string, string>()
  for (const line of text.split('\n')) {
    const at = line.indexOf('=')
    if (at > 0) fields.set(line.slice(0, at), line.slice(at + 1).trim())
  }
  const phase = PHASES.find((one) => one === fields.get('phase'))
  if (phase === undefined) return IDLE
  const percent = Number(fields.get('percent'))
  const bundle = fields.get('version')
  const message = fields.get('message')
  return {
    phase,
    percent: Number.isInteger(percent) && percent >= 0 && percent <= 100 ? percent : 0,
    ...(bundle !== undefined && bundle !== '' && { bundle }),
    ...(message !== undefined && message !== '' && { message }),
  }
}

/** Whether an update is under way, so that no other one may begin. */
export function isBusy({ phase }: UpdateStatus): boolean {
  return phase === 'receiving' || phase === 'checking' || phase === 'installing'
}

/** The slot that the boot loader started, as it stands in the kernel's command line. */
export function slotOf(commandLine: string): 'A' | 'B' | undefined {
  const [, slot] = /(?:^|\s)rauc\.slot=([AB])(?:\s|$)/.exec(commandLine) ?? []
  return slot === 'A' || slot === 'B' ? slot : undefined
}
