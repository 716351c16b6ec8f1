import type { z } from 'zod'
import type { DetailView, PhonesView, PreviewView, SiteRows, SummaryView } from '../../cloud/rollouts/schema.ts'
import { plural, t } from '../i18n.ts'

export type Rollout = z.infer<typeof SummaryView>
export type RolloutDetail = z.infer<typeof DetailView>
export type RolloutSite = z.infer<typeof SiteRows>['sites'][number]
export type RolloutPreview = z.infer<typeof PreviewView>
export type RolloutPhones = z.infer<typeof PhonesView>

export function statusWord(status: Rollout['status']): string {
  return {
    running: t('Running'),
    paused: t('Paused'),
    halted: t('Halted'),
    cancelled: t('Cancelled'),
    completed: t('Completed'),
  }[status]
}

/** The colour of a status: what needs somebody is told from what goes on by itself. */
export function toneOf({ status, sites }: Pick<Rollout, 'status' | 'sites'>): string {
  if (status === 'halted') return 'trouble'
  if (status === 'completed') return sites.failed > 0 ? 'trouble' : 'configured'
  return status === 'running' ? 'under-way' : 'off'
}

export function siteWord(state: RolloutSite['state']): string {
  return {
    waiting: t('waits for its turn'),
    going: t('under way'),
    done: t('done'),
    failed: t('failed'),
    cancelled: t('Cancelled'),
    skipped: t('left out'),
  }[state]
}

export function boxWord(box: RolloutSite['box']): string {
  return { online: t('Online'), offline: t('away'), none: t('No box yet') }[box]
}

/** In the order in which people ask: what is through, what is on its way, what went wrong. */
export const SITE_STATES = ['done', 'going', 'failed', 'waiting', 'cancelled', 'skipped'] as const

/** The classes that the bar of phones has for what means the same of sites. */
export function barClass(state: RolloutSite['state']): string {
  if (state === 'going') return 'updating'
  return state === 'cancelled' ? 'skipped' : state
}

export function ringText({ ring, rings }: Pick<Rollout, 'ring' | 'rings'>): string {
  return ring === 0
    ? plural('{n} ring, none is out yet|{n} rings, none is out yet', rings)
    : t('ring {n} of {m}', { n: ring, m: rings })
}
