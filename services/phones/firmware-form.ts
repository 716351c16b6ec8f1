/** What is known of a vendor's firmware files. */
export interface FirmwareForm {
  /** Read the name of a file, without folders; groups `version`, `hardware` and `models`. */
  readonly names: readonly {
    readonly regex: RegExp
    readonly samples: readonly {
      readonly text: string
      readonly version?: string | undefined
      readonly hardware?: string | undefined
      readonly models: readonly string[]
    }[]
  }[]
  /** Finds the hardware revision, its group `hardware`, in a version. */
  readonly versionHardware?: RegExp
}
