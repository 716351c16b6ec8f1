import type { ExplainView } from '../services/admin/schema.ts'
import { Empty, Section } from './parts.tsx'

/** What holds for a device, where each value comes from, who locked it and what was said in vain. */
export function EffectiveSettings({ it }: { it: ExplainView }) {
  const rows = [
    ...it.settings.flatMap(({ ignored, lockedBy, ...row }) => [
      {
        ...row,
        text: textOf(row.value),
        note: lockedBy && `locked by ${sourceOf(lockedBy)}`,
      },
      ...(ignored ?? []).map((one) => ({
        ...one,
        name: row.name,
        secret: row.secret,
        text: textOf(one.value),
        note: 'in vain',
      })),
    ]),
    ...it.extra.map((row) => ({ ...row, text: textOf(row.value), note: undefined })),
    ...it.dhcpOptions.map(({ option, layer, of }) => ({
      name: `DHCP option ${option.code}`,
      text: textOf(option.value),
      secret: false,
      layer,
      of,
      note: undefined,
    })),
  ]
  return (
    <Section id="settings" title="Effective settings" count={rows.length}>
      {rows.length === 0 ? (
        <Empty>Nothing is set.</Empty>
      ) : (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Setting</th>
                <th scope="col">Value</th>
                <th scope="col">Set for</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={`${row.layer} ${row.name}`}>
                  <td>{row.name}</td>
                  <td>{row.secret ? <span class="quiet">set, not shown</span> : row.text}</td>
                  <td>
                    {sourceOf(row)}
                    {row.note && <span class="quiet"> ({row.note})</span>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}

function sourceOf({ layer, of }: { layer: string; of?: string | undefined }): string {
  return of ? `${layer} ${of}` : layer
}

function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
    : Array.isArray(value) && value.every((it) => typeof it === 'string')
      ? value.join(', ')
      : JSON.stringify(value ?? '')
}
