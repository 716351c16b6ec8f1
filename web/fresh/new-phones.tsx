import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Sighting } from '../../services/admin/schema.ts'
import type { WaitingPerson } from '../../services/admin/schema-assist.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Check } from '../kit/field.tsx'
import { Await, Empty, Section } from '../kit/states.tsx'
import { ChangesPill, useSteady } from '../kit/steady.tsx'
import { part } from '../part.tsx'
import { route, to } from '../router.ts'
import { may } from '../session.ts'
import { changes, type Loaded, listOf, load, strangers } from '../state.ts'
import { AssignMany } from './assign-many.tsx'
import { NewPhone } from './new-phone.tsx'
import { ScanField } from './scan-field.tsx'

const AdoptRule = part(async () => (await import('./adopt-rule.tsx')).AdoptRule)
const Claims = part(async () => (await import('./claims.tsx')).Claims)

/** Seen, but not ours yet: who they are, and whose they shall be. */
export function NewPhones() {
  const waiting = useSignal<Loaded<readonly WaitingPerson[]>>({ kind: 'loading' })
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  const open = useSignal(route.value.query.get('mac') ?? '')
  const ask = () => void load(waiting, async () => (await api<{ people: WaitingPerson[] }>('/people/waiting')).people)
  useEffect(ask, [changes.value])
  const list = strangers.value
  const rows = useMemo(() => [...listOf(list)].sort((a, b) => b.firstSeen - a.firstSeen), [list])
  const steady = useSteady(rows, (row) => row.mac)
  const people = listOf(waiting.value)
  const mayAdopt = may('devices')
  const many = rows.filter((row) => chosen.value.has(row.mac))
  const toggle = (mac: string, on: boolean) => {
    const next = new Set(chosen.value)
    if (on) next.add(mac)
    else next.delete(mac)
    chosen.value = next
  }
  return (
    <>
      <div class="page-head">
        <h1>{t('New phones')}</h1>
        {mayAdopt && (
          <div class="buttons">
            <a class="button" href={to('import')}>
              {t('Import a list')}
            </a>
            <a class="button" href={to('add')}>
              {t('Add a phone by its label')}
            </a>
          </div>
        )}
      </div>
      {mayAdopt && (
        <ScanField
          seen={(mac) => {
            open.value = mac
          }}
          people={people}
        />
      )}
      {many.length > 0 && (
        <AssignMany
          phones={many}
          people={people}
          clear={() => {
            chosen.value = new Set()
          }}
        />
      )}
      <Section
        id="seen"
        title={t('Seen on the network')}
        count={list.kind === 'ready' ? rows.length : undefined}
        action={<ChangesPill of={steady} />}
      >
        <Await of={list}>
          {() =>
            steady.rows.length === 0 ? (
              <Empty icon="new">
                <p>{t('No unknown phone was seen.')}</p>
                <p>{t('A phone that is plugged in shows up here by itself.')}</p>
              </Empty>
            ) : (
              <>
                {steady.rows.length > 1 && mayAdopt && (
                  <Check
                    label={t('Choose all')}
                    checked={many.length === rows.length}
                    change={(on) => {
                      chosen.value = new Set(on ? rows.map((row) => row.mac) : [])
                    }}
                  />
                )}
                <ul class="cards" {...steady.bind}>
                  {steady.rows.slice(0, 200).map((row: Sighting) => (
                    <NewPhone
                      key={row.mac}
                      row={row}
                      people={people}
                      open={open.value === row.mac}
                      chosen={chosen.value.has(row.mac)}
                      toggle={(on) => toggle(row.mac, on)}
                      done={steady.release}
                    />
                  ))}
                </ul>
              </>
            )
          }
        </Await>
      </Section>
      {mayAdopt && <Claims people={people} />}
      {mayAdopt && <AdoptRule />}
    </>
  )
}
