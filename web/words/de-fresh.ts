import type { Words } from './words.ts'

/** German of scanning and claims. */
export const fresh: Words = {
  'A PIN for everybody in the room, good for': 'Eine PIN für alle im Raum, gültig für',
  'A PIN for one person': 'Eine PIN für eine Person',
  'A new phone can ask at its screen for a PIN and a number, and be theirs at once. This is switched off.':
    'Ein neues Telefon kann an seinem Bildschirm nach PIN und Nummer fragen und gehört dann gleich dieser Person. Das ist ausgeschaltet.',
  'At the phone: this PIN, then one’s own number.': 'Am Telefon: diese PIN, dann die eigene Nummer.',
  'Begin a round': 'Runde beginnen',
  'End the round': 'Runde beenden',
  'Give somebody one': 'Jemandem eine geben',
  'Hold the barcode with the MAC address across the line.':
    'Halten Sie den Strichcode mit der MAC-Adresse quer über die Linie.',
  'It is good once, until it is used or taken away, and shown only now.':
    'Sie gilt einmal, bis sie benutzt oder weggenommen wird, und wird nur jetzt gezeigt.',
  'It was not switched on': 'Es wurde nicht eingeschaltet',
  'Let people take their phones': 'Leute ihr Telefon selbst nehmen lassen',
  'No PIN was made': 'Es wurde keine PIN erstellt',
  'No camera can be used. Type the MAC address, or use a barcode scanner.':
    'Keine Kamera ist benutzbar. Tippen Sie die MAC-Adresse ein, oder nehmen Sie einen Strichcodeleser.',
  'Picture of the camera': 'Bild der Kamera',
  'Read: {text}': 'Gelesen: {text}',
  'Scan with the camera': 'Mit der Kamera scannen',
  'Switch it on': 'Einschalten',
  'The browser does not allow the camera here. Allow it at the lock beside the address, then try again.':
    'Der Browser erlaubt die Kamera hier nicht. Erlauben Sie sie am Schloss neben der Adresse, und versuchen Sie es noch einmal.',
  'The round did not begin': 'Die Runde hat nicht begonnen',
  'The round did not end': 'Die Runde hat nicht geendet',
  'Too many wrong PINs: nobody may try before {time}.': 'Zu viele falsche PINs: niemand darf es vor {time} versuchen.',
  'Waiting for the camera …': 'Wartet auf die Kamera …',
  'Who gets it?': 'Wer bekommt sie?',
  'With the camera': 'Mit der Kamera',
  'good until {time}, for {span}': 'gültig bis {time}, noch {span}',
  '{extension} has a PIN.': '{extension} hat eine PIN.',
  '{n} minutes': '{n} Minuten',
  '{n} person has a PIN of their own.|{n} people have a PIN of their own.':
    '{n} Person hat eine eigene PIN.|{n} Personen haben eine eigene PIN.',
  'By themselves': 'Von selbst',
  'The rule was not changed': 'Die Regel wurde nicht geändert',
  'New phones wait for you again.': 'Neue Telefone warten wieder auf Sie.',
  'The rule holds from now on.': 'Die Regel gilt ab jetzt.',
  'A new phone whose vendor and model are sure gets a record at once, without a line.':
    'Ein neues Telefon, dessen Hersteller und Modell sicher sind, wird sofort aufgenommen, ohne Leitung.',
  'Every new phone waits until somebody takes it in. A rule can do that at once, without giving it a line.':
    'Jedes neue Telefon wartet, bis jemand es aufnimmt. Eine Regel kann das sofort tun, ohne ihm eine Leitung zu geben.',
  'Take them in by themselves': 'Von selbst aufnehmen',
  'Switch it off': 'Ausschalten',
}
