import type { Words } from './words.ts'

/** German for editing in the central account: settings, templates, packs, directory, a person's own sign-in, moving. */
export const account: Words = {
  // Settings in layers
  'It does not fit so:': 'So passt es nicht:',
  'This is what the account says for all of its sites.': 'Das sagt das Konto für alle seine Standorte.',
  'What you change here makes a copy for this site alone, which the account’s later changes do not reach.':
    'Was Sie hier ändern, wird eine Kopie für diesen Standort allein, die spätere Änderungen des Kontos nicht erreichen.',
  'Take away what this site says here?': 'Entfernen, was dieser Standort hier sagt?',
  'What the account says for all sites holds again, or nothing where it says nothing.':
    'Es gilt wieder, was das Konto für alle Standorte sagt, oder nichts, wo es nichts sagt.',
  'Phones get it when they fetch again.': 'Telefone bekommen es, wenn sie das nächste Mal holen.',
  'The site has nothing of its own here any more.': 'Der Standort hat hier nichts Eigenes mehr.',
  'This site has its own here. Where the account says something of the same, it is not used.':
    'Dieser Standort hat hier Eigenes. Was das Konto zum selben sagt, wird nicht benutzt.',
  'What holds at every site: the account’s own word for vendors, groups and models.':
    'Was an jedem Standort gilt: das Wort des Kontos für Hersteller, Gruppen und Modelle.',
  'What is set here holds at every site that has nothing of its own in its place: look at the site for that.':
    'Was hier gesetzt ist, gilt an jedem Standort, der an dieser Stelle nichts Eigenes hat: das zeigt der Standort.',
  'These are for all sites: an administrator may change them. Yours are at each site, under Settings.':
    'Diese gelten für alle Standorte: wer das Konto verwaltet, kann sie ändern. Ihre stehen bei jedem Standort unter Einstellungen.',
  'All sites': 'Alle Standorte',
  'Edit many': 'Viele ändern',
  'Edit the settings of many sites': 'Einstellungen vieler Standorte ändern',
  'Whole sites': 'Ganze Standorte',
  'Its name': 'Name',
  'As in yealink:t46u': 'Wie in yealink:t46u',
  'At these sites': 'An diesen Standorten',
  'Where a site follows the account, it gets its own copy with this change, which the account’s later changes do not reach.':
    'Wo ein Standort dem Konto folgt, bekommt er eine eigene Kopie mit dieser Änderung, die spätere Änderungen des Kontos nicht erreichen.',
  // One phone
  'The box of the site is asked …': 'Die Box des Standorts wird gefragt …',
  'the box did not answer in time; is the site online?':
    'die Box hat nicht rechtzeitig geantwortet; ist der Standort online?',
  'Name and model': 'Name und Modell',
  'In the account': 'Im Konto',
  'Take a change back …': 'Eine Änderung zurücknehmen …',
  'the branch': 'die Filiale',
  'It has fetched again.': 'Es hat neu geholt.',
  'Its own web page': 'Seine eigene Webseite',
  'Open its web page': 'Seine Webseite öffnen',
  'It was not closed': 'Sie wurde nicht geschlossen',
  'The page is closed.': 'Die Seite ist geschlossen.',
  'This installation has no name at which phones’ pages can be shown.':
    'Diese Installation hat keinen Namen, unter dem Seiten von Telefonen gezeigt werden können.',
  'The site does not allow it. It is allowed under Box, Remote hands.':
    'Der Standort erlaubt es nicht. Erlaubt wird es unter Box, Aus der Ferne.',
  'What the phone shows a browser at its branch, for some minutes, to you alone.':
    'Was das Telefon in seiner Filiale einem Browser zeigt, für einige Minuten, Ihnen allein.',
  'open for': 'offen für',
  'Close it': 'Schließen',
  'The way is open': 'Der Weg ist offen',
  'The link lets one browser in, once, within two minutes. Sign in there as the phone asks you to.':
    'Der Link lässt einen Browser hinein, einmal, binnen zwei Minuten. Melden Sie sich dort an, wie das Telefon es verlangt.',
  'To the phone’s page': 'Zur Seite des Telefons',
  'How the phone shows it': 'Wie das Telefon sie zeigt',
  'For how long': 'Wie lange',
  'It stands in the audit log and in the phone’s journey that you opened it.':
    'Im Protokoll und im Weg des Telefons steht, dass Sie sie geöffnet haben.',
  'The box is asked …': 'Die Box wird gefragt …',
  'Open it': 'Öffnen',
  'Phones’ pages may be opened at this site.': 'Seiten von Telefonen dürfen an diesem Standort geöffnet werden.',
  'All phones’ pages of this site are closed.': 'Alle Seiten von Telefonen dieses Standorts sind geschlossen.',
  'Administrators may open the web pages of this site’s phones, for some minutes at a time':
    'Wer das Konto verwaltet, darf die Webseiten der Telefone dieses Standorts für einige Minuten öffnen',
  'The branch itself may forbid more: its configuration has the last word.':
    'Die Filiale selbst kann mehr verbieten: ihre Konfiguration hat das letzte Wort.',
  // Templates and packs
  'of the account': 'vom Konto',
  'of the account, for all sites': 'vom Konto, für alle Standorte',
  'See it at this phone': 'An diesem Telefon ansehen',
  'See the texts that {site} had': 'Die Texte ansehen, die {site} hatte',
  'Texts that {site} had': 'Texte, die {site} hatte',
  'No own text was ever in use there.': 'Dort war nie ein eigener Text in Gebrauch.',
  'Put it into the editor': 'In den Editor nehmen',
  'Texts by vendor': 'Texte nach Hersteller',
  'What boxes know of vendors: own texts and packs, for all sites.':
    'Was Boxen von Herstellern wissen: eigene Texte und Pakete, für alle Standorte.',
  'No pack is given. A pack brings newer vendor data to the boxes without an update of theirs.':
    'Kein Paket ist vergeben. Ein Paket bringt den Boxen neuere Herstellerdaten, ohne dass sie aktualisiert werden.',
  'Give all sites a pack': 'Allen Standorten ein Paket geben',
  'Give this site a pack': 'Diesem Standort ein Paket geben',
  Pack: 'Paket',
  Vendors: 'Hersteller',
  'Among the files of the account': 'Unter den Dateien des Kontos',
  'Or store another': 'Oder ein anderes ablegen',
  'Check it and give it': 'Prüfen und vergeben',
  'Signed by key': 'Unterschrieben mit Schlüssel',
  'not signed': 'nicht unterschrieben',
  'Whether the signature is good each box decides by the keys that it trusts; how far each site is tells you.':
    'Ob die Unterschrift gilt, entscheidet jede Box nach den Schlüsseln, denen sie traut; wie weit jeder Standort ist, sagt es Ihnen.',
  '{name} {version} goes to the boxes.': '{name} {version} geht an die Boxen.',
  '{name} is not a pack.': '{name} ist kein Paket.',
  'Take {name} away?': '{name} wegnehmen?',
  'Boxes go back to what they had before it: an older pack, or what was shipped with them.':
    'Boxen gehen zurück zu dem, was sie davor hatten: einem älteren Paket oder dem Ausgelieferten.',
  'How far each site is': 'Wie weit jeder Standort ist',
  'has {version}': 'hat {version}',
  'Look again': 'Noch einmal nachsehen',
  'in use': 'in Gebrauch',
  'fetches it': 'holt es',
  'refused it': 'hat es abgelehnt',
  'not heard of yet': 'noch nichts gehört',
  // Keyboard
  Directory: 'Verzeichnis',
  Account: 'Konto',
  'Keys: {name}': 'Tasten: {name}',
  'Settings: {name}': 'Einstellungen: {name}',
  'Find a site, a phone or a command': 'Standort, Telefon oder Befehl finden',
  'find a site, a phone, a page or a command': 'Standort, Telefon, Seite oder Befehl finden',
  // A person's own sign-in
  'Your sign-in': 'Ihre Anmeldung',
  'this one': 'dieser hier',
  'sign out and in again first: it was too long ago':
    'melden Sie sich erst ab und neu an: die letzte Anmeldung ist zu lange her',
  Passkeys: 'Passkeys',
  'Add a passkey': 'Passkey hinzufügen',
  'No passkey yet. With one, your device lets you in by finger, face or PIN: nothing to type or steal.':
    'Noch kein Passkey. Mit einem lässt Ihr Gerät Sie per Finger, Gesicht oder PIN hinein: nichts zu tippen, nichts zu stehlen.',
  'This browser cannot make one.': 'Dieser Browser kann keinen machen.',
  made: 'gemacht',
  'The passkey is kept: the next time it lets you in.':
    'Der Passkey ist gemerkt: beim nächsten Mal lässt er Sie hinein.',
  'Of the device, so that you know it again.': 'Des Geräts, damit Sie ihn wiedererkennen.',
  'Go on at the device': 'Weiter am Gerät',
  'Forget {name}?': '{name} vergessen?',
  'Forget it': 'Vergessen',
  'It was not forgotten': 'Er wurde nicht vergessen',
  'It lets nobody in any more. On the device itself it stays until you remove it there.':
    'Er lässt niemanden mehr hinein. Auf dem Gerät selbst bleibt er, bis Sie ihn dort entfernen.',
  // Moving the account
  'a site that is gone': 'ein Standort, den es nicht mehr gibt',
  nothing: 'nichts',
  'Vendor, model, group': 'Hersteller, Modell, Gruppe',
  'Line and extension': 'Leitung und Durchwahl',
  Content: 'Inhalt',
  'a program': 'ein Programm',
  'somebody of the account': 'jemand vom Konto',
  'Take everything out': 'Alles mitnehmen',
  'One file with sites, phones, settings, people’s roles, alert rules and the audit log. Passwords of people, API tokens and the contents of files never leave.':
    'Eine Datei mit Standorten, Telefonen, Einstellungen, Rollen der Leute, Alarmregeln und dem Protokoll. Passwörter von Leuten, API-Token und Inhalte von Dateien gehen nie hinaus.',
  'With SIP passwords, sealed: only this account, in this installation, can open them':
    'Mit SIP-Passwörtern, versiegelt: nur dieses Konto in dieser Installation kann sie öffnen',
  'Save the file': 'Datei sichern',
  'Take a file in': 'Eine Datei aufnehmen',
  'First you see what would come of it. Nothing is written before you say so.':
    'Zuerst sehen Sie, was daraus würde. Nichts wird geschrieben, bevor Sie es sagen.',
  'File of an account': 'Datei eines Kontos',
  'Replace what is here with other content': 'Ersetzen, was hier mit anderem Inhalt steht',
  'See what would come of it': 'Sehen, was daraus würde',
  'Take it in': 'Aufnehmen',
  'Take the file in?': 'Die Datei aufnehmen?',
  'What is shown is written, each site whole or not at all.':
    'Was gezeigt wird, wird geschrieben, jeder Standort ganz oder gar nicht.',
  'What is here with other content is replaced by what the file says.':
    'Was hier mit anderem Inhalt steht, wird durch das ersetzt, was die Datei sagt.',
  'Boxes get it within seconds, phones when they fetch again.':
    'Boxen bekommen es binnen Sekunden, Telefone, wenn sie das nächste Mal holen.',
  '{n} place is taken in.|{n} places are taken in.': '{n} Ort ist aufgenommen.|{n} Orte sind aufgenommen.',
  'Nothing of the file can be used:': 'Nichts aus der Datei ist zu gebrauchen:',
  'The account itself': 'Das Konto selbst',
  '{added} new, {replaced} replaced, {same} the same': '{added} neu, {replaced} ersetzt, {same} gleich',
  'Left out: {n}': 'Weggelassen: {n}',
  'would be made': 'würde gemacht',
  'would be changed': 'würde geändert',
  'is so already': 'ist schon so',
  'does not fit': 'passt nicht',
  'is made': 'ist gemacht',
  'is changed': 'ist geändert',
  // The account itself
  'Its name and rules, boxes named in advance, and everything of it as a file.':
    'Name und Regeln, vorab genannte Boxen und alles von ihm als Datei.',
  'Parts of the account': 'Teile des Kontos',
  'Name and rules': 'Name und Regeln',
  'Boxes named in advance': 'Vorab genannte Boxen',
  'Out and in': 'Hinaus und hinein',
  'Name of the account': 'Name des Kontos',
  'Who claims a box from behind its own internet address need not type its three words':
    'Wer eine Box hinter ihrer eigenen Internetadresse übernimmt, muss ihre drei Wörter nicht tippen',
  'Such a box belongs to you as soon as it first reaches the account, once. Its fingerprint is told by “branchline cloud status”.':
    'Eine solche Box gehört Ihnen, sobald sie das Konto zum ersten Mal erreicht, einmal. Ihren Fingerabdruck nennt „branchline cloud status“.',
  'No box is expected.': 'Keine Box wird erwartet.',
  'Expect them': 'Erwarten',
  'Expect it no longer': 'Nicht mehr erwarten',
  'It was not removed': 'Es wurde nicht entfernt',
  'Name boxes': 'Boxen nennen',
  Fingerprints: 'Fingerabdrücke',
  'One a line; what stands around them does not matter.': 'Einer je Zeile; was darum herum steht, ist egal.',
  'Expect {n} box|Expect {n} boxes': '{n} Box erwarten|{n} Boxen erwarten',
  '{n} box is expected.|{n} boxes are expected.': '{n} Box wird erwartet.|{n} Boxen werden erwartet.',
  'Open and closed': 'Offen und geschlossen',
  '{name} is closed.': '{name} ist geschlossen.',
  '{name} is open again.': '{name} ist wieder offen.',
  'Close {name}?': '{name} schließen?',
  'Nobody of it gets in any more, and its API tokens are turned away.':
    'Niemand von dort kommt mehr hinein, und seine API-Token werden abgewiesen.',
  'Its boxes go on serving their phones. It can be opened again.':
    'Seine Boxen versorgen ihre Telefone weiter. Es kann wieder geöffnet werden.',
  'Open it again': 'Wieder öffnen',
}
