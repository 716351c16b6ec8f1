import { t } from '../i18n.ts'
import { ScrollBox } from './scroll-box.tsx'
import { toast } from './toast.tsx'

/** Lines to be copied somewhere else. */
export function CodeBox({ label, text }: { label: string; text: string }) {
  return (
    <div class="code-box">
      <ScrollBox class="code" label={label}>
        <pre>{text}</pre>
      </ScrollBox>
      {globalThis.isSecureContext && (
        <button
          type="button"
          aria-label={`${t('Copy')}: ${label}`}
          onClick={() => void navigator.clipboard.writeText(text).then(() => toast(t('Copied.')))}
        >
          {t('Copy')}
        </button>
      )}
    </div>
  )
}
