import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Table } from './table.tsx'

const ROW = 40
const rows = Array.from({ length: 500 }, (_, n) => ({ id: `r${n}` }))

let root: HTMLElement
beforeEach(async () => {
  root = document.createElement('div')
  document.body.append(root)
  await draw(rows)
})
afterEach(async () => {
  await act(() => render(null, root))
  root.remove()
})

function draw(list: readonly { id: string }[]): Promise<void> {
  const cell = (row: { id: string }) => <a href={`#/${row.id}`}>{row.id}</a>
  return act(() =>
    render(
      <Table
        label="Rows"
        rows={list}
        keyOf={({ id }) => id}
        nameOf={({ id }) => id}
        columns={[{ id: 'name', title: 'Name', cell }]}
        rowHeight={ROW}
      />,
      root,
    ),
  )
}
const link = (id: string) => root.querySelector<HTMLElement>(`tr[data-key="${id}"] a`)
const scrollTo = (row: number) =>
  act(() => {
    const box = root.querySelector('.table')
    if (!box) return
    box.scrollTop = row * ROW
    box.dispatchEvent(new Event('scroll'))
  })

describe('a long table', () => {
  it('draws what is in sight, with the elements that were there', async () => {
    const before = new Set(root.querySelectorAll('tr[data-key]'))
    await scrollTo(100)
    const after = [...root.querySelectorAll<HTMLElement>('tr[data-key]')]
    expect(after[0]?.dataset.key).toBe('r92')
    expect(after.every((row, i) => row.dataset.key === `r${92 + i}` && row.textContent === row.dataset.key)).toBe(true)
    expect(after.filter((row) => before.has(row)).length).toBeGreaterThan(after.length - 10)
  })

  it('takes the focus from nobody, and gives it to no other row than the one that had it', async () => {
    link('r3')?.focus()
    await scrollTo(9)
    expect(document.activeElement).toBe(link('r3'))
    await scrollTo(100)
    expect(link('r3')).toBeNull()
    expect(document.activeElement?.closest('tr')).toBeFalsy()
  })

  it('keeps the focus with its row when rows come before it', async () => {
    link('r3')?.focus()
    await draw([{ id: 'new' }, ...rows])
    expect(document.activeElement).toBe(link('r3'))
    expect(link('r3')?.textContent).toBe('r3')
  })
})
