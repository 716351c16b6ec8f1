import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { branchline, DemoBox, temporaryFolder } from '../support/box-process.ts'
import { THREECX_V16 } from '../support/pbx-exports.ts'

const OLD = '80:5e:c0:00:53:21'
const NEW = '00:04:13:00:53:21'

let box: DemoBox
let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
  box = await DemoBox.start()
})
afterAll(async () => {
  await box[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

async function json(...words: readonly string[]) {
  const { code, out, err } = await box.branchline(...words, '--json')
  expect(err, words.join(' ')).toBe('')
  return { code, value: JSON.parse(out) }
}

async function file(name: string, content: string): Promise<string> {
  const path = join(folder.path, name)
  await writeFile(path, content)
  return path
}

describe('replace and undo', () => {
  it('show, do and take back; the old phone’s file is the same byte for byte', async () => {
    const line = ['--user', '321', '--secret', 's3cret-321', '--server', 'pbx.example.net']
    await json('devices', 'add', OLD, '--vendor', 'yealink', '--model', 'SIP-T46S', '--name', 'Desk', ...line)
    const before = (await box.branchline('render', OLD)).bytes
    const shown = await box.branchline('replace', OLD, NEW, '--model', 'D785', '--show')
    expect([shown.code, shown.err]).toEqual([0, ''])
    expect(shown.out).toMatch(/^00:04:13:00:53:21 \(snom D785\) would be Desk: 1 line, 0 keys\n/)
    expect(shown.out).toMatch(/\nnothing was changed; --yes does it\n$/)
    expect(shown.out).toContain('>321<')
    expect(shown.out).not.toContain('s3cret-321')
    expect((await json('devices', 'show', NEW)).code).toBe(4)

    const { value } = await json('replace', OLD, NEW, '--model', 'D785', '--yes')
    expect(value).toMatchObject({ applied: true, device: { vendor: 'snom', lines: [{ hasSecret: true }] } })
    expect(JSON.stringify(value)).not.toContain('s3cret-321')
    expect(Buffer.from((await box.branchline('render', NEW)).bytes).toString()).toContain('s3cret-321')
    expect((await json('devices', 'show', OLD)).value).toMatchObject({ enabled: false })
    const told = await box.branchline('undo')
    expect(told.out).toMatch(new RegExp(`^${value.move.id}  .*  ${OLD}  ${NEW}\n$`))
    expect((await box.branchline('explain', NEW)).out).toContain(`took the place of ${OLD}`)

    expect(await box.branchline('undo', value.move.id)).toMatchObject({ code: 0, out: `${OLD} is back in its place\n` })
    expect((await box.branchline('render', OLD)).bytes).toEqual(before)
    expect((await json('devices', 'show', NEW)).code).toBe(4)
    expect(await json('undo', value.move.id)).toMatchObject({ code: 5 })
    expect((await box.branchline('explain', OLD)).out).toContain('put back')
  })

  it.each([
    [4, ['replace', '00:00:5e:00:53:99', NEW], 'no device 00:00:5e:00:53:99'],
    [2, ['replace', OLD], 'the MAC is missing'],
    [5, ['replace', OLD, OLD], 'cannot take its own place'],
    [5, ['replace', OLD, NEW, '--vendor', 'nokia'], 'no vendor is called "nokia"'],
    [4, ['undo', 'nothing'], 'no move nothing'],
    [2, ['undo', '../devices'], 'not the name of a move'],
  ])('%i for %j', async (code, words, message) => {
    const { code: ended, err } = await box.branchline(...words)
    expect([ended, err]).toEqual([code, expect.stringContaining(message)])
  })
})

describe('import', () => {
  it('shows what would come of an export, and does just that', async () => {
    const path = await file('extensions.csv', THREECX_V16)
    const shown = await box.branchline('import', path, '--server', 'pbx.example.net')
    expect([shown.code, shown.err]).toEqual([0, ''])
    expect(shown.out).toMatch(/3CX v15 to v18: extensions \(Users, Export\) \(utf-8, separated by ","\)\n/)
    expect(shown.out).toMatch(/\n2 +create +device +80:5e:c0:00:53:61 +Hedy Lamarr\n/)
    expect(shown.out).toMatch(/\n4 {2}left out: it is switched off in the other system\n/)
    expect(shown.out).toMatch(
      /3 new, 0 changed, 0 as they are, 1 left out, 0 faults; 2 of them people\nnothing was changed/,
    )
    expect(shown.out).not.toContain('thr33cx')
    expect((await json('devices', 'show', '805ec0005361')).code).toBe(4)
    expect(await json('import', path, '--server', 'pbx.example.net', '--yes')).toMatchObject({
      ...{ code: 0, value: { applied: true, counts: { create: 3, people: 2 } } },
    })
    const { value } = await json('devices', 'show', '805ec0005361')
    expect(value).toMatchObject({ model: 'T46S', lines: [{ user: '601', server: 'pbx.example.net', hasSecret: true }] })
    expect((await json('import', path, '--server', 'pbx.example.net')).value.counts).toMatchObject({ unchanged: 3 })
  })

  it('names faults by line and column and changes nothing, also with --yes', async () => {
    const path = await file('bad.csv', 'mac,name,user\n805ec0005371,One,1\n8.05E+11,Two,2\n')
    const { code, err, out } = await box.branchline('import', path, '--yes')
    expect([code, err]).toEqual([
      5,
      `${path}:3:1: mac: "8.05E+11" was turned into a number by a spreadsheet: format the column as text\n`,
    ])
    expect(out).toMatch(/nothing was changed\n$/)
    expect((await json('devices', 'show', '805ec0005371')).code).toBe(4)
  })

  it('lists what it can read', async () => {
    expect((await box.branchline('import', 'formats')).out).toMatch(/^3cx-v20 +3CX v20: users/m)
    expect((await json('import', 'formats')).value.formats[0]).toMatchObject({ sources: [expect.any(String)] })
  })
})

it('devices add --scan adds what a scanner reads and says what it cannot use', async () => {
  const words = ['devices', 'add', '--scan', '--group', 'store', '--socket', box.socket]
  const labels = 'MAC:805EC0005381\r\nS/N 3146019091637071\r\n805EC0005381\n000413005382 P/N: D785\n'
  const { code, out, err } = await branchline(words, { stdin: labels })
  expect([code, out.split('\n'), err]).toEqual([
    5,
    [
      '80:5e:c0:00:53:81 is added: yealink',
      '80:5e:c0:00:53:81 is known already: yealink',
      '00:04:13:00:53:82 is added: snom D785',
      '2 added, 1 known already, 1 faults',
      '',
    ],
    'not added: "S/N 3146019091637071" is a serial number, not a MAC address: scan the code that says MAC\n',
  ])
  expect((await json('devices', 'show', '000413005382')).value).toMatchObject({ group: 'store', model: 'D785' })
  const wrong = await branchline([...words, '--user', '1'], { stdin: '' })
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('--scan reads many devices')])
})
