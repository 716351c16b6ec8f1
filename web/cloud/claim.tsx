import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ApiError, api } from '../api.ts'
import { t } from '../i18n.ts'
import { Check, SelectField, TextField } from '../kit/field.tsx'
import { Await, NotAllowed } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { route } from '../router.ts'
import { useAsked, useDoing } from './asked.ts'
import { Problem } from './problem.tsx'
import { account, at, atLeast, path } from './session.ts'
import { SiteForm } from './site-form.tsx'
import type { FleetSite } from './types.ts'

/** Which box a code belongs to. */
interface Offer {
  readonly claimToken: string
  readonly model: string
  readonly boxVersion: string
  readonly serial?: string
  readonly seenFrom: 'same-public-address' | 'elsewhere'
}

/** Takes a box into the account: the code says which one, the words prove that somebody stands before it. */
export function ClaimPage() {
  const offer = useSignal<Offer | undefined>(undefined)
  const done = useSignal<string | undefined>(undefined)
  return (
    <>
      <h1>{t('Claim a box')}</h1>
      {!atLeast('installer') ? (
        <NotAllowed />
      ) : done.value !== undefined ? (
        <Claimed site={done.value} />
      ) : offer.value === undefined ? (
        <CodeStep
          done={(found) => {
            offer.value = found
          }}
        />
      ) : (
        <PhraseStep
          offer={offer.value}
          back={() => {
            offer.value = undefined
          }}
          done={(site) => {
            done.value = site
          }}
        />
      )}
    </>
  )
}

function CodeStep({ done }: { done: (offer: Offer) => void }) {
  const code = useSignal(route.value.query.get('code') ?? '')
  const { busy, failed, run } = useDoing()
  const ask = async () => {
    const body = { code: code.value.trim() }
    const found = await run(() => inWords('wrong-code', () => api<Offer>('/claims', { method: 'POST', body })))
    if (found) done(found)
  }
  return (
    <form
      class="card form narrow-form"
      aria-label={t('Code of the box')}
      onSubmit={(event) => {
        event.preventDefault()
        void ask()
      }}
    >
      <p>{t('The box shows a code and some words: on its own page under “Central account”, and in its terminal.')}</p>
      <TextField
        label={t('Code')}
        hint={t('Eight letters, for example BCDF-GHJK.')}
        value={code.value}
        change={(text) => {
          code.value = text.toUpperCase()
        }}
        required
        autofocus
      />
      <Problem of={failed.value} />
      <div class="buttons">
        <button type="submit" class="primary" disabled={busy.value || code.value.trim() === ''}>
          {t('Find the box')}
        </button>
      </div>
    </form>
  )
}

function PhraseStep(props: { offer: Offer; back: () => void; done: (site: string) => void }) {
  const { offer } = props
  const sites = useAsked('', async () => (await api<{ sites: FleetSite[] }>(path('fleet', 'sites'))).sites)
  const deny = async () => {
    const body = { claimToken: offer.claimToken }
    // A code that is void already is what was wanted.
    await api('/claims/deny', { method: 'POST', body }).catch(() => undefined)
    toast(t('The code is void. The box shows another one.'))
    props.back()
  }
  return (
    <section class="card narrow-form" aria-label={t('The box that was found')}>
      <dl class="pairs">
        <dt>{t('Model')}</dt>
        <dd dir="auto">{offer.model}</dd>
        <dt>{t('Version')}</dt>
        <dd dir="auto">{offer.boxVersion}</dd>
        {offer.serial !== undefined && (
          <>
            <dt>{t('Serial number')}</dt>
            <dd dir="auto">{offer.serial}</dd>
          </>
        )}
        <dt>{t('Seen from')}</dt>
        <dd>
          {offer.seenFrom === 'elsewhere'
            ? t('another internet connection than yours')
            : t('the internet connection that you use too')}
        </dd>
      </dl>
      <Await of={sites.of} again={sites.again}>
        {(list: readonly FleetSite[]) => (
          <Confirm offer={offer} sites={list} again={sites.again} done={props.done} deny={() => void deny()} />
        )}
      </Await>
    </section>
  )
}

