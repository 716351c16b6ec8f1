import type { EpochMs } from '../core/clock.ts'
import type { DailyWindow } from '../core/daily-window.ts'

/** When the box may start into an installed update by itself, by the clock of the site. */
export type StartWindow = Omit<DailyWindow, 'zone'>

/** Where an update is on its way into the other slot. */
export type UpdatePhase = 'idle' | 'receiving' | 'checking' | 'installing' | 'installed' | 'refused'

export interface UpdateStatus {
  readonly phase: UpdatePhase
  /** Of installing, 0 to 100. */
  readonly percent: number
  /** The bundle's version, as soon as it is known. */
  readonly bundle?: string
  /** Why it was refused, or what is done now. */
  readonly message?: string
}

export interface UpdateState extends UpdateStatus {
  /** Why this box does not update itself; absent: it does. */
  readonly unsupported?: string
  /** What runs. */
  readonly version: string
  readonly slot?: 'A' | 'B'
  /** Whether what runs has passed its own checks since it started. */
  readonly well: boolean
  /** The last time that a version failed its checks and the one before it was taken again: when and which slots. */
  readonly fellBack?: string
  /** When the machine starts again by itself, as a person said. */
  readonly restartAt?: EpochMs
  /** When it may do so without being told; absent: never. */
  readonly window?: StartWindow
  /** When that will be, for what is installed now. */
  readonly windowStartAt?: EpochMs
}

/** The box's own system: two slots, of which one runs. */
export interface Updates {
  state(): UpdateState
  /**
   * Takes a bundle in and has it checked and installed into the other slot; what is said then is in `state()`. Throws
   * `OperatorError` where the box does not update itself, `ConflictError` while another one is under way.
   */
  receive(
    content: ReadableStream<Uint8Array> | Uint8Array,
    options: {
      readonly by: string
      readonly size?: number
      /** Whoever brings this version says when it is started: the box's own window does not count for it. */
      readonly held?: string
    },
  ): Promise<UpdateState>
  /**
   * Starts the machine again: into the other slot when an update is installed. Phones are not answered meanwhile. `at`:
   * then, within a week, also when the service is started again meanwhile; a start before that goes there just the same.
   */
  restart(options: { readonly by: string; readonly at?: EpochMs }): void
  /** Takes back a start that was to come later. */
  stay(options: { readonly by: string }): void
  /** From now on the box starts into what is installed by itself in this window; undefined: never. Throws `OperatorError`. */
  setWindow(window: StartWindow | undefined, options: { readonly by: string }): void
}
