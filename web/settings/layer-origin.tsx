import { t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { toast } from '../kit/toast.tsx'
import { tried } from '../tried.ts'
import type { LayerDesk } from './layer-desk.ts'

/** At a site of an account: whether it follows what the account says for all sites, or has its own in place of that. */
export function LayerOrigin({ desk, mayEdit }: { desk: LayerDesk; mayEdit: boolean }) {
  const layer = desk.layer.value.kind === 'ready' ? desk.layer.value.value : undefined
  if (layer === undefined) return null
  if (layer.shared)
    return (
      <p class="card">
        {t('This is what the account says for all of its sites.')}{' '}
        {mayEdit &&
          t('What you change here makes a copy for this site alone, which the account’s later changes do not reach.')}
      </p>
    )
  const back = async () => {
    const yes = await confirmed({
      title: t('Take away what this site says here?'),
      consequences: [
        t('What the account says for all sites holds again, or nothing where it says nothing.'),
        t('Phones get it when they fetch again.'),
      ],
      action: t('Take it away'),
      danger: true,
    })
    if (!yes) return
    await tried(t('It was not taken away'), async () => {
      await desk.remove()
      toast(t('The site has nothing of its own here any more.'))
    })
  }
  return (
    <p class="card need-who">
      <span>{t('This site has its own here. Where the account says something of the same, it is not used.')}</span>
      {mayEdit && (
        <button type="button" onClick={() => void back()}>
          {t('Take it away')}
        </button>
      )}
    </p>
  )
}
