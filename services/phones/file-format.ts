/** How a vendor's file is written; decides how values are escaped. */
export type FileFormat =
  /** `key = value`, the value as it is to the end of the line. */
  | 'keyvalue'
  /** `name: value`, likewise. */
  | 'colon'
  /** `NAME="value"`. */
  | 'quoted'
  /** `SET NAME value`: each value is one word, quoted where it must be. */
  | 'avaya'
  | 'xml'
  /** Each value is a JSON value. */
  | 'json'
  /** `key = value` with comments anywhere: each value is quoted where it must be. */
  | 'ini'
  /** Command lines: each value is one word, quoted where it must be. */
  | 'cli'
  /** `"name" <sip:user@host>;key=value` (RFC 3261 section 20.10): separators are percent-encoded. */
  | 'address'
  /** RFC 4180: each value is one cell. */
  | 'csv'
  /** RFC 6350: each value is a text value. */
  | 'vcard'
