import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { ExplainView, Sighting } from '../../services/admin/schema.ts'
import type { WaitingPerson } from '../../services/admin/schema-assist.ts'
import { adopt, api } from '../api.ts'
import { whatOf } from '../format.ts'
import { t } from '../i18n.ts'
import { Ago, Await, Said } from '../kit/states.tsx'
import { Why } from '../phone/journey-tab.tsx'
import { DeviceForm } from '../phones/device-form.tsx'
import { to } from '../router.ts'
import { may } from '../session.ts'
import { type Loaded, load, refreshWords } from '../state.ts'
import { AssignBox } from './assign-box.tsx'

/** One phone that was seen and has no record: what it is, why we think so, and whose it shall be. */
export function NewPhone(props: {
  row: Sighting
  people: readonly WaitingPerson[]
  /** It was scanned or followed here: it comes into sight, ready for a person. */
  open: boolean
  chosen: boolean
  toggle: (on: boolean) => void
  /** It has a record now: the list may go on without it. */
  done: () => void
}) {
  const { row } = props
  const item = useRef<HTMLLIElement>(null)
  const byHand = useSignal(false)
  const what = whatOf(row) || t('Unknown make')
  useEffect(() => {
    if (!props.open) return
    item.current?.scrollIntoView({ block: 'center' })
    item.current?.querySelector<HTMLInputElement>('[role=combobox]')?.focus()
  }, [props.open])
  return (
    <li class={`card fresh ${props.open ? 'called' : ''}`} ref={item}>
      <div class="fresh-who">
        {may('devices') && (
          <input
            type="checkbox"
            aria-label={t('Choose {name}', { name: row.mac })}
            checked={props.chosen}
            onChange={(event) => props.toggle(event.currentTarget.checked)}
          />
        )}
        <div>
          <a href={to('phones', row.mac)}>
            <Said>{what}</Said>
          </a>
          <p class="quiet facts">
            <span class="mac">{row.mac}</span>
            {row.address && <span>{row.address}</span>}
            {row.firmware && (
              <span>
                {t('Firmware')} <Said>{row.firmware}</Said>
              </span>
            )}
            <span>
              <Ago at={row.lastSeen} />
            </span>
          </p>
          <p>
            <Said>{row.verdict.text}</Said>
          </p>
        </div>
      </div>
      {may('devices') && (
        <div class="fresh-do">
          <AssignBox mac={row.mac} people={props.people} done={props.done} />
          <button
            type="button"
            aria-expanded={byHand.value}
            aria-label={`${t('By hand')}: ${row.mac}`}
            onClick={() => {
              byHand.value = !byHand.value
            }}
          >
            {t('By hand')}
          </button>
        </div>
      )}
      <Evidence mac={row.mac} />
      {byHand.value && (
        <DeviceForm
          mac={row.mac}
          label={t('Adopt this phone')}
          submit={adopt}
          cancel={() => {
            byHand.value = false
          }}
          done={() => void refreshWords().then(props.done)}
        />
      )}
    </li>
  )
}

/** Asked for when somebody wants to know. */
function Evidence({ mac }: { mac: string }) {
  const it = useSignal<Loaded<ExplainView> | undefined>(undefined)
  const ask = () => {
    const into = { value: { kind: 'loading' } as Loaded<ExplainView> }
    it.value ??= into.value
    void load(into, () => api<ExplainView>(`/devices/${encodeURIComponent(mac)}/explain`)).then(() => {
      it.value = into.value
    })
  }
  return (
    <details
      class="evidence-box"
      onToggle={(event) => {
        if (event.currentTarget.open) ask()
      }}
    >
      <summary>{t('Why we think so')}</summary>
      {it.value && (
        <Await of={it.value} again={ask} rows={2}>
          {(value: ExplainView) => <Why it={value} />}
        </Await>
      )}
    </details>
  )
}
