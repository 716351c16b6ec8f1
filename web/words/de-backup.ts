import type { Words } from './words.ts'

/** German of backup, restore, factory reset, update and log. */
export const backup: Words = {
  'A backup holds every secret of the box, so it is sealed. The key that opens it is shown once, to you.':
    'Eine Sicherung enthält jedes Geheimnis der Box, darum ist sie versiegelt. Der Schlüssel, der sie öffnet, wird einmal gezeigt: Ihnen.',
  'A backup is being made …': 'Eine Sicherung wird erstellt …',
  'A backup of {box}, made at {time} by version {version} ({size}).':
    'Eine Sicherung von {box}, erstellt am {time} von Version {version} ({size}).',
  'A backup that you downloaded, and its recovery key, bring all of it back.':
    'Eine heruntergeladene Sicherung und ihr Wiederherstellungsschlüssel bringen alles zurück.',
  'A key was made, but nobody has said that they kept it. Make another one.':
    'Ein Schlüssel wurde angelegt, aber niemand hat bestätigt, ihn aufbewahrt zu haben. Legen Sie einen neuen an.',
  'A signed bundle goes into the slot that does not run; the one that runs stays as it is.':
    'Ein signiertes Paket kommt in den Platz, der nicht läuft; der laufende bleibt, wie er ist.',
  'A stick is plugged in: new backups are copied onto it.':
    'Ein USB-Stick steckt: neue Sicherungen werden darauf kopiert.',
  'A time of day like 22:00': 'Eine Uhrzeit wie 22:00',
  'A version did not pass its checks, and the one before was taken again':
    'Eine Version hat ihre Prüfungen nicht bestanden, und die vorige wurde wieder genommen',
  'Accounts and passwords are those of the backup, and so is the certificate of this page.':
    'Konten und Passwörter sind die der Sicherung, ebenso das Zertifikat dieser Seite.',
  'Accounts, trust, central account, backup, update, log, diagnosis.':
    'Konten, Vertrauen, zentrales Konto, Sicherung, Aktualisierung, Protokoll, Diagnose.',
  'All settings, secrets and certificates, and the backups in this box':
    'Alle Einstellungen, Geheimnisse und Zertifikate und die Sicherungen in dieser Box',
  'Back up now': 'Jetzt sichern',
  'Backup and restore': 'Sicherung',
  Backups: 'Sicherungen',
  'Backups are sealed for the key {id}, made at {time}.':
    'Sicherungen werden für den Schlüssel {id} versiegelt, angelegt am {time}.',
  'by DHCP': 'per DHCP',
  'By itself': 'Von selbst',
  'Check the signature': 'Die Signatur prüfen',
  'Check the whole backup': 'Die ganze Sicherung prüfen',
  'Choose a backup file': 'Eine Sicherungsdatei auswählen',
  'Choose an update bundle': 'Ein Aktualisierungspaket auswählen',
  Download: 'Herunterladen',
  'Earlier than the beginning: on the next day.': 'Früher als der Anfang: am nächsten Tag.',
  'Erase everything': 'Alles löschen',
  'Erase everything?': 'Alles löschen?',
  'Erases everything that this box knows, for a new beginning or before it goes to somebody else.':
    'Löscht alles, was diese Box weiß: für einen neuen Anfang, oder bevor sie jemand anderem gehört.',
  'Every byte is being checked …': 'Jedes Byte wird geprüft …',
  'Every day': 'Täglich',
  'Everything that is in this box now goes; it is kept until the box was found well with the backup.':
    'Alles, was jetzt in dieser Box ist, geht; es wird aufbewahrt, bis die Box mit der Sicherung gut läuft.',
  'Factory reset': 'Werkszustand',
  'Factory reset …': 'Auf Werkszustand zurücksetzen …',
  'Find in the log': 'Im Protokoll finden',
  'First make a recovery key: backups are sealed for it.':
    'Legen Sie zuerst einen Wiederherstellungsschlüssel an: Sicherungen werden dafür versiegelt.',
  Follow: 'Mitlaufen',
  'For you to put in place: {files}. They come into the folder “restored” of the data.':
    'Von Ihnen an seinen Platz zu bringen: {files}. Es kommt in den Ordner „restored“ der Daten.',
  'From this weight on': 'Ab dieser Stufe',
  'I have kept it': 'Ich habe ihn aufbewahrt',
  'If the new version is not found well, the one that runs now is taken again.':
    'Läuft die neue Version nicht gut, wird die jetzige wieder genommen.',
  'It belongs to the central account {name}. The box that it was made of must not run any more: two with one identity are stopped there.':
    'Sie gehört zum zentralen Konto {name}. Die Box, von der sie stammt, darf nicht mehr laufen: zwei mit einer Identität werden dort angehalten.',
  'It cannot be restored': 'Sie kann nicht wiederhergestellt werden',
  'It does not start again': 'Sie startet nicht neu',
  'It has started and is being looked at; this takes some minutes after an update.':
    'Sie ist gestartet und wird geprüft; nach einer Aktualisierung dauert das einige Minuten.',
  'It is shown this once. Keep it where the box is not: on paper, or in a password safe.':
    'Er wird nur dieses eine Mal gezeigt. Bewahren Sie ihn auf, wo die Box nicht ist: auf Papier oder in einem Passwortsafe.',
  'It runs with the backup, but not well yet; the data from before are still kept':
    'Sie läuft mit der Sicherung, aber noch nicht gut; die vorigen Daten sind noch aufbewahrt',
  'It starts all the same': 'Sie startet trotzdem',
  'It takes the place of everything in this box. First it is checked, and you see what it would bring.':
    'Sie tritt an die Stelle von allem in dieser Box. Zuerst wird sie geprüft, und Sie sehen, was sie bringen würde.',
  'It was found well: its services listen, and a virtual phone gets its files.':
    'Sie läuft gut: ihre Dienste antworten, und ein virtuelles Telefon bekommt seine Dateien.',
  'It was not checked': 'Sie wurde nicht geprüft',
  'It was not put aside': 'Sie wurde nicht beiseitegelegt',
  'It was not removed': 'Sie wurde nicht entfernt',
  'It was not restored': 'Sie wurde nicht wiederhergestellt',
  'Keep one elsewhere too: what is only in the box is lost with it.':
    'Bewahren Sie eine auch woanders auf: was nur in der Box ist, geht mit ihr verloren.',
  'Keep so many': 'So viele behalten',
  'Lines of the log': 'Zeilen des Protokolls',
  Log: 'Protokoll',
  'Make a backup every day': 'Jeden Tag eine Sicherung erstellen',
  'Make a backup first': 'Zuerst eine Sicherung erstellen',
  'Make a recovery key': 'Wiederherstellungsschlüssel anlegen',
  'Make another key': 'Anderen Schlüssel anlegen',
  'No backup was begun': 'Es wurde keine Sicherung begonnen',
  'No key was made': 'Es wurde kein Schlüssel angelegt',
  'No such line since the box started.': 'Keine solche Zeile, seit die Box gestartet ist.',
  'Not then': 'Doch nicht',
  'Nothing was changed': 'Es wurde nichts geändert',
  'Nothing was erased': 'Es wurde nichts gelöscht',
  'Older ones of the schedule are removed.': 'Ältere, die täglich entstanden, werden entfernt.',
  'On these days': 'An diesen Tagen',
  'Once the box is well it answers there and no longer here; if it is not well there, it comes back.':
    'Sobald die Box in Ordnung ist, antwortet sie dort und nicht mehr hier; ist sie es dort nicht, kommt sie zurück.',
  'One file with everything that makes this box this box. Phones are served meanwhile.':
    'Eine Datei mit allem, was diese Box ausmacht. Telefone werden währenddessen bedient.',
  'Only whoever holds it can open them; it is not in this box.':
    'Nur wer ihn hat, kann sie öffnen; er ist nicht in dieser Box.',
  'Open the backup': 'Die Sicherung öffnen',
  'Phones are not answered for about a minute; those that are in use go on.':
    'Telefone bekommen etwa eine Minute lang keine Antwort; Gespräche gehen weiter.',
  'Phones look for the box where it was: without its address they find it when they next ask for theirs.':
    'Telefone suchen die Box, wo sie war: ohne ihre Adresse finden sie sie erst, wenn sie das nächste Mal nach der eigenen fragen.',
  Print: 'Drucken',
  'Put it aside': 'Beiseitelegen',
  'Recovery key': 'Wiederherstellungsschlüssel',
  'Recovery key of a Branchline box': 'Wiederherstellungsschlüssel einer Branchline-Box',
  'Remove this backup?': 'Diese Sicherung entfernen?',
  'Restore and start again': 'Wiederherstellen und neu starten',
  'Restore from a backup': 'Aus einer Sicherung wiederherstellen',
  'Restore this backup?': 'Diese Sicherung wiederherstellen?',
  'Restore …': 'Wiederherstellen …',
  'Say that you kept it': 'Bestätigen, dass er aufbewahrt ist',
  'Send it to the box': 'An die Box senden',
  'Six groups of five letters and digits, from paper or password safe.':
    'Sechs Gruppen aus fünf Buchstaben und Ziffern, von Papier oder aus dem Passwortsafe.',
  'So that it is sure to be kept before anything relies on it.':
    'Damit er sicher aufbewahrt ist, bevor sich etwas auf ihn verlässt.',
  'Start again at that time': 'Zu dieser Zeit neu starten',
  'Start again now': 'Jetzt neu starten',
  'Start into an installed update by itself': 'Mit einer installierten Aktualisierung von selbst starten',
  'Start into it': 'Damit starten',
  'Start into version {version}?': 'Mit Version {version} starten?',
  'Take its address too: {address}': 'Auch ihre Adresse übernehmen: {address}',
  'That is not group {n} of this key.': 'Das ist nicht die Gruppe {n} dieses Schlüssels.',
  'The address of that box was {address}, and cannot be taken here: {reason}.':
    'Die Adresse jener Box war {address} und lässt sich hier nicht übernehmen: {reason}.',
  'The backup is being sent …': 'Die Sicherung wird gesendet …',
  'The backup of {box} of {time} did not start, so everything is as it was before.':
    'Die Sicherung von {box} vom {time} ist nicht gestartet, darum ist alles wie zuvor.',
  'The backup was not taken': 'Die Sicherung wurde nicht angenommen',
  'The box erases itself and starts as new. Load this page again in a minute; it may be at another address.':
    'Die Box löscht sich und startet wie neu. Laden Sie diese Seite in einer Minute neu; sie kann eine andere Adresse haben.',
  'The box starts again. This takes a few seconds; then you may have to sign in.':
    'Die Box startet neu. Das dauert einige Sekunden; danach müssen Sie sich vielleicht anmelden.',
  'The box starts again: phones are not answered for a few seconds.':
    'Die Box startet neu: Telefone bekommen einige Sekunden lang keine Antwort.',
  'The key is set. Backups can be made.': 'Der Schlüssel ist gesetzt. Sicherungen können erstellt werden.',
  'The key was not set': 'Der Schlüssel wurde nicht gesetzt',
  'The last backup failed': 'Die letzte Sicherung ist fehlgeschlagen',
  'The last thousand lines since the program started. Secrets are blotted out.':
    'Die letzten tausend Zeilen, seit das Programm gestartet ist. Geheimnisse sind geschwärzt.',
  'The machine starts again and formats its disk for data; this takes about a minute.':
    'Das Gerät startet neu und formatiert seinen Datenträger; das dauert etwa eine Minute.',
  'The next one: {time}': 'Die nächste: {time}',
  'The schedule is saved.': 'Der Zeitplan ist gespeichert.',
  'The update was not taken': 'Die Aktualisierung wurde nicht angenommen',
  'The whole backup was checked and is sound. It brings:':
    'Die ganze Sicherung wurde geprüft und ist unversehrt. Sie bringt:',
  'There is no backup here yet.': 'Hier ist noch keine Sicherung.',
  'This box runs on a system of yours, as a package or a container: it is updated with that.':
    'Diese Box läuft auf Ihrem eigenen System, als Paket oder Container: sie wird damit aktualisiert.',
  'This box takes the place of another one?': 'Diese Box tritt an die Stelle einer anderen?',
  'This box was restored from the backup of {box} of {time}.':
    'Diese Box wurde aus der Sicherung von {box} vom {time} wiederhergestellt.',
  'This goes for good:': 'Das geht endgültig verloren:',
  'Time of day': 'Uhrzeit',
  'Type group {n} of it': 'Tippen Sie die Gruppe {n} daraus',
  'Type {word} to go on': 'Tippen Sie {word}, um fortzufahren',
  Until: 'Bis',
  Update: 'Aktualisierung',
  'Version {version} is installed; it starts with the next start.':
    'Version {version} ist installiert; sie startet mit dem nächsten Start.',
  'Version {version} is installed; the box starts into it at {time}.':
    'Version {version} ist installiert; die Box startet damit am {time}.',
  'Version {version} is installed; the box starts into it by itself at {time}, in its window.':
    'Version {version} ist installiert; die Box startet damit von selbst am {time}, in ihrem Zeitfenster.',
  'What was made at {time} can then be restored from a copy elsewhere alone.':
    'Was am {time} erstellt wurde, lässt sich dann nur aus einer Kopie anderswo wiederherstellen.',
  'With the content of firmware files': 'Mit dem Inhalt der Firmware-Dateien',
  'Write the other slot': 'Den anderen Platz beschreiben',
  'Your recovery key': 'Ihr Wiederherstellungsschlüssel',
  error: 'Fehler',
  'for another recovery key': 'für einen anderen Wiederherstellungsschlüssel',
  notice: 'Hinweis',
  'on the stick': 'auf dem Stick',
  'slot {slot}': 'Platz {slot}',
  warning: 'Warnung',
  'without firmware': 'ohne Firmware',
  '{name} is not told and keeps this box on its list. If it shall not, leave the account first.':
    '{name} erfährt nichts davon und behält diese Box in seiner Liste. Soll es das nicht, verlassen Sie zuerst das Konto.',
  '{n} account of a person who signs in|{n} accounts of people who sign in':
    '{n} Konto einer Person, die sich anmeldet|{n} Konten von Personen, die sich anmelden',
  '{n} address lent|{n} addresses lent': '{n} vergebene Adresse|{n} vergebene Adressen',
  '{n} network|{n} networks': '{n} Netzwerk|{n} Netzwerke',
  '{n} person or contact|{n} people and contacts': '{n} Person oder Kontakt|{n} Personen und Kontakte',
  '{n} stored file|{n} stored files': '{n} gespeicherte Datei|{n} gespeicherte Dateien',
  '{n} without its content: store it again|{n} without their content: store them again':
    '{n} ohne Inhalt: speichern Sie sie neu|{n} ohne Inhalt: speichern Sie sie neu',
  '{size} are free here.': '{size} sind hier frei.',
}
