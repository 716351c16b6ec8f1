import { kindWord } from '../activity/words.ts'
import { fullTime } from '../format.ts'
import { t } from '../i18n.ts'
import { Said } from '../kit/states.tsx'
import { fieldWord } from '../phone/field-words.ts'
import { detailsOf, fieldsIn, targetOf } from './audit-target.ts'
import { actWord } from './audit-words.ts'
import { useNames } from './by.ts'
import { at } from './session.ts'
import type { Entry, Site } from './types.ts'

/** Who did what to which thing, with names in the place of ids. */
export function AuditEntries({ entries, sites }: { entries: readonly Entry[]; sites: readonly Site[] }) {
  const nameOf = useNames()
  const names = new Map(sites.map(({ id, name }) => [id, name]))
  return (
    <ul class="card history">
      {entries.map((one) => (
        <li key={one.id}>
          <span>
            <strong dir="auto">{one.actorName !== '' ? one.actorName : nameOf(one.actor)}</strong>{' '}
            <span title={one.action}>{actWord(one.action)}</span>
            <span class="quiet block breaking">
              <About {...{ one, names, nameOf }} />
            </span>
          </span>
          <span class="quiet">
            {fullTime(one.at)}
            <span class="block">{one.address}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}

function About(props: { one: Entry; names: ReadonlyMap<string, string>; nameOf: (actor: string) => string }) {
  const { one, names, nameOf } = props
  const { site, kind, id, person, other } = targetOf(one.target)
  const fields = fieldsIn(one.detail)
  return (
    <>
      {site !== undefined && (
        <a href={at('sites', site)} dir="auto">
          {names.get(site) ?? t('a site that is gone')}
        </a>
      )}{' '}
      {kind !== undefined && (
        <>
          {kindWord(kind)} <RecordLink {...{ site, kind, id: id ?? '' }} />
        </>
      )}
      {person !== undefined && <span dir="auto">{nameOf(`person:${person}`)}</span>}
      {other !== undefined && <Said>{other}</Said>}
      {fields.length > 0 && (
        <>
          {' · '}
          {fields.map(fieldWord).join(', ')}
        </>
      )}
      {detailsOf(one.detail).map(({ name, value }) => (
        <span key={name} class="block">
          {name}: <Said>{value}</Said>
        </span>
      ))}
    </>
  )
}

function RecordLink({ site, kind, id }: { site: string | undefined; kind: string; id: string }) {
  if (kind !== 'device' || site === undefined || !/^[0-9a-f]{12}$/.test(id)) return <Said>{id}</Said>
  const mac = id.match(/../g)?.join(':') ?? id
  return (
    <a class="mac" href={at('sites', site, 'devices', mac)}>
      {mac}
    </a>
  )
}
