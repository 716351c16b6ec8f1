import { cloudLive } from './de-cloud-live.ts'
import type { Words } from './words.ts'

/** Files given to sites, and rollouts over them. */
export const cloudRollouts: Words = {
  ...cloudLive,
  'from the account': 'vom Konto',
  'The central account gave it: it is changed and taken away there.':
    'Das zentrale Konto hat sie gegeben: Dort wird sie geändert und weggenommen.',
  'Its box has told nothing yet.': 'Seine Box hat noch nichts gesagt.',
  Pack: 'Paket',
  Halted: 'Angehalten',
  What: 'Was',
  Models: 'Modelle',
  From: 'Von',
  To: 'Bis',
  'waits for its turn': 'wartet, bis er dran ist',
  'under way': 'unterwegs',
  away: 'nicht erreichbar',
  '{n} ring, none is out yet|{n} rings, none is out yet':
    '{n} Ring, noch keiner begonnen|{n} Ringe, noch keiner begonnen',
  'ring {n} of {m}': 'Ring {n} von {m}',
  'ring {n}': 'Ring {n}',
  'New firmware for the phones of many sites, ring by ring.':
    'Neue Firmware für die Telefone vieler Standorte, Ring für Ring.',
  'Nothing was rolled out yet.': 'Noch wurde nichts verteilt.',
  'Store firmware under Files first; it reaches one site, then more, then all.':
    'Legen Sie zuerst unter Dateien Firmware ab; sie erreicht einen Standort, dann mehr, dann alle.',
  '{n} of {m} phones failed': '{n} von {m} Telefonen fehlgeschlagen',
  'All rollouts': 'Alle Verteilungen',
  'Site by site': 'Standort für Standort',
  'No site of it is yours.': 'Keiner seiner Standorte gehört zu Ihren.',
  'No further site and no further phone is let go. Those under way are followed to their end.':
    'Kein weiterer Standort und kein weiteres Telefon beginnt. Die unterwegs sind, werden bis zu ihrem Ende verfolgt.',
  'let go': 'begonnen',
  'Firmware of phones': 'Firmware von Telefonen',
  'An update of the boxes themselves': 'Eine Aktualisierung der Boxen selbst',
  'As a device says it once it has it; without it, what the name of the file tells.':
    'Wie ein Gerät sie nennt, sobald es sie hat; ohne Angabe, was der Name der Datei sagt.',
  'Separated by commas; none: every phone that the file is for.':
    'Durch Kommas getrennt; keines: jedes Telefon, für das die Datei gemacht ist.',
  'all sites': 'alle Standorte',
  'A word in their name or note; none: all sites.': 'Ein Wort in Name oder Notiz; keines: alle Standorte.',
  'First ring': 'Erster Ring',
  'Minutes to wait after it': 'Minuten Wartezeit danach',
  'Halt after so many failed phones of a ring': 'Anhalten nach so vielen fehlgeschlagenen Telefonen eines Rings',
  'Only in a part of the day, by the clock of each site': 'Nur zu einer Tageszeit, nach der Uhr jedes Standorts',
  'Begin with {n} site|Begin with {n} sites': 'Mit {n} Standort beginnen|Mit {n} Standorten beginnen',
  'then {n} min of waiting': 'dann {n} min warten',
  '{n} have it': '{n} haben sie',
  'It goes from every box. One whose phones still use it keeps it until they do not.':
    'Sie verschwindet von jeder Box. Eine, deren Telefone sie noch benutzen, behält sie so lange.',
  'Take {name} away from boxes?': '{name} von den Boxen wegnehmen?',
  'Take away': 'Wegnehmen',
  '{name} was not taken away': '{name} wurde nicht weggenommen',
  'At boxes': 'Auf Boxen',
  'No file is given to boxes yet.': 'Noch ist keine Datei an Boxen gegeben.',
  '{n} % are there': '{n} % sind da',
  'has it': 'hat sie',
  'fetches it': 'holt sie',
  'waits and tries again': 'wartet und versucht es wieder',
  refused: 'abgelehnt',
  'nothing heard yet': 'noch nichts gehört',
  'Boxes fetch {name} now.': 'Die Boxen holen {name} jetzt.',
  'Give {name} to boxes': '{name} an Boxen geben',
  'Name at the boxes': 'Name auf den Boxen',
  'As phones ask for it, with its folders.': 'Wie Telefone danach fragen, mit seinen Ordnern.',
  'as its name tells': 'wie ihr Name sagt',
  'All sites, also those to come': 'Alle Standorte, auch künftige',
  'Give it to all sites': 'Allen Standorten geben',
  'Give it to {n} site|Give it to {n} sites': '{n} Standort geben|{n} Standorten geben',
  'Give to boxes': 'An Boxen geben',
}
