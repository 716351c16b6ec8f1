import { t } from '../i18n.ts'
import { Ago, stateWord } from '../kit/states.tsx'
import type { FleetDevice } from './types.ts'

export type Drift = FleetDevice['drift']
export const DRIFTS = [
  ...(['pending', 'changed-at-phone', 'never-asked', 'site-offline', 'no-box', 'in-sync'] as const),
] as const satisfies readonly Drift[]

/** How what a phone has differs from what it shall have, in one or two words. */
export function driftWord(drift: Drift): string {
  return {
    'in-sync': t('In sync'),
    pending: t('Pending'),
    'changed-at-phone': t('Changed at the phone'),
    'never-asked': t('Never asked'),
    'site-offline': t('Site offline'),
    'no-box': t('No box yet'),
  }[drift]
}

/** The same in a sentence, with what to do. */
export function driftSentence(drift: Drift): string {
  return {
    'in-sync': t('The phone has fetched exactly what is wanted now.'),
    pending: t('The phone has not fetched the last change yet. It will when it asks again; let it fetch now, or wait.'),
    'changed-at-phone': t(
      'Somebody changed something at the phone itself after its last fetch. Fetching again puts it right.',
    ),
    'never-asked': t('The phone has never fetched a configuration here. Is it plugged in, and does it ask this box?'),
    'site-offline': t('The account does not hear of the box of this site. What is shown is as old as that.'),
    'no-box': t('The site has no box yet: what is here is a plan.'),
  }[drift]
}

const TONES = {
  'in-sync': 'configured',
  pending: 'waiting',
  'changed-at-phone': 'waiting',
  'never-asked': 'off',
  'site-offline': 'trouble',
  'no-box': 'off',
} as const satisfies Readonly<Record<Drift, string>>

export function DriftBadge({ of }: { of: Pick<FleetDevice, 'drift' | 'driftSince'> }) {
  return (
    <span class={`badge ${TONES[of.drift]}`} title={driftSentence(of.drift)}>
      {driftWord(of.drift)}
      {of.driftSince !== null && (
        <>
          {' '}
          <Ago at={of.driftSince} />
        </>
      )}
    </span>
  )
}

const STATES = ['configured', 'under-way', 'trouble', 'waiting', 'unknown-device', 'never-seen'] as const
const isState = (text: string): text is (typeof STATES)[number] => STATES.some((one) => one === text)

/** The verdict of a box in this page's language; what a newer box says beyond that stays as it is. */
export function verdictWord(verdict: string): string {
  return isState(verdict) ? stateWord(verdict) : verdict
}

export function VerdictBadge({ verdict }: { verdict: string | null }) {
  if (verdict === null) return <span class="quiet">{t('not reported')}</span>
  return <span class={`badge ${isState(verdict) ? verdict : 'off'}`}>{verdictWord(verdict)}</span>
}
