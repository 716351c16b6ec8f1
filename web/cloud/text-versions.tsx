import { useSignal } from '@preact/signals'
import type { VersionRow } from '../../services/admin/schema-templates.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Ago, Await, Empty, Section } from '../kit/states.tsx'
import type { VersionsProps } from '../templates/ground.ts'
import { type SeenVersion, VersionList, VersionShown } from '../templates/version-list.tsx'
import { tried } from '../tried.ts'
import { useAsked } from './asked.ts'
import { asked } from './job.ts'
import { path } from './session.ts'
import type { FleetSite } from './types.ts'

interface Change {
  readonly at: number
  readonly by: string
  readonly action: string
}

/** Who changed an own text when; and what each change made of it, which boxes keep. */
export function TextVersions(props: VersionsProps) {
  const boxes = useAsked(props.path, () => boxesWith(props.path))
  const list = boxes.of.kind === 'ready' ? boxes.of.value : []
  const [first] = list
  const site = useSignal<string | undefined>(undefined)
  return (
    <>
      <Changes {...props} />
      {first !== undefined && site.value === undefined && (
        <div class="buttons">
          <button
            type="button"
            onClick={() => {
              site.value = first.siteId
            }}
          >
            {t('See the texts that {site} had', { site: first.name })}
          </button>
        </div>
      )}
      {site.value !== undefined && first !== undefined && <AtBox {...props} site={first} />}
    </>
  )
}

/** The sites whose box can be asked: the one that the text is of, or any. */
async function boxesWith(of: string): Promise<readonly FleetSite[]> {
  const only = /\/sites\/([^/]+)\//.exec(of)?.[1]
  const { sites } = await api<{ sites: readonly FleetSite[] }>(path('fleet', 'sites'))
  return sites.filter((one) => one.boxId !== null && !one.offline && (only === undefined || one.siteId === only))
}

function AtBox({ site, path: of, now, bring, ground }: VersionsProps & { site: FleetSite }) {
  const [text = '', vendor = ''] = of.split('/').reverse().map(decodeURIComponent)
  const seen = useSignal<SeenVersion | undefined>(undefined)
  const list = useAsked(`${site.siteId} ${of}`, async () => {
    const spec = { kind: 'versions', vendor, text }
    return (await asked<{ versions: readonly VersionRow[] }>(site.siteId, spec)).versions
  })
  const look = (seq: number) =>
    tried(t('It cannot be shown'), async () => {
      seen.value = { seq, text: (await asked<SeenVersion>(site.siteId, { kind: 'versions', vendor, text, seq })).text }
    })
  return (
    <Section id="at-box" title={t('Texts that {site} had', { site: site.name })}>
      <Await of={list.of} again={list.again} rows={2}>
        {(versions: readonly VersionRow[]) =>
          versions.length === 0 ? (
            <Empty icon="pencil">{t('No own text was ever in use there.')}</Empty>
          ) : (
            <VersionList versions={versions} look={look} />
          )
        }
      </Await>
      {seen.value && (
        <VersionShown
          seen={seen.value}
          now={now}
          close={() => {
            seen.value = undefined
          }}
        >
          {ground.mayEdit && seen.value.text !== now && (
            <div class="buttons end">
              <button
                type="button"
                class="primary"
                onClick={() => {
                  bring(seen.value?.text ?? now)
                  seen.value = undefined
                }}
              >
                {t('Put it into the editor')}
              </button>
            </div>
          )}
        </VersionShown>
      )}
    </Section>
  )
}

function Changes({ path: of, ground }: VersionsProps) {
  const list = useAsked(of, async () => (await api<{ changes: readonly Change[] }>(`${of}/history`)).changes)
  return (
    <Await of={list.of} again={list.again}>
      {(changes: readonly Change[]) =>
        changes.length === 0 ? (
          <Empty icon="pencil">{t('Nobody has written an own text here yet.')}</Empty>
        ) : (
          <ol class="history card">
            {[...changes].reverse().map((one) => (
              <li key={`${one.at} ${one.by}`}>
                <span>
                  {one.action === 'record.remove' ? t('Taken away') : t('Changed')}{' '}
                  <span class="quiet">
                    <span dir="auto">{ground.nameOf(one.by)}</span>, <Ago at={one.at} />
                  </span>
                </span>
              </li>
            ))}
          </ol>
        )
      }
    </Await>
  )
}
