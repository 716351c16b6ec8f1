import type { ComponentChildren } from 'preact'
import { t } from '../i18n.ts'
import { Await, Section } from '../kit/states.tsx'
import type { Desk } from '../phone/desk.ts'
import { FilesTab } from '../phone/files-tab.tsx'
import { Timeline, Why } from '../phone/journey-tab.tsx'
import { type Asked, useAsked } from './asked.ts'
import { type Known, knownAtBox } from './device-desk.ts'

/** What only the box of the site can tell; while it is asked, the page says so. */
function FromBox({ of, children }: { of: Asked<Known>; children: (it: Known) => ComponentChildren }) {
  return (
    <>
      {of.of.kind === 'loading' && <p class="quiet">{t('The box of the site is asked …')}</p>}
      <Await of={of.of} again={of.again} rows={6}>
        {children}
      </Await>
    </>
  )
}

/** The files of a phone as its box makes them, and what an edit that is not saved would change in them. */
export function DeviceFiles({ site, desk }: { site: string; desk: Desk }) {
  const known = useAsked(`${site} ${desk.mac}`, () => knownAtBox(site, desk.mac))
  return <FromBox of={known}>{(it) => <FilesTab desk={desk} it={it} />}</FromBox>
}

/** What the phone did at its branch, as the box saw it. */
export function DeviceJourney({ site, desk }: { site: string; desk: Desk }) {
  const known = useAsked(`${site} ${desk.mac}`, () => knownAtBox(site, desk.mac))
  return (
    <FromBox of={known}>
      {(it) => (
        <div class="columns wide-first">
          <Timeline happenings={it.journey?.happenings ?? []} />
          <Section id="who" title={t('Who it is, and why we think so')}>
            <div class="card">
              <Why it={it} />
            </div>
          </Section>
        </div>
      )}
    </FromBox>
  )
}
