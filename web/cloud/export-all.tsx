import { useSignal } from '@preact/signals'
import { csvOf, download } from '../csv.ts'
import { t } from '../i18n.ts'
import { tried } from '../tried.ts'

interface Page<Row> {
  readonly rows: readonly Row[]
  readonly next: string | null
}

/** Saves every row of a list as CSV, asked for page by page; it says how many there are by now, and can be stopped. */
export function ExportAll<Row>(props: {
  file: string
  heads: readonly string[]
  cells: (row: Row) => readonly string[]
  ask: (after: string | undefined) => Promise<Page<Row>>
}) {
  const count = useSignal<number | undefined>(undefined)
  const save = async () => {
    const table = [props.heads]
    count.value = 0
    await tried(t('The list was not saved'), async () => {
      for (let after: string | null | undefined; after !== null && count.value !== undefined; ) {
        const page = await props.ask(after)
        table.push(...page.rows.map(props.cells))
        after = page.next
        if (count.value !== undefined) count.value = table.length - 1
      }
      if (count.value !== undefined) download(props.file, csvOf(table), 'text/csv;charset=utf-8')
    })
    count.value = undefined
  }
  const under = count.value
  return (
    <button
      type="button"
      onClick={() => {
        if (under === undefined) void save()
        else count.value = undefined
      }}
    >
      {under === undefined ? t('Export CSV') : t('{n} rows – stop', { n: under })}
    </button>
  )
}
