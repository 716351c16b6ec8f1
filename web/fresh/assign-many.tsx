import { useSignal } from '@preact/signals'
import type { Sighting } from '../../services/admin/schema.ts'
import type { WaitingPerson } from '../../services/admin/schema-assist.ts'
import { adopt, assign } from '../api.ts'
import { whatOf } from '../format.ts'
import { plural, t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { toast } from '../kit/toast.tsx'
import { loadDevices } from '../state.ts'
import { tried } from '../tried.ts'

/** Whose each shall be, shown before it is done: phones in the order of their addresses, people in that of their numbers. */
export function AssignMany(props: {
  phones: readonly Sighting[]
  people: readonly WaitingPerson[]
  clear: () => void
}) {
  const { phones, people } = props
  const asking = useSignal(false)
  const busy = useSignal(false)
  const given = useSignal<Readonly<Record<string, string>>>({})
  const open = () => {
    const inOrder = [...phones].sort((a, b) => a.mac.localeCompare(b.mac))
    given.value = Object.fromEntries(inOrder.map((phone, i) => [phone.mac, people[i]?.extension ?? '']))
    asking.value = true
  }
  const close = () => {
    asking.value = false
  }
  const run = async () => {
    busy.value = true
    let done = 0
    for (const [mac, extension] of Object.entries(given.value))
      await tried(mac, async () => {
        if (extension === '') await adopt(mac, { enabled: true })
        else await assign(mac, extension)
        done++
      })
    await loadDevices()
    busy.value = false
    toast(plural('{n} phone is adopted.|{n} phones are adopted.', done))
    close()
    props.clear()
  }
  const twice = new Set(Object.values(given.value).filter((one, i, all) => one !== '' && all.indexOf(one) !== i))
  return (
    <section class="bulk" aria-label={t('For the chosen phones')}>
      <strong>{plural('{n} chosen|{n} chosen', phones.length)}</strong>
      <button type="button" class="primary" onClick={open}>
        {t('Adopt them')}
      </button>
      <button type="button" class="plain-text" onClick={props.clear}>
        {t('Choose none')}
      </button>
      {asking.value && (
        <Dialog title={plural('Adopt {n} phone|Adopt {n} phones', phones.length)} close={close}>
          <p>{t('Each gets the name and the line of its person. Without one it gets a record, and a line later.')}</p>
          <ul class="pairs-list">
            {Object.entries(given.value).map(([mac, extension]) => {
              const phone = phones.find((one) => one.mac === mac)
              return (
                <li key={mac}>
                  <span>
                    <span class="mac">{mac}</span> <span class="quiet">{phone ? whatOf(phone) : ''}</span>
                  </span>
                  <select
                    aria-label={t('Whose is {mac}?', { mac })}
                    value={extension}
                    onChange={(event) => {
                      given.value = { ...given.value, [mac]: event.currentTarget.value }
                    }}
                  >
                    <option value="">{t('nobody’s yet')}</option>
                    {people.map((person) => (
                      <option key={person.id} value={person.extension} selected={person.extension === extension}>
                        {person.extension} {person.name}
                      </option>
                    ))}
                  </select>
                </li>
              )
            })}
          </ul>
          {twice.size > 0 && (
            <p class="fault" role="alert">
              {t('Two phones for one person: {names}', { names: [...twice].join(', ') })}
            </p>
          )}
          <div class="buttons end">
            <button type="button" onClick={close}>
              {t('Cancel')}
            </button>
            <button type="button" class="primary" disabled={busy.value || twice.size > 0} onClick={() => void run()}>
              {t('Adopt them')}
            </button>
          </div>
        </Dialog>
      )}
    </section>
  )
}
