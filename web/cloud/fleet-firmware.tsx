import { number, plural, t } from '../i18n.ts'
import { setQuery } from '../router.ts'
import type { Count, Filter } from './fleet-filters.tsx'

/** Bars that are drawn; what is rarer stands in one of its own. */
const BARS = 8

/** Which firmware runs on how many of the phones that fit, as a picture; a bar narrows the list to its phones. */
export function FleetFirmware({ counts, filter }: { counts: Count; filter: Filter }) {
  const known = counts.filter((one): one is { value: string; devices: number } => one.value !== null)
  if (known.length === 0) return null
  const untold = counts.find(({ value }) => value === null)?.devices ?? 0
  const shown = known.slice(0, BARS)
  const rest = known.slice(BARS)
  const restDevices = rest.reduce((sum, { devices }) => sum + devices, 0)
  const most = Math.max(shown[0]?.devices ?? 0, restDevices, untold)
  const bar = (devices: number, kind: string) => (
    <span class="bar" aria-hidden="true">
      <span class={kind} style={{ width: `${(100 * devices) / most}%` }} />
    </span>
  )
  return (
    <details class="card firmware">
      <summary>{plural('{n} firmware runs on them|{n} firmwares run on them', known.length)}</summary>
      <ul>
        {shown.map(({ value, devices }) => (
          <li key={value}>
            <button
              type="button"
              class="link"
              dir="auto"
              aria-pressed={filter.firmware === value}
              onClick={() => setQuery({ ...filter, firmware: filter.firmware === value ? '' : value })}
            >
              {value}
            </button>
            {bar(devices, 'known')}
            <span class="count">{number(devices)}</span>
          </li>
        ))}
        {rest.length > 0 && (
          <li>
            <span>{plural('{n} other|{n} others', rest.length)}</span>
            {bar(restDevices, 'other')}
            <span class="count">{number(restDevices)}</span>
          </li>
        )}
        {untold > 0 && (
          <li>
            <span class="quiet">{t('never told')}</span>
            {bar(untold, 'other')}
            <span class="count">{number(untold)}</span>
          </li>
        )}
      </ul>
    </details>
  )
}
