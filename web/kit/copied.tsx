import { t } from '../i18n.ts'
import { toast } from './toast.tsx'

/** A text to type in elsewhere, with a way to copy it where the browser allows that. */
export function Copied({ text }: { text: string }) {
  return (
    <span class="copied">
      <code>{text}</code>
      {globalThis.isSecureContext && (
        <button
          type="button"
          class="link"
          aria-label={t('Copy {text}', { text })}
          onClick={() => void navigator.clipboard.writeText(text).then(() => toast(t('Copied.')))}
        >
          {t('Copy')}
        </button>
      )}
    </span>
  )
}
