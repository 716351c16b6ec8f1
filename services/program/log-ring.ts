import type { LogLine } from './log.ts'

/** Lines kept, a few hundred bytes each. */
const KEPT = 1_000

/** A line with the number under which it came; a reader asks for what came after the last that it has. */
export interface KeptLine extends LogLine {
  readonly seq: number
}

/** The newest lines of the log, for people who look at the page. Gone with the program. */
export interface LogRing {
  keep(line: LogLine): void
  /** The kept lines that came after `seq`, oldest first. */
  after(seq: number): readonly KeptLine[]
}

export function makeLogRing(): LogRing {
  const lines: KeptLine[] = []
  let seq = 0
  return {
    keep(line) {
      lines.push({ ...line, seq: ++seq })
      if (lines.length > KEPT) lines.shift()
    },
    after: (given) => lines.filter((line) => line.seq > given),
  }
}
