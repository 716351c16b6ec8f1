import type { Words } from './words.ts'

/** What the account’s page says of itself while it follows the account, and rings of rollouts. */
export const cloudLive: Words = {
  'Ring {n}': 'Ring {n}',
  'So many sites, a share like 10 %, or sites by name; the others follow.':
    'So viele Standorte, ein Anteil wie 10 % oder Standorte beim Namen; die anderen folgen.',
  'There is no site “{name}”.': 'Es gibt keinen Standort „{name}“.',
  'Leave out': 'Weglassen',
  'Another ring before the others': 'Noch ein Ring vor den anderen',
  'Not live: looked at every {n} s': 'Nicht live: Es wird alle {n} s nachgesehen',
  'The account cannot be reached. What is shown is as it was {ago}; changes cannot be saved now.':
    'Das Konto ist nicht erreichbar. Gezeigt wird der Stand {ago}; Änderungen können jetzt nicht gespeichert werden.',
}
