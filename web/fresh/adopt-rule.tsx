import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { LayerView } from '../../services/admin/schema.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { TextField } from '../kit/field.tsx'
import { Await, Section } from '../kit/states.tsx'
import { may } from '../session.ts'
import { bodyOf } from '../settings/layer-desk.ts'
import { changes, type Loaded, load } from '../state.ts'
import { tried } from '../tried.ts'
import { stored } from '../undo.ts'

/** Phones that are taken in by themselves: the rule of the site, in words, and a way to change it. */
export function AdoptRule() {
  const site = useSignal<Loaded<LayerView | undefined>>({ kind: 'loading' })
  const ask = () => void load(site, async () => (await api<{ layers: LayerView[] }>('/layers/site')).layers[0])
  useEffect(ask, [changes.value])
  return (
    <Section id="rule" title={t('By themselves')}>
      <Await of={site.value} again={ask} rows={1}>
        {(layer: LayerView | undefined) => <Rule key={layer?.rev ?? 0} layer={layer} done={ask} />}
      </Await>
    </Section>
  )
}

function Rule({ layer, done }: { layer: LayerView | undefined; done: () => void }) {
  const on = layer?.settings['adopt.rule'] === 'known'
  const now = String(layer?.settings['adopt.group'] ?? '')
  const group = useSignal(now)
  const set = (rule: 'known' | null) =>
    tried(t('The rule was not changed'), async () => {
      const settings = { 'adopt.rule': rule, 'adopt.group': group.value.trim() || null }
      const body = bodyOf(layer, { settings, extra: {} })
      await api('/layers/site/site', { method: 'PUT', body, rev: layer?.rev ?? 0 })
      done()
      await stored(
        rule === null ? t('New phones wait for you again.') : t('The rule holds from now on.'),
        'site',
        'site',
      )
    })
  return (
    <form
      class="card stacked"
      aria-label={t('By themselves')}
      onSubmit={(event) => {
        event.preventDefault()
        void set('known')
      }}
    >
      <p>
        {on
          ? t('A new phone whose vendor and model are sure gets a record at once, without a line.')
          : t(
              'Every new phone waits until somebody takes it in. A rule can do that at once, without giving it a line.',
            )}
      </p>
      {may('site') ? (
        <>
          <div class="form">
            <TextField
              label={t('Group')}
              hint={t('Phones of a group share its settings. Empty: no group.')}
              value={group.value}
              change={(value) => {
                group.value = value
              }}
            />
            <span />
          </div>
          <div class="buttons">
            {(!on || group.value.trim() !== now) && (
              <button type="submit">{on ? t('Save') : t('Take them in by themselves')}</button>
            )}
            {on && (
              <button type="button" onClick={() => void set(null)}>
                {t('Switch it off')}
              </button>
            )}
          </div>
        </>
      ) : (
        on && now !== '' && <p class="quiet">{`${t('Group')}: ${now}`}</p>
      )}
    </form>
  )
}
