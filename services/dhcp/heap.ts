/** What a heap needs of its items: a key, and a place to remember the index for removal. */
export interface HeapItem {
  key: number
  /** Index in the heap; -1 outside of it. The heap alone writes it. */
  index: number
}

/** A binary heap, smallest key first, from which any item can be taken in O(log n). */
export class Heap<Item extends HeapItem> {
  readonly #items: Item[] = []

  get size(): number {
    return this.#items.length
  }

  first(): Item | undefined {
    return this.#items[0]
  }

  add(item: Item): void {
    this.#items.push(item)
    this.#up(item, this.#items.length - 1)
  }

  remove(item: Item): void {
    const index = item.index
    if (index < 0) return
    item.index = -1
    const last = this.#items.pop()
    if (last === undefined || last === item) return
    this.#up(last, index)
    this.#down(last, last.index)
  }

  #up(item: Item, from: number): void {
    let index = from
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = this.#items[above]
      if (parent === undefined || parent.key <= item.key) break
      this.#items[index] = parent
      parent.index = index
      index = above
    }
    this.#items[index] = item
    item.index = index
  }

  #down(item: Item, from: number): void {
    let index = from
    for (;;) {
      let below = 2 * index + 1
      let child = this.#items[below]
      const right = this.#items[below + 1]
      if (child === undefined) break
      if (right !== undefined && right.key < child.key) {
        child = right
        below++
      }
      if (child.key >= item.key) break
      this.#items[index] = child
      child.index = index
      index = below
    }
    this.#items[index] = item
    item.index = index
  }
}
