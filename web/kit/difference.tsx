import { useMemo } from 'preact/hooks'
import { diffLines } from '../diff.ts'
import { plural, t } from '../i18n.ts'
import { ScrollBox } from './scroll-box.tsx'

/** Two versions of a text as one, with what went and what came. */
export function Difference({ name, before, after }: { name: string; before: string; after: string }) {
  const lines = useMemo(() => diffLines(before, after), [before, after])
  return (
    <figure class="difference">
      <figcaption>{name}</figcaption>
      <ScrollBox class="code" label={t('Difference in {name}', { name })}>
        {lines.map((line, i) =>
          line.kind === 'skip' ? (
            <div key={i} class="skip-lines">
              {plural('{n} line as before|{n} lines as before', line.count)}
            </div>
          ) : (
            <div key={i} class={`line ${line.kind}`}>
              <span class="sign">{line.kind === 'gone' ? '−' : line.kind === 'new' ? '+' : ' '}</span>
              <span class="unseen">{line.kind === 'gone' ? t('gone:') : line.kind === 'new' ? t('new:') : ''}</span>
              <span class="code-text">{line.text}</span>
            </div>
          ),
        )}
      </ScrollBox>
    </figure>
  )
}
