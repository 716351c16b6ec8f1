import type { ImportPlanView } from '../../services/admin/schema-moves.ts'
import { plural, t } from '../i18n.ts'
import { Empty, Said, Section } from '../kit/states.tsx'

const MOST = 300
type Row = ImportPlanView['rows'][number]

/** What would come of a list, row by row; applied whole or not at all. */
export function Plan({ plan, busy, apply }: { plan: ImportPlanView; busy: boolean; apply: () => void }) {
  const { counts } = plan
  const work = counts.create + counts.update
  return (
    <Section id="plan" title={t('What would come of it')}>
      <p class="facts quiet">
        <span>{plan.title}</span>
        <span>{plan.encoding}</span>
        <span>{t('separated by {sign}', { sign: plan.delimiter === '\t' ? t('tabs') : plan.delimiter })}</span>
      </p>
      <ul class="tiles">
        <Tile text={t('new')} n={counts.create} />
        <Tile text={t('changed')} n={counts.update} />
        <Tile text={t('unchanged')} n={counts.unchanged} />
        <Tile text={t('left out')} n={counts.skipped} />
        <Tile text={t('faults')} n={plan.faults.length} bad />
      </ul>
      {plan.notes.map((note) => (
        <p key={note} class="card held">
          <Said>{note}</Said>
        </p>
      ))}
      {plan.faults.length > 0 && (
        <div class="failed" role="alert">
          <p>
            {t(
              'Nothing is imported while there are faults: mend them in the file and choose it again, or say above which column is which.',
            )}
          </p>
          <ul>
            {plan.faults.slice(0, 50).map((fault) => (
              <li key={`${fault.line} ${fault.column} ${fault.message}`}>
                {t('line {line}, column {column}', { line: fault.line, column: fault.column })}:{' '}
                <Said>{fault.message}</Said>
              </li>
            ))}
          </ul>
        </div>
      )}
      {plan.rows.length === 0 ? (
        <Empty icon="file">{t('No row of this file is taken over.')}</Empty>
      ) : (
        <ol class="plan card">
          {plan.rows.slice(0, MOST).map((row) => (
            <PlanRow key={`${row.kind} ${row.row}`} row={row} />
          ))}
          {plan.rows.length > MOST && <li>{t('and {n} more', { n: plan.rows.length - MOST })}</li>}
        </ol>
      )}
      <LeftOut plan={plan} />
      {plan.token !== undefined && (
        <div class="buttons">
          <button type="button" class="primary" disabled={busy || work === 0} onClick={apply}>
            {plural('Import {n} row|Import {n} rows', work)}
          </button>
        </div>
      )}
    </Section>
  )
}

function Tile({ text, n, bad = false }: { text: string; n: number; bad?: boolean }) {
  return (
    <li class={`tile ${bad ? 'trouble' : 'configured'} ${n > 0 ? '' : 'none'}`}>
      <span class="big">{n}</span>
      <span>{text}</span>
    </li>
  )
}

function PlanRow({ row }: { row: Row }) {
  const words = { create: t('new'), update: t('changed'), unchanged: t('unchanged') }
  return (
    <li>
      <span class={`tag ${row.action === 'unchanged' ? '' : 'ours'}`}>{words[row.action]}</span>
      <span>
        <strong dir="auto">{row.name ?? row.id}</strong>{' '}
        <span class="quiet">
          {row.kind === 'device' ? <span class="mac">{row.id}</span> : t('person')} ·{' '}
          {t('line {line}', { line: row.line })}
        </span>
        {row.action === 'update' && (
          <span class="quiet changes">
            {row.changes.slice(0, 8).map((change) => (
              <span key={change.field}>
                <code>{change.field}</code>{' '}
                {change.secret ? (
                  t('another secret')
                ) : (
                  <span class="from-to">
                    <del dir="auto">{change.before ?? '–'}</del> → <ins dir="auto">{change.after ?? '–'}</ins>
                  </span>
                )}
              </span>
            ))}
          </span>
        )}
      </span>
    </li>
  )
}

function LeftOut({ plan }: { plan: ImportPlanView }) {
  if (plan.skipped.length === 0 && plan.ignored.length === 0) return null
  return (
    <details class="card">
      <summary>{t('What is left out, and why')}</summary>
      <ul>
        {plan.ignored.map((column) => (
          <li key={`column ${column.columnNumber}`}>
            {t('column {name}', { name: column.column })}: <Said>{column.reason}</Said>
          </li>
        ))}
        {plan.skipped.slice(0, 100).map((row) => (
          <li key={`row ${row.row}`}>
            {t('line {line}', { line: row.line })}: <Said>{row.reason}</Said>
          </li>
        ))}
      </ul>
    </details>
  )
}
