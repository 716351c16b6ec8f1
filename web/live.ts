import type { LiveEvent } from '../services/admin/schema.ts'
import { now } from './format.ts'
import { connection, refreshWords, take } from './state.ts'

const NAMES = ['hello', 'beat', 'happening', 'verdict', 'alarms', 'record', 'rollout'] as const
/** The box sends a beat every 15 s: two missed ones are a lost connection, whatever the browser believes. */
const SILENCE_MS = 40_000
const WORDS_MS = 60_000

/** Follows the box for as long as the page is open; returns the way to stop. */
export function follow(): () => void {
  let source: EventSource | undefined
  let heard = Date.now()
  let worded = Date.now()
  let retry: ReturnType<typeof setTimeout> | undefined
  let lastId = ''
  const lost = () => {
    if (connection.value.state !== 'lost') connection.value = { state: 'lost', since: Date.now() }
  }
  const connect = () => {
    source?.close()
    heard = Date.now()
    const it = new EventSource(`/api/v1/events${lastId ? `?after=${encodeURIComponent(lastId)}` : ''}`)
    source = it
    for (const name of NAMES)
      it.addEventListener(name, (message) => {
        heard = Date.now()
        if (message.lastEventId) lastId = message.lastEventId
        take({ event: name, data: JSON.parse(message.data) } as LiveEvent)
      })
    it.addEventListener('error', () => {
      lost()
      // The browser retries a broken stream by itself, but gives up after an answer that is no stream.
      if (it.readyState === EventSource.CLOSED)
        retry ??= setTimeout(() => {
          retry = undefined
          connect()
        }, 3000)
    })
  }
  connect()
  const second = setInterval(() => {
    now.value = Date.now()
    if (Date.now() - heard > SILENCE_MS) {
      lost()
      connect()
    }
    if (Date.now() - worded > WORDS_MS && !document.hidden && connection.value.state === 'live') {
      worded = Date.now()
      void refreshWords()
    }
  }, 1000)
  return () => {
    source?.close()
    clearInterval(second)
    clearTimeout(retry)
  }
}
