/** How one document of the phone book is asked for, and how much of the book is in one answer. */
export interface DirectoryForm {
  /** The query parameters that carry each part of the question. */
  readonly query: {
    readonly search: readonly string[]
    readonly firstName: readonly string[]
    readonly lastName: readonly string[]
    readonly number: readonly string[]
    readonly book?: string
    /** Parameter with the place of the first item, and what that place is called: 0 or 1. */
    readonly start?: string
    readonly startIs: 0 | 1
    /** Instead: parameter with the number of the page, counted from `pageIs`. */
    readonly page?: string
    readonly pageIs: 0 | 1
    /** Parameter with how many items the phone wants. */
    readonly count?: string
  }
  /** What is counted: entries, or their numbers where an item holds one number. */
  readonly unit: 'entry' | 'number'
  /** Items in one answer; absent: all of them. */
  readonly pageSize?: number
  /** Items that the phone takes in all. */
  readonly most?: number
}
