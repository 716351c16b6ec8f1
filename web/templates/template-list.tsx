import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { VendorRow } from '../../services/admin/schema-templates.ts'
import { api } from '../api.ts'
import { plural, t } from '../i18n.ts'
import { Check } from '../kit/field.tsx'
import { FindField } from '../kit/find-field.tsx'
import { Ago, Await, Empty } from '../kit/states.tsx'
import { type Loaded, load } from '../state.ts'
import type { TextsGround } from './ground.ts'
import type { TemplateRow } from './types.ts'
import { originWord } from './words.ts'

/** Vendors with their texts, and whose each is. */
export function TemplateList(props: { ground: TextsGround; only: string | undefined; stamp: number }) {
  const { ground, only } = props
  const vendors = useSignal<Loaded<readonly VendorRow[]>>({ kind: 'loading' })
  const find = useSignal('')
  const changed = useSignal(false)
  const ask = () => void load(vendors, async () => (await api<{ vendors: VendorRow[] }>(ground.path)).vendors)
  useEffect(ask, [ground.path, props.stamp])
  const { here } = ground
  const wanted = find.value.toLowerCase()
  return (
    <>
      <p class="quiet">
        {t(
          'A phone’s files are made from these texts. A text of your own takes the place of the shipped one and survives updates.',
        )}
      </p>
      <search class="filters">
        <div class="filter-first">
          <FindField
            id="find-templates"
            label={t('Find')}
            placeholder={t('Vendor or file')}
            value={find.value}
            change={(text) => {
              find.value = text
            }}
          />
          <Check
            label={t('Only what is not as shipped')}
            checked={changed.value}
            change={(on) => {
              changed.value = on
            }}
          />
        </div>
      </search>
      <Await of={vendors.value} again={ask} rows={8}>
        {(all: readonly VendorRow[]) => {
          const rows = all
            .filter((it) => only === undefined || it.id === only)
            .map((it) => ({
              ...it,
              files: it.files.filter(
                (one) =>
                  (!changed.value || one.origin !== 'shipped') &&
                  `${it.title} ${it.id} ${one.file}`.toLowerCase().includes(wanted),
              ),
            }))
            .filter((it) => it.files.length > 0)
            .sort((a, b) => Number(here.has(b.id)) - Number(here.has(a.id)) || a.title.localeCompare(b.title))
          if (rows.length === 0)
            return <Empty icon="template">{changed.value ? t('Everything is as shipped.') : t('Nothing fits.')}</Empty>
          return (
            <ul class="cards vendors">
              {rows.map((it) => (
                <Vendor
                  key={it.id}
                  ground={ground}
                  vendor={it}
                  here={here.has(it.id)}
                  open={wanted !== '' || changed.value || only !== undefined}
                />
              ))}
            </ul>
          )
        }}
      </Await>
    </>
  )
}

function Vendor(props: { ground: TextsGround; vendor: VendorRow; here: boolean; open: boolean }) {
  const { ground, vendor, here, open } = props
  const own = vendor.files.filter(({ origin }) => origin !== 'shipped').length
  return (
    <li class="card">
      <details open={open || own > 0}>
        <summary>
          <strong>{vendor.title}</strong> <span class="quiet">{plural('{n} file|{n} files', vendor.files.length)}</span>{' '}
          {here && <span class="tag">{t('in use here')}</span>}{' '}
          {own > 0 && <span class="tag ours">{t('{n} not as shipped', { n: own })}</span>}
        </summary>
        {vendor.setAside && (
          <div class="failed">
            <p>{t('Own texts are set aside: they do not fit any more. Phones get the files without them.')}</p>
            <ul>
              {vendor.setAside.faults.slice(0, 5).map((fault) => (
                <li key={`${fault.file} ${fault.line} ${fault.message}`} lang="en">
                  {fault.file}:{fault.line} {fault.message}
                </li>
              ))}
            </ul>
          </div>
        )}
        <ul class="files">
          {vendor.files.map((file) => (
            <File key={file.file} ground={ground} vendor={vendor.id} file={file} />
          ))}
        </ul>
      </details>
    </li>
  )
}

function File({ ground, vendor, file }: { ground: TextsGround; vendor: string; file: TemplateRow }) {
  return (
    <li>
      <a class="grow" href={ground.link(vendor, file.file)}>
        {file.file}
      </a>
      {file.own?.shared && <span class="tag">{t('of the account')}</span>}
      {file.own?.behind && <span class="tag warn-tag">{t('based on another version')}</span>}
      {file.own && (
        <span class="quiet">
          <span dir="auto">{ground.nameOf(file.own.by)}</span>, <Ago at={file.own.at} />
        </span>
      )}
      <span class={`tag ${file.origin === 'shipped' ? '' : 'ours'}`}>{originWord(file.origin)}</span>
    </li>
  )
}
