import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { faultsOf, type Loaded, load } from '../state.ts'
import { type Follows, useFollowed } from './followers.ts'

export interface Asked<Value> {
  readonly of: Loaded<Value>
  readonly again: () => void
}

/**
 * Asks once for each `key`, and `again` when told to, or when something changed that it `follows`; an answer that another
 * question overtook is forgotten.
 */
export function useAsked<Value>(key: string, ask: () => Promise<Value>, follows?: Follows): Asked<Value> {
  const it = useSignal<Loaded<Value>>({ kind: 'loading' })
  const turn = useRef(0)
  const run = () => {
    const mine = ++turn.current
    const into = {
      get value() {
        return it.peek()
      },
      set value(loaded: Loaded<Value>) {
        // The same again draws nothing anew.
        const before = it.peek()
        const same = before.kind === 'ready' && loaded.kind === 'ready' && isSame(before.value, loaded.value)
        if (mine === turn.current && !same) it.value = loaded
      },
    }
    return load(into, ask)
  }
  useEffect(() => {
    it.value = { kind: 'loading' }
    void run()
    return () => {
      turn.current++
    }
  }, [key])
  useFollowed(follows, run)
  return { of: it.value, again: () => void run() }
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Something that a form does: whether it is under way, and why it was refused. */
export function useDoing() {
  const busy = useSignal(false)
  const failed = useSignal<ReturnType<typeof faultsOf> | undefined>(undefined)
  return {
    busy,
    failed,
    faultAt: (path: string) => failed.value?.faults.find((fault) => fault.path === path)?.message,
    async run<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
      busy.value = true
      failed.value = undefined
      try {
        return await work()
      } catch (error) {
        failed.value = faultsOf(error)
        return undefined
      } finally {
        busy.value = false
      }
    },
  }
}
