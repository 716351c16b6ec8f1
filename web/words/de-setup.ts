import type { Words } from './words.ts'

/** German of the first run and signing in. */
export const setup: Words = {
  'As this browser has it; a name such as Europe/Berlin.': 'Wie dieser Browser sie hat; ein Name wie Europe/Berlin.',
  'At least 10 characters.': 'Mindestens 10 Zeichen.',
  'By hand, by scanning labels, from a list, or by PIN at the phone.':
    'Von Hand, durch Scannen der Etiketten, aus einer Liste oder per PIN am Telefon.',
  'Central account': 'Zentrales Konto',
  'Change it and go on': 'Ändern und weiter',
  Code: 'Code',
  'Code of your authenticator': 'Code Ihrer Authenticator-App',
  'Do it and go on': 'So machen und weiter',
  'Each shows up here by itself, within a minute or two.': 'Jedes erscheint hier von selbst, binnen ein, zwei Minuten.',
  'First account': 'Erstes Konto',
  'First steps': 'Erste Schritte',
  'For when the first one is gone; empty: none.': 'Falls der erste ausfällt; leer: keiner.',
  'From other machines the page is at:': 'Von anderen Rechnern ist die Seite erreichbar unter:',
  'Go on with it': 'Weitermachen',
  'Go on without': 'Ohne weiter',
  'Heard on {name}': 'Gehört an {name}',
  'It failed.': 'Es ist fehlgeschlagen.',
  'It says what still needs you, and which button helps.': 'Sie sagt, was Sie noch braucht und welcher Knopf hilft.',
  'Language of the phones': 'Sprache der Telefone',
  Later: 'Später',
  'Later under': 'Später unter',
  'Left out: 5060, or 5061 with TLS.': 'Ohne Angabe: 5060, mit TLS 5061.',
  'Listen again': 'Noch einmal horchen',
  'Listening for other DHCP servers: a few seconds …': 'Horcht nach anderen DHCP-Servern: ein paar Sekunden …',
  'Make the account': 'Konto anlegen',
  'Make the first account': 'Das erste Konto anlegen',
  'Name or address of the telephone system.': 'Name oder Adresse der Telefonanlage.',
  'Name, password or code is not right.': 'Name, Passwort oder Code stimmt nicht.',
  'Next: {step}.': 'Als Nächstes: {step}.',
  'No network interface has an address.': 'Keine Netzwerkschnittstelle hat eine Adresse.',
  'No phone was seen yet. They show up by themselves when they are plugged in.':
    'Noch wurde kein Telefon gesehen. Sie erscheinen von selbst, sobald sie angeschlossen sind.',
  'Nobody has an account on this box yet. This one may do everything.':
    'Noch hat niemand ein Konto auf dieser Box. Dieses darf alles.',
  'Not needed': 'Nicht nötig',
  Password: 'Passwort',
  'Password again': 'Passwort noch einmal',
  'Phones get their address from somebody, and that somebody tells them where this box is.':
    'Telefone bekommen ihre Adresse von jemandem, und der sagt ihnen auch, wo diese Box ist.',
  Phrase: 'Wortfolge',
  'Plug the box into the network of the phones, or give it an address.':
    'Schließen Sie die Box an das Netz der Telefone an, oder geben Sie ihr eine Adresse.',
  'Plug the phones in.': 'Schließen Sie die Telefone an.',
  Port: 'Port',
  'Save and go on': 'Speichern und weiter',
  'Say whose each is.': 'Sagen Sie, wem jedes gehört.',
  'Second SIP server': 'Zweiter SIP-Server',
  'Setup code': 'Einrichtungscode',
  'Sign in': 'Anmelden',
  Since: 'Seit',
  'Somebody else changed the settings meanwhile. Look at them again, then save.':
    'Jemand anderes hat die Einstellungen inzwischen geändert. Sehen Sie noch einmal hin und speichern Sie dann.',
  Steps: 'Schritte',
  'Still open:': 'Noch offen:',
  'Telephone system': 'Telefonanlage',
  'The account cannot be reached now: {reason}. Phones are served all the same.':
    'Das Konto ist gerade nicht erreichbar: {reason}. Telefone werden trotzdem bedient.',
  'The account shows the same three words, or it is not this box.':
    'Das Konto zeigt dieselben drei Wörter, sonst ist es nicht diese Box.',
  'The box is ready as far as it is set up.': 'Die Box ist bereit, soweit sie eingerichtet ist.',
  'The box is ready.': 'Die Box ist bereit.',
  'The box printed it when it started; “branchline accounts trust” prints it again.':
    'Die Box hat ihn beim Start ausgegeben; „branchline accounts trust“ gibt ihn noch einmal aus.',
  'The code of your authenticator is needed.': 'Der Code Ihrer Authenticator-App ist nötig.',
  'The network of the phones': 'Das Netz der Telefone',
  'The setup code is not right.': 'Der Einrichtungscode stimmt nicht.',
  'The two passwords differ.': 'Die beiden Passwörter sind verschieden.',
  'This box is not set up yet: {n} of {all} steps are done.':
    'Diese Box ist noch nicht eingerichtet: {n} von {all} Schritten sind getan.',
  'This box works alone. Everything that its phones need is in it.':
    'Diese Box arbeitet allein. Alles, was ihre Telefone brauchen, ist in ihr.',
  'Time zone': 'Zeitzone',
  'Plugged into': 'Angeschlossen an',
  port: 'Anschluss',
  'This port is in VLAN {n}.': 'Dieser Anschluss ist in VLAN {n}.',
  'Its VLANs:': 'Seine VLANs:',
  'Phones at such a port go to VLAN {n}, where they do not hear this box. Give the box a port in VLAN {n}, or have a DHCP relay of that VLAN name it.':
    'Telefone an einem solchen Anschluss gehen in VLAN {n}, wo sie diese Box nicht hören. Geben Sie der Box einen Anschluss in VLAN {n}, oder lassen Sie ein DHCP-Relay dieses VLANs auf sie verweisen.',
  '{n} phone tells who it is (LLDP).|{n} phones tell who they are (LLDP).':
    '{n} Telefon sagt, wer es ist (LLDP).|{n} Telefone sagen, wer sie sind (LLDP).',
  'Join a central account': 'Einem zentralen Konto beitreten',
  'Address of the account': 'Adresse des Kontos',
  'As its people open it in their browser, for example https://cloud.example':
    'Wie man es im Browser öffnet, zum Beispiel https://cloud.example',
  'Join this account': 'Diesem Konto beitreten',
  'Go to this one instead': 'Stattdessen zu diesem',
  'Work without one': 'Ohne Konto arbeiten',
  'Another account, or none': 'Ein anderes Konto oder keines',
  'Type it in at': 'Einzugeben unter',
  'Watch the overview.': 'Behalten Sie die Übersicht im Auge.',
  'Where the phones register. A phone or a line can have another server later.':
    'Wo sich die Telefone anmelden. Ein Telefon oder eine Leitung kann später einen anderen Server haben.',
  'Who may come in': 'Wer hereindarf',
  'With a central account, many offices are seen and set up from one place. The box needs none.':
    'Mit einem zentralen Konto werden viele Standorte von einer Stelle aus gesehen und eingerichtet. Die Box braucht keines.',
  'Work alone for now': 'Vorerst allein arbeiten',
  'You are signed in as {name}.': 'Sie sind angemeldet als {name}.',
  'You can leave at any time and go on later. Everything here can be changed afterwards.':
    'Sie können jederzeit aufhören und später weitermachen. Alles hier lässt sich nachher ändern.',
  'Your account is the key to this box. Once there is one, the page is also reached over the network.':
    'Ihr Konto ist der Schlüssel zu dieser Box. Sobald es eines gibt, ist die Seite auch über das Netz erreichbar.',
  'belongs to {name}': 'gehört zu {name}',
  'has left its account': 'hat sein Konto verlassen',
  'somebody has it already: remove it there first': 'jemand hat sie schon: dort zuerst entfernen',
  'waits to be taken in': 'wartet darauf, aufgenommen zu werden',
  'was put out by its account': 'wurde von seinem Konto ausgeschlossen',
  '{n} is here already.|{n} are here already.': '{n} ist schon da.|{n} sind schon da.',
  '{n} phone was seen here.|{n} phones were seen here.':
    '{n} Telefon wurde hier gesehen.|{n} Telefone wurden hier gesehen.',
}
