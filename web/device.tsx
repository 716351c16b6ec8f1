import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ExplainView, FilePreview, HappeningView, JourneyView } from '../services/admin/schema.ts'
import { ApiError, adopt, api } from './api.ts'
import { EffectiveSettings } from './effective.tsx'
import { DeviceForm } from './form.tsx'
import { Ago, Await, Badge, Empty, Section } from './parts.tsx'
import { changes, connection, faultsOf, type Loaded, latest, loadDevices } from './state.ts'

/** One device: its verdict, its way so far, what it would get and why. */
export function DevicePage({ mac }: { mac: string }) {
  const explanation = useSignal<Loaded<ExplainView>>({ kind: 'loading' })
  const journey = useSignal<Loaded<JourneyView | undefined>>({ kind: 'loading' })
  const path = encodeURIComponent(mac)
  const lost = connection.value.state === 'lost'

  useEffect(() => {
    // After a lost connection everything is asked again.
    if (lost) return
    void (async () => {
      await into(explanation, () => api<ExplainView>(`/devices/${path}/explain`))
      const it = explanation.value
      // A device that was never seen has no journey to ask for.
      if (it.kind === 'ready' && it.value.verdict.state === 'never-seen')
        journey.value = { kind: 'ready', value: undefined }
      else await into(journey, () => journeyOf(path))
    })()
  }, [mac, changes.value, lost])

  const news = latest.value
  useEffect(() => {
    const now = journey.value
    if (news?.mac !== mac) return
    if (now.kind !== 'ready' || !now.value) void into(journey, () => journeyOf(path))
    else
      journey.value = {
        kind: 'ready',
        value: { ...now.value, happenings: [...now.value.happenings, news], lastSeen: news.at },
      }
    void into(explanation, () => api<ExplainView>(`/devices/${path}/explain`))
  }, [news])

  return (
    <Await of={explanation.value}>
      {(it: ExplainView) => (
        <>
          <Head it={it} />
          {!it.device && (
            <Section id="adopt" title="Adopt this device">
              <DeviceForm
                mac={mac}
                label="Adopt this device"
                submit={adopt}
                done={() => {
                  changes.value++
                  void loadDevices()
                }}
              />
            </Section>
          )}
          <div class="columns">
            <Section id="journey" title="Journey">
              <Await of={journey.value}>{(value) => <Timeline happenings={value?.happenings ?? []} />}</Await>
            </Section>
            <Files key={mac} it={it} path={path} />
          </div>
          <Media it={it} />
          <Warnings it={it} />
          <EffectiveSettings it={it} />
        </>
      )}
    </Await>
  )
}

async function into<Value>(target: { value: Loaded<Value> }, ask: () => Promise<Value>): Promise<void> {
  try {
    target.value = { kind: 'ready', value: await ask() }
  } catch (error) {
    if (target.value.kind !== 'ready') target.value = { kind: 'error', text: faultsOf(error).text }
  }
}

/** Never seen is an answer, not a failure. */
async function journeyOf(path: string): Promise<JourneyView | undefined> {
  try {
    return await api<JourneyView>(`/journeys/${path}`)
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  }
}

function Head({ it }: { it: ExplainView }) {
  const told = useSignal<string | undefined>(undefined)
  const { device, identity, verdict } = it
  const what = [device?.vendor ?? identity.vendor, device?.model ?? identity.model, identity.firmware]
    .filter(Boolean)
    .join(' ')
  async function resync(): Promise<void> {
    told.value = 'Telling the phone …'
    try {
      told.value = (
        await api<{ text: string }>(`/devices/${encodeURIComponent(it.mac)}/resync`, { method: 'POST' })
      ).text
    } catch (error) {
      told.value = faultsOf(error).text
    }
  }
  return (
    <div class="head">
      <p>
        <a href="#/">All devices</a>
      </p>
      <h1 tabIndex={-1}>{device?.name ?? (what || it.mac)}</h1>
      <p class="quiet">
        <span class="mac">{it.mac}</span>
        {what && ` · ${what}`}
      </p>
      <p class="verdict" role="status">
        <Badge state={verdict.state} /> {verdict.text}
      </p>
      {verdict.advice && <p class="advice">{verdict.advice}</p>}
      {device && it.closed && <Held mac={it.mac} reason={it.closed} />}
      {device && (
        <>
          <p class="quiet">
            {device.lines.length === 0
              ? 'No line yet'
              : device.lines.map((line) => `line ${line.user}${line.hasSecret ? '' : ' (no password)'}`).join(', ')}
          </p>
          <p>
            <button type="button" onClick={() => void resync()}>
              Fetch configuration again
            </button>{' '}
            <span role="status">{told.value}</span>
          </p>
        </>
      )}
    </div>
  )
}

