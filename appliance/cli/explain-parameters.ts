import type { ParametersView } from '../../services/admin/schema-parameters.ts'
import { table } from './usage.ts'

type Parameter = ParametersView['files'][number]['parameters'][number]

/** Each file of a device with its parameters: `name  = value  ← setting (layer)  template:line`. */
export function parametersText({ files }: ParametersView): string {
  return files
    .map(({ file, parameters }) => {
      const rows = parameters.map((one) => [
        `  ${one.name}`,
        `= ${one.secret ? '(secret)' : one.value}`,
        `← ${originText(one)}`,
        one.template ?? '',
      ])
      return `${file}:\n${table(rows)}`
    })
    .join('\n')
}

function originText({ from }: Parameter): string {
  if (from.length === 0) return 'its template'
  return from
    .map(({ what, layer, of }) => (layer === undefined ? what : `${what} (${[layer, of].filter(Boolean).join(' ')})`))
    .join(', ')
}
