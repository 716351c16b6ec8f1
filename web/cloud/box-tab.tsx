import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { Ago, Await, Empty, Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { tried } from '../tried.ts'
import { useAsked } from './asked.ts'
import { BoxReport } from './box-report.tsx'
import { BoxChecks } from './hands.tsx'
import { MoveBox } from './move-box.tsx'
import { at, atLeast, path } from './session.ts'
import { SiteRemote } from './site-remote.tsx'

interface Box {
  readonly id: string
  readonly siteId: string
  readonly state: 'active' | 'released' | 'revoked'
  readonly model: string
  readonly serial?: string
  readonly fingerprint: string
  readonly claimedAt: number
  readonly online: boolean
  readonly lastSeen?: number
  readonly address?: string
  readonly halted: boolean
  readonly copies?: readonly { readonly bootId: string; readonly current: boolean }[]
}

/** The box of a site: how it is, and what can be done about it. */
export function BoxTab({ site }: { site: string }) {
  const boxes = useAsked(
    site,
    async () => {
      const { boxes: all } = await api<{ boxes: readonly Box[] }>(path('boxes'))
      return all.filter(({ siteId }) => siteId === site)
    },
    { what: ['box'], site },
  )
  return (
    <Await of={boxes.of} again={boxes.again} rows={4}>
      {(all: readonly Box[]) => {
        const active = all.find(({ state }) => state === 'active')
        const former = all.filter(({ state }) => state !== 'active')
        return (
          <>
            {active === undefined ? (
              <Empty icon="system">
                <p>{t('This site has no box yet.')}</p>
                <p>{t('What is set up here waits for its first box.')}</p>
                {atLeast('installer') && (
                  <a class="button primary" href={`${at('claim')}?site=${encodeURIComponent(site)}`}>
                    {t('Claim a box')}
                  </a>
                )}
              </Empty>
            ) : (
              <>
                <Active box={active} again={boxes.again} />
                <BoxReport site={site} />
                <BoxChecks site={site} />
                <SiteRemote site={site} />
              </>
            )}
            {former.length > 0 && (
              <Section id="former" title={t('Boxes that were here')} count={former.length}>
                <ul class="card history">
                  {former.map((box) => (
                    <li key={box.id}>
                      <span dir="auto">
                        {box.model} {box.serial}
                      </span>
                      <span class="quiet">{box.state === 'released' ? t('let go') : t('locked out')}</span>
                    </li>
                  ))}
                </ul>
              </Section>
            )}
          </>
        )
      }}
    </Await>
  )
}

function Active({ box, again }: { box: Box; again: () => void }) {
  const act = (what: string, run: () => Promise<unknown>) =>
    tried(what, async () => {
      await run()
      again()
    })
  const release = async () => {
    const yes = await confirmed({
      title: t('Let the box go?'),
      consequences: [
        t('It goes on serving its phones as they are, until somebody there decides otherwise.'),
        t('The account hears nothing of the site any more, and its edits do not reach the phones.'),
      ],
      action: t('Let it go'),
      danger: true,
    })
    if (yes)
      await act(t('The box was not let go'), async () => {
        await api(`/boxes/${encodeURIComponent(box.id)}/release`, { method: 'POST' })
        toast(t('The box is let go.'))
      })
  }
  const revoke = async () => {
    const yes = await confirmed({
      title: t('Lock the box out?'),
      consequences: [
        t('For a box that is lost or stolen: it is turned away at once and for good.'),
        t('To have it again, it must be reset and claimed anew.'),
      ],
      action: t('Lock it out'),
      danger: true,
    })
    if (yes)
      await act(t('The box was not locked out'), async () => {
        await api(`/boxes/${encodeURIComponent(box.id)}/revoke`, { method: 'POST' })
        toast(t('The box is locked out.'))
      })
  }
  return (
    <Section id="box" title={t('Box')}>
      <div class="card">
        <dl class="pairs">
          <dt>{t('State')}</dt>
          <dd>
            {box.online ? (
              <span class="badge configured">{t('Online')}</span>
            ) : (
              <span class="badge trouble">{t('Offline')}</span>
            )}
          </dd>
          {box.lastSeen !== undefined && (
            <>
              <dt>{t('Last heard of')}</dt>
              <dd>
                <Ago at={box.lastSeen} />
              </dd>
            </>
          )}
          <dt>{t('Model')}</dt>
          <dd dir="auto">
            {box.model} {box.serial}
          </dd>
          {box.address !== undefined && box.address !== '' && (
            <>
              <dt>{t('Internet address')}</dt>
              <dd class="mac">{box.address}</dd>
            </>
          )}
          <dt>{t('Fingerprint')}</dt>
          <dd>
            <code class="breaking">{box.fingerprint}</code>
          </dd>
        </dl>
        {box.halted && <Halted box={box} again={again} />}
        {box.copies && <Copies box={box} copies={box.copies} again={again} />}
        {atLeast('admin') && (
          <div class="buttons">
            <a class="button" href={`${at('claim')}?site=${encodeURIComponent(box.siteId)}`}>
              {t('Replace it')}
            </a>
            <MoveBox box={box.id} from={box.siteId} done={again} />
            <button type="button" onClick={() => void release()}>
              {t('Let it go')}
            </button>
            <button type="button" class="danger" onClick={() => void revoke()}>
              {t('Lock it out')}
            </button>
          </div>
        )}
      </div>
    </Section>
  )
}

function Halted({ box, again }: { box: Box; again: () => void }) {
  const resume = () =>
    tried(t('It failed.'), async () => {
      await api(path('boxes', box.id, 'resume'), { method: 'POST' })
      again()
    })
  return (
    <div class="failed" role="alert">
      <p>{t('Two live boxes have this identity, so no edits of it are taken. Switch the wrong one off first.')}</p>
      {atLeast('admin') && (
        <button type="button" onClick={() => void resume()}>
          {t('The wrong one is gone: take edits again')}
        </button>
      )}
    </div>
  )
}

function Copies({ box, copies, again }: { box: Box; copies: NonNullable<Box['copies']>; again: () => void }) {
  const keep = (bootId: string) =>
    tried(t('It failed.'), async () => {
      await api(`/boxes/${encodeURIComponent(box.id)}/keep`, { method: 'POST', body: { bootId } })
      again()
    })
  return (
    <div class="failed" role="alert">
      <p>{t('Two machines hold the key of this box, as after a copied disk. Say which one is the right one.')}</p>
      {atLeast('admin') &&
        copies.map((copy) => (
          <button key={copy.bootId} type="button" onClick={() => void keep(copy.bootId)}>
            {copy.current ? t('The one that is connected now') : t('The other one')}
          </button>
        ))}
    </div>
  )
}
