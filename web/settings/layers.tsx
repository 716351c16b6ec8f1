import { useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import type { SettingView, VendorModels } from '../../services/admin/schema-workbench.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { SelectField } from '../kit/field.tsx'
import { Await, Empty } from '../kit/states.tsx'
import { go } from '../router.ts'
import { type Loaded, listOf, load } from '../state.ts'
import { askToLeave, mayLeave } from '../unsaved.ts'
import { facts, loadFacts } from './facts.ts'
import { FoundSettings } from './found-settings.tsx'
import { type AllLayers, KINDS, type Kind, type Layer as LayerSaid, type LayersGround } from './ground.ts'
import { type LayerDesk, makeLayerDesk } from './layer-desk.ts'
import { LayerOrigin } from './layer-origin.tsx'
import { LayerRaw } from './layer-raw.tsx'
import { LayerRow, type Wider } from './layer-row.tsx'
import { LayerSave } from './layer-save.tsx'

/** How DHCP options of a layer are edited, where they can be. */
type Options = ComponentType<{ desk: LayerDesk; mayEdit: boolean }>

/** The layers of a place: whose, then what that one says, as a form that the settings themselves make. */
export function Layers(props: {
  ground: LayersGround
  kind: string | undefined
  id: string | undefined
  options?: Options
}) {
  const { ground } = props
  const layers = useSignal<Loaded<AllLayers>>({ kind: 'loading' })
  const models = useSignal<Loaded<readonly VendorModels[]>>({ kind: 'loading' })
  const ask = () =>
    void load(layers, async () => {
      const lists = await Promise.all(
        KINDS.map(async (one) => (await api<{ layers: LayerSaid[] }>(`${ground.path}/${one}`)).layers),
      )
      return Object.fromEntries(KINDS.map((one, i) => [one, lists[i] ?? []])) as unknown as AllLayers
    })
  useEffect(ask, [ground.stamp, ground.path])
  useEffect(() => {
    if (facts.value.kind !== 'ready') void loadFacts()
    void load(models, async () => (await api<{ vendors: VendorModels[] }>('/models')).vendors)
  }, [])
  const kind = KINDS.find((one) => one === props.kind) ?? 'site'
  const id = kind === 'site' ? 'site' : (props.id ?? '')
  const vendors = listOf(models.value)
  return (
    <Await of={layers.value} again={ask} rows={8}>
      {(all: AllLayers) => (
        <>
          <Chooser {...{ ground, kind, id, all, vendors }} />
          {id === '' ? (
            <Empty icon="settings">{t('Choose one above, or enter the name of a new one.')}</Empty>
          ) : (
            <Layer key={`${kind} ${id}`} {...{ ground, kind, id, all, vendors, options: props.options }} />
          )}
        </>
      )}
    </Await>
  )
}

function kindWord(kind: Kind, siteWord: string): string {
  return { site: siteWord, vendor: t('Vendor'), group: t('Group'), model: t('Model') }[kind]
}

interface Props {
  readonly ground: LayersGround
  readonly kind: Kind
  readonly id: string
  readonly all: AllLayers
  readonly vendors: readonly VendorModels[]
}

function Chooser({ ground, kind, id, all, vendors }: Props) {
  const said = new Set(all[kind].map((it) => it.id))
  const more = kind === 'vendor' ? vendors.map(({ vendor }) => vendor) : kind === 'model' ? modelIds(vendors) : []
  const ids = [...new Set([...said, ...ground.used(kind, vendors), ...(id === '' ? [] : [id])])].sort()
  const others = more.filter((one) => !ids.includes(one)).sort()
  const text = (one: string) => (said.has(one) ? t('{name} (has settings)', { name: one }) : one)
  return (
    <nav class="form chooser" aria-label={t('Whose settings')}>
      <SelectField
        label={t('Whose settings')}
        value={kind}
        change={(value) => go(ground.link(KINDS.find((one) => one === value) ?? 'site'))}
        choices={KINDS.map((value) => ({ value, text: kindWord(value, ground.siteWord) }))}
      />
      {kind !== 'site' && (
        <SelectField
          label={kindWord(kind, ground.siteWord)}
          value={id}
          change={(value) => go(ground.link(kind, value))}
          choices={[
            { value: '', text: t('Choose …') },
            ...ids.map((value) => ({ value, text: text(value) })),
            ...others.map((value) => ({ value, text: value })),
          ]}
        />
      )}
      {kind === 'group' && ground.mayEdit && <NewGroup ground={ground} />}
    </nav>
  )
}

function modelIds(vendors: readonly VendorModels[]): readonly string[] {
  return vendors.flatMap(({ vendor, models }) => models.map((model) => `${vendor}:${model.toLowerCase()}`))
}

function NewGroup({ ground }: { ground: LayersGround }) {
  const name = useSignal('')
  return (
    <form
      class="field"
      aria-label={t('A new group')}
      onSubmit={(event) => {
        event.preventDefault()
        if (name.value.trim() !== '') go(ground.link('group', name.value.trim()))
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

function Layer(props: Props & { options: Options | undefined }) {
  const { kind, id, ground } = props
  const desk = useMemo(() => makeLayerDesk(kind, id, ground), [kind, id, ground.path])
  useEffect(() => void desk.load(), [desk, ground.stamp])
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

function Form(props: Props & { desk: LayerDesk; facts: readonly SettingView[]; options: Options | undefined }) {
  const { desk, all, ground } = props
  const { mayEdit } = ground
  const stored = desk.layer.value.kind === 'ready' ? desk.layer.value.value : undefined
  const own = new Set([
    ...(stored?.shared ? [] : Object.keys(stored?.settings ?? {})),
    ...(stored?.shared ? [] : (stored?.secrets ?? [])).map((name) => name.replace(/^settings\./, '')),
    ...Object.keys(desk.draft.value.settings),
  ])
  return (
    <>
      {ground.ofAccount && <LayerOrigin desk={desk} mayEdit={mayEdit} />}
      <FoundSettings
        all={props.facts}
        own={own}
        only={t('Only what is set here')}
        nothing={t('Nothing is set here yet.')}
        saidHere={(n) => t('{n} set here', { n })}
        list={(rows) => (
          <ul class="settings card">
            {rows.map((one) => (
              <LayerRow key={one.name} desk={desk} facts={one} wider={widerOf(one, desk, all)} mayEdit={mayEdit} />
            ))}
          </ul>
        )}
      />
      {props.options && <props.options desk={desk} mayEdit={mayEdit} />}
      <LayerRaw desk={desk} vendors={props.vendors} mayEdit={mayEdit} />
      {mayEdit && <LayerSave desk={desk} ground={ground} />}
    </>
  )
}

/** What a wider layer that is known for certain says: a group's phones may be of any vendor. */
function widerOf(facts: SettingView, desk: LayerDesk, all: AllLayers): Wider | undefined {
  const saidBy = (layer: LayerSaid | undefined) =>
    layer !== undefined && (facts.name in layer.settings || layer.secrets.includes(`settings.${facts.name}`))
  const [site] = all.site
  if (desk.kind !== 'site' && desk.kind !== 'vendor' && saidBy(site))
    return { value: site?.settings[facts.name], from: site?.shared ? t('account') : t('site') }
  const vendor = desk.kind === 'model' ? all.vendor.find((it) => it.id === desk.id.split(':')[0]) : undefined
  if (saidBy(vendor)) return { value: vendor?.settings[facts.name], from: `${t('vendor')} ${vendor?.id}` }
  return facts.builtIn === undefined ? undefined : { value: facts.builtIn, from: t('built in') }
}
