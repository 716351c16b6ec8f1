import { SECRET_SETTINGS } from './settings.ts'

// Raw parameters are guessed at by name. Too much is better than too little: what is sealed for nothing still reaches
// the phone, what is shown for nothing is out.

/** Words that tell of a secret wherever they stand; `bypass`, `pInfo` or `skipping` are not among them. */
const WORDS = /(?<!by)pass|pwd|\bpw\b|_pw$|secret|token|psk|aes|private|pin(?=$|[^a-z]|code|num)/i

/**
 * Cryptographic keys, by what stands before the word: most parameters with `key` are keys to press. Yealink's
 * `auto_provision.aes_key_16.mac`, `rsa_pri_key`, `EncryptKey`, Grandstream's `snmp.auth.key`, `openvpn.TLSKey`, Snom's `wifi_wep_key1`.
 */
const KEYS =
  /(?:auth|priv(?:acy)?|pri|rsa|wep|wpa|tls|ssl|client|server|security|shared|access|api|encrypt(?:ion)?|encode|cipher)[._-]?key(?![a-z]*(?:pad|board))|key(?:_\d+)?\.(?:mac|com)$/i

/** Grandstream's P values tell nothing by their names, so all of them count. */
const NUMBERED = /^P\d+$/i

/** Whether a setting or a raw parameter of this name holds a secret: sealed at rest, never shown. */
export function isSecretName(name: string): boolean {
  return SECRET_SETTINGS.has(name) || WORDS.test(name) || KEYS.test(name) || NUMBERED.test(name)
}
