import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { CheckView } from '../../services/admin/schema-templates.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import type { TextsGround } from './ground.ts'

const WAIT_MS = 400

/** What was found, and in which text. */
export interface Checked extends CheckView {
  readonly of: string | undefined
}
const NONE: Checked = { faults: [], notes: [], of: undefined }

/** What is wrong with a text, asked anew shortly after each change of it. */
export function useCheck(ground: TextsGround, vendor: string, file: string, text: string): Checked {
  const check = useSignal<Checked>(NONE)
  useEffect(() => {
    if (!ground.mayTry) return
    let over = false
    const timer = setTimeout(() => {
      void api<CheckView>(`${ground.path}/check`, { method: 'POST', body: { vendor, files: { [file]: text } } }).then(
        (value) => {
          if (!over) check.value = { ...value, of: text }
        },
        // The box cannot be asked now: it checks once more before anything is stored.
        () => undefined,
      )
    }, WAIT_MS)
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [vendor, file, text])
  return check.value
}

/** Each fault leads to its line. */
export function Faults({ check, go }: { check: CheckView; go: (line: number) => void }) {
  if (check.faults.length === 0 && check.notes.length === 0)
    return (
      <p class="quiet" role="status">
        {t('No fault.')}
      </p>
    )
  return (
    <div role="status">
      <ul class="template-faults">
        {check.faults.map((fault) => (
          <li key={`${fault.file} ${fault.line} ${fault.column} ${fault.message}`} class="fault">
            <button type="button" class="link" onClick={() => go(fault.line)}>
              {t('line {line}, column {column}', { line: fault.line, column: fault.column })}
            </button>{' '}
            <span lang="en">{fault.message}</span>
          </li>
        ))}
        {check.notes.map((note) => (
          <li key={`${note.file} ${note.line} ${note.message}`} class="quiet">
            <button type="button" class="link" onClick={() => go(note.line)}>
              {t('line {line}', { line: note.line })}
            </button>{' '}
            <span lang="en">{note.message}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
