import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { LayerView } from '../../services/admin/schema.ts'
import type { SettingView, VendorModels } from '../../services/admin/schema-workbench.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Check, SelectField } from '../kit/field.tsx'
import { FindField } from '../kit/find-field.tsx'
import { Await, Empty } from '../kit/states.tsx'
import { go, route, to } from '../router.ts'
import { may } from '../session.ts'
import { changes, devices, type Loaded, listOf, load } from '../state.ts'
import { askToLeave, mayLeave } from '../unsaved.ts'
import { facts, loadFacts } from './facts.ts'
import { Family } from './family.tsx'
import { type Kind, type LayerDesk, makeLayerDesk } from './layer-desk.ts'
import { LayerOptions } from './layer-options.tsx'
import { LayerRaw } from './layer-raw.tsx'
import { LayerRow, type Wider } from './layer-row.tsx'
import { LayerSave } from './layer-save.tsx'

const KINDS: readonly Kind[] = ['site', 'vendor', 'group', 'model']
type AllLayers = Readonly<Record<Kind, readonly LayerView[]>>

/** What holds for the whole site, a vendor, a group or a model; the narrower wins. */
export function SettingsPage({ kind, id }: { kind: string | undefined; id: string | undefined }) {
  const layers = useSignal<Loaded<AllLayers>>({ kind: 'loading' })
  const models = useSignal<Loaded<readonly VendorModels[]>>({ kind: 'loading' })
  const ask = () =>
    void load(layers, async () => {
      const lists = await Promise.all(
        KINDS.map(async (one) => (await api<{ layers: LayerView[] }>(`/layers/${one}`)).layers),
      )
      return Object.fromEntries(KINDS.map((one, i) => [one, lists[i] ?? []])) as unknown as AllLayers
    })
  useEffect(ask, [changes.value])
  useEffect(() => {
    if (facts.value.kind !== 'ready') void loadFacts()
    void load(models, async () => (await api<{ vendors: VendorModels[] }>('/models')).vendors)
  }, [])
  const at = KINDS.find((one) => one === kind) ?? 'site'
  const name = at === 'site' ? 'site' : (id ?? '')
  return (
    <>
      <h1>{t('Settings')}</h1>
      <p class="quiet">
        {t(
          'What is set for the site holds for every phone, unless its group, its model or the phone itself has it otherwise.',
        )}
      </p>
      <Await of={layers.value} again={ask} rows={8}>
        {(all: AllLayers) => (
          <>
            <Chooser kind={at} id={name} all={all} vendors={listOf(models.value)} />
            {name === '' ? (
              <Empty icon="settings">{t('Choose one above, or enter the name of a new one.')}</Empty>
            ) : (
              <Layer key={`${at} ${name}`} kind={at} id={name} all={all} vendors={listOf(models.value)} />
            )}
          </>
        )}
      </Await>
    </>
  )
}

function kindWord(kind: Kind): string {
  return { site: t('Site'), vendor: t('Vendor'), group: t('Group'), model: t('Model') }[kind]
}

function Chooser(props: { kind: Kind; id: string; all: AllLayers; vendors: readonly VendorModels[] }) {
  const { kind, id, all, vendors } = props
  const said = new Set(all[kind].map((it) => it.id))
  const rows = listOf(devices.value)
  const used = (one: Kind): readonly string[] => {
    if (one === 'group') return rows.flatMap((row) => row.group ?? [])
    if (one === 'vendor') return rows.flatMap((row) => row.vendor ?? [])
    return rows.flatMap(({ vendor, model = '' }) => {
      // Phones tell more than the model's name: `SIP-T46U`.
      const known = vendors.find((it) => it.vendor === vendor)?.models ?? []
      const told = known.find((it) => model.toLowerCase().endsWith(it.toLowerCase()))
      return told === undefined ? [] : `${vendor}:${told.toLowerCase()}`
    })
  }
  const more = kind === 'vendor' ? vendors.map(({ vendor }) => vendor) : kind === 'model' ? modelIds(vendors) : []
  const ids = [...new Set([...said, ...used(kind), ...(id === '' ? [] : [id])])].sort()
  const others = more.filter((one) => !ids.includes(one)).sort()
  const text = (one: string) => (said.has(one) ? t('{name} (has settings)', { name: one }) : one)
  return (
    <nav class="form chooser" aria-label={t('Whose settings')}>
      <SelectField
        label={t('Whose settings')}
        value={kind}
        change={(value) => go(value === 'site' ? to('settings') : to('settings', value))}
        choices={KINDS.map((value) => ({ value, text: kindWord(value) }))}
      />
      {kind !== 'site' && (
        <SelectField
          label={kindWord(kind)}
          value={id}
          change={(value) => go(to('settings', kind, value))}
          choices={[
            { value: '', text: t('Choose …') },
            ...ids.map((value) => ({ value, text: text(value) })),
            ...others.map((value) => ({ value, text: value })),
          ]}
        />
      )}
      {kind === 'group' && <NewGroup />}
    </nav>
  )
}

