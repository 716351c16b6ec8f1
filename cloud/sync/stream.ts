/** A reader that takes nothing while so many messages wait is gone. */
const MOST_WAITING = 100

const text = new TextEncoder()

/** One open answer of server-sent events. */
export interface EventStream {
  readonly response: Response
  /** Nothing once it has ended. */
  send(message: string): void
  end(): void
}

/** `gone` is called once, whoever ends it: the reader, this side, or a reader that takes nothing. */
export function openStream(gone: () => void): EventStream {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const leave = () => {
    const it = controller
    controller = undefined
    if (it !== undefined) gone()
    return it
  }
  const body = new ReadableStream<Uint8Array>({
    start: (it) => {
      controller = it
    },
    cancel: () => void leave(),
  })
  const stream = {
    response: new Response(body, {
      headers: {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        // Proxies of the nginx family hold answers back otherwise.
        'x-accel-buffering': 'no',
      },
    }),
    send(message: string) {
      if (controller === undefined) return
      controller.enqueue(text.encode(message))
      if ((controller.desiredSize ?? 0) < -MOST_WAITING) stream.end()
    },
    end: () => leave()?.close(),
  }
  return stream
}
