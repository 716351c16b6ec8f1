import type { z } from 'zod'
import { readInput } from '../../services/core/record-input.ts'
import { dhcpInterfaceSchema, networkSchema } from '../../services/dhcp/network-schema.ts'
import { personSchema } from '../../services/directory/person-schema.ts'
import { assignedFile } from '../../services/files/assigned.ts'
import { deviceSchema, layerSchema } from '../../services/phones/device-schema.ts'
import type { JsonObject } from '../../services/records/contract.ts'
import { assignedRollout } from '../../services/rollouts/assigned.ts'
import { mapBodySecrets } from '../../services/sync/policy-value.ts'
import { assignedPack } from '../../services/templates/assigned.ts'

/** What a box reads each kind by. Of a kind that is not here a newer box knows more. */
const SCHEMAS = new Map<string, z.ZodType>([
  ...(['site', 'vendor', 'group', 'model'] as const).map((kind) => [kind, layerSchema] as const),
  ['device', deviceSchema],
  ['person', personSchema],
  ['network', networkSchema],
  ['interface', dhcpInterfaceSchema],
  ['pack', assignedPack],
  ['file', assignedFile],
  ['rollout', assignedRollout],
])

/** Why no box could use a record; undefined: one can. */
export function objectionTo(kind: string, body: JsonObject): string | undefined {
  const schema = SCHEMAS.get(kind)
  // A box takes the name of a secret off before it reads the rest.
  const plain = mapBodySecrets(body, ({ sealed }) => ({ sealed }))
  const read = schema === undefined ? undefined : readInput(schema, plain)
  const [fault] = read !== undefined && 'faults' in read ? read.faults : []
  return fault && `${fault.path}: ${fault.message}`.slice(0, 300)
}
