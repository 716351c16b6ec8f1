import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { t } from '../i18n.ts'
import { Icon } from '../kit/icon.tsx'
import { Look } from '../look.tsx'

/** What stands around a form for somebody who is not in yet. */
export function Entrance({ title, children }: { title: string; children: ComponentChildren }) {
  useEffect(() => {
    document.title = `${title} · Branchline`
  }, [title])
  return (
    <main id="main" class="narrow entrance">
      <div class="page-head">
        <p class="brand">
          <Icon name="phone" />
          <span>Branchline</span>
        </p>
        <Look hint={t('What boxes say of a phone stays English.')} />
      </div>
      <h1>{title}</h1>
      {children}
    </main>
  )
}
