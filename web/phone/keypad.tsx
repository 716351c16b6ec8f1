import { type Signal, useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { t } from '../i18n.ts'
import { may } from '../session.ts'
import type { Desk } from './desk.ts'
import { keyWord } from './key-words.ts'
import { keyAt, PAGE, type Pad, swapped, withKey } from './pads.ts'

interface Props {
  readonly desk: Desk
  readonly pad: Pad
  readonly page: number
  readonly chosen: Signal<number>
  readonly turn: (page: number) => void
}

/** Two columns of keys at the sides of a display, as most desk phones have them. */
export function Keypad({ desk, pad, page, chosen, turn }: Props) {
  const box = useRef<HTMLElement>(null)
  const dragged = useSignal<number | undefined>(undefined)
  const over = useSignal<number | undefined>(undefined)
  const said = useSignal('')
  /** Set when the chosen key shall get the focus once it is drawn. */
  const follow = useRef(false)
  const keys = desk.device.value?.keys ?? []
  const mayEdit = may('devices')
  const first = page * PAGE + 1
  const last = Math.min(pad.count, first + PAGE - 1)
  const half = Math.ceil((last - first + 1) / 2)
  useLayoutEffect(() => {
    if (!follow.current) return
    follow.current = false
    box.current?.querySelector<HTMLElement>(`[data-index="${chosen.value}"]`)?.focus()
  })
  const move = (from: number, to: number) => {
    if (!mayEdit || from === to || to < 1 || to > pad.count) return
    desk.edit({ keys: swapped(keys, { pad, index: from }, { pad, index: to }) })
    said.value = t('Key {from} is key {to} now', { from, to })
    choose(to)
  }
  const choose = (index: number) => {
    follow.current = true
    chosen.value = index
    turn(Math.floor((index - 1) / PAGE))
  }
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const steps: Readonly<Record<string, number>> = {
      ...{ ArrowUp: -1, ArrowDown: 1 },
      ...(index - first < half ? { ArrowRight: half } : { ArrowLeft: -half }),
    }
    const step = steps[event.key]
    if (step !== undefined) {
      event.preventDefault()
      const to = Math.min(pad.count, Math.max(1, index + step))
      if (event.altKey) move(index, to)
      else choose(to)
    } else if (mayEdit && (event.key === 'Delete' || event.key === 'Backspace') && keyAt(keys, pad, index)) {
      event.preventDefault()
      desk.edit({ keys: withKey(keys, pad, index, undefined) })
      said.value = t('Key {n} is cleared', { n: index })
    } else if (event.key === 'Enter') {
      event.preventDefault()
      chosen.value = index
      document.querySelector<HTMLElement>('.key-editor select')?.focus()
    }
  }
  const cell = (index: number) => {
    const key = keyAt(keys, pad, index)
    const text = key ? (typeof key.label === 'string' ? key.label : String(key.value ?? '')) : ''
    const word = key ? keyWord(key.type) : t('free')
    return (
      <button
        key={index}
        type="button"
        class={`key ${key ? 'set' : ''} ${over.value === index ? 'over' : ''}`}
        data-index={index}
        data-type={key?.type}
        tabIndex={index === chosen.value || (index === first && (chosen.value < first || chosen.value > last)) ? 0 : -1}
        aria-pressed={index === chosen.value}
        draggable={mayEdit && key !== undefined}
        onClick={() => {
          chosen.value = index
        }}
        onKeyDown={(event) => onKeyDown(event, index)}
        onDragStart={(event) => {
          dragged.value = index
          event.dataTransfer?.setData('text/plain', String(index))
        }}
        onDragEnd={() => {
          dragged.value = undefined
          over.value = undefined
        }}
        onDragOver={(event) => {
          if (dragged.value === undefined) return
          event.preventDefault()
          over.value = index
        }}
        onDrop={(event) => {
          event.preventDefault()
          if (dragged.value !== undefined) move(dragged.value, index)
          over.value = undefined
        }}
      >
        <span class="cap">
          <span class="unseen">{t('Key')} </span>
          {index}
        </span>
        <span class="key-text">
          <span dir="auto">{text || word}</span>
          {text && <span class="quiet">{word}</span>}
        </span>
      </button>
    )
  }
  const numbers = Array.from({ length: last - first + 1 }, (_, i) => first + i)
  return (
    <section class={`keypad ${pad.place}`} ref={box} aria-label={t('Keys, as they are on the phone')}>
      <div class="key-column">{numbers.slice(0, half).map(cell)}</div>
      <div class="key-column far">{numbers.slice(half).map(cell)}</div>
      <span class="unseen" role="status">
        {said.value}
      </span>
    </section>
  )
}
