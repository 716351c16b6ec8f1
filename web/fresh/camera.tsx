import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { makeReader } from './reader.ts'

const EVERY_MS = 150
/** Wider frames take longer and are read no better. */
const WIDEST = 1280

/** Reads labels with the camera, as a barcode scanner would: each is handed over once, then the next. */
export function Camera({ found, close }: { found: (text: string) => void; close: () => void }) {
  const video = useRef<HTMLVideoElement>(null)
  const state = useSignal<'asking' | 'looking' | 'refused' | 'none'>('asking')
  const last = useSignal('')
  useEffect(() => {
    let over = false
    let stream: MediaStream | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const frame = document.createElement('canvas')
    const begin = async () => {
      const read = await makeReader()
      stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: 'environment', width: { ideal: WIDEST } },
      })
      const it = video.current
      if (over || !it) {
        stop(stream)
        return
      }
      it.srcObject = stream
      await it.play()
      state.value = 'looking'
      const look = async () => {
        if (over) return
        if (it.videoWidth > 0) {
          const part = Math.min(1, WIDEST / it.videoWidth)
          frame.width = Math.round(it.videoWidth * part)
          frame.height = Math.round(it.videoHeight * part)
          frame.getContext('2d', { willReadFrequently: true })?.drawImage(it, 0, 0, frame.width, frame.height)
          const text = await read(frame).catch(() => undefined)
          if (text !== undefined && text !== '' && text !== last.peek() && !over) {
            last.value = text
            found(text)
          }
        }
        timer = setTimeout(() => void look(), EVERY_MS)
      }
      await look()
    }
    begin().catch((error: unknown) => {
      if (!over) state.value = error instanceof DOMException && error.name === 'NotAllowedError' ? 'refused' : 'none'
    })
    return () => {
      over = true
      clearTimeout(timer)
      if (stream) stop(stream)
    }
  }, [])
  return (
    <Dialog title={t('Scan with the camera')} close={close}>
      {state.value === 'refused' ? (
        <p class="failed" role="alert">
          {t('The browser does not allow the camera here. Allow it at the lock beside the address, then try again.')}
        </p>
      ) : state.value === 'none' ? (
        <p class="failed" role="alert">
          {t('No camera can be used. Type the MAC address, or use a barcode scanner.')}
        </p>
      ) : (
        <div class="camera">
          <video ref={video} muted playsInline aria-label={t('Picture of the camera')} />
          <span class="camera-line" aria-hidden="true" />
        </div>
      )}
      <p role="status">
        {last.value !== ''
          ? t('Read: {text}', { text: last.value })
          : state.value === 'asking'
            ? t('Waiting for the camera …')
            : t('Hold the barcode with the MAC address across the line.')}
      </p>
      <div class="buttons end">
        <button type="button" onClick={close}>
          {t('Close')}
        </button>
      </div>
    </Dialog>
  )
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}