function Confirm(props: {
  offer: Offer
  sites: readonly FleetSite[]
  again: () => void
  done: (site: string) => void
  deny: () => void
}) {
  const wanted = route.value.query.get('site') ?? ''
  const phrase = useSignal('')
  const site = useSignal(wanted || (props.sites.find(({ boxId }) => boxId === null)?.siteId ?? ''))
  const replace = useSignal(false)
  const making = useSignal(false)
  const { busy, failed, run } = useDoing()
  const chosen = props.sites.find(({ siteId }) => siteId === site.value)
  const occupied = chosen !== undefined && chosen.boxId !== null
  const mayOmit = account.value?.phraseMayBeLeftOut === true && props.offer.seenFrom === 'same-public-address'
  const typed = phrase.value.trim()
  const confirm = async () => {
    const body = {
      ...{ claimToken: props.offer.claimToken, siteId: site.value },
      ...(typed !== '' && { phrase: typed }),
      ...(occupied && { replace: replace.value }),
    }
    const made = await run(() => inWords('wrong-phrase', () => api('/claims/confirm', { method: 'POST', body })))
    if (made !== undefined) props.done(site.value)
  }
  return (
    <form
      class="form"
      aria-label={t('Words and site')}
      onSubmit={(event) => {
        event.preventDefault()
        void confirm()
      }}
    >
      <TextField
        label={t('The three words that the box shows')}
        hint={
          mayOmit
            ? t('You may leave them out here: the box uses the same internet connection as you.')
            : t('They prove that it is the box before you, and not one that somebody else put there.')
        }
        value={phrase.value}
        change={(text) => {
          phrase.value = text
        }}
        required={!mayOmit}
        autofocus
      />
      <SelectField
        label={t('Site')}
        value={site.value}
        change={(value) => {
          site.value = value
        }}
        choices={[
          { value: '', text: t('Choose a site') },
          ...props.sites.map(({ siteId, name, boxId }) => ({
            value: siteId,
            text: boxId === null ? name : t('{name} (has a box)', { name }),
          })),
        ]}
      />
      {atLeast('admin') && (
        <button
          type="button"
          class="link"
          onClick={() => {
            making.value = true
          }}
        >
          {t('Add a site')}
        </button>
      )}
      {occupied && (
        <Check
          label={t(
            'It takes the place of the box there: that one is let go, this one gets all that the account holds of the site.',
          )}
          checked={replace.value}
          change={(checked) => {
            replace.value = checked
          }}
        />
      )}
      <Problem of={failed.value} />
      <div class="buttons">
        <button
          type="submit"
          class="primary"
          disabled={busy.value || site.value === '' || (typed === '' && !mayOmit) || (occupied && !replace.value)}
        >
          {t('Claim it')}
        </button>
        <button type="button" onClick={props.deny}>
          {t('That is not my box')}
        </button>
      </div>
      {making.value && (
        <SiteForm
          close={() => {
            making.value = false
          }}
          done={(made) => {
            making.value = false
            site.value = made.id
            props.again()
          }}
        />
      )}
    </form>
  )
}

function Claimed({ site }: { site: string }) {
  useEffect(() => {
    toast(t('The box is yours; it knows within seconds.'))
  }, [])
  return (
    <div class="card narrow-form" role="status">
      <h2>{t('The box belongs to {account} now.', { account: account.value?.name ?? '' })}</h2>
      <p>
        {t('It sends what it has, and gets what the account holds of the site. Its phones go on working meanwhile.')}
      </p>
      <a class="button primary" href={at('sites', site)}>
        {t('To the site')}
      </a>
    </div>
  )
}

/** What the account refuses a claim with, in words that say what to do. */
async function inWords<Result>(mistyped: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const text = claimWord(error.code === 'malformed' ? mistyped : error.code)
    throw text === undefined ? error : new ApiError(error.status, text, error.faults, error.code)
  }
}

function claimWord(code: string): string | undefined {
  const words: Readonly<Record<string, string>> = {
    'wrong-code': t('No box shows this code now. Codes change after some minutes: look at the box again.'),
    'wrong-phrase': t('Those are not the words that the box shows.'),
    expired: t('The code is too old. The box shows another one.'),
    burned: t('There were too many wrong words, so this code is void. The box shows another one.'),
    claimed: t('The box belongs to an account already.'),
    taken: t('Somebody else is claiming this box just now.'),
    occupied: t('This site has a box already. Choose another site, or say that it is replaced.'),
    limited: t('Too many wrong codes. Wait some minutes.'),
  }
  return words[code]
}
