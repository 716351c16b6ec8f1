// What an account can be alerted of. A kind is data: its settings with their bounds, and how it is called.

export const ALERT_KINDS = [
  'box-offline',
  'boot-storm',
  'guessing',
  'foreign-dhcp',
  'phones-not-configured',
  'network-conflict',
  'sync-halted',
  'disk-low',
  'rollout-halted',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

export interface SettingForm {
  readonly default: number
  readonly least: number
  readonly most: number
  readonly help: string
}

interface KindForm {
  readonly title: string
  readonly settings: Readonly<Record<string, SettingForm>>
  /** Alarms of a box that this kind stands for. */
  readonly alarms?: readonly string[]
}

const DAY_MINUTES = 1440
const quiet: SettingForm = {
  default: 180,
  least: 70,
  most: 7 * DAY_MINUTES,
  // A box repeats an alarm once an hour at most.
  help: 'minutes without another alarm of the box until the alert ends',
}

export const KINDS: Readonly<Record<AlertKind, KindForm>> = {
  'box-offline': {
    title: 'Box offline',
    settings: { minutes: { default: 15, least: 5, most: DAY_MINUTES, help: 'minutes without a sign of life' } },
  },
  'boot-storm': {
    title: 'Many phones start at once',
    settings: {
      phones: { default: 20, least: 3, most: 10_000, help: 'phones that begin to fetch their configuration' },
      minutes: { default: 10, least: 1, most: 60, help: 'within so many minutes' },
    },
  },
  guessing: {
    title: 'Somebody guesses',
    settings: { quietMinutes: quiet },
    alarms: ['enumeration', 'claim-guessing', 'sign-in-guessing'],
  },
  'foreign-dhcp': { title: 'Foreign DHCP server', settings: { quietMinutes: quiet }, alarms: ['foreign-dhcp'] },
  'phones-not-configured': {
    title: 'Phones not configured',
    settings: {
      phones: { default: 3, least: 1, most: 10_000, help: 'phones of a site that are there and not configured' },
      minutes: { default: 30, least: 1, most: DAY_MINUTES, help: 'for so many minutes' },
    },
  },
  'network-conflict': { title: 'Network settings in conflict', settings: {} },
  'sync-halted': { title: 'Sync halted: two boxes share one identity', settings: {} },
  'disk-low': {
    title: 'Disk of the box nearly full',
    settings: { percent: { default: 10, least: 1, most: 50, help: 'per cent that are free at least' } },
  },
  'rollout-halted': { title: 'Rollout halted', settings: {} },
}

export type Settings = Readonly<Record<string, number>>

export interface Rule {
  readonly kind: AlertKind
  readonly enabled: boolean
  readonly settings: Settings
}

export function isAlertKind(kind: string): kind is AlertKind {
  return Object.hasOwn(KINDS, kind)
}

/** The settings in force: what was given, else the default. What a newer program stored beyond them is passed over. */
export function settingsOf(kind: AlertKind, given: Readonly<Record<string, unknown>>): Settings {
  const forms = Object.entries(KINDS[kind].settings)
  return Object.fromEntries(
    forms.map(([name, form]) => {
      const value = given[name]
      return [name, typeof value === 'number' ? value : form.default]
    }),
  )
}

/** What is wrong with settings that a person gave: the value, where it stood, what to do. */
export function settingFaults(
  kind: AlertKind,
  given: Readonly<Record<string, number>>,
): { path: string; message: string }[] {
  const forms = KINDS[kind].settings
  return Object.entries(given).flatMap(([name, value]) => {
    const form = Object.hasOwn(forms, name) ? forms[name] : undefined
    const path = `settings.${name}`
    if (form === undefined) {
      const known = Object.keys(forms).join(', ') || 'none'
      return [{ path, message: `${kind} has no such setting; it has: ${known}` }]
    }
    if (Number.isInteger(value) && value >= form.least && value <= form.most) return []
    return [{ path, message: `${value} is not a whole number from ${form.least} to ${form.most}` }]
  })
}
