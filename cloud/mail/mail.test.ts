import { expect, it } from 'vitest'
import { silentLog } from '../../services/core/log.ts'
import { smtpMail } from './mail.ts'

/** A mail server of a few words (RFC 5321) that keeps what it is given. */
function smtpServer(answerToRecipient = '250 ok') {
  const heard: string[] = []
  const server = Bun.listen<{ data: boolean; rest: string }>({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open(socket) {
        socket.data = { data: false, rest: '' }
        socket.write('220 test\r\n')
      },
      data(socket, bytes) {
        const lines = (socket.data.rest + bytes.toString()).split('\r\n')
        socket.data.rest = lines.pop() ?? ''
        for (const line of lines) {
          heard.push(line)
          if (socket.data.data) {
            if (line !== '.') continue
            socket.data.data = false
            socket.write('250 kept\r\n')
          } else if (line === 'DATA') {
            socket.data.data = true
            socket.write('354 go on\r\n')
          } else if (line.startsWith('EHLO')) socket.write('250-test\r\n250 AUTH PLAIN\r\n')
          else if (line.startsWith('AUTH')) socket.write('235 welcome\r\n')
          else if (line.startsWith('RCPT')) socket.write(`${answerToRecipient}\r\n`)
          else socket.write('250 ok\r\n')
        }
      },
    },
  })
  return { heard, port: server.port, [Symbol.dispose]: () => server.stop(true) }
}

const letter = { to: 'ada@example.net', subject: 'Grüße', text: 'Open this:\n\nhttps://x.example/welcome#bli_1\n' }
const mail = (port: number) =>
  smtpMail({
    url: `smtp://box@127.0.0.1:${port}`,
    password: 'p@ss/word',
    from: 'Branchline <b@example.net>',
    log: silentLog,
  })

it('sends a letter, signed in at the mail server', async () => {
  using server = smtpServer()
  expect(await mail(server.port).send(letter)).toBe('sent')
  expect(server.heard).toEqual(
    expect.arrayContaining([
      'MAIL FROM:<b@example.net>',
      'RCPT TO:<ada@example.net>',
      'From: Branchline <b@example.net>',
      'https://x.example/welcome#bli_1',
    ]),
  )
  expect(server.heard).toContain(`AUTH PLAIN ${Buffer.from('\0box\0p@ss/word').toString('base64')}`)
})

it('says that one was not sent, and throws nothing', async () => {
  using server = smtpServer('550 no such person')
  expect(await mail(server.port).send(letter)).toBe('failed')
  expect(await mail(1).send(letter)).toBe('failed')
})
