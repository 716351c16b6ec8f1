import { Said } from '../kit/states.tsx'
import type { faultsOf } from '../state.ts'

/** Why something was refused; always there, so that screen readers hear of it. */
export function Problem({ of }: { of: ReturnType<typeof faultsOf> | undefined }) {
  return (
    <div class={of ? 'failed' : ''} role="alert">
      {of && <Said>{of.text}</Said>}
      {of && of.faults.length > 0 && (
        <ul>
          {of.faults.map((fault) => (
            <li key={`${fault.path} ${fault.message}`}>
              {fault.path !== '' && <code>{fault.path}</code>} <Said>{fault.message}</Said>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
