import type { Ipv4 } from '../core/ipv4.ts'

/** One address and port on which phones may fetch their files, or why not. */
export interface ListenerStatus {
  readonly interface: string
  readonly address: Ipv4
  readonly port: number
  readonly scheme: 'http' | 'https'
  readonly listening: boolean
  /** Why it does not listen. */
  readonly problem?: string
}
