import { makeCounters } from '../../services/core/counters.ts'
import type { CloudState } from '../../services/enrolment/contract.ts'
import { systemClock } from '../../services/program/clock.ts'
import { makeLog } from '../../services/program/log.ts'
import { makeLogRing } from '../../services/program/log-ring.ts'
import { LiveSecrets } from '../../services/program/redaction.ts'
import { stopSignal } from '../../services/program/stop-signal.ts'
import { every } from '../admin.ts'
import { openOrTakeBack } from '../backup/take-back.ts'
import type { BoxDeps } from '../box.ts'
import { type BoxConfig, readConfig } from '../config/config.ts'
import { demoConfig } from '../demo/config.ts'
import { chooseInterfaces } from '../net/chosen-lan.ts'
import { makeKernelLan } from '../net/lan.ts'
import { openLinkSocket } from '../net/link-socket.ts'
import { makeLoopbackLan } from '../net/loopback-lan.ts'
import { makeRest } from '../rest.ts'
import { showOnConsole } from '../system/console.ts'
import { makeServiceManager } from '../system/service-manager.ts'
import { feedWatchdog } from '../system/watchdog.ts'
import { tidy } from '../tidy.ts'
import { cloudNews } from './cloud-text.ts'
import { type Command, EXIT } from './command.ts'

/** How much later than usual the runtime compiles what runs often, while the box starts: most of that never runs again. */
const STARTING_POLICY = 100
const USUAL_POLICY = 1
/** How often it is looked whether the box has come to rest. */
const REST_MS = 2_000
/** Between the wish to start again and its beginning. */
const RESTART_MS = 300

export const upCommand: Command = {
  name: 'up',
  words: '',
  most: 0,
  help: 'run the box until it is stopped',
  flags: [{ name: 'demo', help: 'virtual phones over loopback, a throw-away data folder, no network touched' }],
  async run({ terminal, flags, json }) {
    const stopped = stopSignal(EXIT.failed)
    const isDemo = flags.demo !== undefined
    const given = readConfig({ flags, env: terminal.env, root: terminal.root && !isDemo })
    await using demo = isDemo ? demoConfig(given) : undefined
    const config: BoxConfig = demo?.config ?? given
    const secrets = new LiveSecrets()
    const clock = systemClock
    const logs = makeLogRing()
    const log = makeLog({ ...config.log, clock, secrets, write: (line) => terminal.err(line), keep: logs.keep })
    const counters = makeCounters()
    await using machine = isDemo ? makeLoopbackLan({ log, counters }) : makeKernelLan({ log, counters })
    const lan = chooseInterfaces(machine, config.interfaces)
    const { BRANCHLINE_BOX: systemFolder, RUNTIME_DIRECTORY: runtimeFolder } = isDemo ? {} : terminal.env
    const manager = makeServiceManager(terminal.env)
    const say = (line: string) => terminal.out(line)
    for (let first = true; ; first = false) {
      const again = Promise.withResolvers<'again'>()
      Bun.unsafe.setJITPolicy(STARTING_POLICY)
      const { openBox } = await import('../box.ts')
      tidy()
      const deps: BoxDeps = {
        ...{ config, lan, log, logs, counters, clock, secrets, mode: isDemo ? 'demo' : 'box' },
        ...(!isDemo && { openLink: openLinkSocket }),
        ...(systemFolder !== undefined && { systemFolder }),
        // The answer to whoever asked for it goes out first.
        restart: () => void setTimeout(() => again.resolve('again'), RESTART_MS),
      }
      await using box = await openOrTakeBack(openBox, deps)
      Bun.unsafe.setJITPolicy(USUAL_POLICY)
      tidy()
      using resting = new DisposableStack()
      resting.defer(every(REST_MS, makeRest({ counters, collect: tidy })))
      manager.ready()
      resting.defer(feedWatchdog({ manager, box, log, every }))
      if (runtimeFolder !== undefined) resting.defer(showOnConsole({ folder: runtimeFolder, box, every }))
      const { page, socket, fingerprint } = box
      const door = { page, socket, fingerprint, setupCode: box.setupCode() }
      say(json ? `${JSON.stringify({ ...box.about(), ...door })}\n` : box.greeting())
      if (!json) {
        const tell = cloudLines(say)
        tell(box.cloud.state())
        resting.defer(box.cloud.onChange(tell))
      }
      if (demo !== undefined && first) {
        const talk = json ? () => {} : (line: string) => say(`  ${line}\n`)
        talk(`ask it  branchline devices list --data ${config.dataFolder}`)
        const { runDemo } = await import('../demo/phones.ts')
        // Whoever stops the box does not wait for its phones; they end with its sockets.
        await Promise.race([stopped, again.promise, runDemo({ ...box, secret: crypto.randomUUID() }, lan, talk)])
      }
      if ((await Promise.race([stopped, again.promise])) !== 'again') {
        manager.stopping()
        return EXIT.ok
      }
      manager.startsAgain()
      log.info('the box starts again', {})
    }
  },
}

/** Says each kind of news of the account once: codes follow one another every quarter of an hour. */
function cloudLines(say: (line: string) => void): (state: CloudState) => void {
  let last: string | undefined
  return (state) => {
    const news = state.state === last ? undefined : cloudNews(state)
    if (news === undefined) return
    last = state.state
    say(news)
  }
}
