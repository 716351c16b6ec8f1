import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { fullTime } from '../format.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { SelectField } from '../kit/field.tsx'
import { Await, Said, Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { tried } from '../tried.ts'
import { useAsked, useDoing } from './asked.ts'
import { followed } from './job.ts'
import { Problem } from './problem.tsx'
import { atLeast, path } from './session.ts'

export interface Remote {
  readonly phonePages: boolean
  readonly configured: boolean
  readonly box: string | null
}
interface Page {
  readonly id: string
  readonly mac: string
  readonly jobId: string
  readonly by: string
  readonly endsAt: number
}

/** The phone's own web page, shown from here for a limited time; which are open, and closing them. */
export function PhonePage({ site, mac }: { site: string; mac: string }) {
  const follows = { what: ['box'], site } as const
  const remote = useAsked(site, () => api<Remote>(path('sites', site, 'remote')), follows)
  const open = useAsked(
    `${site} ${mac}`,
    async () => {
      const { pages } = await api<{ pages: readonly Page[] }>(path('sites', site, 'phone-pages'))
      return pages.filter((page) => page.mac.replaceAll(':', '') === mac.replaceAll(':', ''))
    },
    follows,
  )
  const asking = useSignal(false)
  if (!atLeast('admin')) return null
  const close = (page: Page) =>
    tried(t('It was not closed'), async () => {
      await api(path('sites', site, 'phone-pages', page.id), { method: 'DELETE' })
      open.again()
      toast(t('The page is closed.'))
    })
  const pages = open.of.kind === 'ready' ? open.of.value : []
  return (
    <Section id="own-page" title={t('Its own web page')}>
      <div class="card stacked">
        <Await of={remote.of} again={remote.again} rows={1}>
          {(it: Remote) =>
            !it.configured ? (
              <p class="quiet">{t('This installation has no name at which phones’ pages can be shown.')}</p>
            ) : it.box === null ? (
              <p class="quiet">{t('This site has no box yet.')}</p>
            ) : !it.phonePages ? (
              <p class="quiet">{t('The site does not allow it. It is allowed under Box, Remote hands.')}</p>
            ) : (
              <>
                <p>{t('What the phone shows a browser at its branch, for some minutes, to you alone.')}</p>
                <div class="buttons">
                  <button
                    type="button"
                    onClick={() => {
                      asking.value = true
                    }}
                  >
                    {t('Open its web page')}
                  </button>
                </div>
              </>
            )
          }
        </Await>
        {pages.length > 0 && (
          <ul class="history">
            {pages.map((page) => (
              <li key={page.id}>
                <span>
                  {t('open for')} <Said>{page.by}</Said>{' '}
                  <span class="quiet">{t('until {when}', { when: fullTime(page.endsAt) })}</span>
                </span>
                <button type="button" onClick={() => void close(page)}>
                  {t('Close it')}
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
      {asking.value && (
        <OpenPage
          {...{ site, mac }}
          close={() => {
            asking.value = false
            open.again()
          }}
        />
      )}
    </Section>
  )
}

const MINUTES = ['5', '15', '30', '60'] as const

function OpenPage({ site, mac, close }: { site: string; mac: string; close: () => void }) {
  const scheme = useSignal('http')
  const minutes = useSignal('15')
  const url = useSignal<string | undefined>(undefined)
  const { busy, failed, run } = useDoing()
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const body = { mac, scheme: scheme.value, minutes: Number(minutes.value) }
    url.value = await run(async () => {
      const made = await api<{ page: Page; url: string }>(path('sites', site, 'phone-pages'), { method: 'POST', body })
      await followed(site, made.page.jobId)
      return made.url
    })
  }
  if (url.value !== undefined)
    return (
      <Dialog title={t('The way is open')} close={close}>
        <p>{t('The link lets one browser in, once, within two minutes. Sign in there as the phone asks you to.')}</p>
        <div class="buttons end">
          <button type="button" onClick={close}>
            {t('Done')}
          </button>
          <a class="button primary" href={url.value} target="_blank" rel="noreferrer" onClick={close}>
            {t('To the phone’s page')}
          </a>
        </div>
      </Dialog>
    )
  return (
    <Dialog title={t('Open its web page')} close={close}>
      <form class="form" aria-label={t('Open its web page')} onSubmit={(event) => void send(event)}>
        <SelectField
          label={t('How the phone shows it')}
          value={scheme.value}
          change={(value) => {
            scheme.value = value
          }}
          choices={['http', 'https'].map((value) => ({ value, text: value.toUpperCase() }))}
        />
        <SelectField
          label={t('For how long')}
          value={minutes.value}
          change={(value) => {
            minutes.value = value
          }}
          choices={MINUTES.map((value) => ({ value, text: t('{n} minutes', { n: value }) }))}
        />
        <p class="hint whole">{t('It stands in the audit log and in the phone’s journey that you opened it.')}</p>
        <Problem of={failed.value} />
        <div class="buttons end">
          <button type="button" onClick={close}>
            {t('Cancel')}
          </button>
          <button type="submit" class="primary" disabled={busy.value}>
            {busy.value ? t('The box is asked …') : t('Open it')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
