import { useState } from 'preact/hooks'
import type { AlarmView, DeviceRow, DhcpView, LeaseView, Sighting } from '../services/admin/schema.ts'
import { adopt } from './api.ts'
import { DeviceForm } from './form.tsx'
import { Ago, Await, Badge, Empty, Pieces, Section, Sentence, span } from './parts.tsx'
import { alarms, byTrouble, dhcp, leases, loadDevices, now, strangers } from './state.ts'

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

function Network() {
  return (
    <Section id="network" title="DHCP">
      <Await of={dhcp.value}>
        {(status: DhcpView) =>
          status.interfaces.length === 0 ? (
            <Empty>No network interface was found.</Empty>
          ) : (
            <ul class="rows">
              {status.interfaces.map((it) => (
                <li key={it.name}>
                  <div class="row">
                    <span class="who">
                      <strong>{it.name}</strong>
                      <span class="quiet">{it.mode}</span>
                    </span>
                    <span class="sentence">{it.reason}</span>
                    <span class={`badge ${it.answering ? 'configured' : it.mode === 'off' ? 'off' : 'trouble'}`}>
                      {it.answering ? 'Answers' : 'Silent'}
                    </span>
                  </div>
                </li>
              ))}
              {status.networks.map((it) => (
                <li key={it.id}>
                  <div class="row">
                    <span class="who">
                      <strong>{it.id}</strong>
                    </span>
                    <label class="pool">
                      <span>
                        {it.active} of {it.size} addresses leased{it.declined > 0 && `, ${it.declined} set aside`}
                      </span>
                      <meter
                        min={0}
                        max={Math.max(1, it.size)}
                        high={it.size * 0.9}
                        optimum={0}
                        value={it.active + it.offered + it.declined}
                      />
                    </label>
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Await>
    </Section>
  )
}

export function LeaseList() {
  const list = leases.value
  const active =
    list.kind === 'ready'
      ? { ...list, value: list.value.filter((lease) => lease.state === 'active' || lease.state === 'declined') }
      : list
  return (
    <Section id="leases" title="Leases" count={active.kind === 'ready' ? active.value.length : undefined}>
      <Await of={active}>
        {(rows: readonly LeaseView[]) =>
          rows.length === 0 ? (
            <Empty>No address is leased.</Empty>
          ) : (
            <Pieces items={rows} what="leases">
              {(shown) => (
                <div class="scroll">
                  <table>
                    <thead>
                      <tr>
                        <th scope="col">Address</th>
                        <th scope="col">Device</th>
                        <th scope="col">Calls itself</th>
                        <th scope="col">Ends</th>
                      </tr>
                    </thead>
                    <tbody>
                      {shown.map((lease) => (
                        <tr key={lease.address}>
                          <td>{lease.address}</td>
                          <td>
                            {lease.mac ? (
                              <a class="mac" href={`#/devices/${lease.mac}`}>
                                {lease.mac}
                              </a>
                            ) : (
                              <span class="mac">{lease.clientId}</span>
                            )}
                          </td>
                          <td>{lease.hostName}</td>
                          <td>
                            {lease.state === 'declined'
                              ? 'set aside: in use by another'
                              : lease.endsAt > now.value
                                ? `in ${span(lease.endsAt - now.value)}`
                                : 'over'}
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              )}
            </Pieces>
          )
        }
      </Await>
    </Section>
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
