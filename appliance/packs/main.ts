import { messageOf } from '../../services/core/errors.ts'
import { makeFromWords } from './make.ts'

try {
  process.stdout.write(makeFromWords(process.argv.slice(2)))
} catch (thrown) {
  process.stderr.write(`pack: ${messageOf(thrown)}\n`)
  process.exitCode = 1
}
