import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { PersonView } from '../services/admin/schema-directory.ts'
import { api } from './api.ts'
import { t } from './i18n.ts'
import { confirmed, Dialog } from './kit/dialog.tsx'
import { Editable } from './kit/editable.tsx'
import { Check, TextField } from './kit/field.tsx'
import { toast } from './kit/toast.tsx'
import { faultsOf } from './state.ts'

const EMPTY = { name: '', extension: '', department: '', email: '', user: '', secret: '' }

/** Where one is kept. */
export interface PersonGround {
  /** Of the API. */
  readonly path: string
  readonly mayEdit: boolean
  /** Says that an edit of somebody who was there is stored. */
  said(text: string, id: string): Promise<void> | void
}

/** One person: who it is, and the line that a phone of this person registers. */
export function PersonDialog(props: { ground: PersonGround; id: string | undefined; close: () => void }) {
  const { id, close } = props
  const person = useSignal<PersonView | undefined>(undefined)
  const given = useSignal(EMPTY)
  const listed = useSignal(true)
  const failed = useSignal<ReturnType<typeof faultsOf> | undefined>(undefined)
  const { mayEdit } = props.ground
  const path = `${props.ground.path}/${encodeURIComponent(id ?? '')}`
  useEffect(() => {
    if (id === undefined) return
    void api<PersonView>(path).then(
      (it) => {
        person.value = it
        listed.value = it.listed
        const { name, extension = '', department = '', email = '', line } = it
        given.value = { name, extension, department, email, user: line?.user ?? '', secret: '' }
      },
      (error) => {
        failed.value = faultsOf(error)
      },
    )
  }, [id])
  const field = (name: keyof typeof EMPTY, path = name as string) => ({
    value: given.value[name],
    change: (value: string) => {
      given.value = { ...given.value, [name]: value }
    },
    fault: failed.value?.faults.find((fault) => fault.path === path)?.message,
  })
  const save = async (event: Event) => {
    event.preventDefault()
    const { secret, user, ...rest } = given.value
    const text = Object.fromEntries(
      Object.entries(rest).map(([name, value]) => [name, value.trim() === '' ? null : value.trim()]),
    )
    const line =
      user.trim() === ''
        ? person.value?.line && { line: null }
        : { line: { index: 1, user: user.trim(), ...(secret !== '' && { secret }) } }
    const body = { ...text, listed: listed.value, ...line }
    try {
      if (person.value) await api(path, { method: 'PATCH', body, rev: person.value.rev })
      else
        await api(props.ground.path, {
          method: 'POST',
          body: Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)),
        })
      const { name } = given.value
      close()
      // A new person's change is the making, which is no change to take back.
      if (id === undefined) toast(t('{name} is saved.', { name }))
      else await props.ground.said(t('{name} is saved.', { name }), id)
    } catch (error) {
      failed.value = faultsOf(error)
    }
  }
  const remove = async () => {
    const it = person.value
    if (!it) return
    close()
    const yes = await confirmed({
      title: t('Remove {name}?', { name: it.name }),
      consequences: [
        t('The person goes from the directory and from every phone book.'),
        t('Phones of this person keep their lines.'),
      ],
      action: t('Remove'),
      danger: true,
    })
    if (!yes) return
    try {
      await api(path, { method: 'DELETE', rev: it.rev })
      await props.ground.said(t('{name} is removed.', { name: it.name }), it.id)
    } catch (error) {
      toast(faultsOf(error).text, { tone: 'bad' })
    }
  }
  return (
    <Dialog title={id === undefined ? t('Add a person') : given.value.name} close={close}>
      <form class="form" aria-label={t('Person')} onSubmit={(event) => void save(event)} noValidate>
        <Editable when={mayEdit}>
          <TextField label={t('Name')} autofocus {...field('name')} />
          <TextField label={t('Extension')} {...field('extension')} />
          <TextField label={t('Department')} {...field('department')} />
          <TextField label={t('E-mail')} {...field('email')} />
          <TextField
            label={t('SIP user')}
            hint={t('With a SIP account this person can be given a phone')}
            {...field('user', 'line.user')}
          />
          <TextField
            label={t('SIP password')}
            type="password"
            placeholder={person.value?.line?.hasSecret ? t('set, not shown') : t('none')}
            {...field('secret', 'line.secret')}
          />
          <Check
            label={t('In the phone book')}
            checked={listed.value}
            change={(checked) => {
              listed.value = checked
            }}
          />
        </Editable>
        {failed.value && (
          <p class="failed" role="alert">
            {failed.value.text}
          </p>
        )}
        <div class="buttons end">
          {person.value && mayEdit && (
            <button type="button" class="danger" onClick={() => void remove()}>
              {t('Remove')}
            </button>
          )}
          <button type="button" onClick={close}>
            {mayEdit ? t('Cancel') : t('Close')}
          </button>
          {mayEdit && (
            <button type="submit" class="primary">
              {t('Save')}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  )
}
