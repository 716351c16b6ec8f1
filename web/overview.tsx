import { useState } from 'preact/hooks'
import type { AlarmView, DeviceRow, Sighting } from '../services/admin/schema.ts'
import { adopt } from './api.ts'
import { DeviceForm } from './form.tsx'
import { LeaseList, Network } from './network.tsx'
import { Ago, Await, Badge, Empty, Pieces, Section, Sentence } from './parts.tsx'
import { alarms, byTrouble, loadDevices, strangers } from './state.ts'

/** The first page: what is wrong, who is here, who is new. */
export function Overview() {
  return (
    <>
      <Alarms />
      <Strangers />
      <Devices />
      <Network />
      <LeaseList />
    </>
  )
}

export function Alarms() {
  const list = alarms.value
  if (list.kind === 'ready' && list.value.length === 0) return null
  return (
    <Section id="alarms" title="Alarms" count={list.kind === 'ready' ? list.value.length : undefined}>
      <Await of={list}>
        {(rows: readonly AlarmView[]) => (
          <ul class="alarms">
            {rows.map((alarm) => (
              <li key={`${alarm.kind} ${alarm.subject}`}>
                <p>{alarm.text}</p>
                <p class="quiet">
                  {alarm.subject}, <Ago at={alarm.lastAt} />
                  {alarm.count > 1 && `, ${alarm.count} times`}
                </p>
              </li>
            ))}
          </ul>
        )}
      </Await>
    </Section>
  )
}

export function Strangers() {
  const list = strangers.value
  const [open, setOpen] = useState<string | undefined>()
  return (
    <Section id="new-devices" title="New devices" count={list.kind === 'ready' ? list.value.length : undefined}>
      <Await of={list}>
        {(rows: readonly Sighting[]) =>
          rows.length === 0 ? (
            <Empty>No unknown device was seen. A phone that is plugged in shows up here by itself.</Empty>
          ) : (
            <Pieces items={rows} what="devices">
              {(shown) => (
                <ul class="rows">
                  {shown.map((row) => (
                    <li key={row.mac}>
                      <div class="row">
                        <a class="who" href={`#/devices/${row.mac}`}>
                          <strong>{whatOf(row) || 'Unknown make'}</strong>
                          <span class="mac">{row.mac}</span>
                        </a>
                        <Sentence verdict={row.verdict} />
                        <span class="when">
                          {row.address ? `${row.address}, ` : ''}
                          <Ago at={row.lastSeen} />
                        </span>
                        <button
                          type="button"
                          aria-expanded={open === row.mac}
                          aria-label={`Adopt ${row.mac}`}
                          onClick={() => setOpen(open === row.mac ? undefined : row.mac)}
                        >
                          Adopt
                        </button>
                      </div>
                      {open === row.mac && (
                        <DeviceForm
                          mac={row.mac}
                          label="Adopt this device"
                          submit={adopt}
                          cancel={() => setOpen(undefined)}
                          done={() => {
                            setOpen(undefined)
                            void loadDevices()
                          }}
                        />
                      )}
                    </li>
                  ))}
                </ul>
              )}
            </Pieces>
          )
        }
      </Await>
    </Section>
  )
}

export function Devices() {
  const list = byTrouble.value
  const [filter, setFilter] = useState('')
  return (
    <Section
      id="devices"
      title="Devices"
      count={list.kind === 'ready' ? list.value.length : undefined}
      action={
        <a class="button" href="#/add">
          Add a device
        </a>
      }
    >
      <Await of={list}>
        {(rows: readonly DeviceRow[]) => {
          if (rows.length === 0)
            return (
              <Empty>
                No device has a record yet. Adopt a new one, or <a href="#/add">add one by its MAC address</a>.
              </Empty>
            )
          const found = rows.filter((row) => matches(row, filter))
          return (
            <>
              {rows.length > 8 && (
                <p class="filter">
                  <label for="filter">Find</label>
                  <input
                    id="filter"
                    type="search"
                    value={filter}
                    placeholder="name, MAC, number, model"
                    onInput={(event) => setFilter(event.currentTarget.value)}
                  />
                </p>
              )}
              {found.length === 0 && <Empty>No device matches “{filter}”.</Empty>}
              <Pieces items={found} what="devices">
                {(shown) => (
                  <ul class="rows">
                    {shown.map((row) => (
                      <DeviceItem key={row.mac} row={row} />
                    ))}
                  </ul>
                )}
              </Pieces>
            </>
          )
        }}
      </Await>
    </Section>
  )
}

function DeviceItem({ row }: { row: DeviceRow }) {
  const users = row.lines.map((line) => line.user).join(', ')
  return (
    <li>
      <div class="row">
        <a class="who" href={`#/devices/${row.mac}`}>
          <strong>{row.name ?? row.mac}</strong>
          <span class="mac">{row.mac}</span>
          <span class="quiet">{[whatOf(row), users].filter(Boolean).join(' · ')}</span>
        </a>
        <Sentence verdict={row.verdict} />
        <span class="when">
          {row.address}
          {row.lastSeen !== undefined && (
            <>
              {row.address ? ', ' : ''}
              <Ago at={row.lastSeen} />
            </>
          )}
        </span>
        {row.enabled ? <Badge state={row.verdict.state} /> : <span class="badge off">Switched off</span>}
      </div>
    </li>
  )
}

function whatOf(row: { vendor?: string | undefined; model?: string | undefined }): string {
  return [row.vendor, row.model].filter(Boolean).join(' ')
}

function matches(row: DeviceRow, filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const text = [
    row.name,
    row.mac,
    row.mac.replaceAll(':', ''),
    row.vendor,
    row.model,
    row.group,
    row.address,
    ...row.lines.map((line) => line.user),
    row.verdict.text,
  ]
    .join(' ')
    .toLowerCase()
  return words.every((word) => text.includes(word))
}
