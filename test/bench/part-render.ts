import { fileURLToPath } from 'node:url'
import { InvariantError } from '../../services/core/errors.ts'
import { toolPath } from '../support/netns.ts'
import type { Part, PartContext } from './part.ts'
import type { RenderTimes } from './render-process.ts'
import type { Row } from './report.ts'

const SCRIPT = fileURLToPath(new URL('./render-process.ts', import.meta.url))
const GOAL_MS = 2000

/** A process of its own on one processor: nothing of the other parts is compiled there, and no helper runs beside it. */
async function measure({ sizes }: PartContext): Promise<RenderTimes> {
  const taskset = toolPath('taskset')
  const pinned = taskset === undefined ? [] : [taskset, '-c', '0']
  const command = [...pinned, process.execPath, SCRIPT, String(sizes.phones)]
  const child = Bun.spawn(command, { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  if ((await child.exited) !== 0) throw new InvariantError(`rendering failed: ${err.slice(-500)}`)
  return JSON.parse(out) as RenderTimes
}

export const renderPart: Part = {
  name: 'render',
  help: 'own files of devices of every vendor and model made anew, on one processor',
  offline: true,
  async run(context) {
    const times = await measure(context)
    const { devices, vendors, models, bytes } = times
    context.say(
      `${devices} devices of ${models} models of ${vendors} vendors, ${Math.round(bytes / devices)} bytes each`,
    )
    const row = (what: string, unit: string, box: number, goals?: Row['goals']): Row => ({
      ...{ part: 'render', what, unit, better: 'less', box, others: [] },
      ...(goals && { goals }),
    })
    return [
      row(`${devices} own files, templates read for the first time`, 'ms', times.first, [{ atMost: GOAL_MS }]),
      row('all of them again after a change of the site, asked for by phones', 'ms', times.again),
      row('one of them, on average', 'µs', (times.again / devices) * 1000),
      row('CPU time of both', 'ms', times.cpu),
      ...times.slowest.map(({ vendor, model, us }) => row(`the slowest of ${vendor}: ${model}`, 'µs', us)),
    ]
  },
}
