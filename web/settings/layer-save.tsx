import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { valueText } from '../format.ts'
import { plural, t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { Await, Said } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { type Loaded, load } from '../state.ts'
import type { Effect, Effects as EffectsView, LayersGround } from './ground.ts'
import type { LayerDesk } from './layer-desk.ts'

/** At the foot of the page while there is something to save: what it would change on which phones, and saving it. */
export function LayerSave({ desk, ground }: { desk: LayerDesk; ground: LayersGround }) {
  const looking = useSignal(false)
  const { edits, failed, saving } = desk
  const close = () => {
    looking.value = false
  }
  const save = async () => {
    if (!(await desk.save())) {
      close()
      return
    }
    close()
    toast(t('Saved. Phones get it when they fetch again.'))
  }
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return
      event.preventDefault()
      if (desk.edits.peek() > 0) looking.value = true
    }
    addEventListener('keydown', listener)
    return () => removeEventListener('keydown', listener)
  }, [desk])
  if (edits.value === 0) return null
  return (
    <section class="save-bar" aria-label={t('Changes that are not saved')}>
      {failed.value && (
        <div class="failed" role="alert">
          <p>{failed.value.text}</p>
          {failed.value.faults.length > 0 && (
            <ul>
              {failed.value.faults.map((fault) => (
                <li key={fault.path}>
                  <code>{fault.path}</code> <Said>{fault.message}</Said>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
      <div class="save-row">
        <strong role="status">{plural('{n} change is not saved|{n} changes are not saved', edits.value)}</strong>
        <button type="button" onClick={() => desk.discard()}>
          {t('Discard')}
        </button>
        <button
          type="button"
          class="primary"
          onClick={() => {
            looking.value = true
          }}
        >
          {t('See what changes, then save')}
        </button>
      </div>
      {looking.value && (
        <Dialog title={t('What changes on which phones')} close={close} wide>
          <Effects desk={desk} ground={ground} close={close} />
          <div class="buttons end">
            <button type="button" onClick={close}>
              {t('Back to editing')}
            </button>
            <button type="button" class="primary" disabled={saving.value} onClick={() => void save()}>
              {saving.value ? t('Saving …') : t('Save')}
            </button>
          </div>
        </Dialog>
      )}
    </section>
  )
}

function Effects({ desk, ground, close }: { desk: LayerDesk; ground: LayersGround; close: () => void }) {
  const preview = useSignal<Loaded<EffectsView>>({ kind: 'loading' })
  const ask = () => void load(preview, () => desk.preview())
  useEffect(ask, [])
  return (
    <Await of={preview.value} again={ask}>
      {(it: EffectsView) =>
        it.faults !== undefined && it.faults.length > 0 ? (
          <div class="failed" role="alert">
            <p>{t('It does not fit so:')}</p>
            <ul>
              {it.faults.map((fault) => (
                <li key={`${fault.record} ${fault.message}`}>
                  <code>{fault.record}</code> <Said>{fault.message}</Said>
                </li>
              ))}
            </ul>
          </div>
        ) : it.affected === 0 ? (
          <p>{t('No phone changes: each has the same already, another value of its own, or does not belong here.')}</p>
        ) : (
          <>
            <p role="status">
              <strong>{plural('{n} phone gets something else.|{n} phones get something else.', it.affected)}</strong>{' '}
              {it.devices > it.affected && t('{n} stay as they are.', { n: it.devices - it.affected })}
            </p>
            {groupsOf(it.effects).map(({ key, changes, phones }) => (
              <div key={key} class="card effect">
                <ul class="effect-changes">
                  {changes.map((change) => (
                    <li key={`${change.what} ${change.name}`}>
                      <code>{change.name}</code> <Change change={change} />
                    </li>
                  ))}
                </ul>
                <details open={phones.length <= 5}>
                  <summary>{plural('{n} phone|{n} phones', phones.length)}</summary>
                  <ul class="effect-phones">
                    {phones.slice(0, 100).map((one) => (
                      <li key={`${one.site} ${one.mac}`}>
                        <a href={ground.phoneLink(one)} dir="auto" onClick={close}>
                          {one.name ?? one.mac}
                        </a>
                        {!one.enabled && ' '}
                        {!one.enabled && <span class="tag">{t('Switched off')}</span>}
                      </li>
                    ))}
                    {phones.length > 100 && <li>{t('and {n} more', { n: phones.length - 100 })}</li>}
                  </ul>
                </details>
              </div>
            ))}
          </>
        )
      }
    </Await>
  )
}

function Change({ change }: { change: Effect['changes'][number] }) {
  if (change.what === 'option') return <span class="quiet">{t('a DHCP option changes')}</span>
  if (change.secret) return <span class="quiet">{t('a secret changes, which is not shown')}</span>
  return (
    <span class="from-to">
      <del dir="auto">{change.before === undefined ? t('left to the phone') : valueText(change.before)}</del>
      <span aria-hidden="true"> → </span>
      <ins dir="auto">{change.after === undefined ? t('left to the phone') : valueText(change.after)}</ins>
    </span>
  )
}

/** Phones for which the same changes: said once, with all of them. */
function groupsOf(effects: readonly Effect[]) {
  const groups = new Map<string, { readonly key: string; readonly changes: Effect['changes']; phones: Effect[] }>()
  for (const effect of effects) {
    const key = JSON.stringify(effect.changes)
    const group = groups.get(key)
    if (group) group.phones.push(effect)
    else groups.set(key, { key, changes: effect.changes, phones: [effect] })
  }
  return [...groups.values()].sort((a, b) => b.phones.length - a.phones.length)
}
