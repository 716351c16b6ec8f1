import { useSignal } from '@preact/signals'
import { useEffect, useId, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import type { TemplateWordsView } from '../../services/admin/schema-workbench.ts'
import { plural, t } from '../i18n.ts'
import { offsetOf, piecesOf, writingAt } from './highlight.ts'

const MOST = 8

/** A place that the caret shall go to; a new object each time. */
export interface Goto {
  readonly line: number
}

/**
 * A text field with the coloured text beneath it. It stays a field: screen readers, undo, spell of the keyboard and the
 * clipboard work as everywhere. Arrows choose among completions while there are any, Tab or Enter takes one.
 */
export function Editor(props: {
  label: string
  text: string
  change: (text: string) => void
  words: TemplateWordsView | undefined
  bad: ReadonlySet<number>
  goto: Goto | undefined
  readOnly: boolean
}) {
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const colours = useRef<HTMLPreElement>(null)
  const numbers = useRef<HTMLDivElement>(null)
  const offered = useSignal<readonly string[]>([])
  const at = useSignal(0)
  const pieces = useMemo(() => piecesOf(props.text), [props.text])
  const lines = useMemo(() => props.text.split('\n').length, [props.text])
  const follow = () => {
    const it = area.current
    if (!it) return
    if (colours.current) colours.current.style.transform = `translate(${-it.scrollLeft}px, ${-it.scrollTop}px)`
    if (numbers.current) numbers.current.style.transform = `translateY(${-it.scrollTop}px)`
  }
  useLayoutEffect(follow, [props.text])
  useEffect(() => {
    const it = area.current
    if (!props.goto || !it) return
    const offset = offsetOf(it.value, props.goto.line)
    it.focus()
    it.setSelectionRange(offset, offset)
    it.scrollTop = Math.max(0, (props.goto.line - 6) * Number.parseFloat(getComputedStyle(it).lineHeight))
  }, [props.goto])
  const offer = () => {
    const it = area.current
    const writing = it && it.selectionStart === it.selectionEnd ? writingAt(it.value, it.selectionStart) : undefined
    const all =
      writing === undefined
        ? []
        : { variable: props.words?.variables, filter: props.words?.filters, tag: props.words?.tags }[writing.kind]
    const word = writing?.word ?? ''
    const fitting = (all ?? []).filter((one) => one.startsWith(word) && one !== word)
    const inside = word.length < 3 ? [] : (all ?? []).filter((one) => !one.startsWith(word) && one.includes(word))
    offered.value = [...fitting, ...inside].slice(0, MOST)
    at.value = 0
  }
  const take = (word: string) => {
    const it = area.current
    const writing = it ? writingAt(it.value, it.selectionStart) : undefined
    if (!it || !writing) return
    it.setRangeText(word, writing.from, it.selectionStart, 'end')
    offered.value = []
    props.change(it.value)
    it.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const { length } = offered.value
    if (length === 0) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      at.value = (at.value + step + length) % length
    } else if (event.key === 'Enter' || event.key === 'Tab') {
      const word = offered.value[at.value]
      if (word === undefined) return
      event.preventDefault()
      take(word)
    } else if (event.key === 'Escape') {
      event.stopPropagation()
      offered.value = []
    }
  }
  return (
    <div class="editor">
      <div class="editor-numbers" aria-hidden="true">
        <div ref={numbers}>
          {Array.from({ length: lines }, (_, i) => (
            <div key={i} class={props.bad.has(i + 1) ? 'bad' : ''}>
              {i + 1}
            </div>
          ))}
        </div>
      </div>
      <div class="editor-text">
        <pre ref={colours} aria-hidden="true">
          {pieces.map((piece, i) =>
            piece.kind === 'text' ? (
              piece.text
            ) : (
              <span key={i} class={`is-${piece.kind}`}>
                {piece.text}
              </span>
            ),
          )}
          {'\n'}
        </pre>
        <textarea
          ref={area}
          aria-label={props.label}
          aria-describedby={`${id}-note`}
          value={props.text}
          readOnly={props.readOnly}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="none"
          wrap="off"
          onScroll={follow}
          onKeyDown={onKeyDown}
          onInput={(event) => {
            props.change(event.currentTarget.value)
            offer()
          }}
          onBlur={() => {
            offered.value = []
          }}
        />
      </div>
      <ul class={`editor-words ${offered.value.length === 0 ? 'gone' : ''}`} aria-label={t('Completions')}>
        {offered.value.map((word, i) => (
          <li key={word}>
            <button
              type="button"
              tabIndex={-1}
              class={i === at.value ? 'chosen' : ''}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(word)}
            >
              {word}
            </button>
          </li>
        ))}
      </ul>
      <span id={`${id}-note`} class="unseen" role="status">
        {offered.value.length === 0
          ? ''
          : `${plural('{n} suggestion|{n} suggestions', offered.value.length)}: ${offered.value[at.value]}`}
      </span>
    </div>
  )
}
