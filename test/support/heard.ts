/** What has come of an answer that stays open, as it comes. */
export function hearing(body: ReadableStream<Uint8Array> | null | undefined) {
  const reader = body?.getReader()
  const heard = { text: '', ended: false, cancel: () => reader?.cancel() }
  async function follow(): Promise<void> {
    for (;;) {
      const part = await reader?.read()
      if (part === undefined || part.done) break
      heard.text += new TextDecoder().decode(part.value)
    }
    heard.ended = true
  }
  void follow()
  return heard
}
