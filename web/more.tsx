import { t } from './i18n.ts'
import { Icon } from './kit/icon.tsx'
import { PLACES } from './places.ts'
import { to } from './router.ts'

/** Where a narrow screen has no room for in its bar. */
export function MorePage() {
  return (
    <>
      <h1>{t('More')}</h1>
      <ul class="cards more-places">
        {PLACES.filter((it) => it.later).map((it) => (
          <li key={it.id}>
            <a class="card" href={to(it.id)}>
              <Icon name={it.icon} />
              <span>
                <strong>{it.text()}</strong>
                <span class="quiet">{it.about?.()}</span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </>
  )
}
