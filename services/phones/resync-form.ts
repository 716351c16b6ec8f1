/** How a vendor's phone is told by SIP NOTIFY to fetch its configuration again. */
export interface ResyncForm {
  readonly event: string
  readonly contentType?: string
  readonly body?: string
  readonly reboots: boolean
}

/** A request to the web server of a vendor's devices. */
export interface CallForm {
  readonly name: string
  readonly method: 'GET' | 'POST'
  /** `{password}` is filled in when it is sent. */
  readonly path: string
  readonly contentType?: string
  readonly body?: string
  /** Absent: as `web.access` says. */
  readonly scheme?: 'http' | 'https'
  readonly port?: number
  readonly user: string
  /** The setting, or the raw parameter, that holds the password. */
  readonly secret: string
  /** The device knows no better than Basic. */
  readonly basic: boolean
  readonly when?: string
  /** Raw parameters without which the device does not listen: it is used where all of them are set. */
  readonly needs: readonly string[]
}

export interface ActionForm extends CallForm {
  readonly does: 'reload' | 'reboot'
  /** What the body of a good answer matches. */
  readonly accept?: RegExp
  /** What it matches when the device is in a call and did nothing. */
  readonly busy?: RegExp
  readonly postpones: boolean
}

export interface IdleForm extends CallForm {
  readonly idle: RegExp
  readonly busy: RegExp
}

export type WayName = 'notify' | 'http' | 'schedule'

/** Everything that a vendor's description says about fetching again. */
export interface ResyncForms {
  readonly reload?: ResyncForm
  readonly reboot?: ResyncForm
  readonly ways: readonly WayName[]
  /** Where its devices listen unless `sip.localPort` says otherwise; each further line `step` ports higher. */
  readonly sip: { readonly port: number; readonly step: number }
  /** A NOTIFY in a call waits for its end; absent: not known. */
  readonly postpones: boolean
  /** How long from the NOTIFY to the last byte, a restart included. */
  readonly seconds: number
  readonly http: readonly ActionForm[]
  readonly idle?: IdleForm
  /** What of its own schedule our files set. */
  readonly schedule: readonly ('interval' | 'window')[]
  /** Names of settings, `vlan.*` for all that begin so, `*` for all: those that take effect with a restart alone, and without one. */
  readonly restart: { readonly needed: readonly string[]; readonly unneeded: readonly string[] }
}
