const MAX_PATTERN = 300
const MAX_UNBOUNDED = 8
const MAX_WILDCARDS = 2
/** So often may a group be repeated that fits in several ways; more often when a sign tells where each turn begins. */
const FEW = 4
const MARKED = 16

interface Group {
  unbounded: boolean
  /** Holds `x{2,5}`: with each turn of the group there are as many ways again. */
  varying: boolean
  /** Begins with a sign, e.g. `\.`. */
  readonly marked: boolean
}

/**
 * What is wrong with a pattern from a vendor's description, or undefined when it may be used. Its worst case stays
 * small on 512 characters: no repetition of something that repeats without bound, or often and not always as often, few
 * repetitions, no back references.
 */
export function patternProblem(source: string): string | undefined {
  if (source.length > MAX_PATTERN) return `pattern is longer than ${MAX_PATTERN} characters`
  try {
    new RegExp(source, 'i')
  } catch (thrown) {
    return `not a regular expression: ${thrown instanceof Error ? thrown.message : ''}`
  }
  const stack: Group[] = [{ unbounded: false, varying: false, marked: false }]
  let unbounded = 0
  let wildcards = 0
  for (let i = 0; i < source.length; i++) {
    const char = source[i]
    let atomRepeats = false
    let most = 0
    if (char === '\\') {
      if (/[1-9k]/.test(source[i + 1] ?? '')) return 'back references are not allowed'
      i++
    } else if (char === '[') {
      i++
      while (i < source.length && source[i] !== ']') i += source[i] === '\\' ? 2 : 1
    } else if (char === '(') {
      stack.push({
        unbounded: false,
        varying: false,
        marked: /^\((?:\?:)?(?:\\[^\w]|[-:/ ])(?![?*{])/.test(source.slice(i)),
      })
      if (source[i + 1] === '?') i += source.startsWith('(?<', i) && !/[=!]/.test(source[i + 3] ?? '') ? 2 : 1
      continue
    } else if (char === ')') {
      const closed = stack.pop()
      const outer = stack.at(-1)
      if (closed === undefined || outer === undefined) return 'unbalanced parentheses'
      atomRepeats = closed.unbounded
      if (closed.varying) most = closed.marked ? MARKED : FEW
      outer.unbounded ||= closed.unbounded
      outer.varying ||= closed.varying
    }
    const quantifier = /^(?:[*+]|\{\d+(?:,\d*)?\}|\?)\??/.exec(source.slice(i + 1))?.[0]
    if (quantifier === undefined) continue
    const open = /^[*+]|,\}/.test(quantifier)
    if (atomRepeats && !quantifier.startsWith('?')) return 'a repeated group must not hold a repetition without bound'
    const [, least = '1', times = least] = /^\{(\d+)(?:,(\d+))?\}/.exec(quantifier) ?? []
    if (most > 0 && (open || Number(times) > most))
      return 'a group that is repeated often must not hold a repetition of varying length'
    const within = stack.at(-1)
    if (within !== undefined && times !== least) within.varying = true
    if (open) {
      unbounded++
      if (char === '.') wildcards++
      const top = stack.at(-1)
      if (top !== undefined) top.unbounded = true
    }
    i += quantifier.length
  }
  if (unbounded > MAX_UNBOUNDED) return `more than ${MAX_UNBOUNDED} repetitions without bound`
  if (wildcards > MAX_WILDCARDS) return `more than ${MAX_WILDCARDS} of .* or .+`
  if (wildcards > 0 && !source.startsWith('^')) return 'a pattern with .* or .+ must start with ^'
  return undefined
}

/** Compiles a pattern that `patternProblem` had nothing against. Letters match in either case. */
export function compilePattern(source: string): RegExp {
  return new RegExp(source, 'i')
}
