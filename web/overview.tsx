import type { AlarmView, DeviceRow, Sighting } from '../services/admin/schema.ts'
import { allow, refetchOne } from './actions.ts'
import { whatOf } from './format.ts'
import { t } from './i18n.ts'
import { Ago, Await, Badge, Empty, Said, Section } from './kit/states.tsx'
import { ChangesPill, useSteady } from './kit/steady.tsx'
import { RightNow } from './overview-now.tsx'
import { Pace } from './overview-pace.tsx'
import { Services } from './overview-services.tsx'
import { to } from './router.ts'
import { may } from './session.ts'
import { SetupReminder } from './setup/reminder.tsx'
import { alarms, devices, journeys, listOf, rankOf, strangers } from './state.ts'

/** The first page: what needs a person first, then what happens, then what the box does. */
export function Overview() {
  return (
    <>
      <h1>{t('Overview')}</h1>
      <SetupReminder />
      <Tiles />
      <Alarms />
      <div class="columns wide-first">
        <Needy />
        <RightNow />
      </div>
      <Pace />
      <Services />
    </>
  )
}

/** The numbers that a glance is for; each leads to its phones. */
function Tiles() {
  const list = devices.value
  const rows = listOf(list)
  const on = rows.filter((row) => row.enabled)
  const count = (...states: readonly string[]) => on.filter((row) => states.includes(row.verdict.state)).length
  const tiles = [
    { id: 'configured', text: t('Configured'), count: count('configured'), href: `${to('phones')}?state=configured` },
    { id: 'under-way', text: t('On their way'), count: count('under-way'), href: `${to('phones')}?state=under-way` },
    { id: 'trouble', text: t('In trouble'), count: count('trouble'), href: `${to('phones')}?state=trouble` },
    { id: 'waiting', text: t('Waiting'), count: count('waiting'), href: `${to('phones')}?state=waiting` },
    { id: 'never-seen', text: t('Never seen'), count: count('never-seen'), href: `${to('phones')}?state=never-seen` },
    { id: 'unknown-device', text: t('New'), count: listOf(strangers.value).length, href: to('new') },
  ]
  const ready = list.kind === 'ready' && journeys.value.kind === 'ready'
  return (
    <ul class="tiles">
      {tiles.map((it) => (
        <li key={it.id}>
          <a href={it.href} class={`tile ${it.id} ${it.count > 0 ? '' : 'none'}`}>
            <span class="big">{ready ? it.count : '–'}</span>
            <span>{it.text}</span>
          </a>
        </li>
      ))}
    </ul>
  )
}

function Alarms() {
  const list = alarms.value
  if (list.kind === 'loading' || (list.kind === 'ready' && list.value.length === 0)) return null
  return (
    <Section id="alarms" title={t('Alarms')} count={listOf(list).length}>
      <Await of={list}>
        {(rows: readonly AlarmView[]) => (
          <ul class="alarms">
            {rows.map((alarm) => (
              <li key={`${alarm.kind} ${alarm.subject}`}>
                <p>
                  <Said>{alarm.text}</Said>
                </p>
                <p class="quiet">
                  <span dir="auto">{alarm.subject}</span>, <Ago at={alarm.lastAt} />
                  {alarm.count > 1 && `, ${t('{n} times', { n: alarm.count })}`}
                </p>
                <AlarmButton kind={alarm.kind} />
              </li>
            ))}
          </ul>
        )}
      </Await>
    </Section>
  )
}

function AlarmButton({ kind }: { kind: string }) {
  if (['foreign-dhcp', 'pool-exhausted', 'neighbour-mismatch'].includes(kind))
    return (
      <a class="button" href={to('network')}>
        {t('Open network')}
      </a>
    )
  if (kind === 'fingerprint-changed' || kind === 'template-error')
    return (
      <a class="button" href={`${to('phones')}?state=trouble`}>
        {t('Phones in trouble')}
      </a>
    )
  return null
}

interface Need {
  readonly mac: string
  readonly name: string
  readonly what: string
  readonly verdict: DeviceRow['verdict']
}
const MOST = 25

/** Phones that need somebody: those in trouble, new ones, those that wait, each with what most likely helps. */
function Needy() {
  const list = devices.value
  const known = listOf(list)
    .filter((row) => row.enabled && !['configured', 'under-way'].includes(row.verdict.state))
    .map((row) => ({ row, rank: rankOf(row) }))
  const fresh = listOf(strangers.value).map((row) => ({ row, rank: 1 }))
  const all = [...known, ...fresh]
    .sort((a, b) => a.rank - b.rank || nameOf(a.row).localeCompare(nameOf(b.row), undefined, { numeric: true }))
    .map(({ row }): Need => ({ mac: row.mac, name: nameOf(row), what: whatOf(row), verdict: row.verdict }))
  const steady = useSteady(all, (row) => row.mac)
  return (
    <Section
      id="needy"
      title={t('Needs you')}
      count={list.kind === 'ready' ? all.length : undefined}
      action={<ChangesPill of={steady} />}
    >
      <Await of={list}>
        {() =>
          steady.rows.length === 0 ? (
            <Empty>
              <p>{t('Every phone has what it should have.')}</p>
              <p>{t('A phone that is plugged in shows up here by itself.')}</p>
            </Empty>
          ) : (
            <ul class="cards" {...steady.bind}>
              {steady.rows.slice(0, MOST).map((row) => (
                <li key={row.mac} class={`card need ${row.verdict.state}`}>
                  <div class="need-who">
                    <a href={to('phones', row.mac)} dir="auto">
                      {row.name}
                    </a>
                    <Badge state={row.verdict.state} />
                  </div>
                  <p class="quiet">
                    <span class="mac">{row.mac}</span>
                    {row.what !== row.name && <Said>{row.what && ` · ${row.what}`}</Said>}
                  </p>
                  <p>
                    <Said>{row.verdict.text}</Said>
                  </p>
                  <p class="advice">
                    <Said>{row.verdict.advice}</Said>
                  </p>
                  <Help row={row} />
                </li>
              ))}
            </ul>
          )
        }
      </Await>
      {all.length > MOST && (
        <p>
          <a href={`${to('phones')}?state=trouble`}>{t('All {n}', { n: all.length })}</a>
        </p>
      )}
    </Section>
  )
}

function nameOf(row: DeviceRow | Sighting): string {
  return ('name' in row ? row.name : undefined) ?? (whatOf(row) || row.mac)
}

/** The one button that most likely helps. */
export function Help({ row }: { row: Need }) {
  const { help } = row.verdict
  const link = (href: string, text: string) => (
    <a class="button" href={href} aria-label={`${text}: ${row.name}`}>
      {text}
    </a>
  )
  const button = (run: () => void, text: string) => (
    <button type="button" onClick={run} aria-label={`${text}: ${row.name}`}>
      {text}
    </button>
  )
  if (help === 'network') return link(to('network'), t('Open network'))
  if (!may('devices')) return link(to('phones', row.mac), t('Look at it'))
  if (help === 'adopt') return link(`${to('new')}?mac=${row.mac}`, t('Adopt it'))
  if (help === 'allow') return button(() => void allow(row.mac, row.name), t('It is the right phone: allow it'))
  if (help === 'refetch') return button(() => void refetchOne(row.mac, row.name), t('Fetch again'))
  if (help === 'setup') return link(to('phones', row.mac, 'setup'), t('How to set it up'))
  return link(to('phones', row.mac), t('Look at it'))
}
