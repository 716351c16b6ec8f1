import type { Mac } from '../core/mac.ts'
import type { AdminDeps } from './contract.ts'
import { maskSecrets, secretsOf } from './secrets.ts'

/** One file as the phone gets it, its secrets masked; without `name` its own configuration file. Throws `OperatorError`. */
export function maskedFile(
  { inspector, isSecret }: Pick<AdminDeps, 'inspector' | 'isSecret'>,
  mac: Mac,
  name?: string,
) {
  const { file, bytes, contentType, hash } = inspector.render(mac, name)
  const { device, effective } = inspector.explain(mac)
  const plain = <Value>(bag: Readonly<Record<string, { readonly value: Value }>>) =>
    Object.fromEntries(Object.entries(bag).map(([key, { value }]) => [key, value]))
  const secrets = secretsOf(device, plain(effective.settings), plain(effective.extra), isSecret)
  const text = maskSecrets(new TextDecoder().decode(bytes), secrets)
  return { file, contentType, size: bytes.length, hash, masked: true, text }
}
