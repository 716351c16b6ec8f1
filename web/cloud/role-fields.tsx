import type { Signal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Check, SelectField } from '../kit/field.tsx'
import { Await } from '../kit/states.tsx'
import { roleWord } from '../session.ts'
import { useAsked } from './asked.ts'
import { atLeast, path } from './session.ts'
import type { Role, Site } from './types.ts'

const ROLES: readonly Role[] = ['viewer', 'installer', 'admin', 'owner']

function about(role: Role): string {
  return {
    viewer: t('Sees the account, its sites and the accounts below.'),
    installer: t('Changes the sites that are named, and claims boxes for them.'),
    admin: t('Does everything but making owners.'),
    owner: t('Does everything.'),
  }[role]
}

/** A role, and the sites that it is for. */
export function RoleFields({ role, sites }: { role: Signal<Role>; sites: Signal<readonly string[]> }) {
  const list = useAsked('', async () => (await api<{ sites: readonly Site[] }>(path('sites'))).sites)
  const given = ROLES.filter((one) => one !== 'owner' || atLeast('owner'))
  return (
    <>
      <SelectField
        label={t('Role')}
        hint={about(role.value)}
        value={role.value}
        change={(value) => {
          role.value = given.find((one) => one === value) ?? 'viewer'
          if (value !== 'installer') sites.value = []
        }}
        choices={given.map((value) => ({ value, text: roleWord(value) }))}
      />
      {role.value === 'installer' && (
        <fieldset>
          <legend>{t('The sites that it is for')}</legend>
          <Await of={list.of} again={list.again} rows={2}>
            {(all: readonly Site[]) =>
              all.map((site) => (
                <Check
                  key={site.id}
                  label={site.name}
                  checked={sites.value.includes(site.id)}
                  change={(checked) => {
                    const others = sites.value.filter((id) => id !== site.id)
                    sites.value = checked ? [...others, site.id] : others
                  }}
                />
              ))
            }
          </Await>
        </fieldset>
      )}
    </>
  )
}
