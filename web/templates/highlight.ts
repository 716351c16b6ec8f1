// Colours for Liquid in any of the vendors' formats: what is code, what stands for itself, what is a comment.

export interface Piece {
  readonly kind: 'text' | 'mark' | 'tag' | 'name' | 'filter' | 'string' | 'number' | 'comment'
  readonly text: string
}

const BLOCK = /\{%-?\s*#[\s\S]*?%\}|\{%-?[\s\S]*?%\}|\{\{-?[\s\S]*?\}\}|<!--[\s\S]*?-->|^[ \t]*#[^\n]*/gm
const WORD = /("[^"]*"|'[^']*')|(\d+(?:\.\d+)?)|(\|\s*)([A-Za-z_]\w*)|([A-Za-z_][\w.]*)|([\s\S])/g

/** A template's text in pieces; joined they are the text. */
export function piecesOf(source: string): readonly Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const match of source.matchAll(BLOCK)) {
    if (match.index > at) pieces.push({ kind: 'text', text: source.slice(at, match.index) })
    const [block] = match
    at = match.index + block.length
    if (block.startsWith('{{') || (block.startsWith('{%') && !/^\{%-?\s*#/.test(block))) pieces.push(...codeOf(block))
    else pieces.push({ kind: 'comment', text: block })
  }
  if (at < source.length) pieces.push({ kind: 'text', text: source.slice(at) })
  return pieces
}

function codeOf(block: string): readonly Piece[] {
  const open = /^\{[{%]-?/.exec(block)?.[0] ?? ''
  const close = /-?[}%]\}$/.exec(block.slice(open.length))?.[0] ?? ''
  const inner = block.slice(open.length, block.length - close.length)
  const pieces: Piece[] = [{ kind: 'mark', text: open }]
  let first = open.includes('%')
  for (const [all, string, number, pipe, filter, name] of inner.matchAll(WORD)) {
    if (string !== undefined) pieces.push({ kind: 'string', text: all })
    else if (number !== undefined) pieces.push({ kind: 'number', text: all })
    else if (filter !== undefined) pieces.push({ kind: 'mark', text: pipe ?? '' }, { kind: 'filter', text: filter })
    else if (name !== undefined) {
      pieces.push({ kind: first || /^(in|and|or|not|contains|reversed)$/.test(name) ? 'tag' : 'name', text: all })
      first = false
    } else pieces.push({ kind: 'mark', text: all })
  }
  pieces.push({ kind: 'mark', text: close })
  return pieces
}

/** What is being written at a place of the text, when it is something that can be completed. */
export function writingAt(
  source: string,
  caret: number,
): { readonly kind: 'variable' | 'filter' | 'tag'; readonly from: number; readonly word: string } | undefined {
  const before = source.slice(Math.max(0, caret - 2000), caret)
  const start = caret - before.length
  const open = Math.max(before.lastIndexOf('{{'), before.lastIndexOf('{%'))
  if (open < 0 || Math.max(before.lastIndexOf('}}'), before.lastIndexOf('%}')) > open) return undefined
  const code = before.slice(open + 2)
  const word = /[\w.]*$/.exec(code)?.[0] ?? ''
  const rest = code.slice(0, code.length - word.length)
  // Inside quotes nothing is completed.
  if ((rest.match(/'/g)?.length ?? 0) % 2 === 1 || (rest.match(/"/g)?.length ?? 0) % 2 === 1) return undefined
  const from = start + open + 2 + rest.length
  if (/\|\s*$/.test(rest)) return { kind: 'filter', from, word }
  if (before[open + 1] === '%' && /^-?\s*$/.test(rest)) return { kind: 'tag', from, word }
  return word === '' ? undefined : { kind: 'variable', from, word }
}

/** The offset of a line's beginning; lines are counted from 1. */
export function offsetOf(source: string, line: number): number {
  let at = 0
  for (let i = 1; i < line; i++) {
    const next = source.indexOf('\n', at)
    if (next < 0) return source.length
    at = next + 1
  }
  return at
}
