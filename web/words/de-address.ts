import type { Words } from './words.ts'

/** German of the box's own address. */
export const address: Words = {
  'Address and length of its prefix': 'Adresse und Länge ihres Präfixes',
  'Always the same': 'Immer dieselbe',
  'Beside those that DHCP names, and public ones. Separated by commas.':
    'Neben denen, die DHCP nennt, und öffentlichen. Durch Kommas getrennt.',
  'By DHCP': 'Über DHCP',
  Each: 'Jeder',
  'How it gets its address': 'Woher sie ihre Adresse hat',
  'It is tried for two minutes. Unless you reach the page by it and keep it, the former one is taken back.':
    'Sie wird zwei Minuten lang versucht. Wenn Sie die Seite nicht über sie erreichen und sie behalten, gilt wieder die vorige.',
  'Keep this address': 'Diese Adresse behalten',
  'Network port': 'Netzanschluss',
  'Nobody kept the last address that was tried: this one was taken back.':
    'Die zuletzt versuchte Adresse hat niemand behalten: diese gilt wieder.',
  'Open the page by its new address, sign in, and keep it there:':
    'Öffnen Sie die Seite über die neue Adresse, melden Sie sich an und behalten Sie sie dort:',
  'Such as 192.168.10.1/24.': 'Zum Beispiel 192.168.10.1/24.',
  'The address is kept.': 'Die Adresse wird behalten.',
  'The address is not kept': 'Die Adresse wird nicht behalten',
  'The screen of the box shows which address it got: open its page there, and keep it.':
    'Der Bildschirm der Box zeigt, welche Adresse sie bekam: öffnen Sie dort ihre Seite und behalten Sie sie.',
  'This address is tried. At {time} the former one is taken back, unless it is kept.':
    'Diese Adresse wird versucht. Um {time} gilt wieder die vorige, wenn sie nicht behalten wird.',
  'Try it': 'Versuchen',
  'Where nobody answers, it takes one of 169.254.x.y, so that its page can be reached.':
    'Wo niemand antwortet, nimmt sie eine von 169.254.x.y, damit ihre Seite erreichbar bleibt.',
  'Where one is chosen, the box offers nothing on the others.':
    'Ist einer gewählt, bietet die Box an den anderen nichts an.',
  'only on {name}': 'nur an {name}',
  'set by network.conf on the boot partition': 'gesetzt durch network.conf auf der Startpartition',
}
