import type { FilteredValue, Token } from './expression.ts'
import type { PlacedToken } from './trace.ts'

/** A parsed node as LiquidJS 10 leaves it; a test compares every shipped file with LiquidJS's own rendering. */
export interface Node {
  readonly name?: string
  readonly str?: string
  readonly value?: FilteredValue
  readonly key?: string
  readonly branches?: readonly Branch[]
  readonly elseTemplates?: readonly Node[]
  readonly templates?: readonly Node[]
  readonly variable?: string
  readonly collection?: Token
  readonly hash?: { readonly hash: Readonly<Record<string, Token | undefined>> }
  readonly file?: unknown
  readonly token?: PlacedToken & { getPosition(): number[] }
}

interface Branch {
  readonly value?: FilteredValue
  readonly values?: readonly Token[]
  readonly templates: readonly Node[]
}

/** The variables that something in a node may assign. */
export function assignedIn(node: Node): string[] {
  const inner = [...(node.branches ?? []).flatMap(({ templates }) => templates), ...(node.elseTemplates ?? [])]
  const own = node.name === 'assign' && node.key !== undefined ? [node.key] : []
  return [...new Set([...own, ...[...inner, ...(node.templates ?? [])].flatMap(assignedIn)])]
}
