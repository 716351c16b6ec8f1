import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { CodeBox } from '../kit/code-box.tsx'
import { confirmed, Dialog } from '../kit/dialog.tsx'
import { SelectField, TextField } from '../kit/field.tsx'
import { Ago, Await, Empty, Said, Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { tried } from '../tried.ts'
import { useAsked, useDoing } from './asked.ts'
import { Problem } from './problem.tsx'
import { path } from './session.ts'
import type { Channel, Delivery } from './types.ts'

/** Where alerts go, and what became of each letter and call. */
export function ChannelsTab() {
  const list = useAsked('', async () => (await api<{ channels: readonly Channel[] }>(path('alert-channels'))).channels)
  const sent = useAsked('', async () => (await api<{ deliveries: readonly Delivery[] }>(path('deliveries'))).deliveries)
  const adding = useSignal(false)
  const secret = useSignal<string | undefined>(undefined)
  const add = (
    <button
      type="button"
      onClick={() => {
        adding.value = true
      }}
    >
      {t('Add a channel')}
    </button>
  )
  return (
    <>
      <Section id="channels" title={t('Channels')} action={add}>
        {secret.value !== undefined && (
          <div class="card held">
            <p>{t('What deliveries are signed with. It is told this once:')}</p>
            <CodeBox label={t('Secret')} text={secret.value} />
          </div>
        )}
        <Await of={list.of} again={list.again}>
          {(channels: readonly Channel[]) =>
            channels.length === 0 ? (
              <Empty icon="told">
                <p>{t('Alerts go nowhere yet: they are seen on this page alone.')}</p>
              </Empty>
            ) : (
              <ul class="card history">
                {channels.map((one) => (
                  <Row key={one.id} channel={one} again={list.again} tested={sent.again} />
                ))}
              </ul>
            )
          }
        </Await>
      </Section>
      <Section id="deliveries" title={t('What was sent')}>
        <Await of={sent.of} again={sent.again}>
          {(deliveries: readonly Delivery[]) => <Deliveries of={deliveries} />}
        </Await>
      </Section>
      {adding.value && (
        <NewChannel
          close={() => {
            adding.value = false
          }}
          done={(told) => {
            adding.value = false
            secret.value = told
            list.again()
          }}
        />
      )}
    </>
  )
}

function Row({ channel, again, tested }: { channel: Channel; again: () => void; tested: () => void }) {
  const { id, kind, name, target, kinds, enabled, rev } = channel
  const test = () =>
    tried(t('The test was not sent'), async () => {
      await api(path('alert-channels', id, 'test'), { method: 'POST' })
      toast(t('A test is on its way; below stands what becomes of it.'))
      tested()
    })
  const change = () =>
    tried(t('It was not changed'), async () => {
      const body = { rev, enabled: !enabled, name, target, kinds }
      await api(path('alert-channels', id), { method: 'PUT', body })
      again()
    })
  const remove = async () => {
    const consequences = [t('No alert goes there any more.')]
    if (!(await confirmed({ title: t('Remove {name}?', { name }), consequences, action: t('Remove'), danger: true })))
      return
    await tried(t('{name} was not removed', { name }), async () => {
      await api(path('alert-channels', id), { method: 'DELETE' })
      again()
    })
  }
  return (
    <li>
      <span>
        <strong dir="auto">{name}</strong> <span class="tag">{kind === 'email' ? t('E-mail') : t('Webhook')}</span>{' '}
        {!enabled && <span class="tag warn-tag">{t('off')}</span>}
        <span class="quiet block breaking" dir="auto">
          {target}
        </span>
        <Said class="fault block">{channel.offReason ?? undefined}</Said>
      </span>
      <span class="buttons">
        <button type="button" aria-label={`${t('Test')}: ${name}`} onClick={() => void test()}>
          {t('Test')}
        </button>
        <button
          type="button"
          aria-label={`${enabled ? t('Switch off') : t('Switch on')}: ${name}`}
          onClick={() => void change()}
        >
          {enabled ? t('Switch off') : t('Switch on')}
        </button>
        <button type="button" aria-label={`${t('Remove')}: ${name}`} onClick={() => void remove()}>
          {t('Remove')}
        </button>
      </span>
    </li>
  )
}

function Deliveries({ of }: { of: readonly Delivery[] }) {
  if (of.length === 0) return <Empty icon="told">{t('Nothing was sent yet.')}</Empty>
  const word = { waiting: t('waiting'), sent: t('sent'), failed: t('failed') }
  const tone = { waiting: 'waiting', sent: 'configured', failed: 'trouble' }
  return (
    <ul class="card history">
      {of.map((one) => (
        <li key={one.id}>
          <span>
            <span class={`badge ${tone[one.state]}`}>{word[one.state]}</span> <code>{one.event}</code>{' '}
            <span class="breaking" dir="auto">
              {one.target}
            </span>
            <Said class="fault block">{one.error ?? undefined}</Said>
          </span>
          <span class="quiet">
            <Ago at={one.createdAt} />
          </span>
        </li>
      ))}
    </ul>
  )
}

function NewChannel(props: { close: () => void; done: (secret: string | undefined) => void }) {
  const kind = useSignal('email')
  const name = useSignal('')
  const target = useSignal('')
  const { busy, failed, faultAt, run } = useDoing()
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const body = { kind: kind.value, name: name.value.trim(), target: target.value.trim() }
    const made = await run(() => api<{ secret?: string }>(path('alert-channels'), { method: 'POST', body }))
    if (made) props.done(made.secret)
  }
  return (
    <Dialog title={t('Add a channel')} close={props.close}>
      <form class="form" aria-label={t('Add a channel')} onSubmit={(event) => void send(event)}>
        <SelectField
          label={t('Kind')}
          value={kind.value}
          change={(value) => {
            kind.value = value
          }}
          choices={[
            { value: 'email', text: t('E-mail') },
            { value: 'webhook', text: t('Webhook') },
          ]}
        />
        <TextField
          label={t('Name')}
          value={name.value}
          change={(text) => {
            name.value = text
          }}
          fault={faultAt('name')}
          required
        />
        <TextField
          label={kind.value === 'email' ? t('E-mail address') : t('Address (https)')}
          value={target.value}
          change={(text) => {
            target.value = text
          }}
          fault={faultAt('target')}
          required
        />
        <Problem of={failed.value} />
        <div class="buttons end">
          <button type="submit" class="primary" disabled={busy.value}>
            {t('Add')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
