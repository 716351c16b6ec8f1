import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { authorize, type Challenge, chooseChallenge, type HashText } from './codec-digest.ts'

const hash: HashText = (algorithm, text) => createHash(algorithm).update(text, 'latin1').digest('hex')

// RFC 7616 §3.9.1: the same request by both algorithms.
const rfc7616 = {
  user: 'Mufasa',
  secret: 'Circle of Life',
  method: 'GET',
  uri: '/dir/index.html',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  count: 1,
}
const challenge: Challenge = {
  realm: 'http-auth@example.org',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
  stale: false,
  algorithm: 'MD5',
  qop: 'auth',
}

describe('authorize', () => {
  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const)('gives the response of RFC 7616 §3.9.1 by %s', (algorithm, response) => {
    expect(authorize({ ...rfc7616, challenge: { ...challenge, algorithm } }, hash)).toContain(`response="${response}"`)
  })

  it('gives the response of RFC 2617 §3.5', () => {
    const old = { ...challenge, realm: 'testrealm@host.com', nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093' }
    const value = authorize({ ...rfc7616, secret: 'Circle Of Life', cnonce: '0a4f113b', challenge: old }, hash)
    expect(value).toContain('response="6629fae49393a05397450978507c4ef1"')
    expect(value).toContain('qop=auth, nc=00000001, cnonce="0a4f113b"')
  })

  it('answers without qop as RFC 2069 does, without nc and cnonce', () => {
    const { qop: _, ...plain } = challenge
    const value = authorize({ ...rfc7616, challenge: plain }, hash)
    const expected = hash(
      'md5',
      `${hash('md5', 'Mufasa:http-auth@example.org:Circle of Life')}:${plain.nonce}:${hash('md5', 'GET:/dir/index.html')}`,
    )
    expect(value).toContain(`response="${expected}"`)
    expect(value).not.toMatch(/cnonce|nc=|qop/)
  })

  it('folds nonce and cnonce into the key for a session (RFC 7616 §3.4.2)', () => {
    const { qop: _, ...plain } = challenge
    const value = authorize({ ...rfc7616, challenge: { ...plain, algorithm: 'MD5-sess' } }, hash)
    const key = hash(
      'md5',
      `${hash('md5', 'Mufasa:http-auth@example.org:Circle of Life')}:${plain.nonce}:${rfc7616.cnonce}`,
    )
    expect(value).toContain(`response="${hash('md5', `${key}:${plain.nonce}:${hash('md5', 'GET:/dir/index.html')}`)}"`)
    expect(value).toContain('cnonce=')
  })

  it('counts in eight hexadecimal digits and quotes what would end the value', () => {
    const value = authorize({ ...rfc7616, user: 'a"b\\', count: 26, challenge }, hash)
    expect(value).toContain('nc=0000001a')
    expect(value).toContain('username="a\\"b\\\\"')
  })
})

describe('chooseChallenge', () => {
  it('takes the first that can be answered', () => {
    expect(
      chooseChallenge([
        'Basic realm="x"',
        'Digest realm="r", nonce="a", algorithm=SHA-512-256',
        'DIGEST Realm="say \\"hi\\", you",nonce="n,1", QOP="auth-int,auth", algorithm=sha-256, stale=TRUE, opaque=""',
        'Digest realm="r", nonce="b"',
      ]),
    ).toEqual({ realm: 'say "hi", you', nonce: 'n,1', qop: 'auth', algorithm: 'SHA-256', stale: true, opaque: '' })
  })
  it.each([
    [[], 'challenge without a digest'],
    [['Digest realm="r"'], 'digest challenge without nonce or realm'],
    [['Digest realm="r", nonce="n", algorithm=TIGER'], 'digest algorithm is not known'],
    [['Digest realm="r", nonce="n", qop="auth-int"'], 'digest quality of protection is not known'],
  ])('tells why %j cannot be answered', (values, problem) => {
    expect(chooseChallenge(values)).toEqual({ problem })
  })
})
