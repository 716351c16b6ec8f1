import { useEffect, useRef } from 'preact/hooks'
import type { AboutView, DhcpView } from '../services/admin/schema.ts'
import { add } from './api.ts'
import { DevicePage } from './device.tsx'
import { DeviceForm } from './form.tsx'
import { Overview } from './overview.tsx'
import { Ago } from './parts.tsx'
import { about, connection, dhcp, place } from './state.ts'

export function Page() {
  const main = useRef<HTMLElement>(null)
  const at = place.value
  const first = useRef(true)
  useEffect(() => {
    // A new place starts at its top, for the eye and for the screen reader; not on the first load.
    if (!first.current) {
      main.current?.focus({ preventScroll: true })
      scrollTo(0, 0)
    }
    first.current = false
  }, [at])
  const mac = /^#\/devices\/([0-9a-f:%]{12,40})$/i.exec(at)?.[1]
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        To the content
      </button>
      <Header />
      <main id="main" ref={main} tabIndex={-1}>
        {mac ? (
          <DevicePage key={mac} mac={decodeURIComponent(mac).toLowerCase()} />
        ) : at === '#/add' ? (
          <AddPage />
        ) : (
          <Overview />
        )}
      </main>
    </>
  )
}

function Header() {
  const box = about.value
  const status = dhcp.value
  return (
    <header>
      <div class="bar">
        <a class="brand" href="#/">
          Branchline
        </a>
        {box.kind === 'ready' && <Facts box={box.value} />}
        {status.kind === 'ready' && <DhcpFact status={status.value} />}
        <Connection />
      </div>
    </header>
  )
}

function Facts({ box }: { box: AboutView }) {
  return (
    <details class="facts">
      <summary>
        {box.mode === 'demo' ? 'Demo, no network is touched' : (box.addresses[0] ?? 'no address')}
        {box.addresses.length > 1 && ` +${box.addresses.length - 1}`}
      </summary>
      <dl>
        <div>
          <dt>Version</dt>
          <dd>{box.version}</dd>
        </div>
        <div>
          <dt>Started</dt>
          <dd>
            <Ago at={box.startedAt} />
          </dd>
        </div>
        <div>
          <dt>Addresses</dt>
          <dd>{box.addresses.length === 0 ? 'none' : box.addresses.map((it) => <span key={it}>{it}</span>)}</dd>
        </div>
        {box.listeners.map((it) => (
          <div key={`${it.service} ${it.where}`}>
            <dt>{it.service}</dt>
            <dd>{it.where}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

function DhcpFact({ status }: { status: DhcpView }) {
  const answering = status.interfaces.filter((it) => it.answering).map((it) => it.name)
  const silent = status.interfaces.filter((it) => !it.answering && it.mode !== 'off').map((it) => it.name)
  const text = answering.length > 0 ? `DHCP on ${answering.join(', ')}` : 'DHCP off'
  return (
    <span class={`dhcp ${silent.length > 0 ? 'warn' : answering.length > 0 ? 'on' : ''}`}>
      {text}
      {silent.length > 0 && `, held back on ${silent.join(', ')}`}
    </span>
  )
}

function Connection() {
  const { state, since } = connection.value
  return (
    <span class={`connection ${state}`} role="status">
      {state === 'live' ? (
        'Live'
      ) : state === 'connecting' ? (
        'Connecting …'
      ) : (
        <>
          Not connected, as of <Ago at={since} />
        </>
      )}
    </span>
  )
}

function AddPage() {
  return (
    <div class="head narrow">
      <p>
        <a href="#/">All devices</a>
      </p>
      <h1>Add a device</h1>
      <DeviceForm
        label="Add device"
        submit={add}
        done={(device) => {
          location.hash = `#/devices/${device.mac}`
        }}
      />
    </div>
  )
}
