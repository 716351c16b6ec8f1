import { run } from './cli.ts'

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  root: process.getuid?.() === 0,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
})
