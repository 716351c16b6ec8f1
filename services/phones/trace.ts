// Where the text of a rendered file comes from: which value was written, what decided that something is written, and the
// place in the template. Kept beside an ordinary run, which pays for it only when it is asked for.

/** One piece of rendered text. */
export interface Piece {
  readonly from: number
  readonly to: number
  /** Paths of the values that it was made from: `settings.sip.server`, `lines.0.secret`. */
  readonly made: ReadonlySet<string>
  /** Paths of the values that decided that it stands there. */
  readonly decided: ReadonlySet<string>
  readonly place: Place | undefined
}

/** A place in a template: the file as it was read, and the line counted from 1. */
export interface Place {
  readonly file: string
  readonly line: number
}

/** A token as LiquidJS leaves it. */
export interface PlacedToken {
  readonly file?: string
  readonly input?: string
  readonly begin?: number
  readonly end?: number
}

/** Where a node stands in its template, without the node: what was parsed must not stay for the sake of a trace. */
export interface Source {
  readonly file: string
  readonly input: string
  readonly begin: number
  readonly end: number
}

export function sourceOf(token: PlacedToken | undefined): Source | undefined {
  if (token?.file === undefined || token.input === undefined || token.begin === undefined) return undefined
  return { file: token.file, input: token.input, begin: token.begin, end: token.end ?? token.begin }
}

/** What stands behind a variable of a template: one value that has a path, or several that it was made from. */
interface Known {
  readonly path?: string
  readonly made: ReadonlySet<string>
}

const NOTHING: ReadonlySet<string> = new Set()

/** Follows one run of a template. */
export class Trace {
  readonly pieces: Piece[] = []
  #reads = new Set<string>()
  #scope = new Map<string, Known>()
  readonly #decided: ReadonlySet<string>[] = []
  /** Where the text of the partial that runs now begins in the whole. */
  #base = 0

  /** A template reads a value by its name and the keys below it. */
  read(root: string, keys: readonly unknown[]): void {
    const known = this.#scope.get(root)
    if (known === undefined || known.path !== undefined) this.#reads.add([known?.path ?? root, ...keys].join('.'))
    else for (const path of known.made) this.#reads.add(keys.length === 0 ? path : `${path}.*.${keys.join('.')}`)
  }

  /** Runs `work` and says what it read. */
  reading<Result>(work: () => Result): { readonly result: Result; readonly reads: ReadonlySet<string> } {
    const outer = this.#reads
    this.#reads = new Set()
    const result = work()
    const reads = this.#reads
    this.#reads = outer
    return { result, reads }
  }

  /** Runs `work`, whose text stands there because of what was read. */
  under<Result>(reads: ReadonlySet<string>, work: () => Result): Result {
    this.#decided.push(reads)
    const result = work()
    this.#decided.pop()
    return result
  }

  /** Text was written at `at` of the partial that runs now. `text` is what stands in the template when it is text itself. */
  wrote(at: number, to: number, made: ReadonlySet<string>, source: Source | undefined, text?: string): void {
    if (to > at)
      this.pieces.push({
        ...{ from: this.#base + at, to: this.#base + to, made, decided: this.decided },
        place: source && placeOf(source, text),
      })
  }

  /** A variable has from now on what was read. `plain`: it is that value itself, so that keys below it have paths. */
  name(variable: string, reads: ReadonlySet<string>, plain: boolean): void {
    this.#scope.set(variable, knownAs(reads, plain, this.decided))
  }

  /** Whether these variables got another value hung on what was read. */
  decide(variables: readonly string[], reads: ReadonlySet<string>): void {
    if (reads.size === 0) return
    for (const variable of variables)
      this.#scope.set(variable, { made: new Set([...(this.#scope.get(variable)?.made ?? []), ...reads]) })
  }

  /** A loop's variable has one item of what was read. Returns the way back to what it was. */
  item(variable: string, reads: ReadonlySet<string>, index: number): void {
    const [path] = reads
    const one = reads.size === 1 && path !== undefined
    this.#scope.set(variable, one ? { path: `${path}.${index}`, made: reads } : { made: reads })
    this.#scope.set('forloop', { made: NOTHING })
  }

  /** Runs a partial, which sees what it is handed and nothing else; its text begins at `at`. */
  partial(given: readonly (readonly [string, ReadonlySet<string>, boolean])[], at: number, work: () => void): void {
    const outer = this.#scope
    this.#scope = new Map(given.map(([name, reads, plain]) => [name, knownAs(reads, plain, NOTHING)]))
    this.#base += at
    work()
    this.#base -= at
    this.#scope = outer
  }

  get decided(): ReadonlySet<string> {
    const sets = this.#decided.filter((set) => set.size > 0)
    return sets.length === 0 ? NOTHING : new Set(sets.flatMap((set) => [...set]))
  }
}

function knownAs(reads: ReadonlySet<string>, plain: boolean, decided: ReadonlySet<string>): Known {
  const [path] = reads
  if (plain && reads.size === 1 && path !== undefined && decided.size === 0) return { path, made: reads }
  return { made: decided.size === 0 ? reads : new Set([...reads, ...decided]) }
}

function placeOf({ file, input, begin, end }: Source, text: string | undefined): Place {
  // A dash at the tag before takes line ends off the text's beginning.
  const cut = text === undefined ? 0 : Math.max(0, input.slice(begin, end).indexOf(text))
  return { file, line: linesIn(input.slice(0, begin + cut)) + 1 }
}

/** How many line ends a text has. */
export function linesIn(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
