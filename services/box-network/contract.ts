/** How the box gets its own address. */
export interface AddressSetting {
  /** With the length of its prefix, e.g. `192.168.10.1/24`; absent: the box asks by DHCP. */
  readonly address?: string
  readonly gateway?: string
  readonly dns: readonly string[]
  /** Time servers, besides those that DHCP names and the public ones. */
  readonly ntp: readonly string[]
  /** The only interface that it uses; absent: each. */
  readonly interface?: string
}

/** Where the setting in force was given: nowhere, by a file on the boot partition, or by a person on the page or the console. */
export type SettingSource = 'built-in' | 'boot' | 'page'

export interface BoxNetworkState {
  /** Why the box does not set its own network; absent: it does. */
  readonly unsupported?: string
  /** What is in force, on trial or for good. */
  readonly setting: AddressSetting
  readonly source: SettingSource
  /** Present while a new setting is tried: seconds until the former one is taken back. */
  readonly returnsIn?: number
  /** How the last trial since the machine was started ended. */
  readonly last?: 'kept' | 'returned'
}

/** The setting that another machine had, or this one at another time. */
export interface FormerAddress extends AddressSetting {
  /** The network ports of that machine. */
  readonly ports: readonly string[]
}

/** A former setting, as it can be taken here. */
export interface AddressOffer extends AddressSetting {
  /** Whether it is taken unless a person says otherwise. */
  readonly suggested: boolean
  /** Why it cannot be taken here; absent: it can. */
  readonly obstacle?: string
}

/** The box's own address. A change is tried, and taken back by itself unless somebody who still reaches the box keeps it. */
export interface BoxNetwork {
  state(): BoxNetworkState
  /**
   * Puts a setting in force for `seconds`. Throws `RecordError` with every fault, `OperatorError` where the box does not set
   * its network.
   */
  attempt(setting: AddressSetting, options: { readonly by: string; readonly seconds: number }): Promise<BoxNetworkState>
  /** The setting on trial is for good. Throws `ConflictError` when none is. */
  keep(options: { readonly by: string }): Promise<BoxNetworkState>
}
