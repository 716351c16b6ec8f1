import type { Words } from './words.ts'

/** German of the page Settings. */
export const settings: Words = {
  'A new group': 'Eine neue Gruppe',
  'Choose one above, or enter the name of a new one.':
    'Wählen Sie oben eine aus, oder geben Sie den Namen einer neuen ein.',
  'Choose …': 'Auswählen …',
  'No phone changes: each has the same already, another value of its own, or does not belong here.':
    'Kein Telefon ändert sich: jedes hat schon dasselbe, einen eigenen Wert, oder gehört nicht hierher.',
  'Nobody may say otherwise: {name}': 'Niemand darf anderes bestimmen: {name}',
  'Nothing is set here yet.': 'Hier ist noch nichts gesetzt.',
  'Only what is set here': 'Nur was hier gesetzt ist',
  Open: 'Öffnen',
  'Saved. Phones get it when they fetch again.': 'Gespeichert. Telefone bekommen es, wenn sie wieder abholen.',
  'See what changes, then save': 'Ansehen, was sich ändert, dann speichern',
  Site: 'Standort',
  'Somebody else changed this meanwhile. Your changes are still here: look again, then save.':
    'Jemand anderes hat dies inzwischen geändert. Ihre Änderungen sind noch da: sehen Sie noch einmal hin, und speichern Sie dann.',
  'What changes on which phones': 'Was sich an welchen Telefonen ändert',
  'What holds for all phones, a group or a model.': 'Was für alle Telefone, eine Gruppe oder ein Modell gilt.',
  'What is set for the site holds for every phone, unless its group, its model or the phone itself has it otherwise.':
    'Was für den Standort gesetzt ist, gilt für jedes Telefon, außer seine Gruppe, sein Modell oder das Telefon selbst hat es anders.',
  'Whose settings': 'Wessen Einstellungen',
  'a DHCP option changes': 'eine DHCP-Option ändert sich',
  'a secret changes, which is not shown': 'ein Geheimnis ändert sich, das nicht gezeigt wird',
  'and {n} more': 'und {n} weitere',
  locked: 'gesperrt',
  'set here': 'hier gesetzt',
  'taken away, once it is saved': 'entfernt, sobald gespeichert ist',
  '{name} (has settings)': '{name} (mit Einstellungen)',
  '{n} phone gets something else.|{n} phones get something else.':
    '{n} Telefon bekommt etwas anderes.|{n} Telefone bekommen etwas anderes.',
  '{n} set here': '{n} hier gesetzt',
  '{n} stay as they are.': '{n} bleiben, wie sie sind.',
}
