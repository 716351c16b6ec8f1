import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { PackChecks, PackRow, PacksView } from '../../services/admin/schema-templates.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { Ago, Await, Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { may } from '../session.ts'
import { type Loaded, load } from '../state.ts'
import { tried } from '../tried.ts'
import { putFile } from '../upload.ts'

/** Newer vendor data in signed files: what is installed, one more, one step back. */
export function Packs({ changed }: { changed: () => void }) {
  const packs = useSignal<Loaded<PacksView>>({ kind: 'loading' })
  const sending = useSignal(false)
  const ask = () => void load(packs, () => api<PacksView>('/packs'))
  useEffect(ask, [])
  const done = () => {
    ask()
    changed()
  }
  const install = async (input: HTMLInputElement) => {
    const [file] = input.files ?? []
    if (!file) return
    sending.value = true
    await tried(t('{name} was not installed', { name: file.name }), async () => {
      const row = JSON.parse(await putFile('/packs', file)) as PackRow
      toast(t('{name} {version} is in use.', { name: row.name, version: row.version }))
      done()
    })
    sending.value = false
    input.value = ''
  }
  const verify = () =>
    tried(t('They were not checked'), async () => {
      const { packs: rows } = await api<PackChecks>('/packs/verify', { method: 'POST' })
      const bad = rows.filter(({ state }) => state !== 'good').map(({ name }) => name)
      toast(
        bad.length === 0
          ? t('Every pack is as it was signed.')
          : t('Not as signed: {names}', { names: bad.join(', ') }),
        {
          tone: bad.length === 0 ? 'good' : 'bad',
        },
      )
    })
  return (
    <Section
      id="packs"
      title={t('Packs')}
      action={
        may('site') && (
          <button type="button" onClick={() => void verify()}>
            {t('Check them')}
          </button>
        )
      }
    >
      <Await of={packs.value} again={ask} rows={1}>
        {(it: PacksView) => (
          <>
            {it.packs.length > 0 && (
              <ul class="cards">
                {it.packs.map((pack) => (
                  <Pack key={pack.name} pack={pack} done={done} />
                ))}
              </ul>
            )}
            {may('site') && (
              <div class="drop card">
                <label for="pack">
                  {it.packs.length === 0
                    ? t('No pack is installed. A pack brings newer vendor data without an update of the box:')
                    : t('Install another pack, or a newer version:')}
                </label>
                <input
                  id="pack"
                  type="file"
                  disabled={sending.value}
                  onChange={(event) => void install(event.currentTarget)}
                />
                <p class="hint">
                  {t('Taken are packs that are signed by: {names}.', {
                    names: it.keys.map(({ title }) => title).join(', ') || t('nobody'),
                  })}
                </p>
              </div>
            )}
          </>
        )}
      </Await>
    </Section>
  )
}

function Pack({ pack, done }: { pack: PackRow; done: () => void }) {
  const path = `/packs/${encodeURIComponent(pack.name)}`
  const back = () =>
    tried(t('It was not taken back'), async () => {
      const row = await api<PackRow>(`${path}/back`, { method: 'POST' })
      toast(t('{name} {version} is in use.', { name: row.name, version: row.version }))
      done()
    })
  const remove = async () => {
    const yes = await confirmed({
      title: t('Remove {name}?', { name: pack.name }),
      consequences: [t('What was shipped with the box is used again.')],
      action: t('Remove'),
      danger: true,
    })
    if (!yes) return
    await tried(t('{name} was not removed', { name: pack.name }), async () => {
      await api(path, { method: 'DELETE' })
      done()
    })
  }
  return (
    <li class="card">
      <div class="need-who">
        <span>
          {pack.title ?? pack.name} <span class="quiet">{pack.version}</span>
        </span>
        <span class="quiet">
          {pack.by}, <Ago at={pack.installedAt} />
        </span>
      </div>
      <p class="quiet">{pack.vendors.join(', ')}</p>
      {pack.setAside && (
        <p class="failed" lang="en">
          {pack.setAside}
        </p>
      )}
      {may('site') && (
        <div class="buttons">
          {pack.previous !== undefined && (
            <button type="button" onClick={() => void back()}>
              {t('Back to {version}', { version: pack.previous })}
            </button>
          )}
          <button type="button" onClick={() => void remove()}>
            {t('Remove')} <span class="unseen">{pack.name}</span>
          </button>
        </div>
      )}
    </li>
  )
}
