import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { WaitingPerson } from '../../services/admin/schema-assist.ts'
import type { ScannedView } from '../../services/admin/schema-moves.ts'
import { add, api } from '../api.ts'
import { whatOf } from '../format.ts'
import { t } from '../i18n.ts'
import { Icon } from '../kit/icon.tsx'
import { Said } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { part } from '../part.tsx'
import { to } from '../router.ts'
import { faultsOf, loadDevices } from '../state.ts'
import { AssignBox } from './assign-box.tsx'

const Camera = part(async () => (await import('./camera.tsx')).Camera)

/**
 * A barcode scanner types like a keyboard and ends with Enter. A phone that was seen is asked about at once, another is
 * entered for when it comes; then the next label can be scanned.
 */
export function ScanField({ seen, people }: { seen: (mac: string) => void; people: readonly WaitingPerson[] }) {
  const text = useSignal('')
  const found = useSignal<ScannedView | undefined>(undefined)
  const failed = useSignal<string | undefined>(undefined)
  const input = useRef<HTMLInputElement>(null)
  const next = () => {
    found.value = undefined
    input.current?.focus()
  }
  const camera = useSignal(false)
  const scan = async (label: string) => {
    if (label === '') return
    text.value = ''
    failed.value = undefined
    try {
      found.value = await api<ScannedView>('/scan', { method: 'POST', body: { text: label } })
    } catch (error) {
      failed.value = faultsOf(error).text
    }
  }
  const enter = async (mac: string) => {
    failed.value = undefined
    try {
      await add(mac, { enabled: true })
      await loadDevices()
      toast(t('{mac} is entered: it is configured as soon as it is plugged in.', { mac }))
      next()
    } catch (error) {
      failed.value = faultsOf(error).text
    }
  }
  const it = found.value
  return (
    <section class="scan card" aria-label={t('Scan labels')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void scan(text.value.trim())
        }}
        aria-label={t('Scan labels')}
      >
        <label for="scan">{t('Scan a label, or type its MAC address')}</label>
        <div class="filter-first">
          <input
            id="scan"
            ref={input}
            type="text"
            autocomplete="off"
            spellcheck={false}
            value={text.value}
            placeholder="80:5E:C0:12:34:56"
            onInput={(event) => {
              text.value = event.currentTarget.value
            }}
          />
          <button type="submit">{t('Find it')}</button>
          {'mediaDevices' in navigator && (
            <button
              type="button"
              onClick={() => {
                camera.value = true
              }}
            >
              <Icon name="camera" />
              {t('With the camera')}
            </button>
          )}
        </div>
      </form>
      {camera.value && (
        <Camera
          found={(label) => {
            camera.value = false
            void scan(label.trim())
          }}
          close={() => {
            camera.value = false
          }}
        />
      )}
      <div role="status">
        {failed.value && <p class="fault">{failed.value}</p>}
        {it?.kind === 'unreadable' && (
          <p class="fault">
            <Said>{it.reason}</Said>
          </p>
        )}
        {it?.kind === 'known' && it.mac && (
          <p>
            {t('It has a record already:')}{' '}
            <a href={to('phones', it.mac)} dir="auto">
              {it.name ?? it.mac}
            </a>
          </p>
        )}
        {it?.kind === 'new' && it.mac && (
          <p>
            <strong>
              <Said>{whatOf(it) || t('Unknown make')}</Said>
            </strong>{' '}
            <span class="mac">{it.mac}</span> · {it.seen ? t('seen on the network') : t('not seen yet')}
          </p>
        )}
      </div>
      {it?.kind === 'new' && it.mac && (
        <div class="fresh-do">
          {it.seen && <AssignBox key={it.mac} mac={it.mac} people={people} done={next} autofocus />}
          {!it.seen && (
            <button type="button" class="primary" onClick={() => void enter(it.mac ?? '')}>
              {t('Enter it for when it comes')}
            </button>
          )}
          {it.seen && (
            <button type="button" onClick={() => seen(it.mac ?? '')}>
              {t('Show it in the list')}
            </button>
          )}
        </div>
      )}
    </section>
  )
}
