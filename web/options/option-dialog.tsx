import { type Signal, useSignal } from '@preact/signals'
import type { OptionView } from '../../services/admin/schema-network.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { Check, SelectField, TextField } from '../kit/field.tsx'
import { KNOWN_OPTIONS } from './known.ts'
import {
  draftOf,
  holdsSubs,
  isOptionType,
  NEW_OPTION,
  NEW_SUB,
  OPTION_TYPES,
  type OptionDraft,
  type OptionFault,
  type OptionType,
  readOption,
} from './value.ts'

function typeWord(type: OptionType): string {
  return {
    text: t('Text'),
    ipv4: t('IPv4 addresses'),
    uint8: t('Number, 1 byte'),
    uint16: t('Number, 2 bytes'),
    uint32: t('Number, 4 bytes'),
    int32: t('Number with sign, 4 bytes'),
    boolean: t('Yes or no'),
    hex: t('Bytes (hexadecimal)'),
    'sip-servers': t('SIP servers'),
    sub: t('Sub-options'),
    'vendor-identifying': t('Sub-options of one vendor'),
  }[type]
}

function hintOf(type: OptionType): string {
  return {
    text: t('Sent as it stands here, such as http://192.0.2.1/.'),
    ipv4: t('Separated by commas, such as 192.0.2.1, 192.0.2.2.'),
    uint8: t('A whole number from 0 to 255.'),
    uint16: t('A whole number from 0 to 65535.'),
    uint32: t('A whole number from 0 to 4294967295.'),
    int32: t('A whole number, such as -3600.'),
    boolean: '',
    hex: t('Two hexadecimal digits for each byte, such as 01 0a ff.'),
    'sip-servers': t('Names or addresses, separated by commas.'),
    sub: '',
    'vendor-identifying': '',
  }[type]
}

/** One option: its number by name, its type, and its value as that type is written. `save` says what the box refused. */
export function OptionDialog(props: {
  option: OptionView | undefined
  taken: ReadonlySet<number>
  save: (option: OptionView) => Promise<string | undefined>
  close: () => void
}) {
  const draft = useSignal<OptionDraft>(props.option ? draftOf(props.option) : NEW_OPTION)
  const faults = useSignal<readonly OptionFault[]>([])
  const failed = useSignal<string | undefined>(undefined)
  const change = (part: Partial<OptionDraft>) => {
    draft.value = { ...draft.value, ...part }
    // What was found wrong is looked at again while it is mended.
    if (faults.value.length > 0) faults.value = faultsNow()
  }
  const faultsNow = () => {
    const read = readOption(draft.value, props.taken)
    return 'faults' in read ? read.faults : []
  }
  const at = (place: string) => faults.value.find((one) => one.at === place)?.message
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    const read = readOption(draft.value, props.taken)
    faults.value = 'faults' in read ? read.faults : []
    failed.value = undefined
    if (!('option' in read)) return
    failed.value = await props.save(read.option)
    if (failed.value === undefined) props.close()
  }
  const { code, type, always } = draft.value
  const known = KNOWN_OPTIONS.find((one) => String(one.code) === code.trim())
  return (
    <Dialog
      title={props.option ? t('DHCP option {code}', { code: props.option.code }) : t('Add a DHCP option')}
      close={props.close}
    >
      <form class="form" aria-label={t('DHCP option')} onSubmit={(event) => void save(event)} noValidate>
        <SelectField
          label={t('Option')}
          value={known ? String(known.code) : ''}
          change={(value) => {
            const chosen = KNOWN_OPTIONS.find((one) => String(one.code) === value)
            change(chosen ? { code: value, type: chosen.type, subs: [] } : { code: '' })
          }}
          choices={[
            ...KNOWN_OPTIONS.map((one) => ({ value: String(one.code), text: `${one.code} ${one.name}` })),
            { value: '', text: t('another number') },
          ]}
        />
        <TextField label={t('Number')} value={code} fault={at('code')} change={(value) => change({ code: value })} />
        <SelectField
          label={t('Type')}
          value={type}
          change={(value) => isOptionType(value) && change({ type: value })}
          choices={OPTION_TYPES.map((value) => ({ value, text: typeWord(value) }))}
        />
        {type === 'vendor-identifying' && (
          <TextField
            label={t('Vendor number (IANA)')}
            value={draft.value.enterprise}
            fault={at('enterprise')}
            change={(value) => change({ enterprise: value })}
          />
        )}
        {holdsSubs(type) ? (
          <Subs draft={draft} change={change} at={at} />
        ) : (
          <div class="whole">
            <Value label={t('Value')} draft={draft.value} fault={at('text')} change={(text) => change({ text })} />
          </div>
        )}
        <div class="whole">
          <Check
            label={t('Send it also to devices that do not ask for it')}
            checked={always}
            change={(on) => change({ always: on })}
          />
        </div>
        {failed.value && (
          <p class="failed" role="alert">
            {failed.value}
          </p>
        )}
        <div class="buttons end">
          <button type="button" onClick={props.close}>
            {t('Cancel')}
          </button>
          <button type="submit" class="primary">
            {t('Save')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function Value(props: {
  label: string
  draft: OptionDraft
  fault: string | undefined
  change: (text: string) => void
}) {
  const { type, text } = props.draft
  if (type === 'boolean')
    return (
      <SelectField
        label={props.label}
        value={text === 'true' ? 'true' : 'false'}
        change={props.change}
        choices={[
          { value: 'true', text: t('yes') },
          { value: 'false', text: t('no') },
        ]}
      />
    )
  return <TextField label={props.label} hint={hintOf(type)} value={text} fault={props.fault} change={props.change} />
}

const SUB_TYPES = OPTION_TYPES.filter((type) => !holdsSubs(type))

/** The options inside an option: code, length, value after one another, as options 43 and 125 have them. */
function Subs(props: {
  draft: Signal<OptionDraft>
  change: (part: Partial<OptionDraft>) => void
  at: (place: string) => string | undefined
}) {
  const { subs } = props.draft.value
  const set = (i: number, part: Partial<OptionDraft>) =>
    props.change({ subs: subs.map((sub, j) => (j === i ? { ...sub, ...part } : sub)) })
  return (
    <fieldset class="whole subs card">
      <legend>{t('Sub-options')}</legend>
      {subs.map((sub, i) => (
        <div key={i} class="form sub">
          <TextField
            label={t('Number')}
            value={sub.code}
            fault={props.at(`subs.${i}.code`)}
            change={(code) => set(i, { code })}
          />
          <SelectField
            label={t('Type')}
            value={sub.type}
            change={(value) => isOptionType(value) && set(i, { type: value })}
            choices={SUB_TYPES.map((value) => ({ value, text: typeWord(value) }))}
          />
          <Value
            label={t('Value')}
            draft={sub}
            fault={props.at(`subs.${i}.text`)}
            change={(text) => set(i, { text })}
          />
          <button
            type="button"
            aria-label={t('Remove sub-option {code}', { code: sub.code || i + 1 })}
            onClick={() => props.change({ subs: subs.filter((_, j) => j !== i) })}
          >
            {t('Remove')}
          </button>
        </div>
      ))}
      {props.at('subs') && <p class="fault">{props.at('subs')}</p>}
      <div class="buttons">
        <button type="button" onClick={() => props.change({ subs: [...subs, NEW_SUB] })}>
          {t('Add a sub-option')}
        </button>
      </div>
    </fieldset>
  )
}
