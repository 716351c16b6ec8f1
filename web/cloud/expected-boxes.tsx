import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { plural, t } from '../i18n.ts'
import { Field, SelectField } from '../kit/field.tsx'
import { Ago, Await, Empty, Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { tried } from '../tried.ts'
import { useAsked, useDoing } from './asked.ts'
import { useNames } from './by.ts'
import { Problem } from './problem.tsx'
import { account, path } from './session.ts'
import type { Site } from './types.ts'

interface Expected {
  readonly fingerprint: string
  readonly siteId: string
  readonly by: string
  readonly at: number
}

/** Boxes that are the account's as soon as they first reach it, without code and words. */
export function ExpectedBoxes() {
  const list = useAsked('', async () => (await api<{ expected: readonly Expected[] }>(path('expected-boxes'))).expected)
  const sites = useAsked('', async () => (await api<{ sites: readonly Site[] }>(path('sites'))).sites)
  const places = sites.of.kind === 'ready' ? sites.of.value : []
  const nameOf = useNames()
  const remove = ({ fingerprint }: Expected) =>
    tried(t('It was not removed'), async () => {
      await api(`/expected-boxes/${encodeURIComponent(account.value?.id ?? '')}/${fingerprint}`, { method: 'DELETE' })
      list.again()
    })
  return (
    <Section id="expected" title={t('Boxes named in advance')}>
      <p class="quiet">
        {t(
          'Such a box belongs to you as soon as it first reaches the account, once. Its fingerprint is told by “branchline cloud status”.',
        )}
      </p>
      <Name sites={places} done={list.again} />
      <Await of={list.of} again={list.again} rows={2}>
        {(expected: readonly Expected[]) =>
          expected.length === 0 ? (
            <Empty icon="system">{t('No box is expected.')}</Empty>
          ) : (
            <ul class="card history">
              {expected.map((one) => (
                <li key={one.fingerprint}>
                  <span>
                    <code class="breaking">{one.fingerprint}</code>
                    <span class="quiet block" dir="auto">
                      {places.find(({ id }) => id === one.siteId)?.name}, {nameOf(one.by)}, <Ago at={one.at} />
                    </span>
                  </span>
                  <button
                    type="button"
                    aria-label={`${t('Expect it no longer')}: ${one.fingerprint.slice(0, 8)}`}
                    onClick={() => void remove(one)}
                  >
                    {t('Expect it no longer')}
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Await>
    </Section>
  )
}

function Name({ sites, done }: { sites: readonly Site[]; done: () => void }) {
  const site = useSignal('')
  const text = useSignal('')
  const { busy, failed, run } = useDoing()
  const fingerprints = text.value.toLowerCase().match(/[0-9a-f]{64}/g) ?? []
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const body = { siteId: site.value, fingerprints }
    const made = await run(() => api<{ added: number }>('/expected-boxes', { method: 'POST', body }))
    if (made === undefined) return
    toast(plural('{n} box is expected.|{n} boxes are expected.', made.added))
    text.value = ''
    done()
  }
  return (
    <form class="card form" aria-label={t('Name boxes')} onSubmit={(event) => void send(event)}>
      <SelectField
        label={t('Site')}
        value={site.value}
        change={(value) => {
          site.value = value
        }}
        choices={[{ value: '', text: t('Choose …') }, ...sites.map(({ id, name }) => ({ value: id, text: name }))]}
      />
      <div class="whole">
        <Field label={t('Fingerprints')} hint={t('One a line; what stands around them does not matter.')}>
          {(id, described) => (
            <textarea
              id={id}
              aria-describedby={described}
              rows={3}
              spellcheck={false}
              value={text.value}
              onInput={(event) => {
                text.value = event.currentTarget.value
              }}
            />
          )}
        </Field>
      </div>
      <Problem of={failed.value} />
      <div class="buttons end">
        <button type="submit" disabled={busy.value || site.value === '' || fingerprints.length === 0}>
          {fingerprints.length === 0
            ? t('Expect them')
            : plural('Expect {n} box|Expect {n} boxes', fingerprints.length)}
        </button>
      </div>
    </form>
  )
}
