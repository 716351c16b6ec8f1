import type { Words } from './words.ts'

/** German of whole networks, on the box and in the account, and of the options of one phone. */
export const networks: Words = {
  'A router there passes questions on to the box (IP helper, DHCP relay).':
    'Ein Router dort reicht Anfragen an die Box weiter (IP-Helper, DHCP-Relay).',
  'Add a network': 'Netz hinzufügen',
  'Add it': 'Hinzufügen',
  'Add the network {name}?': 'Das Netz {name} hinzufügen?',
  'behind a relay': 'hinter einem Relay',
  'Change it': 'Ändern',
  'Change the network {name}?': 'Das Netz {name} ändern?',
  'Devices hear of it when they renew, in {n} hour at most.|Devices hear of it when they renew, in {n} hours at most.':
    'Geräte erfahren es beim Verlängern, spätestens in {n} Stunde.|Geräte erfahren es beim Verlängern, spätestens in {n} Stunden.',
  'DHCP is off on {name}: nobody gets an address of it.':
    'DHCP ist an {name} aus: niemand bekommt eine Adresse daraus.',
  'DHCP is off at the box: nobody gets an address of these until somebody there switches it on.':
    'DHCP ist an der Box aus: niemand bekommt eine Adresse daraus, bis es dort jemand einschaltet.',
  'For this phone alone, wherever the box gives it an address: before its model, its group, its vendor and the network.':
    'Nur für dieses Telefon, wo immer die Box ihm eine Adresse gibt: vor Modell, Gruppe, Hersteller und Netz.',
  'If somebody changes the same at the box before it hears of this, what they did there stands.':
    'Ändert jemand dasselbe an der Box, bevor sie hiervon hört, so gilt, was dort getan wurde.',
  'Interface of the box': 'Anschluss der Box',
  'It is the only network on {name}: the box gives no addresses there any more.':
    'Es ist das einzige Netz an {name}: die Box vergibt dort keine Adressen mehr.',
  'It waits for the box.': 'Es wartet auf die Box.',
  'Network {name} is added.': 'Netz {name} ist hinzugefügt.',
  'Network {name} is removed.': 'Netz {name} ist entfernt.',
  Networks: 'Netze',
  'No phone was last heard of at an address of it.':
    'Von keinem Telefon war zuletzt unter einer Adresse daraus zu hören.',
  'Nobody has an address of it now.': 'Niemand hat jetzt eine Adresse daraus.',
  'Only the first {n} phones were counted.': 'Nur die ersten {n} Telefone sind gezählt.',
  'Option {code} is told from now on.': 'Option {code} wird von jetzt an mitgeteilt.',
  'Option {code} is told no longer.': 'Option {code} wird nicht mehr mitgeteilt.',
  'Option {code} says something else.': 'Option {code} sagt etwas anderes.',
  'Set in the configuration file of the box': 'In der Konfigurationsdatei der Box festgelegt',
  'set; shown to those who may change it': 'gesetzt; wer ihn ändern darf, sieht den Wert',
  Subnet: 'Subnetz',
  'Such as 192.0.2.0/24.': 'Etwa 192.0.2.0/24.',
  'Such as eth0; empty: its devices come through a relay. The box has not said yet which it has.':
    'Etwa eth0; leer: seine Geräte kommen über ein Relay. Die Box hat noch nicht gesagt, welche sie hat.',
  'Such as phones or annex; empty: its subnet names it.':
    'Etwa Telefone oder Anbau; leer: sein Subnetz gibt den Namen.',
  'Tell this phone something else': 'Diesem Telefon etwas anderes mitteilen',
  'The account holds no network of this site.': 'Das Konto hat kein Netz dieses Standorts.',
  'The box cannot use it: {reason}': 'Die Box kann es nicht verwenden: {reason}',
  'The box checks it once more: what it cannot use it leaves aside, and raises an alarm.':
    'Die Box prüft es noch einmal: was sie nicht verwenden kann, lässt sie beiseite und meldet einen Alarm.',
  'The box gives addresses of it on {interface}.': 'Die Box vergibt Adressen daraus an {interface}.',
  'The box gives addresses of it through a relay.': 'Die Box vergibt Adressen daraus über ein Relay.',
  'The box has an address of it.': 'Die Box hat eine Adresse daraus.',
  'The box has no address of it there: its devices need a router between.':
    'Die Box hat dort keine Adresse daraus: seine Geräte brauchen einen Router dazwischen.',
  'The box is offline: what is changed here waits until it is back.':
    'Die Box ist offline: was hier geändert wird, wartet, bis sie wieder da ist.',
  'They keep it until their lease is over, {n} hour at most. Then they have none of this box.|They keep it until their lease is over, {n} hours at most. Then they have none of this box.':
    'Sie behalten sie, bis ihre Zuteilung endet, höchstens {n} Stunde. Dann haben sie keine mehr von dieser Box.|Sie behalten sie, bis ihre Zuteilung endet, höchstens {n} Stunden. Dann haben sie keine mehr von dieser Box.',
  'This site has no box yet: what is set here waits for its first one.':
    'Dieser Standort hat noch keine Box: was hier gesetzt wird, wartet auf die erste.',
  'to be given': 'zu vergeben',
  'to be given; whether they are, only the box knows': 'zu vergeben; ob sie es sind, weiß nur die Box',
  'Waits for the box': 'Wartet auf die Box',
  'What is set for a vendor, a group, a model or one phone goes before it.':
    'Was für einen Hersteller, eine Gruppe, ein Modell oder ein Telefon gesetzt ist, geht vor.',
  'Where its devices are': 'Wo seine Geräte sind',
  'Which other devices have one, only the box knows.': 'Welche anderen Geräte eine haben, weiß nur die Box.',
  'Who has which address, and how many are left, is seen at the box alone.':
    'Wer welche Adresse hat und wie viele übrig sind, ist nur an der Box zu sehen.',
  'Whoever has one keeps it {n} hour at most, and then has none of the box.|Whoever has one keeps it {n} hours at most, and then has none of the box.':
    'Wer eine hat, behält sie höchstens {n} Stunde und hat dann keine mehr von der Box.|Wer eine hat, behält sie höchstens {n} Stunden und hat dann keine mehr von der Box.',
  '{address} is kept for {device} no longer.': '{address} wird für {device} nicht mehr freigehalten.',
  '{address} is kept for {device}.': '{address} wird für {device} freigehalten.',
  '{n} other device has an address of it.|{n} other devices have an address of it.':
    '{n} anderes Gerät hat eine Adresse daraus.|{n} andere Geräte haben eine Adresse daraus.',
  '{n} phone had an address of it when it was last heard of.|{n} phones had an address of it when they were last heard of.':
    '{n} Telefon hatte eine Adresse daraus, als zuletzt von ihm zu hören war.|{n} Telefone hatten eine Adresse daraus, als zuletzt von ihnen zu hören war.',
  '{n} phone has an address of it.|{n} phones have an address of it.':
    '{n} Telefon hat eine Adresse daraus.|{n} Telefone haben eine Adresse daraus.',
  '{n} phone was last seen at an address in none of the ranges: it gets another one.|{n} phones were last seen at addresses in none of the ranges: they get others.':
    '{n} Telefon war zuletzt unter einer Adresse außerhalb der Bereiche zu sehen: es bekommt eine andere.|{n} Telefone waren zuletzt unter Adressen außerhalb der Bereiche zu sehen: sie bekommen andere.',
  '{n} reservation goes with it.|{n} reservations go with it.':
    '{n} Reservierung geht mit.|{n} Reservierungen gehen mit.',
}
