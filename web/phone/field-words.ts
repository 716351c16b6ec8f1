import { t } from '../i18n.ts'

/** A field of a record in words; one inside another (`settings.language`) and what has none stays as it is called. */
export function fieldWord(field: string): string {
  const words: Readonly<Record<string, string | undefined>> = {
    name: t('Name'),
    group: t('Group'),
    vendor: t('Vendor'),
    model: t('Model'),
    notes: t('Notes'),
    enabled: t('In use'),
    lines: t('Lines'),
    accounts: t('Lines'),
    keys: t('Keys'),
    settings: t('Settings'),
    extra: t('Raw parameters'),
    dhcpOptions: t('DHCP options'),
    locked: t('Locks'),
    person: t('Person'),
    pools: t('Ranges of addresses'),
    reservations: t('Reservations'),
    extension: t('Extension'),
    email: t('E-mail'),
    department: t('Department'),
  }
  return words[field] ?? field
}
