import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Check, TextField } from '../kit/field.tsx'
import { NotAllowed, Section } from '../kit/states.tsx'
import { Tabs } from '../kit/tabs.tsx'
import { toast } from '../kit/toast.tsx'
import { useDoing } from './asked.ts'
import { ExpectedBoxes } from './expected-boxes.tsx'
import { Problem } from './problem.tsx'
import { account, askWho, at, atLeast, enter, path } from './session.ts'
import { Transfer } from './transfer.tsx'
import type { Account } from './types.ts'

/** The account itself: its name and rules, boxes that were named in advance, and everything of it as a file. */
export function AccountPage({ tab }: { tab: string }) {
  return (
    <>
      <h1>{t('Account')}</h1>
      <Tabs
        label={t('Parts of the account')}
        at={tab}
        tabs={[
          { id: 'about', text: t('Name and rules'), href: at('account') },
          { id: 'boxes', text: t('Boxes named in advance'), href: at('account', 'boxes') },
          { id: 'transfer', text: t('Out and in'), href: at('account', 'transfer') },
        ]}
      />
      {!atLeast('admin') ? (
        <NotAllowed />
      ) : tab === 'boxes' ? (
        <ExpectedBoxes />
      ) : tab === 'transfer' ? (
        <Transfer />
      ) : (
        <About />
      )}
    </>
  )
}

function About() {
  const { id = '', name: before = '', rev = 0, phraseMayBeLeftOut = false } = account.value ?? {}
  const name = useSignal(before)
  const leftOut = useSignal(phraseMayBeLeftOut)
  const { busy, failed, faultAt, run } = useDoing()
  const changed = name.value.trim() !== before || leftOut.value !== phraseMayBeLeftOut
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const body = { rev, name: name.value.trim(), phraseMayBeLeftOut: leftOut.value }
    if (!(await run(() => api<Account>(path(), { method: 'PATCH', body })))) return
    await askWho()
    await enter(id)
    toast(t('Saved.'))
  }
  return (
    <Section id="about" title={t('Name and rules')}>
      <form class="card stacked" aria-label={t('Name and rules')} onSubmit={(event) => void send(event)}>
        <TextField
          label={t('Name of the account')}
          value={name.value}
          fault={faultAt('name')}
          required
          change={(text) => {
            name.value = text
          }}
        />
        <Check
          label={t('Who claims a box from behind its own internet address need not type its three words')}
          checked={leftOut.value}
          change={(on) => {
            leftOut.value = on
          }}
        />
        <Problem of={failed.value} />
        <div class="buttons">
          <button type="submit" class="primary" disabled={busy.value || !changed}>
            {t('Save')}
          </button>
        </div>
      </form>
    </Section>
  )
}
