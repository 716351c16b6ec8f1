import { BranchlineError } from '../core/errors.ts'

/** One message of a box. */
export interface Message {
  readonly method: 'GET' | 'POST'
  /** From `/v1` on. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Reply {
  readonly status: number
  /** Parsed JSON of any content; undefined when it is none. */
  readonly body: unknown
  /** Of `branchline-challenge`. */
  readonly challenge?: string
  readonly retryAfterMs?: number
}

/** The way to the cloud, over HTTPS or in memory. Throws `NoAnswerError` when there is no answer, whatever the reason. */
export interface EnrolmentTransport {
  send(message: Message): Promise<Reply>
}

/** The cloud could not be reached, or not understood. The message is for people at the box. */
export class NoAnswerError extends BranchlineError {
  override readonly name = 'NoAnswerError'
  readonly fault = 'peer'
  readonly retryAfterMs: number | undefined
  constructor(message: string, options: { readonly cause?: unknown; readonly retryAfterMs?: number } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.retryAfterMs = options.retryAfterMs
  }
}
