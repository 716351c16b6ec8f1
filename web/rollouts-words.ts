import type { RolloutDeviceView } from '../services/admin/schema-rollouts.ts'
import { t } from './i18n.ts'

/** Where a phone of a rollout stands. */
export function stateOfRollout(state: RolloutDeviceView['state']): string {
  return {
    waiting: t('waits'),
    updating: t('updates'),
    done: t('done'),
    already: t('has it already'),
    failed: t('failed'),
    refused: t('not for it'),
    skipped: t('left out'),
  }[state]
}
