import { messageOf } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'

export interface Letter {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** The same for who reads HTML; what others wrote in it is escaped. */
  readonly html?: string
}

/** Sends letters. What becomes of one is told, not thrown: the link in it can be handed over otherwise. */
export interface Mail {
  send(letter: Letter): Promise<'sent' | 'failed' | 'not-configured'>
}

export const noMail: Mail = { send: async () => 'not-configured' }

/** Mail by SMTP. The package is loaded with the first letter. */
export function smtpMail(options: { url: string; password?: string; from: string; log: Log }): Mail {
  return {
    async send(letter) {
      const { createTransport } = await import('nodemailer')
      const url = new URL(options.url)
      if (options.password !== undefined) url.password = encodeURIComponent(options.password)
      const transport = createTransport(
        { url: url.href, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 } as object,
        { from: options.from, disableFileAccess: true, disableUrlAccess: true },
      )
      try {
        const { to, subject, text, html } = letter
        await transport.sendMail({ to, subject, text, ...(html === undefined ? {} : { html }) })
        return 'sent'
      } catch (thrown) {
        options.log.warn('mail was not sent', { reason: messageOf(thrown) })
        return 'failed'
      } finally {
        transport.close()
      }
    },
  }
}
