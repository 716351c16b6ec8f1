import { OperatorError } from '../core/errors.ts'
import { FILE_KINDS, type FileFacts, type FileKind } from './contract.ts'

const ENDINGS: Readonly<Record<string, FileKind>> = {
  ...{ rom: 'firmware', ld: 'firmware', loads: 'firmware', img: 'firmware', z: 'firmware', st: 'firmware' },
  ...{ fw: 'firmware', bin: 'firmware', dfu: 'firmware' },
  ...{ png: 'picture', jpg: 'picture', jpeg: 'picture', bmp: 'picture', gif: 'picture', dob: 'picture' },
  ...{ wav: 'tone', mp3: 'tone', ogg: 'tone', ulaw: 'tone', alaw: 'tone', g722: 'tone' },
  ...{ lang: 'language', lng: 'language', po: 'language' },
  ...{ pem: 'certificate', der: 'certificate', crt: 'certificate', cer: 'certificate', p12: 'certificate' },
}

/** What a file is, as far as the ending of its name tells. */
export function kindOf(name: string): FileKind {
  return ENDINGS[/\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase() ?? ''] ?? 'other'
}

const MAX_ITEMS = 50

/** Checks what somebody says of a file, and fills in what he left out from `before` or from the name. */
export function factsOf(name: string, given: Partial<FileFacts>, before?: FileFacts): FileFacts {
  const kind = given.kind ?? before?.kind ?? kindOf(name)
  if (!FILE_KINDS.includes(kind)) throw new OperatorError(`${JSON.stringify(kind)} is no kind of file`)
  const version = given.version ?? before?.version
  if (version !== undefined && !/^[\x21-\x7e]{0,40}$/.test(version))
    throw new OperatorError(`version ${JSON.stringify(version.slice(0, 60))} is no text of up to 40 visible characters`)
  return {
    kind,
    models: list('model', given.models ?? before?.models ?? [], /^[a-z0-9-]{1,40}(\/[\w .+-]{1,40})?$/i),
    hardware: list('hardware revision', given.hardware ?? before?.hardware ?? [], /^[\w .+-]{1,40}$/),
    ...(version !== undefined && version !== '' && { version }),
  }
}

function list(what: string, items: readonly string[], form: RegExp): readonly string[] {
  if (items.length > MAX_ITEMS) throw new OperatorError(`more than ${MAX_ITEMS} of ${what}: ${items.length}`)
  const wrong = items.find((item) => !form.test(item))
  if (wrong !== undefined) throw new OperatorError(`${JSON.stringify(wrong.slice(0, 60))} is no ${what} of a file`)
  return [...new Set(items)]
}
