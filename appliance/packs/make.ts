import { generateKeyPairSync } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf, OperatorError } from '../../services/core/errors.ts'
import { compileVendor } from '../../services/phones/read.ts'
import { readKeyList } from '../../services/templates/codec-pack.ts'
import { isTemplateFile } from '../../services/templates/contract.ts'
import { makeKeyList, makePack, publicKeyOf } from '../../services/templates/sign.ts'

// For those who give packs out: `npm run pack -- templates/yealink --name yealink --version 2026.12.1 --key FILE`.

const USAGE = `npm run pack -- FOLDER … --name NAME --version VERSION --key FILE [--title TEXT] [--from VERSION] [--below VERSION] [--out FILE]
npm run pack -- --new-key FILE                        makes a private key; prints the public one
npm run pack -- --keys LIST.json --key FILE --out FILE   signs { "number": N, "keys": [{ "id", "title", "key" }] }
`

/** Runs one command line; returns what it says. Throws `OperatorError`. */
export function makeFromWords(words: readonly string[]): string {
  const { values, positionals } = parsed(words)
  if (values['new-key'] !== undefined) return newKey(values['new-key'])
  if (values.key === undefined) throw new OperatorError(`--key is missing\n${USAGE}`)
  const pem = textOf(values.key)
  if (values.keys !== undefined) {
    if (values.out === undefined) throw new OperatorError('--out is missing')
    const list = readKeyList(textOf(values.keys))
    if ('fault' in list) throw new OperatorError(`${values.keys}: ${list.fault}`)
    writeFileSync(values.out, makeKeyList(list.value, pem))
    return `${values.out}\n`
  }
  const { name, version } = values
  if (name === undefined || version === undefined || positionals.length === 0) throw new OperatorError(USAGE)
  const files = new Map<string, Uint8Array>()
  for (const folder of positionals) for (const [path, content] of filesIn(resolve(folder))) files.set(path, content)
  const pack = makePack(
    {
      ...{ name, version },
      box: {
        ...(values.from !== undefined && { from: values.from }),
        ...(values.below !== undefined && { below: values.below }),
      },
      ...(values.title !== undefined && { title: values.title }),
    },
    files,
    pem,
  )
  const out = values.out ?? `${name}-${version}.pack`
  writeFileSync(out, pack)
  return `${out}: ${files.size} files, ${pack.length} bytes\n`
}

function parsed(words: readonly string[]) {
  const text = { type: 'string' } as const
  const options = { name: text, version: text, key: text, title: text, from: text, below: text, out: text }
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options: { ...options, keys: text, 'new-key': text } })
  } catch (thrown) {
    throw new OperatorError(`${messageOf(thrown)}\n${USAGE}`)
  }
}

/** The files of one vendor's folder that are for the box. A folder with a vendor.yaml must compile. */
function filesIn(folder: string): [string, Uint8Array][] {
  if (!statSync(folder).isDirectory()) throw new OperatorError(`${folder} is no folder`)
  const vendor = basename(folder)
  const names = readdirSync(folder).filter(isTemplateFile).sort()
  const files = new Map(names.map((name) => [name, { text: textOf(join(folder, name)), file: join(folder, name) }]))
  const made = files.has('vendor.yaml') ? compileVendor(vendor, files) : undefined
  if (made !== undefined && 'faults' in made)
    throw new OperatorError(
      made.faults.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`).join('\n'),
    )
  return names.map((name) => [`${vendor}/${name}`, readFileSync(join(folder, name))])
}

function newKey(path: string): string {
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  writeFileSync(path, pem, { mode: 0o600, flag: 'wx' })
  return `${JSON.stringify(publicKeyOf(pem, basename(path)))}\n`
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (thrown) {
    throw new OperatorError(`cannot be read: ${messageOf(thrown)}`)
  }
}
