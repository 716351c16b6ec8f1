import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { TemplateText } from '../../services/admin/schema-templates.ts'
import type { TemplateWordsView } from '../../services/admin/schema-workbench.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { Difference } from '../kit/difference.tsx'
import { Await, Empty } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { faultsOf, type Loaded, load } from '../state.ts'
import { tried } from '../tried.ts'
import { askToLeave, mayLeave } from '../unsaved.ts'
import { Editor, type Goto } from './editor.tsx'
import { Faults, useCheck } from './faults.tsx'
import type { TextsGround } from './ground.ts'
import { LiveFile } from './live-file.tsx'
import { originWord } from './words.ts'

const PARTS = ['live', 'difference', 'versions'] as const
type PartName = (typeof PARTS)[number]

/** One text: edited, checked while it is written, seen in the file of any phone, compared, and brought back. */
export function TemplatePage({ ground, vendor, file }: { ground: TextsGround; vendor: string; file: string }) {
  const stored = useSignal<Loaded<TemplateText>>({ kind: 'loading' })
  const path = `${ground.path}/${encodeURIComponent(vendor)}/${encodeURIComponent(file)}`
  const ask = () => load(stored, () => api<TemplateText>(path))
  useEffect(() => void ask(), [path])
  return (
    <>
      <p class="crumb">
        <a href={ground.link()}>{t('Templates')}</a> · <a href={ground.link(vendor)}>{vendor}</a>
      </p>
      <h1 class="file-name">{file}</h1>
      <Await of={stored.value} again={() => void ask()} rows={8}>
        {(it: TemplateText) => <Bench {...{ ground, vendor, file, path, it, ask }} />}
      </Await>
    </>
  )
}

interface Props {
  readonly ground: TextsGround
  readonly vendor: string
  readonly file: string
  readonly path: string
  readonly it: TemplateText & { readonly own?: { readonly shared?: boolean } | undefined }
  readonly ask: () => Promise<void>
}

function Bench({ ground, vendor, file, path, it, ask }: Props) {
  const text = useSignal(it.text)
  const words = useSignal<TemplateWordsView | undefined>(undefined)
  const goto = useSignal<Goto | undefined>(undefined)
  const shown = useSignal<PartName>('live')
  const failed = useSignal<ReturnType<typeof faultsOf> | undefined>(undefined)
  const check = useCheck(ground, vendor, file, text.value)
  const dirty = text.value !== it.text
  const { mayEdit, versions: Versions } = ground
  // The account's own text is taken away in the account, not at one of its sites.
  const ours = it.own !== undefined && it.own.shared !== true
  useEffect(() => {
    // Completion is a help: without its words everything else works.
    void api<TemplateWordsView>(`/template-words/${encodeURIComponent(vendor)}`).then(
      (value) => {
        words.value = value
      },
      () => undefined,
    )
  }, [vendor])
  useEffect(() => {
    mayLeave.value = dirty
      ? () =>
          askToLeave(() => {
            text.value = it.text
          })
      : undefined
    return () => {
      mayLeave.value = undefined
    }
  }, [dirty, it.text])
  const save = async () => {
    failed.value = undefined
    try {
      await api(path, { method: 'PUT', body: { text: text.peek() }, ...(it.own && { rev: it.own.rev }) })
      await ask()
      toast(t('In use: the next file that a phone fetches is made from it.'))
    } catch (error) {
      failed.value = faultsOf(error)
    }
  }
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return
      event.preventDefault()
      if (dirty && mayEdit) void save()
    }
    addEventListener('keydown', listener)
    return () => removeEventListener('keydown', listener)
  }, [dirty, it])
  const takeAway = async () => {
    const yes = await confirmed({
      title: t('Take your own text away?'),
      consequences: [
        t('What stands beneath it is used again, from the next file that a phone fetches.'),
        t('Your text stays among the versions and can be brought back.'),
      ],
      action: t('Take it away'),
      danger: true,
    })
    if (!yes) return
    await tried(t('It was not taken away'), async () => {
      await api(path, { method: 'DELETE', ...(it.own && { rev: it.own.rev }) })
      const value = await api<TemplateText>(path)
      text.value = value.text
      await ask()
    })
  }
  const bad = new Set(check.faults.filter((fault) => fault.file === file).map((fault) => fault.line))
  const parts: Readonly<Record<PartName, string>> = {
    live: t('At a phone'),
    difference: t('Comparison'),
    versions: t('Versions'),
  }
  return (
    <>
      <p class="facts">
        <span class={`tag ${it.origin === 'shipped' ? '' : 'ours'}`}>{originWord(it.origin)}</span>
        {it.own?.shared && <span class="tag">{t('of the account, for all sites')}</span>}
        {it.own?.behind && (
          <span class="tag warn-tag">
            {t('The text beneath was updated since: look at the difference, then save.')}
          </span>
        )}
      </p>
      <div class="bench">
        <div class="bench-edit">
          <Editor
            label={t('Text of {file}', { file })}
            text={text.value}
            change={(to) => {
              text.value = to
            }}
            words={words.value}
            bad={bad}
            goto={goto.value}
            readOnly={!mayEdit}
          />
          <Faults
            check={check}
            go={(line) => {
              goto.value = { line }
            }}
          />
          {failed.value && (
            <p class="failed" role="alert">
              {failed.value.status === 409 || failed.value.status === 412
                ? t(
                    'Somebody else changed this text meanwhile. Yours is still here: copy it, load the page anew, compare.',
                  )
                : failed.value.text}
            </p>
          )}
          {mayEdit && (
            <div class="buttons">
              <button
                type="button"
                class="primary"
                disabled={!dirty || check.faults.length > 0}
                onClick={() => void save()}
              >
                {t('Put it into use')}
              </button>
              <button
                type="button"
                disabled={!dirty}
                onClick={() => {
                  text.value = it.text
                }}
              >
                {t('Discard')}
              </button>
              {ours && (
                <button type="button" onClick={() => void takeAway()}>
                  {t('Take it away')}
                </button>
              )}
            </div>
          )}
        </div>
        <div class="bench-see">
          <fieldset class="segments plain-set">
            <legend class="unseen">{t('What to see')}</legend>
            {PARTS.map((name) => (
              <button
                key={name}
                type="button"
                aria-pressed={shown.value === name}
                onClick={() => {
                  shown.value = name
                }}
              >
                {parts[name]}
              </button>
            ))}
          </fieldset>
          {shown.value === 'live' && (
            <LiveFile
              ground={ground}
              vendor={vendor}
              file={file}
              text={text.value}
              good={check.of === text.value && check.faults.length === 0}
            />
          )}
          {shown.value === 'difference' &&
            (it.beneath === undefined ? (
              <Empty icon="template">{t('Nothing is beneath: this text is all there is.')}</Empty>
            ) : it.beneath.text === text.value ? (
              <Empty>{t('No difference.')}</Empty>
            ) : (
              <Difference name={originWord(it.beneath.origin)} before={it.beneath.text} after={text.value} />
            ))}
          {shown.value === 'versions' && (
            <Versions
              ground={ground}
              path={path}
              bring={(old) => {
                text.value = old
              }}
              now={text.value}
              restored={() =>
                void api<TemplateText>(path).then(async (value) => {
                  text.value = value.text
                  await ask()
                })
              }
            />
          )}
        </div>
      </div>
    </>
  )
}
