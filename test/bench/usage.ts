import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Usage {
  /** CPU seconds so far. */
  readonly cpu: number
  /** Memory in use now and at most so far, in octets. */
  readonly rss: number
  readonly peak: number
}

const TICKS_PER_SECOND = 100
const MOST_TRIES = 100
const CGROUPS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified']

/** Counts the CPU time of a server and of whatever it starts, ended processes included. */
export interface CpuMeter extends AsyncDisposable {
  add(pid: number): void
  /** Seconds; undefined where the machine has no control groups to count with. */
  read(): number | undefined
}

export function makeCpuMeter(): CpuMeter {
  const root = CGROUPS.find((folder) => existsSync(join(folder, 'cgroup.procs')))
  const folder = join(root ?? '/nowhere', `branchline-bench-${process.pid}-${Math.random().toString(36).slice(2, 8)}`)
  let works = root !== undefined
  try {
    if (works) mkdirSync(folder)
    works &&= existsSync(join(folder, 'cpu.stat'))
  } catch {
    // Not allowed here; what is told by /proc must do.
    works = false
  }
  return {
    add(pid) {
      if (works) writeFileSync(join(folder, 'cgroup.procs'), String(pid))
    },
    read() {
      if (!works) return undefined
      return Number(/^usage_usec (\d+)/m.exec(readFileSync(join(folder, 'cpu.stat'), 'utf8'))?.[1] ?? 0) / 1e6
    },
    async [Symbol.asyncDispose]() {
      if (!existsSync(folder)) return
      // The kernel lets go of a group a little after its last process has ended.
      for (let left = MOST_TRIES; left > 0; left--) {
        try {
          rmdirSync(folder)
          return
        } catch (thrown) {
          if (left === 1) throw thrown
          await Bun.sleep(50)
        }
      }
    },
  }
}

/** Adds up every process of a network namespace; the CPU time by `meter` where that works. */
export function readUsage(namespace: string, meter: CpuMeter): Usage {
  const listed = Bun.spawnSync(['ip', 'netns', 'pids', namespace]).stdout.toString()
  const total = { cpu: 0, rss: 0, peak: 0 }
  for (const pid of listed.split('\n').filter((line) => line !== '')) {
    const one = readProcess(pid)
    total.cpu += one.cpu
    total.rss += one.rss
    total.peak += one.peak
  }
  return { ...total, cpu: meter.read() ?? total.cpu }
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
    // It ended meanwhile.
    return { cpu: 0, rss: 0, peak: 0 }
  }
}
