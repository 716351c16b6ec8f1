import { networks } from './de-networks.ts'
import type { Words } from './words.ts'

/** German of the page Network. */
export const network: Words = {
  ...networks,
  'A FRITZ!Box cannot hand out option 66. Let the box answer phones only, beside it, with a range of its own:':
    'Eine FRITZ!Box kann Option 66 nicht verteilen. Lassen Sie die Box daneben nur Telefonen antworten, mit einem eigenen Bereich:',
  'A lease lasts': 'Eine Zuteilung gilt',
  'A network is made when DHCP is switched on.': 'Ein Netz entsteht, sobald DHCP eingeschaltet wird.',
  Addresses: 'Adressen',
  'Addresses of {name}: {summary}': 'Adressen von {name}: {summary}',
  'Always give {address} to {mac}': '{address} immer an {mac} vergeben',
  'Another server ({server}) gives addresses here: it keeps everything but phones.':
    'Ein anderer Server ({server}) vergibt hier Adressen: er behält alles außer den Telefonen.',
  'Answer although another server is there': 'Antworten, obwohl ein anderer Server da ist',
  Change: 'Ändern',
  'DHCP on {name}': 'DHCP an {name}',
  'DHCP on {name} is changed.': 'DHCP an {name} ist geändert.',
  'Do it': 'So machen',
  Domain: 'Domäne',
  'Empty: none is named.': 'Leer: keiner wird genannt.',
  'Empty: none.': 'Leer: keine.',
  'Every device on this network gets its address from the box: phones, computers, printers.':
    'Jedes Gerät in diesem Netz bekommt seine Adresse von der Box: Telefone, Rechner, Drucker.',
  'For the DHCP server that is there already': 'Für den DHCP-Server, der schon da ist',
  'Heard: {server}': 'Gehört: {server}',
  'If another DHCP server is heard, the box stays silent and raises an alarm.':
    'Ist ein anderer DHCP-Server zu hören, schweigt die Box und meldet einen Alarm.',
  'In /etc/dhcp/dhcpd.conf, inside the subnet of the phones. Then restart dhcpd.':
    'In /etc/dhcp/dhcpd.conf, im Subnetz der Telefone. Danach dhcpd neu starten.',
  'In /etc/dnsmasq.conf; on OpenWrt under Network, DHCP, advanced options. Then restart it.':
    'In /etc/dnsmasq.conf; bei OpenWrt unter Netzwerk, DHCP, erweiterte Optionen. Danach neu starten.',
  'In PowerShell on the server, with the scope of the phones in place of the one here.':
    'In der PowerShell des Servers, mit dem Bereich der Telefone anstelle dieses hier.',
  'In a terminal of the router, with the network of the phones in place of the one here.':
    'In einem Terminal des Routers, mit dem Netz der Telefone anstelle dieses hier.',
  'In kea-dhcp4.conf, inside the subnet of the phones. Then reload Kea.':
    'In kea-dhcp4.conf, im Subnetz der Telefone. Danach Kea neu laden.',
  'It is not kept': 'Sie ist nicht reserviert',
  'It offered {address}.': 'Er bot {address} an.',
  'Keep an address for a device': 'Eine Adresse für ein Gerät reservieren',
  'Keep it': 'Reservieren',
  'Keep {address} no longer': '{address} nicht länger reservieren',
  'Kind of server': 'Art des Servers',
  'Lines for {name}': 'Zeilen für {name}',
  'Listening …': 'Horcht …',
  'Many phones find the box by multicast (SIP PnP). For the rest the server that is there must say option 66.':
    'Viele Telefone finden die Box per Multicast (SIP PnP). Den anderen muss der vorhandene Server Option 66 nennen.',
  'Name servers': 'Namensserver',
  'Network {name}': 'Netz {name}',
  'No other server was heard, and phones need an address.':
    'Kein anderer Server war zu hören, und Telefone brauchen eine Adresse.',
  'Nobody could be heard': 'Es konnte nicht gehorcht werden',
  'Nobody else gives addresses here.': 'Niemand sonst vergibt hier Adressen.',
  'Nothing changes on this network.': 'In diesem Netz ändert sich nichts.',
  'One a line, such as 192.0.2.100-192.0.2.199.': 'Einer je Zeile, etwa 192.0.2.100-192.0.2.199.',
  'Phones are told where their configuration is. Nothing has to be set anywhere else.':
    'Telefone erfahren, wo ihre Konfiguration ist. Sonst muss nirgends etwas eingestellt werden.',
  'Ranges of addresses': 'Adressbereiche',
  Recommended: 'Empfohlen',
  Reservation: 'Reservierung',
  Reservations: 'Reservierungen',
  Router: 'Router',
  'Separated by commas.': 'Durch Kommas getrennt.',
  'Services, DHCP server, the interface of the phones, TFTP server (or additional option 66, text):':
    'Dienste, DHCP-Server, die Schnittstelle der Telefone, TFTP-Server (oder zusätzliche Option 66, Text):',
  'Settings, Networks, the network of the phones, DHCP options: option 66 (TFTP server), this text:':
    'Einstellungen, Netzwerke, das Netz der Telefone, DHCP-Optionen: Option 66 (TFTP-Server), dieser Text:',
  'The box answers phones only': 'Die Box antwortet nur Telefonen',
  'The box gives addresses to everybody': 'Die Box gibt allen Adressen',
  'The box gives no addresses': 'Die Box gibt keine Adressen',
  'The box gives no addresses yet.': 'Die Box gibt noch keine Adressen.',
  'The configuration file decides this; it is changed there.':
    'Das bestimmt die Konfigurationsdatei; dort wird es geändert.',
  'The page Network has ready-made lines for that server.': 'Die Seite Netz hat fertige Zeilen für diesen Server.',
  'The ranges of the two servers must not overlap. That of the box is shown, and changed, under Network.':
    'Die Bereiche beider Server dürfen sich nicht überschneiden. Der der Box steht unter Netz und lässt sich dort ändern.',
  'The server that is there goes on serving everything else.': 'Der vorhandene Server versorgt weiter alles andere.',
  'The way to other networks; empty: none.': 'Der Weg in andere Netze; leer: keiner.',
  'This network has no range: only reservations are served.':
    'Dieses Netz hat keinen Bereich: nur Reservierungen werden bedient.',
  'Time servers': 'Zeitserver',
  'Two servers that serve everybody give the same address twice, and nobody knows which answers first.':
    'Zwei Server, die alle bedienen, vergeben dieselbe Adresse doppelt, und niemand weiß, welcher zuerst antwortet.',
  'What is recognised as a phone gets its address from the box and is told where its configuration is.':
    'Was als Telefon erkannt wird, bekommt seine Adresse von der Box und erfährt, wo seine Konfiguration ist.',
  'Where the site keeps its own server, it must tell phones one thing: where this box is (option 66).':
    'Behält der Standort seinen eigenen Server, muss dieser den Telefonen eines sagen: wo diese Box ist (Option 66).',
  'Who else gives addresses?': 'Wer vergibt sonst Adressen?',
  'Who gives addresses': 'Wer Adressen vergibt',
  'each square is several addresses': 'jedes Kästchen steht für mehrere Adressen',
  kept: 'reserviert',
  'kept for one device': 'für ein Gerät reserviert',
  leased: 'vergeben',
  'leases of {n} h': 'Zuteilungen von {n} h',
  'no router': 'kein Router',
  'router {address}': 'Router {address}',
  'set aside: somebody else has it': 'beiseite gelegt: jemand anderes hat sie',
  'set in the configuration file': 'in der Konfigurationsdatei festgelegt',
  '{address} is free again.': '{address} ist wieder frei.',
  '{address} is kept from now on.': '{address} ist ab jetzt reserviert.',
  '{name} is changed. Devices hear of it when they renew.': '{name} ist geändert. Geräte erfahren es beim Erneuern.',
  '{n} hours': '{n} Stunden',
  '{n} seconds': '{n} Sekunden',
}
