import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { plural, t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { Check, SelectField, TextField } from '../kit/field.tsx'
import { Await, Said } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { useAsked, useDoing } from './asked.ts'
import { Problem } from './problem.tsx'
import { FIRST_RING, Rings, type RingText, ringOf } from './rollout-rings.tsx'
import { boxWord, type Rollout, type RolloutPreview } from './rollout-words.ts'
import { path } from './session.ts'
import { useFleetSites } from './sites.tsx'

interface StoredFile {
  readonly name: string
}
const SHOWN = 20

/** What goes where and how carefully; the account says what would come of it before anything starts. */
export function NewRollout({ close }: { close: (made?: string) => void }) {
  const files = useAsked('', async () => (await api<{ files: readonly StoredFile[] }>(path('files'))).files)
  return (
    <Dialog title={t('New rollout')} close={() => close()} wide>
      <Await of={files.of} again={files.again} rows={4}>
        {(list: readonly StoredFile[]) =>
          list.length === 0 ? (
            <p>{t('Store firmware under Files first; it reaches one site, then more, then all.')}</p>
          ) : (
            <Form files={list} close={close} />
          )
        }
      </Await>
    </Dialog>
  )
}

function Form({ files, close }: { files: readonly StoredFile[]; close: (made?: string) => void }) {
  const given = useSignal({
    ...{ file: files[0]?.name ?? '', what: 'firmware', name: '', version: '', models: '', match: '' },
    ...{ from: '', to: '', halt: '3', night: false },
    rings: [FIRST_RING] as readonly RingText[],
  })
  const sites = useFleetSites()
  const places = sites.of.kind === 'ready' ? sites.of.value : []
  const rings = given.value.rings.map((ring) => ringOf(ring, places))
  const preview = useSignal<RolloutPreview | undefined>(undefined)
  // The same button pressed twice starts one rollout.
  const key = useSignal<string>(crypto.randomUUID())
  const { busy, failed, faultAt, run } = useDoing()
  const set = (change: Partial<typeof given.value>) => {
    given.value = { ...given.value, ...change }
    preview.value = undefined
    key.value = crypto.randomUUID()
  }
  const body = () => {
    const { file, what, name, version, models, match, from, to, halt, night } = given.value
    return {
      ...{ file, what, name: name.trim() || file.slice(0, 100) },
      ...(version.trim() !== '' && { version: version.trim() }),
      models: what === 'system' ? [] : models.split(/[\s,;]+/).filter(Boolean),
      target: match.trim() === '' ? { all: true } : { match: match.trim() },
      rings: rings.map(({ ring }) => ring),
      halt: { phones: Number(halt) },
      ...(night && { window: { from: from.trim(), to: to.trim() } }),
    }
  }
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    if (preview.value === undefined) {
      preview.value = await run(() =>
        api<RolloutPreview>(path('rollouts', 'preview'), { method: 'POST', body: body() }),
      )
      return
    }
    const made = await run(() =>
      api<Rollout>(path('rollouts'), { method: 'POST', body: { ...body(), key: key.value } }),
    )
    if (made === undefined) return
    toast(t('{name} has begun.', { name: made.name }))
    close(made.id)
  }
  const text = (name: 'name' | 'version' | 'models' | 'match' | 'halt' | 'from' | 'to') => ({
    value: given.value[name],
    change: (value: string) => set({ [name]: value }),
  })
  const isSystem = given.value.what === 'system'
  const many = preview.value?.rings.reduce((sum, ring) => sum + ring.sites.length, 0) ?? 0
  return (
    <form class="form" aria-label={t('New rollout')} onSubmit={(event) => void send(event)}>
      <SelectField
        label={t('What')}
        value={given.value.what}
        change={(what) => set({ what })}
        choices={[
          { value: 'firmware', text: t('Firmware of phones') },
          { value: 'system', text: t('An update of the boxes themselves') },
        ]}
      />
      <SelectField
        label={t('File')}
        value={given.value.file}
        change={(file) => set({ file })}
        choices={files.map(({ name }) => ({ value: name, text: name }))}
        fault={faultAt('file')}
      />
      <TextField label={t('Name')} {...text('name')} placeholder={given.value.file} fault={faultAt('name')} />
      <TextField
        label={t('Version')}
        {...text('version')}
        hint={t('As a device says it once it has it; without it, what the name of the file tells.')}
        fault={faultAt('version')}
      />
      {!isSystem && (
        <TextField
          label={t('Models')}
          {...text('models')}
          placeholder="yealink/T46U"
          hint={t('Separated by commas; none: every phone that the file is for.')}
          fault={faultAt('models.0')}
        />
      )}
      <TextField
        label={t('Sites')}
        {...text('match')}
        placeholder={t('all sites')}
        hint={t('A word in their name or note; none: all sites.')}
        fault={faultAt('target.match')}
      />
      <Rings rings={given.value.rings} sites={places} change={(to) => set({ rings: to })} faultAt={faultAt} />
      <TextField
        label={t('Halt after so many failed phones of a ring')}
        {...text('halt')}
        fault={faultAt('halt.phones')}
      />
      <Check
        label={t('Only in a part of the day, by the clock of each site')}
        checked={given.value.night}
        change={(night) => set({ night, from: night ? '22:00' : '', to: night ? '05:00' : '' })}
      />
      {given.value.night && (
        <>
          <TextField label={t('From')} {...text('from')} fault={faultAt('window.from')} />
          <TextField label={t('To')} {...text('to')} fault={faultAt('window.to')} />
        </>
      )}
      <Problem of={failed.value} />
      {preview.value && <Preview it={preview.value} />}
      <div class="buttons end">
        <button type="button" onClick={() => close()}>
          {t('Cancel')}
        </button>
        <button
          type="submit"
          class="primary"
          disabled={busy.value || rings.some(({ unknown }) => unknown !== undefined)}
        >
          {preview.value ? plural('Begin with {n} site|Begin with {n} sites', many) : t('See what it would do')}
        </button>
      </div>
    </form>
  )
}

function Preview({ it }: { it: RolloutPreview }) {
  return (
    <div class="card" role="status">
      <p>
        {t('Version')} <Said>{it.version}</Said>
      </p>
      {it.models.slice(0, SHOWN).map(({ model, firmware, phones }) => (
        <p key={`${model} ${firmware}`} class="facts">
          <strong dir="auto">{model}</strong>
          <Said>{firmware}</Said>
          <span>{plural('{n} phone|{n} phones', phones)}</span>
        </p>
      ))}
      {it.rings.map(({ sites, waitMinutes }, n) => (
        <details key={n} open={n === 0}>
          <summary>
            {t('ring {n}', { n: n + 1 })}: {plural('{n} site|{n} sites', sites.length)},{' '}
            {plural(
              '{n} phone|{n} phones',
              sites.reduce((sum, { phones, have }) => sum + phones - have, 0),
            )}
            {waitMinutes > 0 && `, ${t('then {n} min of waiting', { n: waitMinutes })}`}
          </summary>
          <ul class="board">
            {sites.slice(0, SHOWN).map(({ siteId, name, box, phones, have }) => (
              <li key={siteId}>
                <span dir="auto">{name}</span>
                <span class="quiet">{boxWord(box)}</span>
                <span>
                  {plural('{n} phone|{n} phones', phones)}
                  {have > 0 && `, ${t('{n} have it', { n: have })}`}
                </span>
              </li>
            ))}
          </ul>
          {sites.length > SHOWN && <p class="quiet">{t('and {n} more', { n: sites.length - SHOWN })}</p>}
        </details>
      ))}
    </div>
  )
}
