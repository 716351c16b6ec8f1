import { OperatorError } from '../core/errors.ts'

const MAX_LENGTH = 255

/** The one form under which a name is found: lower case, single slashes, none at the ends. */
export function foldName(name: string): string {
  return name
    .split('/')
    .filter((part) => part !== '')
    .join('/')
    .toLowerCase()
}

/**
 * The name without stray slashes, or throws `OperatorError`. It never becomes a path on disk; it must still be a
 * name that every phone can ask for.
 */
export function checkName(name: string): string {
  const parts = name.split('/').filter((part) => part !== '')
  const clean = parts.join('/')
  const shown = JSON.stringify(name.slice(0, 60))
  if (clean === '') throw new OperatorError(`file name is empty: ${shown}`)
  if (new TextEncoder().encode(clean).length > MAX_LENGTH)
    throw new OperatorError(`file name is longer than ${MAX_LENGTH} bytes: ${shown}`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f\\]/.test(clean) || parts.some((part) => part === '..' || part === '.'))
    throw new OperatorError(`file name holds a control character, a backslash or a dot segment: ${shown}`)
  return clean
}
