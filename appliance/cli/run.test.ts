import { describe, expect, it } from 'vitest'
import { run } from './run.ts'
import { nearest, table } from './usage.ts'

async function type(...words: readonly string[]) {
  let [out, err] = ['', '']
  const code = await run(words, {
    env: {},
    root: false,
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    outBytes() {},
  })
  return { code, out, err }
}

describe('one command line', () => {
  it.each([
    [['frobnicate'], 'no such command: "frobnicate" (branchline help lists them)'],
    [['explian'], 'no such command: "explian"; did you mean explain? (branchline help lists them)'],
    [['--data', 'x', 'devices'], 'the command comes first, then its flags: "--data" (branchline help lists them)'],
    [['version', 'now'], 'too many words: "now" (branchline version)'],
    [['render'], 'the MAC is missing'],
    [
      ['up', '--admin-prot=1'],
      'no such flag: --admin-prot; did you mean --admin-port? (branchline up --help lists what it takes)',
    ],
    [['up', '--demo=yes'], '--demo takes no value (branchline up --help lists what it takes)'],
    [['up', '-c'], '--config needs a value (branchline up --help lists what it takes)'],
    [['up', '--data'], '--data needs a value (branchline up --help lists what it takes)'],
  ])('%j is wrong usage, in text and in JSON', async (words, message) => {
    expect(await type(...words)).toEqual({ code: 2, out: '', err: `branchline: ${message}\n` })
    const json = await type('--json', ...words)
    expect([json.code, json.err, JSON.parse(json.out)]).toEqual([2, '', { error: { code: 2, message: message } }])
  })

  it('tells a fault of the configuration once, and every fault to programs', async () => {
    const { code, out } = await type('config', 'check', '--sip-port', 'x', '--tftp-port', 'y', '--json')
    expect(code).toBe(5)
    expect(JSON.parse(out).error.faults).toEqual([
      'flag --tftp-port: not a whole number: "y"',
      'flag --sip-port: not a whole number: "x"',
    ])
  })

  it('helps in words and in JSON, and has a name for every command once', async () => {
    const names = JSON.parse((await type('help', '--json')).out).commands.map((it: { name: string }) => it.name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) {
      expect((await type(name, '--help')).out).toContain(`branchline ${name}`)
      expect(JSON.parse((await type(name, '-h', '--json')).out)).toMatchObject({ name, flags: expect.any(Array) })
    }
  })
})

it('vendors: every vendor in words and in JSON, without a running box', async () => {
  const { code, out } = await type('vendors')
  expect([code, out]).toEqual([0, expect.stringMatching(/^Yealink +\d+ +DHCP, SIP PnP/m)])
  const { vendors } = JSON.parse((await type('vendors', '--json')).out)
  expect(vendors.find((it: { id: string }) => it.id === 'snom')).toMatchObject({
    configured: true,
    protocols: expect.arrayContaining(['http']),
    models: expect.arrayContaining([expect.objectContaining({ model: 'M700', handsets: 200 })]),
  })
})

describe('nearest', () => {
  const names = ['devices', 'render', 'up'].map((name) => ({ name }))
  it.each([
    ['device', '; did you mean devices?'],
    ['DEVICES', '; did you mean devices?'],
    ['rendre', '; did you mean render?'],
    ['pu', ''],
    ['', ''],
    ['something else', ''],
  ])('%s', (text, hint) => expect(nearest(text, names)).toBe(hint))
})

it('table: columns as wide as their widest cell, no blanks at the end', () => {
  const rows = [
    ['a', 'bb', ''],
    ['ccc', '', 'd'],
  ]
  expect(table(rows)).toBe('a    bb\nccc      d\n')
  expect(table([])).toBe('')
})
