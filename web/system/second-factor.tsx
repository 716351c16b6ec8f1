import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { CodeBox } from '../kit/code-box.tsx'
import { Copied } from '../kit/copied.tsx'
import { confirmed, Dialog } from '../kit/dialog.tsx'
import { TextField } from '../kit/field.tsx'
import { Qr } from '../kit/qr.tsx'
import { Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { faultsOf } from '../state.ts'
import { tried } from '../tried.ts'
import { passwordAgain } from './fresh.tsx'

export interface Begun {
  readonly secret: string
  readonly uri: string
  readonly qr: string
}

/** How the second factor is set up: at a box, or in an account. Each throws why it was refused. */
export interface Factor {
  /** Undefined: the person did not want to go on. */
  begin(): Promise<Begun | undefined>
  /** Returns the recovery codes. */
  confirm(begun: Begun, code: string): Promise<readonly string[]>
  /** False: the person did not want to go on. */
  remove(): Promise<boolean>
  /** Whether there is one; undefined: nobody tells. */
  readonly on?: boolean
}

const ofBox: Factor = {
  begin: async () => ((await passwordAgain()) ? api<Begun>('/me/second-factor', { method: 'POST' }) : undefined),
  confirm: async (_begun, code) =>
    (await api<{ recoveryCodes: string[] }>('/me/second-factor', { method: 'PUT', body: { code } })).recoveryCodes,
  async remove() {
    if (!(await passwordAgain())) return false
    await api('/me/second-factor', { method: 'DELETE' })
    return true
  },
}

/** Six digits beside the password, from an authenticator that the person has. */
export function SecondFactor({ factor = ofBox }: { factor?: Factor }) {
  const begun = useSignal<Begun | undefined>(undefined)
  const codes = useSignal<readonly string[] | undefined>(undefined)
  const begin = () =>
    tried(t('It did not begin'), async () => {
      begun.value = await factor.begin()
    })
  const off = async () => {
    const yes = await confirmed({
      title: t('Turn the second factor off?'),
      consequences: [t('From then on the password alone lets somebody in as you.')],
      action: t('Turn it off'),
      danger: true,
    })
    if (!yes) return
    await tried(t('It was not turned off'), async () => {
      if (await factor.remove()) toast(t('The second factor is off.'))
    })
  }
  return (
    <Section id="second-factor" title={t('Second factor')}>
      <div class="card stacked">
        <p>
          {t('With an authenticator app, a stolen password alone lets nobody in.')}{' '}
          {factor.on !== undefined && (
            <span class={`badge ${factor.on ? 'configured' : 'waiting'}`}>{factor.on ? t('on') : t('off')}</span>
          )}
        </p>
        <div class="buttons">
          <button type="button" onClick={() => void begin()}>
            {t('Set one up, or another one')}
          </button>
          {factor.on !== false && (
            <button type="button" onClick={() => void off()}>
              {t('Turn it off')}
            </button>
          )}
        </div>
      </div>
      {begun.value && (
        <Scan
          begun={begun.value}
          factor={factor}
          close={() => {
            begun.value = undefined
          }}
          done={(list) => {
            begun.value = undefined
            codes.value = list
          }}
        />
      )}
      {codes.value && (
        <Dialog
          title={t('Recovery codes')}
          close={() => {
            codes.value = undefined
          }}
        >
          <p>
            {t('Each lets you in once when the authenticator is lost. They are shown this once: keep them on paper.')}
          </p>
          <CodeBox label={t('Recovery codes')} text={codes.value.join('\n')} />
          <div class="buttons end">
            <button
              type="button"
              class="primary"
              onClick={() => {
                codes.value = undefined
              }}
            >
              {t('I have them')}
            </button>
          </div>
        </Dialog>
      )}
    </Section>
  )
}

function Scan(props: { begun: Begun; factor: Factor; close: () => void; done: (codes: readonly string[]) => void }) {
  const code = useSignal('')
  const fault = useSignal<string | undefined>(undefined)
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    try {
      props.done(await props.factor.confirm(props.begun, code.value.replace(/\s/g, '')))
    } catch (error) {
      fault.value = faultsOf(error).text
    }
  }
  return (
    <Dialog title={t('Set up the second factor')} close={props.close}>
      <p>{t('Scan this with your authenticator app, or type the key in there. Then enter the six digits it shows.')}</p>
      <Qr svg={props.begun.qr} text={t('the key for your authenticator')} />
      <p>
        {t('Secret key')}: <Copied text={props.begun.secret} />
      </p>
      <form class="stacked" onSubmit={(event) => void send(event)} aria-label={t('Set up the second factor')}>
        <TextField
          label={t('Six digits')}
          name="one-time-code"
          value={code.value}
          fault={fault.value}
          autofocus
          change={(value) => {
            code.value = value
          }}
        />
        <div class="buttons end">
          <button type="button" onClick={props.close}>
            {t('Cancel')}
          </button>
          <button type="submit" class="primary">
            {t('Turn it on')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
