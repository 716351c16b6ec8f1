import { OperatorError } from '../../services/core/errors.ts'
import type { Terminal } from './command.ts'

/** The lines of a stream as they come; a scanner ends each code with a carriage return, a line feed or both. */
export async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let held = ''
  for await (const chunk of stream) {
    held += decoder.decode(chunk, { stream: true })
    const parts = held.split(/\r\n|\n|\r(?=.)/)
    held = parts.pop() ?? ''
    yield* parts
  }
  if (held !== '') yield held
}

/** Asks a person, one line at a time, from standard input: never by words of the command line, which others can read. */
export function asker(terminal: Terminal): ((question: string) => Promise<string>) & AsyncDisposable {
  const answers = lines(Bun.stdin.stream())
  const ask = async (question: string) => {
    if (process.stdin.isTTY) terminal.err(question)
    const { value, done } = await answers.next()
    if (done === true) throw new OperatorError(`nothing was given: ${question.replace(/:\s*$/, '')}`)
    return value.trim()
  }
  return Object.assign(ask, {
    async [Symbol.asyncDispose]() {
      await answers.return(undefined)
    },
  })
}
