import type { AdminDeps } from '../services/admin/contract.ts'
import { inputOf } from '../services/admin/edit.ts'
import type { Clock } from '../services/core/clock.ts'
import type { Mac } from '../services/core/mac.ts'
import type { Files, FileUse } from '../services/files/contract.ts'
import type { Journal, Journeys } from '../services/journey/contract.ts'
import type { Devices, Layers } from '../services/phones/contract.ts'
import { fileUses } from '../services/phones/file-uses.ts'
import { sameVersion } from '../services/phones/firmware.ts'
import type { FirmwareDesk, FirmwareState } from '../services/phones/firmware-desk.ts'
import type { Records } from '../services/records/contract.ts'
import type { IdlePort, RolloutPorts } from '../services/rollouts/contract.ts'
import { makeRollouts, type RolloutsDependencies } from '../services/rollouts/rollouts.ts'

interface RolloutWiring {
  readonly devices: Devices
  readonly layers: Layers
  readonly desk: FirmwareDesk
  readonly files: Files
  readonly journeys: Journeys
  readonly journal: Journal
  readonly tell: AdminDeps['resync']
  readonly isIdle: IdlePort
  readonly clock: Clock
}

export interface RolloutsWiring extends RolloutWiring, Omit<RolloutsDependencies, 'ports' | 'isHeld'> {
  readonly records: Pick<Records, 'list'>
}

/** Rollouts over the box's own parts. */
export function openRollouts(box: RolloutsWiring) {
  const ports = rolloutPorts(box)
  // What its account still wants is never forgotten, or it would be started a second time.
  const isHeld = (id: string) => box.records.list('rollout').some((record) => id.startsWith(`account-${record.id}-`))
  const rollouts = makeRollouts({ ...box, ports, isHeld })
  return { rollouts, ports, fileUses: (name: string) => usesOf(box, rollouts, name) }
}

/** What rollouts need of the rest of the box. */
function rolloutPorts(box: RolloutWiring): RolloutPorts {
  const { devices, desk, files, journeys } = box
  return {
    devices: () => devices.list().map(({ mac }) => mac),
    subject(mac) {
      const device = devices.get(mac)
      if (device === undefined) return undefined
      const { model, version, obstacle } = desk.of(mac)
      const lastSeen = journeys.of(mac)?.lastSeen
      return {
        enabled: device.enabled,
        ...(device.group !== undefined && { group: device.group }),
        ...(model !== undefined && { model }),
        ...(version !== undefined && { version }),
        ...(lastSeen !== undefined && { lastSeen }),
        ...(obstacle !== undefined && { obstacle }),
      }
    },
    file: (name) => files.find(name),
    files: () => files.list(),
    versionIn: (file) => desk.versionIn(file),
    misfit: (mac, file) => desk.misfit(mac, file),
    sameVersion,
    zone() {
      const zone = box.layers.get('site', 'site')?.layer.settings.timezone
      return typeof zone === 'string' && zone !== '' ? zone : 'Etc/UTC'
    },
    isIdle: box.isIdle,
    tell: box.tell,
    keep: (items, layer, options) => keep(box, items, layer, options),
    note: (mac, what, { by }) =>
      box.journal.record({ at: box.clock.now(), mac, step: { kind: 'record.changed', by, what } }),
    onVersion: (listener) =>
      journeys.onHappening(({ mac, step }) => {
        if (mac !== undefined && step.kind === 'identified') listener(mac)
      }),
  }
}

type Keep = Parameters<RolloutPorts['keep']>

/** Writes the version where it holds for good: in the layer first, then in each record in which another one would win. */
function keep({ devices, layers, desk }: RolloutWiring, items: Keep[0], layer: Keep[1], { by }: Keep[2]): void {
  const [first] = items
  if (layer !== undefined && first !== undefined) {
    const id = layer.kind === 'model' ? layer.id.replace('/', ':').toLowerCase() : layer.id
    const current = layers.get(layer.kind, id)
    const settings = { ...current?.layer.settings, ...target(first) }
    if (!holds(current?.layer.settings ?? {}, first))
      layers.put(layer.kind, id, { ...current?.layer, settings }, { by, base: current?.rev ?? 0 })
  }
  const inputs: { mac: Mac; input: unknown }[] = []
  for (const item of items) {
    const device = devices.get(item.mac)
    const effective = valuesOf(desk.of(item.mac))
    if (device === undefined || holds(effective, item)) continue
    const input = inputOf(device)
    // A URL from a wider layer would win over the file.
    const url =
      effective['firmware.url'] === undefined || effective['firmware.url'] === '' ? {} : { 'firmware.url': '' }
    inputs.push({ mac: item.mac, input: { ...input, settings: { ...device.settings, ...target(item), ...url } } })
  }
  if (inputs.length > 0) devices.putMany(inputs, { by })
}

function target({ file, version }: Keep[0][number]) {
  return { 'firmware.file': file, 'firmware.version': version }
}

function holds(settings: Readonly<Record<string, unknown>>, { file, version }: Keep[0][number]): boolean {
  const { 'firmware.url': url = '' } = settings
  return settings['firmware.file'] === file && settings['firmware.version'] === version && url === ''
}

function valuesOf({ settings }: FirmwareState): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(settings).map(([name, { value }]) => [name, value]))
}

/** Everything that keeps a stored file from being removed. */
function usesOf(
  box: Pick<RolloutWiring, 'devices' | 'layers'>,
  rollouts: { usesOf(file: string): readonly FileUse[] },
  file: string,
): readonly FileUse[] {
  return [...rollouts.usesOf(file), ...fileUses(box, file)]
}
