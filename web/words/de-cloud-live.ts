import type { Words } from './words.ts'

/** What the account’s page says of itself while it follows the account, and rings of rollouts. */
export const cloudLive: Words = {
  'Ring {n}': 'Ring {n}',
  'So many sites, a share like 10 %, or sites by name; the others follow.':
    'So viele Standorte, ein Anteil wie 10 % oder Standorte beim Namen; die anderen folgen.',
  'There is no site “{name}”.': 'Es gibt keinen Standort „{name}“.',
  'Leave out': 'Weglassen',
  'Another ring before the others': 'Noch ein Ring vor den anderen',
  'Not live': 'Nicht live',
  'News does not come by itself now: what is shown is asked for every {n} s.':
    'Neues kommt jetzt nicht von selbst: Was gezeigt wird, wird alle {n} s erfragt.',
  'The account cannot be reached. What is shown is as it was {ago}; changes cannot be saved now.':
    'Das Konto ist nicht erreichbar. Gezeigt wird der Stand {ago}; Änderungen können jetzt nicht gespeichert werden.',
}
