import type { ManualForm, StepList } from './assist-form.ts'
import type { ClaimInput, ManualInput } from './assist-schema.ts'
import type { ClaimForm, FileForm, ReaderForm } from './definition.ts'

/** Makes the checked text of `manual` what the rest of the program works with. */
export function compileManual(given: ManualInput): ManualForm {
  const { scan, entry, login, ...rest } = given
  const { user, password, note } = login ?? {}
  return {
    url: rest.url,
    short: rest.short,
    unsure: rest.unsure,
    ...(scan !== undefined && { scan }),
    ...(entry !== undefined && { entry }),
    ...(login !== undefined && {
      login: {
        ...(user !== undefined && { user }),
        ...(password !== undefined && { password }),
        ...(note !== undefined && { note }),
      },
    }),
    phone: rest.phone.map(stepList),
    web: rest.web.map(stepList),
    address: rest.address.map(stepList),
    mac: rest.mac.map(stepList),
    reset: rest.reset.map(stepList),
  }
}

function stepList({ when, steps }: ManualInput['phone'][number]): StepList {
  return { steps, ...(when !== undefined && { when }) }
}

/** The same for `claim`; `files` are the vendor's compiled ones, whose names its own repeat. */
export function compileClaim(given: ClaimInput, files: readonly FileForm[], reader: ReaderForm): ClaimForm {
  return {
    ...(given.when !== undefined && { when: given.when }),
    files: given.files.flatMap(({ name, from }) => {
      const named = files.find((form) => form.name === name)
      if (named === undefined) return []
      const { when: _when, over: _over, absent: _absent, digest: _digest, redirect: _redirect, ...form } = named
      return [{ ...form, from, secret: false, own: false }]
    }),
    page: { ...given.page, reader },
  }
}
