import type { Words } from './words.ts'

/** What the account’s page says of itself while it follows the account. */
export const cloudLive: Words = {
  'Not live: looked at every {n} s': 'Nicht live: Es wird alle {n} s nachgesehen',
  'The account cannot be reached. What is shown is as it was {ago}; changes cannot be saved now.':
    'Das Konto ist nicht erreichbar. Gezeigt wird der Stand {ago}; Änderungen können jetzt nicht gespeichert werden.',
}
