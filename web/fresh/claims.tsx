import { useSignal } from '@preact/signals'
import { useCallback, useEffect } from 'preact/hooks'
import type { LayerView } from '../../services/admin/schema.ts'
import type { ClaimStatusView, PinView, WaitingPerson } from '../../services/admin/schema-assist.ts'
import { api } from '../api.ts'
import { clockTime, now, span } from '../format.ts'
import { plural, t } from '../i18n.ts'
import { Combobox } from '../kit/combobox.tsx'
import { Dialog } from '../kit/dialog.tsx'
import { SelectField } from '../kit/field.tsx'
import { Await, Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { may } from '../session.ts'
import { changes, type Loaded, load } from '../state.ts'
import { tried } from '../tried.ts'
import { offered } from './offered.ts'

/** People take a phone themselves: they type a PIN and their number at its screen. */
export function Claims({ people }: { people: readonly WaitingPerson[] }) {
  const status = useSignal<Loaded<ClaimStatusView>>({ kind: 'loading' })
  const ask = () => void load(status, () => api<ClaimStatusView>('/claim'))
  useEffect(ask, [changes.value])
  return (
    <Section id="claims" title={t('Let people take their phones')}>
      <Await of={status.value} again={ask} rows={1}>
        {(it: ClaimStatusView) =>
          it.mode === 'off' ? (
            <SwitchedOff />
          ) : (
            <Round
              it={it}
              people={people}
              set={(value) => {
                status.value = { kind: 'ready', value }
              }}
            />
          )
        }
      </Await>
    </Section>
  )
}

function SwitchedOff() {
  const on = () =>
    tried(t('It was not switched on'), async () => {
      const [site] = (await api<{ layers: LayerView[] }>('/layers/site')).layers
      const { settings = {}, extra = {}, dhcpOptions = [], locked, rev = 0 } = site ?? {}
      const body = { settings: { ...settings, 'claim.mode': 'pin' }, extra, dhcpOptions, ...(locked && { locked }) }
      await api('/layers/site/site', { method: 'PUT', body, rev })
      changes.value++
    })
  return (
    <div class="card stacked">
      <p>
        {t('A new phone can ask at its screen for a PIN and a number, and be theirs at once. This is switched off.')}
      </p>
      {may('site') && (
        <div class="buttons">
          <button type="button" onClick={() => void on()}>
            {t('Switch it on')}
          </button>
        </div>
      )}
    </div>
  )
}

function Round(props: {
  it: ClaimStatusView
  people: readonly WaitingPerson[]
  set: (status: ClaimStatusView) => void
}) {
  const { it, people, set } = props
  const minutes = useSignal('30')
  const own = useSignal(false)
  const open = () =>
    tried(t('The round did not begin'), async () =>
      set(await api<ClaimStatusView>('/claim/open', { method: 'POST', body: { minutes: Number(minutes.value) } })),
    )
  const close = () =>
    tried(t('The round did not end'), async () => set(await api<ClaimStatusView>('/claim/close', { method: 'POST' })))
  const left = it.round === undefined ? 0 : it.round.endsAt - now.value
  return (
    <div class="card stacked">
      {it.round !== undefined && left > 0 ? (
        <div class="round" role="status">
          <p>{t('At the phone: this PIN, then one’s own number.')}</p>
          <p class="pin">{it.round.pin}</p>
          <p class="quiet">
            {t('good until {time}, for {span}', { time: clockTime(it.round.endsAt), span: span(left) })}
          </p>
          <div class="buttons">
            <button type="button" onClick={() => void close()}>
              {t('End the round')}
            </button>
          </div>
        </div>
      ) : (
        <div class="form">
          <SelectField
            label={t('A PIN for everybody in the room, good for')}
            value={minutes.value}
            change={(value) => {
              minutes.value = value
            }}
            choices={['10', '30', '60', '240', '480'].map((value) => ({ value, text: t('{n} minutes', { n: value }) }))}
          />
          <div class="buttons">
            <button type="button" onClick={() => void open()}>
              {t('Begin a round')}
            </button>
          </div>
        </div>
      )}
      {it.heldUntil !== undefined && it.heldUntil > now.value && (
        <p class="held card">
          {t('Too many wrong PINs: nobody may try before {time}.', { time: clockTime(it.heldUntil) })}
        </p>
      )}
      <p class="quiet">
        {plural('{n} person has a PIN of their own.|{n} people have a PIN of their own.', it.pins)}{' '}
        <button
          type="button"
          class="link"
          onClick={() => {
            own.value = true
          }}
        >
          {t('Give somebody one')}
        </button>
      </p>
      {own.value && (
        <OwnPin
          people={people}
          close={() => {
            own.value = false
            changes.value++
          }}
        />
      )}
    </div>
  )
}

/** A PIN for one person, shown once: for those who are not in the room. */
function OwnPin({ people, close }: { people: readonly WaitingPerson[]; close: () => void }) {
  const text = useSignal('')
  const made = useSignal<PinView | undefined>(undefined)
  const find = useCallback((typed: string) => offered(people, typed), [people])
  const give = (extension: string) =>
    tried(t('No PIN was made'), async () => {
      made.value = await api<PinView>('/claim/pins', { method: 'POST', body: { extension } })
      toast(t('{extension} has a PIN.', { extension }))
    })
  return (
    <Dialog title={t('A PIN for one person')} close={close}>
      <p>{t('It is good once, until it is used or taken away, and shown only now.')}</p>
      {made.value?.pin === undefined ? (
        <Combobox
          label={t('Who gets it?')}
          text={text.value}
          change={(value) => {
            text.value = value
          }}
          find={find}
          choose={(option) => void give(option.value)}
          enter={() => {
            if (text.value.trim() !== '') void give(text.value.trim())
          }}
          autofocus
        />
      ) : (
        <p>
          {made.value.extension}: <strong class="pin">{made.value.pin}</strong>
        </p>
      )}
      <div class="buttons end">
        <button type="button" onClick={close}>
          {t('Close')}
        </button>
      </div>
    </Dialog>
  )
}
