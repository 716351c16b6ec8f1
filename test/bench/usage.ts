import { readFileSync } from 'node:fs'

export interface Usage {
  /** CPU seconds so far, ended children included. */
  readonly cpu: number
  /** Memory in use now and at most so far, in octets. */
  readonly rss: number
  readonly peak: number
}

const TICKS_PER_SECOND = 100

/** Adds up every process of a network namespace. */
export function readUsage(namespace: string): Usage {
  const listed = Bun.spawnSync(['ip', 'netns', 'pids', namespace]).stdout.toString()
  const total = { cpu: 0, rss: 0, peak: 0 }
  for (const pid of listed.split('\n').filter((line) => line !== '')) {
    const one = readProcess(pid)
    total.cpu += one.cpu
    total.rss += one.rss
    total.peak += one.peak
  }
  return total
}

function readProcess(pid: string): Usage {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Counted from after the name, which may hold blanks: utime, stime, cutime, cstime are fields 14 to 17.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) * 1024
    return { cpu: ticks / TICKS_PER_SECOND, rss: kib('VmRSS'), peak: kib('VmHWM') }
  } catch {
    // It ended meanwhile; its parent has its time.
    return { cpu: 0, rss: 0, peak: 0 }
  }
}
