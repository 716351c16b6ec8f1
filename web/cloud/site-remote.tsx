import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Check } from '../kit/field.tsx'
import { Await, Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { tried } from '../tried.ts'
import { useAsked } from './asked.ts'
import type { Remote } from './phone-page.tsx'
import { atLeast, path } from './session.ts'

/** Whether phones' own pages may be opened at a site. */
export function SiteRemote({ site }: { site: string }) {
  const of = path('sites', site, 'remote')
  const remote = useAsked(site, () => api<Remote>(of))
  const allow = (phonePages: boolean) =>
    tried(t('It was not changed'), async () => {
      await api(of, { method: 'PUT', body: { phonePages } })
      remote.again()
      toast(
        phonePages ? t('Phones’ pages may be opened at this site.') : t('All phones’ pages of this site are closed.'),
      )
    })
  return (
    <Section id="remote" title={t('Remote hands')}>
      <div class="card stacked">
        <Await of={remote.of} again={remote.again} rows={1}>
          {(it: Remote) =>
            it.configured ? (
              <fieldset class="plain-set" disabled={!atLeast('admin')}>
                <Check
                  label={t('Administrators may open the web pages of this site’s phones, for some minutes at a time')}
                  checked={it.phonePages}
                  change={(on) => void allow(on)}
                />
              </fieldset>
            ) : (
              <p class="quiet">{t('This installation has no name at which phones’ pages can be shown.')}</p>
            )
          }
        </Await>
        <p class="hint">{t('The branch itself may forbid more: its configuration has the last word.')}</p>
      </div>
    </Section>
  )
}
