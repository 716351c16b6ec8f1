import { toast } from './kit/toast.tsx'
import { faultsOf } from './state.ts'

/** Runs something and shows why, when it fails. */
export async function tried<Result>(what: string, run: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await run()
  } catch (error) {
    toast(`${what}: ${faultsOf(error).text}`, { tone: 'bad' })
    return undefined
  }
}
