import { z } from 'zod'
import { fileName, format } from './file-schema.ts'

const parameterName = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,30}$/, 'expected the name of a query parameter')
const parameterNames = z.union([parameterName.transform((one) => [one]), z.array(parameterName).min(1)])

/** A document of the phone book, made from `from` for a question in the URL's query. */
const directoryDocument = z.strictObject({
  name: fileName,
  from: z.string(),
  format: format.optional(),
  contentType: z.string().optional(),
  lineEnd: z.enum(['lf', 'crlf']).default('lf'),
  when: z.string().optional(),
  query: z
    .strictObject({
      search: parameterNames.optional(),
      firstName: parameterNames.optional(),
      lastName: parameterNames.optional(),
      number: parameterNames.optional(),
      book: parameterName.optional(),
      start: parameterName.optional(),
      startIs: z.union([z.literal(0), z.literal(1)]).default(0),
      page: parameterName.optional(),
      pageIs: z.union([z.literal(0), z.literal(1)]).default(1),
      count: parameterName.optional(),
    })
    .prefault({}),
  unit: z.enum(['entry', 'number']).default('entry'),
  pageSize: z.int().min(1).max(10_000).optional(),
  most: z.int().min(1).max(100_000).optional(),
})

/** The phone book in a vendor's description. */
export const directorySchema = z.strictObject({
  url: z.array(z.strictObject({ when: z.string().optional(), url: z.string().min(1) })).default([]),
  documents: z.array(directoryDocument).default([]),
})
