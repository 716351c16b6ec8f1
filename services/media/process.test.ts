import { expect, it } from 'vitest'
import { OperatorError } from '../core/errors.ts'
import { silentLog } from '../core/log.ts'
import { HelperError, runHelper } from './process.ts'

const run = (code: string, more: { deadlineMs?: number; maxMemory?: number } = {}) =>
  runHelper(
    { command: [process.execPath, '-e', code], deadlineMs: 60_000, maxMemory: 2 ** 30, ...more },
    { path: '/nowhere' },
    silentLog,
  )

it('gives back what the helper wrote', async () => {
  expect([...(await run('process.stdout.write(process.argv.at(-1))'))]).toEqual([...Buffer.from('{"path":"/nowhere"}')])
})

it('says why a source cannot be used', async () => {
  const failed = run('process.stderr.write("the JPEG is cut off"); process.exitCode = 3')
  await expect(failed).rejects.toThrow(OperatorError)
  await expect(failed).rejects.toThrow('the JPEG is cut off')
  await expect(failed).rejects.not.toBeInstanceOf(HelperError)
})

it('tells a helper that broke from a source that is broken', async () => {
  await expect(run('process.kill(process.pid, "SIGSEGV"); await new Promise(() => {})')).rejects.toBeInstanceOf(
    HelperError,
  )
  await expect(run('process.exit(1)')).rejects.toBeInstanceOf(HelperError)
})

it('ends a helper that does not come to an end', async () => {
  await expect(run('for (;;) {}', { deadlineMs: 300 })).rejects.toThrow('longer than 0.3 s')
})

it('ends a helper that takes too much memory', async () => {
  const greedy = 'const all = []; for (;;) { all.push(new Uint8Array(1e7).fill(1)); await Bun.sleep(1) }'
  await expect(run(greedy, { maxMemory: 200_000_000 })).rejects.toThrow('bytes of memory')
})

it('gives it nothing of the surroundings of the box', async () => {
  const out = await run('process.stdout.write(Object.keys(process.env).sort().join())')
  expect(Buffer.from(out).toString()).toBe('PATH')
})
