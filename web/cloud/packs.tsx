import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { Ago, Await, Empty, Said, Section } from '../kit/states.tsx'
import { tried } from '../tried.ts'
import { sizeText } from '../upload.ts'
import { useAsked } from './asked.ts'
import { useNames } from './by.ts'
import { GivePack } from './pack-give.tsx'
import type { Pack } from './pack-head.ts'
import { PackSites } from './pack-sites.tsx'
import { atLeast, path } from './session.ts'

/** Newer vendor data in signed files: which of them the boxes shall have, and how far they are. */
export function Packs({ site, changed }: { site: string | undefined; changed: () => void }) {
  const place = site === undefined ? [] : ['sites', site]
  const list = useAsked(site ?? '', async () => (await api<{ packs: readonly Pack[] }>(path(...place, 'packs'))).packs)
  const giving = useSignal(false)
  const done = () => {
    list.again()
    changed()
  }
  return (
    <Section
      id="packs"
      title={t('Packs')}
      action={
        atLeast('admin') && (
          <button
            type="button"
            onClick={() => {
              giving.value = true
            }}
          >
            {site === undefined ? t('Give all sites a pack') : t('Give this site a pack')}
          </button>
        )
      }
    >
      <Await of={list.of} again={list.again} rows={1}>
        {(packs: readonly Pack[]) =>
          packs.length === 0 ? (
            <Empty icon="files">
              {t('No pack is given. A pack brings newer vendor data to the boxes without an update of theirs.')}
            </Empty>
          ) : (
            <ul class="cards">
              {packs.map((pack) => (
                <Row key={pack.name} {...{ pack, site, done }} />
              ))}
            </ul>
          )
        }
      </Await>
      {giving.value && (
        <GivePack
          site={site}
          close={(made) => {
            giving.value = false
            if (made) done()
          }}
        />
      )}
    </Section>
  )
}

function Row({ pack, site, done }: { pack: Pack; site: string | undefined; done: () => void }) {
  const open = useSignal(false)
  const nameOf = useNames()
  const place = site === undefined ? [] : ['sites', site]
  const withdraw = async () => {
    const yes = await confirmed({
      title: t('Take {name} away?', { name: pack.name }),
      consequences: [t('Boxes go back to what they had before it: an older pack, or what was shipped with them.')],
      action: t('Take it away'),
      danger: true,
    })
    if (!yes) return
    await tried(t('It was not taken away'), async () => {
      await api(path(...place, 'packs', pack.name), { method: 'DELETE', rev: pack.rev })
      done()
    })
  }
  return (
    <li class="card">
      <div class="need-who">
        <span>
          <Said>{pack.name}</Said> <span class="quiet">{pack.version}</span>{' '}
          {pack.shared && <span class="tag">{t('of the account')}</span>}
        </span>
        <span class="quiet">
          <span dir="auto">{nameOf(pack.updatedBy)}</span>, <Ago at={pack.updatedAt} />
        </span>
      </div>
      <p class="quiet">
        {sizeText(pack.size)}, <code title={pack.sha256}>{pack.sha256.slice(0, 10)}</code>
      </p>
      <div class="buttons">
        {site === undefined && (
          <button
            type="button"
            aria-expanded={open.value}
            onClick={() => {
              open.value = !open.value
            }}
          >
            {t('How far each site is')}
          </button>
        )}
        {atLeast('admin') && !pack.shared && (
          <button type="button" onClick={() => void withdraw()}>
            {t('Take it away')} <span class="unseen">{pack.name}</span>
          </button>
        )}
      </div>
      {open.value && <PackSites pack={pack.name} />}
    </li>
  )
}
