import { describe, expect, it } from 'vitest'
import { definitions } from './box.fixture.ts'
import { isSecretName } from './secret-name.ts'

const known = definitions.all.flatMap(({ id, parameters }) => [...parameters].map((name) => [id, name] as const))

/** Names that hold the letters, but not the word. */
const NO_WORD = /bypass|lldpinfo|frameSkipping|keepintvl/i

/** The word by itself or as a part of a name: not the end of `mapIn`, nor `ping`. */
const PIN = /(?:^|[^a-z])pin(?![a-z])|[a-z]Pin(?![a-z])|PIN(?![a-zA-Z])/

describe('names of secrets', () => {
  it('are told in every vendor’s list', () => {
    const telling = known.filter(([, name]) => /pass|pwd|secret|token|aes|private/i.test(name) || PIN.test(name))
    expect(telling.length).toBeGreaterThan(100)
    expect(telling.filter(([, name]) => !isSecretName(name) && !NO_WORD.test(name))).toEqual([])
  })

  it('are none of the keys to press', () => {
    const keys = known.filter(([, name]) =>
      /^(linekey|memorykey|programablekey|softkey|expansion_module|fkey|dkey|key_|pks\.)/.test(name),
    )
    expect(keys.length).toBeGreaterThan(100)
    expect(keys.filter(([, name]) => isSecretName(name))).toEqual([])
  })

  it.each([
    'linekey.1.type',
    'keys',
    'expansion_module.1.key.1.label',
    'phone_setting.keyboard.enable',
    'phone_setting.virtual_keyboard.enable',
    'features.feature_key_sync.enable',
    'security.webKeypadRestrictModeLockoutDuration',
    'account.1.audio.srtpKeyLength',
    'video.frameSkipping.enable',
    'call.dialPlan.allowBypassFromDirectories',
    'timezone',
    'provisioning.pnp',
    'PIXELS',
  ])('%s is no secret', (name) => {
    expect(isSecretName(name)).toBe(false)
  })

  it.each([
    'adminPassword',
    'userPassword',
    'static.auto_provision.aes_key_16.mac',
    'auto_provision.aes_key_in_file',
    'static.auto_provision.rsa_pri_key.url',
    'tr069.ssl.privateKey',
    'account.1.EncryptKey',
    'account.1.signal_encode_key',
    'some_key.mac',
    'network.snmp.auth.key',
    'network.openvpn.TLSKey',
    'wifi_wep_key1',
    'keyboard_lock_pw',
    'base.pin_code',
    'pinCode',
    'device.auth.PIN',
    'P34',
    'p8000',
  ])('%s is a secret', (name) => {
    expect(isSecretName(name)).toBe(true)
  })
})
