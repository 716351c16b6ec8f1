import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { plural, t } from '../i18n.ts'
import { confirmed, Dialog } from '../kit/dialog.tsx'
import { Check, SelectField, TextField } from '../kit/field.tsx'
import { Await, Empty, Said, Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { tried } from '../tried.ts'
import { sizeText } from '../upload.ts'
import { type Asked, useAsked, useDoing } from './asked.ts'
import { Problem } from './problem.tsx'
import { atLeast, path } from './session.ts'

interface Given {
  readonly id: string
  readonly name: string
  readonly size: number
  readonly kind: string
  readonly version?: string
  readonly models: readonly string[]
  readonly all: boolean
  readonly sites: readonly string[]
}
interface Progress {
  readonly siteId: string
  readonly site: string
  readonly wanted?: string
  readonly state: 'in-use' | 'under-way' | 'waiting' | 'refused' | 'unknown'
  readonly percent?: number
  readonly reason?: string
}
interface SiteName {
  readonly id: string
  readonly name: string
}

/** Files that boxes shall have, and how far each of them is. */
export function GivenFiles({ of }: { of: Asked<readonly Given[]> }) {
  const withdraw = async ({ id, name }: Given) => {
    const consequences = [t('It goes from every box. One whose phones still use it keeps it until they do not.')]
    const question = { title: t('Take {name} away from boxes?', { name }), consequences, action: t('Take away') }
    if (!(await confirmed({ ...question, danger: true }))) return
    await tried(t('{name} was not taken away', { name }), async () => {
      await api(path('given-files', id), { method: 'DELETE' })
      of.again()
    })
  }
  return (
    <Section id="given" title={t('At boxes')}>
      <Await of={of.of} again={of.again}>
        {(list: readonly Given[]) =>
          list.length === 0 ? (
            <Empty icon="files">{t('No file is given to boxes yet.')}</Empty>
          ) : (
            <ul class="cards">
              {list.map((file) => (
                <li key={file.id} class="card">
                  <div class="need-who">
                    <strong class="breaking" dir="auto">
                      {file.name}
                    </strong>
                    <span class="tag">{file.kind}</span>
                  </div>
                  <p class="quiet facts">
                    {file.version !== undefined && (
                      <span>
                        {t('Version')} <Said>{file.version}</Said>
                      </span>
                    )}
                    <span>{sizeText(file.size)}</span>
                    <span>{file.models.length === 0 ? t('for any model') : file.models.join(', ')}</span>
                    <span>{file.all ? t('all sites') : plural('{n} site|{n} sites', file.sites.length)}</span>
                  </p>
                  <How file={file} />
                  {atLeast('admin') && (
                    <button
                      type="button"
                      aria-label={`${t('Take away')}: ${file.name}`}
                      onClick={() => void withdraw(file)}
                    >
                      {t('Take away')}
                    </button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Await>
    </Section>
  )
}

export function useGivenFiles(): Asked<readonly Given[]> {
  return useAsked('', async () => (await api<{ files: readonly Given[] }>(path('given-files'))).files, {
    what: ['files'],
  })
}

function How({ file }: { file: Given }) {
  const open = useSignal(false)
  return (
    <details
      onToggle={(event) => {
        open.value = event.currentTarget.open
      }}
    >
      <summary>{t('Site by site')}</summary>
      {open.value && <HowFar id={file.id} />}
    </details>
  )
}

function HowFar({ id }: { id: string }) {
  const sites = useAsked(
    id,
    async () => {
      const { sites: all } = await api<{ sites: readonly Progress[] }>(path('given-files', id, 'sites'))
      return all.filter(({ wanted }) => wanted !== undefined)
    },
    { what: ['files'] },
  )
  return (
    <Await of={sites.of} again={sites.again}>
      {(list: readonly Progress[]) => (
        <ul class="board">
          {list.map((one) => (
            <li key={one.siteId} class={one.state === 'refused' ? 'failed' : one.state}>
              <span dir="auto">{one.site}</span>
              <span>{stateWord(one)}</span>
              <span class="quiet">
                <Said>{one.reason}</Said>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Await>
  )
}

function stateWord({ state, percent }: Progress): string {
  if (state === 'under-way' && percent !== undefined) return t('{n} % are there', { n: percent })
  return {
    'in-use': t('has it'),
    'under-way': t('fetches it'),
    waiting: t('waits and tries again'),
    refused: t('refused'),
    unknown: t('nothing heard yet'),
  }[state]
}

const KINDS = ['firmware', 'language', 'tone', 'picture', 'certificate', 'other'] as const

/** Which boxes shall have a file, and what it is to their phones. */
export function GiveFile({ file, close }: { file: string; close: (done: boolean) => void }) {
  const sites = useAsked('', async () => (await api<{ sites: readonly SiteName[] }>(path('sites'))).sites)
  const it = useSignal({ as: file, kind: '', version: '', models: '', all: true, find: '' })
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  const { busy, failed, faultAt, run } = useDoing()
  const set = (change: Partial<typeof it.value>) => {
    it.value = { ...it.value, ...change }
  }
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const { as, kind, version, models, all } = it.value
    const body = {
      ...{ file, models: models.split(/[\s,;]+/).filter(Boolean) },
      ...(kind !== '' && { kind }),
      ...(version.trim() !== '' && { version: version.trim() }),
      ...(!all && { sites: [...chosen.value] }),
    }
    const done = await run(async () => {
      await api(path('given-files', as.trim()), { method: 'PUT', body })
      return true
    })
    if (done !== true) return
    toast(t('Boxes fetch {name} now.', { name: as }))
    close(true)
  }
  return (
    <Dialog title={t('Give {name} to boxes', { name: file })} close={() => close(false)}>
      <form class="form" aria-label={t('Give {name} to boxes', { name: file })} onSubmit={(event) => void send(event)}>
        <TextField
          label={t('Name at the boxes')}
          hint={t('As phones ask for it, with its folders.')}
          value={it.value.as}
          change={(as) => set({ as })}
          fault={faultAt('name') ?? faultAt('given')}
          required
          autofocus
        />
        <SelectField
          label={t('Kind')}
          value={it.value.kind}
          change={(kind) => set({ kind })}
          choices={[{ value: '', text: t('as its name tells') }, ...KINDS.map((value) => ({ value, text: value }))]}
        />
        <TextField
          label={t('Version')}
          value={it.value.version}
          change={(version) => set({ version })}
          fault={faultAt('version')}
        />
        <TextField
          label={t('Models')}
          hint={t('Separated by commas; none: every phone that the file is for.')}
          placeholder="yealink/T46U"
          value={it.value.models}
          change={(models) => set({ models })}
          fault={faultAt('models.0')}
        />
        <Check label={t('All sites, also those to come')} checked={it.value.all} change={(all) => set({ all })} />
        {!it.value.all && (
          <Await of={sites.of} again={sites.again}>
            {(list: readonly SiteName[]) => (
              <fieldset class="card">
                <legend>{t('Sites')}</legend>
                <TextField label={t('Find a site')} value={it.value.find} change={(find) => set({ find })} />
                {list
                  .filter(({ name }) => name.toLowerCase().includes(it.value.find.toLowerCase()))
                  .slice(0, 100)
                  .map(({ id, name }) => (
                    <Check
                      key={id}
                      label={name}
                      checked={chosen.value.has(id)}
                      change={(yes) => {
                        const next = new Set(chosen.value)
                        if (yes) next.add(id)
                        else next.delete(id)
                        chosen.value = next
                      }}
                    />
                  ))}
              </fieldset>
            )}
          </Await>
        )}
        <Problem of={failed.value} />
        <div class="buttons end">
          <button type="button" onClick={() => close(false)}>
            {t('Cancel')}
          </button>
          <button type="submit" class="primary" disabled={busy.value || (!it.value.all && chosen.value.size === 0)}>
            {it.value.all
              ? t('Give it to all sites')
              : plural('Give it to {n} site|Give it to {n} sites', chosen.value.size)}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
