// A process with many boxes of the bench. It is told what to do line by line on its input, and tells what happened on
// its output, as JSON.
import { createInterface } from 'node:readline'
import { makeFarm } from './farm.ts'

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
const farm = makeFarm(say)
for await (const line of createInterface({ input: process.stdin })) farm.take(JSON.parse(line))
process.exit(0)
