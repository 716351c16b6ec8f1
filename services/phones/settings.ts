import type { SettingValues } from './contract.ts'
import { ACCOUNT_SETTINGS, CALL_SETTINGS } from './settings-accounts.ts'
import { DIRECTORY_SETTINGS, DISPLAY_SETTINGS } from './settings-display.ts'
import { DEVICE_SETTINGS, NETWORK_SETTINGS, PROVISIONING_SETTINGS, SECURITY_SETTINGS } from './settings-network.ts'
import type { SettingDefinition } from './settings-types.ts'

// Names: one plain word for a setting that stands alone (`timezone`), `group.word` where several belong together
// (`sip.server`). No name is also the group of another.

/** The families in the order in which a person meets them. */
export const SETTING_FAMILIES: readonly { readonly title: string; readonly settings: readonly SettingDefinition[] }[] =
  [
    { title: 'Accounts and registration', settings: ACCOUNT_SETTINGS },
    { title: 'Calls', settings: CALL_SETTINGS },
    { title: 'Time, language, looks and sounds', settings: DISPLAY_SETTINGS },
    { title: 'Directories', settings: DIRECTORY_SETTINGS },
    { title: 'Network and log', settings: NETWORK_SETTINGS },
    { title: 'Security', settings: SECURITY_SETTINGS },
    { title: 'Provisioning and firmware', settings: PROVISIONING_SETTINGS },
    { title: 'Speakers, bases, adapters and doors', settings: DEVICE_SETTINGS },
  ]

/** Every setting. */
export const SETTINGS: readonly SettingDefinition[] = SETTING_FAMILIES.flatMap((family) => family.settings)

const BY_NAME = new Map(SETTINGS.map((definition) => [definition.name, definition]))

/** The definition of a setting, or undefined. */
export function settingNamed(name: string): SettingDefinition | undefined {
  return BY_NAME.get(name)
}

/** Whether this may stand in `locked`: a setting's name, or a group of them as `sip.*`. */
export function isLockName(name: string): boolean {
  if (BY_NAME.has(name)) return true
  return name.endsWith('.*') && SETTINGS.some((definition) => definition.name.startsWith(name.slice(0, -1)))
}

/** The values that hold when no layer says anything. */
export const BUILT_IN: SettingValues = Object.fromEntries(
  SETTINGS.flatMap(({ name, builtIn }) => (builtIn === undefined ? [] : [[name, builtIn]])),
)

/** Names whose values are secret. */
export const SECRET_SETTINGS: ReadonlySet<string> = new Set(
  SETTINGS.filter((definition) => definition.secret).map((definition) => definition.name),
)
