import { dhcpInterfaceSchema, networkSchema } from '../../services/dhcp/network-schema.ts'
import { personSchema } from '../../services/directory/person-schema.ts'
import { assignedFile } from '../../services/files/assigned.ts'
import { foldName } from '../../services/files/name.ts'
import { deviceSchema, layerSchema } from '../../services/phones/device-schema.ts'
import type { JsonObject, RecordKind } from '../../services/records/contract.ts'
import { assignedRollout } from '../../services/rollouts/assigned.ts'
import { assignedPack } from '../../services/templates/assigned.ts'
import { isTemplateFile, isVendorName, ownBodyOf } from '../../services/templates/contract.ts'

interface Parsed {
  readonly success: boolean
  readonly error?: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] }
}
type Check = (body: JsonObject, id: string) => string | undefined

/** By kind; every kind is here, or this does not compile. */
const CHECKS: Readonly<Record<RecordKind, Check>> = {
  device: bySchema(deviceSchema),
  site: bySchema(layerSchema),
  vendor: bySchema(layerSchema),
  group: bySchema(layerSchema),
  model: bySchema(layerSchema),
  person: bySchema(personSchema),
  pack: bySchema(assignedPack),
  rollout: bySchema(assignedRollout),
  file(body, id) {
    const read = assignedFile.safeParse(body)
    if (!read.success) return firstFault(read)
    return foldName(read.data.name) === id ? undefined : `file ${id} calls itself ${JSON.stringify(read.data.name)}`
  },
  network(body, id) {
    if (body.id !== id) return `network ${id} calls itself ${JSON.stringify(body.id)?.slice(0, 80)}`
    return firstFault(networkSchema.safeParse(body))
  },
  interface: bySchema(dhcpInterfaceSchema),
  template(body, id) {
    const [vendor = '', file = '', ...more] = id.split('/')
    if (more.length > 0 || !isVendorName(vendor) || !isTemplateFile(file)) return 'no text of a vendor is called so'
    return ownBodyOf(body) === undefined ? 'text: expected a text' : undefined
  },
}

/** Why the box cannot use a record; undefined: it can. It is the same check with which each part reads its records. */
export function objectionTo(kind: RecordKind, id: string, body: JsonObject): string | undefined {
  return CHECKS[kind](body, id)
}

function bySchema(schema: { safeParse(value: unknown): Parsed }): Check {
  return (body) => firstFault(schema.safeParse(body))
}

function firstFault({ success, error }: Parsed): string | undefined {
  if (success) return undefined
  const [first] = error?.issues ?? []
  return `${first?.path.map(String).join('.') ?? ''}: ${first?.message ?? 'unreadable'}`.slice(0, 300)
}
