import { generateKeyPairSync } from 'node:crypto'
import { makePack, publicKeyOf } from '../../services/templates/sign.ts'

/** A key pair for packs. */
export function packKey(title: string) {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  return { pem, key: publicKeyOf(pem, title) }
}

/** A vendor that nobody else describes, whose phones get `text` as their only file. */
export function madeUpVendor(text: string, oui = '02:00:5E'): Readonly<Record<string, string>> {
  return {
    'vendor.yaml': `vendor: Acme
recognise: { oui: [${oui}] }
models: [{ model: A1, lines: 1 }]
unlisted: { lines: 1 }
format: keyvalue
files: [{ name: "{mac}.acme", scope: device, from: device.liquid }]
`,
    'device.liquid': text,
  }
}

/** A pack of texts by `vendor/file`. */
export function packOf(
  pem: string,
  files: Readonly<Record<string, string>>,
  about: Partial<{ name: string; version: string; box: { from?: string; below?: string } }> = {},
): Uint8Array {
  const contents = new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]))
  return makePack({ name: 'acme', version: '1', box: {}, ...about }, contents, pem)
}

/** The same texts below a vendor's folder. */
export function inFolder(vendor: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [`${vendor}/${file}`, text]))
}
