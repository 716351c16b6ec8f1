/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number

/** Where a service learns the time; policies take `now` as an argument instead. */
export interface Clock {
  now(): EpochMs
}