function modelIds(vendors: readonly VendorModels[]): readonly string[] {
  return vendors.flatMap(({ vendor, models }) => models.map((model) => `${vendor}:${model.toLowerCase()}`))
}

function NewGroup() {
  const name = useSignal('')
  return (
    <form
      class="field"
      aria-label={t('A new group')}
      onSubmit={(event) => {
        event.preventDefault()
        if (name.value.trim() !== '') go(to('settings', 'group', name.value.trim()))
      }}
    >
      <label for="new-group">{t('A new group')}</label>
      <div class="filter-first">
        <input
          id="new-group"
          type="text"
          value={name.value}
          onInput={(event) => {
            name.value = event.currentTarget.value
          }}
        />
        <button type="submit">{t('Open')}</button>
      </div>
    </form>
  )
}

function Layer(props: { kind: Kind; id: string; all: AllLayers; vendors: readonly VendorModels[] }) {
  const { kind, id } = props
  const desk = useMemo(() => makeLayerDesk(kind, id), [kind, id])
  useEffect(() => void desk.load(), [desk, changes.value])
  const dirty = desk.edits.value > 0
  useEffect(() => {
    mayLeave.value = dirty ? () => askToLeave(() => desk.discard()) : undefined
    return () => {
      mayLeave.value = undefined
    }
  }, [dirty, desk])
  return (
    <Await of={desk.layer.value} again={() => void desk.load()} rows={8}>
      {() => (
        <Await of={facts.value} again={() => void loadFacts()} rows={8}>
          {(list: readonly SettingView[]) => <Form desk={desk} facts={list} {...props} />}
        </Await>
      )}
    </Await>
  )
}

function Form(props: {
  desk: LayerDesk
  facts: readonly SettingView[]
  all: AllLayers
  vendors: readonly VendorModels[]
}) {
  const { desk, all } = props
  const find = useSignal(route.value.query.get('find') ?? '')
  const onlySaid = useSignal(false)
  const mayEdit = may('site')
  const stored = desk.layer.value.kind === 'ready' ? desk.layer.value.value : undefined
  const own = new Set([
    ...Object.keys(stored?.settings ?? {}),
    ...(stored?.secrets ?? []).map((name) => name.replace(/^settings\./, '')),
    ...Object.keys(desk.draft.value.settings),
  ])
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = props.facts.filter((one) => {
    if (onlySaid.value && !own.has(one.name)) return false
    const text = `${one.name} ${one.doc} ${one.family}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  return (
    <>
      <search class="filters">
        <div class="filter-first">
          <FindField
            id="find-settings"
            label={t('Find a setting')}
            placeholder={t('Find a setting')}
            value={find.value}
            change={(text) => {
              find.value = text
            }}
          />
          <Check
            label={t('Only what is set here')}
            checked={onlySaid.value}
            change={(on) => {
              onlySaid.value = on
            }}
          />
        </div>
      </search>
      {shown.length === 0 && (
        <Empty icon="search">{onlySaid.value ? t('Nothing is set here yet.') : t('No setting fits.')}</Empty>
      )}
      {[...new Set(shown.map((one) => one.family))].map((family) => {
        const rows = shown.filter((one) => one.family === family)
        const said = rows.filter((one) => own.has(one.name)).length
        return (
          <Family
            key={family}
            title={family}
            said={said > 0 ? t('{n} set here', { n: said }) : undefined}
            open={words.length > 0 || onlySaid.value}
          >
            <ul class="settings card">
              {rows.map((one) => (
                <LayerRow key={one.name} desk={desk} facts={one} wider={widerOf(one, desk, all)} mayEdit={mayEdit} />
              ))}
            </ul>
          </Family>
        )
      })}
      <LayerOptions desk={desk} mayEdit={mayEdit} />
      <LayerRaw desk={desk} vendors={props.vendors} mayEdit={mayEdit} />
      {mayEdit && <LayerSave desk={desk} />}
    </>
  )
}

/** What a wider layer that is known for certain says: a group's phones may be of any vendor. */
function widerOf(facts: SettingView, desk: LayerDesk, all: AllLayers): Wider | undefined {
  const saidBy = (layer: LayerView | undefined) =>
    layer !== undefined && (facts.name in layer.settings || layer.secrets.includes(`settings.${facts.name}`))
  const [site] = all.site
  if (desk.kind !== 'site' && desk.kind !== 'vendor' && saidBy(site))
    return { value: site?.settings[facts.name], from: t('site') }
  const vendor = desk.kind === 'model' ? all.vendor.find((it) => it.id === desk.id.split(':')[0]) : undefined
  if (saidBy(vendor)) return { value: vendor?.settings[facts.name], from: `${t('vendor')} ${vendor?.id}` }
  return facts.builtIn === undefined ? undefined : { value: facts.builtIn, from: t('built in') }
}
