import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { faultsOf } from '../state.ts'
import { path } from './session.ts'

/** What was asked of the box of a site, and what came of it. */
export interface Job {
  readonly id: string
  readonly kind: string
  readonly state: 'waiting' | 'taken' | 'done' | 'failed' | 'expired'
  readonly text: string
  readonly result: Readonly<Record<string, unknown>> | null
}
export type Spec = { readonly kind: string } & Readonly<Record<string, unknown>>
export type How = 'look' | 'act'

const WAIT_S = 20
/** Jobs end by themselves within ten minutes; so often it is asked before the page gives up. */
const LOOKS = 40

/** A box that is connected answers within seconds; somebody sits before the page. */
const PATIENCE_S = 30

/** The box said that it cannot, or did not answer in time. */
class JobError extends Error {
  override readonly name = 'JobError'
}

/** Asks the box of a site for something, and follows it to its end; `told` hears how far it is. */
async function follow(
  site: string,
  how: How,
  spec: Spec,
  { told = () => {}, waitSeconds }: { told?: (job: Job) => void; waitSeconds?: number },
): Promise<Job> {
  const body = { job: spec, ...(waitSeconds !== undefined && { waitSeconds }) }
  const it = await api<Job>(path('sites', site, 'jobs', how), { method: 'POST', body })
  told(it)
  return isOpen(it) ? ended(site, it.id, told) : it
}

async function ended(site: string, id: string, told: (job: Job) => void): Promise<Job> {
  const look = async () => {
    const it = await api<Job>(`${path('sites', site, 'jobs', id)}?wait=${WAIT_S}`)
    told(it)
    return it
  }
  let it = await look()
  for (let looks = 1; looks < LOOKS && isOpen(it); looks++) it = await look()
  return it
}

/** What the box answers, or why it did not. */
export async function asked<Result>(site: string, spec: Spec, how: How = 'look'): Promise<Result> {
  return resultOf<Result>(await follow(site, how, spec, { waitSeconds: PATIENCE_S }))
}

/** What came of a job that was asked for elsewhere. */
export async function followed(site: string, id: string): Promise<void> {
  resultOf(await ended(site, id, () => {}))
}

function resultOf<Result>(job: Job): Result {
  if (job.state === 'done') return job.result as Result
  throw new JobError(job.state === 'failed' ? job.text : t('the box did not answer in time; is the site online?'))
}

/** A job as a part of the page shows it. */
export function useJob(site: string) {
  const job = useSignal<Job | undefined>(undefined)
  const failed = useSignal<ReturnType<typeof faultsOf> | undefined>(undefined)
  return {
    job,
    failed,
    busy: job.value !== undefined && isOpen(job.value),
    async ask(how: How, spec: Spec): Promise<void> {
      failed.value = undefined
      try {
        const told = (it: Job) => {
          job.value = it
        }
        await follow(site, how, spec, { told })
      } catch (error) {
        job.value = undefined
        failed.value = faultsOf(error)
      }
    },
  }
}

function isOpen({ state }: Job): boolean {
  return state === 'waiting' || state === 'taken'
}
