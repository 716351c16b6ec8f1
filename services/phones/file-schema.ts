import { z } from 'zod'

/** A file's name in a vendor's description. */
export const fileName = z
  .string()
  .regex(
    /^(?!\/)(?:[A-Za-z0-9._+-]|(?<!\/)\/(?!\/|$)|\{(?:mac|MAC|mac-|MAC-|model|code|code:\d|code\.[A-Za-z][A-Za-z0-9-]*)\})+$/,
    'expected a file name with {mac}, {MAC}, {mac-}, {model}, {code:3} or {code.NAME}',
  )

export const format = z.enum([
  'keyvalue',
  'colon',
  'quoted',
  'avaya',
  'xml',
  'json',
  'ini',
  'cli',
  'address',
  'csv',
  'vcard',
])
