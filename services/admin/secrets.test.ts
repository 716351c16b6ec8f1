import { expect, it } from 'vitest'
import * as fakes from '../../test/support/admin-fakes.ts'
import { MASK, maskSecrets, secretsOf } from './secrets.ts'

it.each([
  ['a & b', 'p = a & b', `p = ${MASK}`],
  ['a&b', '<x>a&amp;b</x>', `<x>${MASK}</x>`],
  [`q"'<`, '<x y="q&quot;&apos;&lt;"/>', `<x y="${MASK}"/>`],
  ['a/b c', 'http://h/?p=a%2Fb%20c', `http://h/?p=${MASK}`],
  ['s3cret-word', btoa('s3cret-word'), `${MASK}=`],
  ['long-secret', 'x=long-secret long-secret-er', `x=${MASK} ${MASK}-er`],
])('masks %j in %j', (secret, text, masked) => expect(maskSecrets(text, [secret])).toBe(masked))

it.each([
  ['1', '<code>1</code> <port>10</port> 192.0.2.1 a1', `<code>${MASK}</code> <port>10</port> 192.0.2.1 a1`],
  ['7788', 'code=7788;17788', `code=${MASK};1${MASK}`],
])('masks the code of a door %j in %j, a short one only where it stands alone', (code, text, masked) =>
  expect(maskSecrets(text, [code])).toBe(masked),
)

it('knows the secrets of handsets and relays', () => {
  const { DESK, device } = fakes
  const made = device(DESK, {
    lines: [],
    handsets: [{ index: 1, ac: '4321' }, { index: 2 }],
    relays: [{ index: 1, code: '77' }, { index: 2 }],
  })
  expect(secretsOf(made, {}, {}, () => false)).toEqual(['4321', '77'])
})

it.each([
  ['account.1.password = other', `account.1.password = ${MASK}`],
  ['  sip.pwd=other # x', `  sip.pwd=${MASK}`],
  ['<user_pass idx="1" perm="">other</user_pass>', `<user_pass idx="1" perm="">${MASK}</user_pass>`],
  ['url = https://me:other@192.0.2.1/x', `url = https://me:${MASK}@192.0.2.1/x`],
])('masks by the name before it: %j', (text, masked) => expect(maskSecrets(text, [])).toBe(masked))

it.each([
  'lang = de',
  'account.1.user_name = 101',
  '<timezone>GER+1</timezone>',
  'url = http://192.0.2.1:80/x',
  '#!version:1.0.0.1',
])('leaves %j alone', (text) => expect(maskSecrets(text, ['zzz'])).toBe(text))

it('takes no short raw parameter for a secret, however it is called', () => {
  expect(
    secretsOf(
      undefined,
      { adminPassword: 'x1' },
      { P1: '1', P2: 'long one', lang: 'de-DE' },
      (name) => name !== 'lang',
    ),
  ).toEqual(['long one', 'x1'])
})
