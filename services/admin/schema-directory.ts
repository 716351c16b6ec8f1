import { z } from '@hono/zod-openapi'
import { RowFault } from './schema.ts'

// The words of the API about people and the phone book.

export const PersonId = z
  .string()
  .min(1)
  .max(64)
  .openapi({ param: { name: 'id', in: 'path' }, example: '01ARYZ6S41ZZZZZZZZZZZZZZZZ' })

const Numbers = z.array(z.object({ kind: z.enum(['work', 'mobile', 'home', 'fax', 'other']), number: z.string() }))

const fields = {
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  company: z.string().optional(),
  department: z.string().optional(),
  title: z.string().optional(),
  email: z.string().optional(),
  extension: z.string().optional(),
  numbers: Numbers,
  books: z.array(z.string()).optional(),
  listed: z.boolean(),
}

export const PersonRow = z
  .object({
    id: z.string(),
    rev: z.number(),
    name: z.string(),
    ...fields,
    hasLine: z.boolean().openapi({ description: 'Whether a phone can be given to this person.' }),
    devices: z.array(z.string()).openapi({ description: 'The devices that this person has.' }),
  })
  .openapi('PersonRow')

export const PersonView = z
  .object({
    id: z.string(),
    rev: z.number(),
    name: z.string(),
    ...fields,
    line: z
      .looseObject({ index: z.number(), user: z.string(), hasSecret: z.boolean() })
      .optional()
      .openapi({ description: 'The SIP account that a phone of this person registers, its secret left out.' }),
    note: z.string().optional(),
    fromCard: z.boolean().openapi({ description: 'Came from a vCard, whose other properties are kept.' }),
  })
  .openapi('Person')

export const PersonInput = z
  .looseObject({ name: z.string().optional(), numbers: Numbers.optional() })
  .openapi('PersonInput', {
    description: 'A person, or a merge patch of one; `rev` names the revision it is based on.',
  })

export const PeoplePage = z
  .object({ people: z.array(PersonRow), total: z.number(), offset: z.number() })
  .openapi('PeoplePage')

export const PeopleImport = z
  .object({
    applied: z.boolean(),
    rows: z.array(
      z.object({
        row: z.number(),
        line: z.number(),
        id: z.string(),
        name: z.string(),
        action: z.enum(['create', 'update']),
      }),
    ),
    faults: z.array(RowFault),
  })
  .openapi('PeopleImport')

export const BookDocuments = z
  .object({
    vendors: z.array(z.object({ vendor: z.string(), title: z.string(), documents: z.array(z.string()) })),
  })
  .openapi('BookDocuments')

export const BookDocument = z
  .object({ file: z.string(), contentType: z.string(), size: z.number(), hash: z.string(), text: z.string() })
  .openapi('BookDocument')

export type PersonRow = z.infer<typeof PersonRow>
export type PersonView = z.infer<typeof PersonView>
export type PeoplePage = z.infer<typeof PeoplePage>
export type PeopleImport = z.infer<typeof PeopleImport>
