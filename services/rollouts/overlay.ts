import type { Mac } from '../core/mac.ts'
import type { RolloutDevice, RolloutOverlay, RolloutRecord } from './contract.ts'

/** The overlay and the way to change it; made before the rollouts, because what they need reads it. */
export interface OverlayBook extends RolloutOverlay {
  /** Lays the target over a device while it is under way or done, and takes it away otherwise. */
  set(rollout: RolloutRecord, device: RolloutDevice): void
  /** Nothing is laid over these devices any more. */
  clear(macs: Iterable<Mac>): void
}

export function makeOverlay(): OverlayBook {
  const layers = new Map<Mac, ReturnType<RolloutOverlay['of']>>()
  return {
    of: (mac) => layers.get(mac),
    set({ id, name, endedAt }, { mac, state, file, version }) {
      const holds = endedAt === undefined && (state === 'updating' || state === 'done')
      if (!holds || file === undefined || version === undefined) {
        layers.delete(mac)
        return
      }
      layers.set(mac, {
        of: `rollout ${name}`,
        // A URL that somebody set would win over the file, and another rule could keep it from being installed.
        settings: {
          ...{ 'firmware.file': file, 'firmware.version': version, 'firmware.url': '', 'firmware.rule': 'different' },
        },
        stamp: `${id}/${file}/${version}`,
      })
    },
    clear(macs) {
      for (const mac of macs) layers.delete(mac)
    },
  }
}
