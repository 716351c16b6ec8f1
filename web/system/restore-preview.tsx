import type { Signal } from '@preact/signals'
import type { RestoreView } from '../../services/admin/schema-backup.ts'
import { plural, t } from '../i18n.ts'
import { Check } from '../kit/field.tsx'
import { Icon } from '../kit/icon.tsx'

/** What a checked backup would bring, and what a person has to see to. */
export function PreviewList({ it }: { it: NonNullable<RestoreView['preview']> }) {
  return (
    <>
      <p>
        <Icon name="ok" /> {t('The whole backup was checked and is sound. It brings:')}
      </p>
      <ul>
        <li>{plural('{n} phone|{n} phones', it.devices)}</li>
        <li>{plural('{n} person or contact|{n} people and contacts', it.people)}</li>
        <li>
          {plural('{n} network|{n} networks', it.networks)}, {plural('{n} address lent|{n} addresses lent', it.leases)}
        </li>
        <li>
          {plural('{n} stored file|{n} stored files', it.files)}
          {it.filesWithout > 0 &&
            ` (${plural('{n} without its content: store it again|{n} without their content: store them again', it.filesWithout)})`}
        </li>
        <li>{plural('{n} account of a person who signs in|{n} accounts of people who sign in', it.accounts)}</li>
      </ul>
      {it.account !== undefined && (
        <p class="warning">
          {t(
            'It belongs to the central account {name}. The box that it was made of must not run any more: two with one identity are stopped there.',
            {
              name: it.account,
            },
          )}
        </p>
      )}
      {it.beside.length > 0 && (
        <p class="warning">
          {t('For you to put in place: {files}. They come into the folder “restored” of the data.', {
            files: it.beside.join(', '),
          })}
        </p>
      )}
    </>
  )
}

/** The address that the other machine had, and whether this one takes it. */
export function AddressChoice({ it, taken }: { it: NonNullable<RestoreView['address']>; taken: Signal<boolean> }) {
  const address = it.address ?? t('by DHCP')
  if (it.obstacle !== undefined)
    return (
      <p class="warning">
        {t('The address of that box was {address}, and cannot be taken here: {reason}.', {
          ...{ address, reason: it.obstacle },
        })}
      </p>
    )
  return (
    <>
      <Check
        label={t('Take its address too: {address}', { address })}
        checked={taken.value}
        change={(value) => {
          taken.value = value
        }}
      />
      <p class="quiet">
        {taken.value
          ? t('Once the box is well it answers there and no longer here; if it is not well there, it comes back.')
          : t('Phones look for the box where it was: without its address they find it when they next ask for theirs.')}
      </p>
    </>
  )
}
