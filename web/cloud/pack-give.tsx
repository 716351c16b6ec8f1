import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { SelectField } from '../kit/field.tsx'
import { Await, Said } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { sendFile, sizeText } from '../upload.ts'
import { useAsked, useDoing } from './asked.ts'
import { type Pack, type PackHead, packHead } from './pack-head.ts'
import { Problem } from './problem.tsx'
import { path } from './session.ts'

interface Listed {
  readonly files: readonly { readonly name: string; readonly size: number }[]
}

/** A pack among the files of the account, or one that is stored there now; what it is, then it goes to the boxes. */
export function GivePack({ site, close }: { site: string | undefined; close: (made: boolean) => void }) {
  const list = useAsked('', () => api<Listed>(path('files')))
  const file = useSignal('')
  const head = useSignal<PackHead | undefined>(undefined)
  const part = useSignal<number | undefined>(undefined)
  const { busy, failed, run } = useDoing()
  const choose = async (name: string) => {
    file.value = name
    head.value = undefined
    if (name === '') return
    const found = await run(() => packHead(name))
    if (file.peek() === name) head.value = found
  }
  const upload = async (input: HTMLInputElement) => {
    const [chosen] = input.files ?? []
    if (chosen === undefined) return
    part.value = 0
    const address = `${path('files')}?name=${encodeURIComponent(chosen.name)}`
    const stored = await run(async () => {
      await sendFile('POST', address, chosen, (so) => {
        part.value = so
      })
      return true
    })
    part.value = undefined
    input.value = ''
    if (!stored) return
    list.again()
    await choose(chosen.name)
  }
  const give = async (event: SubmitEvent) => {
    event.preventDefault()
    const { value: it } = head
    if (it === undefined) return
    const place = site === undefined ? [] : ['sites', site]
    const body = { file: file.value }
    const made = await run(() => api<Pack>(path(...place, 'packs', it.name), { method: 'PUT', body }))
    if (made === undefined) return
    toast(t('{name} {version} goes to the boxes.', { name: made.name, version: made.version }))
    close(true)
  }
  const title = site === undefined ? t('Give all sites a pack') : t('Give this site a pack')
  return (
    <Dialog title={title} close={() => close(false)}>
      <form class="form" aria-label={title} onSubmit={(event) => void give(event)}>
        <Await of={list.of} again={list.again} rows={1}>
          {(it: Listed) => (
            <SelectField
              label={t('Pack')}
              hint={t('Among the files of the account')}
              value={file.value}
              change={(name) => void choose(name)}
              choices={[
                { value: '', text: t('Choose …') },
                ...it.files.map(({ name, size }) => ({ value: name, text: `${name} (${sizeText(size)})` })),
              ]}
            />
          )}
        </Await>
        <div class="field">
          <label for="new-pack">{t('Or store another')}</label>
          <input
            id="new-pack"
            type="file"
            disabled={busy.value}
            onChange={(event) => void upload(event.currentTarget)}
          />
        </div>
        {part.value !== undefined && <progress class="progress" value={part.value} aria-label={t('Upload')} />}
        {head.value && <Head it={head.value} />}
        <Problem of={failed.value} />
        <div class="buttons end">
          <button type="button" onClick={() => close(false)}>
            {t('Cancel')}
          </button>
          <button type="submit" class="primary" disabled={busy.value || head.value === undefined}>
            {t('Check it and give it')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function Head({ it }: { it: PackHead }) {
  return (
    <div class="whole">
      <dl class="pairs">
        <dt>{t('Pack')}</dt>
        <dd>
          <Said>{it.title ?? it.name}</Said> <span class="quiet">{it.version}</span>
        </dd>
        <dt>{t('Vendors')}</dt>
        <dd>
          <Said>{it.vendors.join(', ')}</Said>
        </dd>
        <dt>{t('Signed by key')}</dt>
        <dd>
          <code class="breaking">{it.keyId || t('not signed')}</code>
        </dd>
      </dl>
      <p class="hint">
        {t(
          'Whether the signature is good each box decides by the keys that it trusts; how far each site is tells you.',
        )}
      </p>
    </div>
  )
}
