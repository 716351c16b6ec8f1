import { isMap, isNode, isPair, isScalar, type LineCounter, type Node, type parseDocument } from 'yaml'

/** A way into a YAML text, e.g. `['models', 3, 'lines']`. */
export type Path = readonly (string | number)[]

/** Finds the places of a YAML text. */
interface Places {
  at(path: Path, key?: string): { line: number; column: number }
}

/** Finds where things stand in a parsed text. */
export function placesOf(document: ReturnType<typeof parseDocument>, lines: LineCounter): Places {
  const where = (node: unknown) => {
    const offset = isNode(node) ? node.range?.[0] : undefined
    const at = lines.linePos(offset ?? 0)
    return { line: at.line, column: at.col }
  }
  return {
    at(path, key) {
      // The deepest node that exists: a missing field is reported where its parent stands.
      for (let depth = path.length; depth >= 0; depth--) {
        const node = depth === 0 ? document.contents : (document.getIn(path.slice(0, depth), true) as Node | undefined)
        if (node === undefined || node === null) continue
        if (key !== undefined && isMap(node)) {
          const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key)
          if (pair !== undefined) return where(pair.key)
        }
        return where(node)
      }
      return { line: 1, column: 1 }
    },
  }
}

export function pathText(path: Path): string {
  return path.length === 0 ? '(document)' : path.join('.')
}
