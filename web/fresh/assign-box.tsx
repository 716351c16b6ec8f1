import { useSignal } from '@preact/signals'
import { useCallback } from 'preact/hooks'
import type { WaitingPerson } from '../../services/admin/schema-assist.ts'
import { assign } from '../api.ts'
import { t } from '../i18n.ts'
import { Combobox } from '../kit/combobox.tsx'
import { toast } from '../kit/toast.tsx'
import { go, to } from '../router.ts'
import { faultsOf, refreshWords } from '../state.ts'
import { offered } from './offered.ts'

/** Gives one phone to one person: a click into the field, a click on the person. */
export function AssignBox(props: {
  mac: string
  people: readonly WaitingPerson[]
  done?: () => void
  autofocus?: boolean
}) {
  const { mac, people } = props
  const text = useSignal('')
  const fault = useSignal<string | undefined>(undefined)
  const find = useCallback((typed: string) => offered(people, typed), [people])
  const give = async (extension: string) => {
    fault.value = undefined
    try {
      const device = await assign(mac, extension)
      await refreshWords()
      props.done?.()
      const name = device.name ?? extension
      toast(t('The phone is {name}’s now.', { name }), {
        action: { text: t('Look at it'), run: () => go(to('phones', mac)) },
      })
    } catch (error) {
      fault.value = faultsOf(error).text
    }
  }
  return (
    <Combobox
      label={t('Whose is it?')}
      text={text.value}
      autofocus={props.autofocus ?? false}
      placeholder={people.length === 0 ? t('Extension') : t('Name or extension')}
      hint={people.length === 0 ? t('Nobody with a line waits for a phone.') : undefined}
      fault={fault.value}
      change={(typed) => {
        text.value = typed
        fault.value = undefined
      }}
      find={find}
      choose={(option) => void give(option.value)}
      enter={() => {
        if (text.value.trim() !== '') void give(text.value.trim())
      }}
    />
  )
}
