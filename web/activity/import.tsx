import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { ImportPlanView, SheetColumnsView } from '../../services/admin/schema-moves.ts'
import { api } from '../api.ts'
import { plural, t } from '../i18n.ts'
import { SelectField, TextField } from '../kit/field.tsx'
import { NotAllowed, Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { may } from '../session.ts'
import { faultsOf, type Loaded, listOf, load, loadDevices } from '../state.ts'
import { askColumns, type Columns, columnsAsBefore, previewImport, rememberColumn } from './import-ask.ts'
import { ImportColumns } from './import-columns.tsx'
import { Plan } from './import-plan.tsx'

interface Format {
  readonly id: string
  readonly title: string
}

/** Phones, extensions or people from a file of another system: shown row by row before anything is stored. */
export function ImportPage() {
  const formats = useSignal<Loaded<readonly Format[]>>({ kind: 'loading' })
  const file = useSignal<File | undefined>(undefined)
  const format = useSignal('')
  const server = useSignal('')
  const group = useSignal('')
  const sheet = useSignal<SheetColumnsView | undefined>(undefined)
  const columns = useSignal<Columns>({})
  const plan = useSignal<ImportPlanView | undefined>(undefined)
  const failed = useSignal<string | undefined>(undefined)
  const busy = useSignal(false)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => void load(formats, async () => (await api<{ formats: Format[] }>('/import/formats')).formats), [])
  if (!may('devices')) return <NotAllowed />
  const work = async (run: () => Promise<void>) => {
    busy.value = true
    failed.value = undefined
    try {
      await run()
    } catch (error) {
      failed.value = faultsOf(error).text
    }
    busy.value = false
  }
  /** What its columns are, as soon as there is a file. */
  const look = () =>
    work(async () => {
      plan.value = undefined
      sheet.value = undefined
      columns.value = {}
      if (file.value === undefined) return
      const read = await askColumns(file.value, format.value)
      columns.value = columnsAsBefore(read)
      sheet.value = read
    })
  const preview = () =>
    work(async () => {
      plan.value = undefined
      if (file.value === undefined) return
      const options = { format: format.value, server: server.value.trim(), group: group.value.trim() }
      plan.value = await previewImport(file.value, options, columns.value)
    })
  const apply = () =>
    work(async () => {
      const token = plan.value?.token
      if (token === undefined) return
      const done = await api<ImportPlanView>('/import/apply', { method: 'POST', body: { token } })
      const stored = done.counts.create + done.counts.update
      toast(plural('{n} row is imported.|{n} rows are imported.', stored))
      plan.value = undefined
      sheet.value = undefined
      file.value = undefined
      if (input.current) input.current.value = ''
      await loadDevices()
    })
  return (
    <>
      <h1>{t('Import a list')}</h1>
      <p class="quiet">
        {t(
          'A CSV file of your own, or an export of FreePBX, FusionPBX, Yeastar or 3CX. Nothing is stored before you have seen what would come of it.',
        )}
      </p>
      <Section id="file" title={t('The file')}>
        <form
          class="form card"
          aria-label={t('Import a list')}
          onSubmit={(event) => {
            event.preventDefault()
            void preview()
          }}
        >
          <div class="field">
            <label for="import-file">{t('CSV file')}</label>
            <input
              id="import-file"
              ref={input}
              type="file"
              accept=".csv,.txt,text/csv"
              onChange={(event) => {
                file.value = event.currentTarget.files?.[0]
                void look()
              }}
            />
            <span class="hint">
              {t('A row with a MAC address is a phone, one without is a person who waits for a phone.')}
            </span>
          </div>
          <SelectField
            label={t('Where it comes from')}
            value={format.value}
            change={(value) => {
              format.value = value
              void look()
            }}
            choices={[
              { value: '', text: t('find out by its heading') },
              ...listOf(formats.value).map(({ id, title }) => ({ value: id, text: title })),
            ]}
          />
          <TextField
            label={t('SIP server')}
            hint={t('For rows that name none.')}
            value={server.value}
            change={(value) => {
              server.value = value
            }}
          />
          <TextField
            label={t('Group')}
            hint={t('For rows that name none.')}
            value={group.value}
            change={(value) => {
              group.value = value
            }}
          />
          {sheet.value && (
            <div class="whole">
              <ImportColumns
                sheet={sheet.value}
                columns={columns.value}
                change={({ number, heading, field }, to) => {
                  const { [number]: _before, ...others } = columns.value
                  columns.value = to === (field ?? '') && field !== undefined ? others : { ...others, [number]: to }
                  rememberColumn(heading, to)
                  plan.value = undefined
                }}
              />
            </div>
          )}
          <div class="buttons">
            <button type="submit" class={plan.value ? '' : 'primary'} disabled={file.value === undefined || busy.value}>
              {t('See what would come of it')}
            </button>
          </div>
        </form>
      </Section>
      {failed.value && (
        <p class="failed" role="alert">
          {failed.value}
        </p>
      )}
      {plan.value && <Plan plan={plan.value} busy={busy.value} apply={() => void apply()} />}
    </>
  )
}