/** Something else seems to have its address: a person decides whether it gets its secrets again. */
function Held({ mac, reason }: { mac: string; reason: string }) {
  const told = useSignal<string | undefined>(undefined)
  async function allow(): Promise<void> {
    try {
      await api(`/devices/${encodeURIComponent(mac)}/allow`, { method: 'POST' })
      changes.value++
    } catch (error) {
      told.value = faultsOf(error).text
    }
  }
  return (
    <div class="fault">
      <p>{reason}.</p>
      <p>
        <button type="button" onClick={() => void allow()}>
          It is the right phone: allow it again
        </button>{' '}
        <span role="status">{told.value}</span>
      </p>
    </div>
  )
}

/** The newest first: that is the one an installer waits for. */
export function Timeline({ happenings }: { happenings: readonly HappeningView[] }) {
  if (happenings.length === 0) return <Empty>It was never seen here. Is it plugged in, and into this network?</Empty>
  return (
    <ol class="timeline" reversed>
      {[...happenings]
        .reverse()
        .slice(0, 200)
        .map((it, i) => (
          <li key={happenings.length - i} class={it.tone}>
            <span class="text">{it.text}</span>
            <span class="quiet">
              <Ago at={it.at} />
              {it.interface && ` · ${it.interface}`}
            </span>
          </li>
        ))}
    </ol>
  )
}

function Files({ it, path }: { it: ExplainView; path: string }) {
  const shown = useSignal<Loaded<FilePreview> | undefined>(undefined)
  return (
    <Section id="files" title="Files" count={it.files.length}>
      {it.files.length === 0 && <Empty>No template makes a file for it.</Empty>}
      <ul class="files">
        {it.files.map((file) => (
          <li key={file.name}>
            <button
              type="button"
              class="link"
              onClick={() => {
                shown.value = { kind: 'loading' }
                void into(shown as { value: Loaded<FilePreview> }, () =>
                  api<FilePreview>(`/devices/${path}/file?name=${encodeURIComponent(file.name)}`),
                )
              }}
            >
              {file.name}
            </button>
            {file.own && <span class="tag">its own</span>}
            {file.secret && <span class="tag">holds secrets</span>}
            {file.absent && <span class="quiet">not made: {file.absent}</span>}
            {file.problem && <span class="fault">{file.problem}</span>}
          </li>
        ))}
      </ul>
      {shown.value && (
        <Await of={shown.value}>
          {(preview) => (
            <figure>
              <figcaption>
                {preview.file}, {preview.size} bytes{preview.masked && ', secrets masked'}
              </figcaption>
              <pre>{preview.text}</pre>
            </figure>
          )}
        </Await>
      )}
    </Section>
  )
}

function Media({ it: { media = [] } }: { it: ExplainView }) {
  if (media.length === 0) return null
  return (
    <Section id="media" title="Stored pictures and sounds" count={media.length}>
      <ul>
        {media.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </Section>
  )
}

function Warnings({ it }: { it: ExplainView }) {
  if (it.warnings.length === 0) return null
  return (
    <Section id="warnings" title="Given, but without effect" count={it.warnings.length}>
      <ul>
        {it.warnings.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </Section>
  )
}
