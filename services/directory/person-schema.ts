import { z } from 'zod'
import { dialText, lineShape, plainText } from '../core/shapes.ts'
import type { NumberKind } from './contract.ts'
import { dialled } from './number.ts'

// What a person, a program or the cloud may write into a person's record. Fields that are not known here are kept as
// they are: a newer version may have written them.

export const NUMBER_KINDS = ['work', 'mobile', 'home', 'fax', 'other'] as const satisfies readonly NumberKind[]

/** Names of books, of companies and of people: long enough for whatever an address book elsewhere holds. */
const name = plainText(1000)

export const bookName = plainText(64).refine(
  (text) => /^[\p{L}\p{N}][\p{L}\p{N}\p{M} ._+&-]*$/u.test(text),
  'expected a name of letters, digits and blanks',
)

const phoneNumber = z.looseObject({
  kind: z.enum(NUMBER_KINDS).default('work'),
  number: z.string().max(200).transform(dialled).pipe(dialText.min(1)),
})

/** The body of a person's record. */
export const personSchema = z.looseObject({
  name: z
    .string('a name is needed')
    .transform((text) => text.trim())
    .pipe(name.min(1, 'a name is needed')),
  firstName: name.optional(),
  lastName: name.optional(),
  company: name.optional(),
  department: name.optional(),
  title: name.optional(),
  email: plainText(320).optional(),
  extension: dialText.min(1).max(32).optional(),
  numbers: z.array(phoneNumber).max(32).default([]),
  books: z.array(bookName).max(32).optional(),
  listed: z.boolean().default(true),
  line: lineShape.extend({ index: z.literal(1, 'a person has one line, its index is 1').default(1) }).optional(),
  claimPin: z
    .union([
      z.string().regex(/^$|^\d{4,12}$/, 'expected 4 to 12 digits'),
      z.null(),
      z.strictObject({ sealed: z.string() }),
    ])
    .optional(),
  severalPhones: z.boolean().optional(),
  note: z.string().max(10_000).optional(),
  /** Content lines of the vCard that it came from, unfolded, without BEGIN and END. */
  vcard: z.array(z.string().max(200_000)).max(500).optional(),
})

export type PersonBody = z.infer<typeof personSchema>
