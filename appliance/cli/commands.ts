import type { Command } from './command.ts'

/** Every command, in the order of the help. Each is loaded when it is asked for: a running box needs only `up`, and a question to it no box. */
export const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map(
  Object.entries({
    up: async () => (await import('./up.ts')).upCommand,
    devices: async () => (await import('./devices.ts')).devicesCommand,
    people: async () => (await import('./people.ts')).peopleCommand,
    import: async () => (await import('./import.ts')).importCommand,
    replace: async () => (await import('./replace.ts')).replaceCommand,
    undo: async () => (await import('./replace.ts')).undoCommand,
    render: async () => (await import('./render.ts')).renderCommand,
    explain: async () => (await import('./explain.ts')).explainCommand,
    setup: async () => (await import('./setup.ts')).setupCommand,
    claim: async () => (await import('./claim.ts')).claimCommand,
    refetch: async () => (await import('./refetch.ts')).refetchCommand,
    dhcp: async () => (await import('./dhcp.ts')).dhcpCommand,
    files: async () => (await import('./files.ts')).filesCommand,
    rollout: async () => (await import('./rollout.ts')).rolloutCommand,
    cloud: async () => (await import('./cloud.ts')).cloudCommand,
    templates: async () => (await import('./templates.ts')).templatesCommand,
    packs: async () => (await import('./packs.ts')).packsCommand,
    phone: async () => (await import('./phone.ts')).phoneCommand,
    accounts: async () => (await import('./accounts.ts')).accountsCommand,
    config: async () => (await import('./config.ts')).configCommand,
    check: async () => (await import('./check.ts')).checkCommand,
    network: async () => (await import('./network.ts')).networkCommand,
    update: async () => (await import('./update.ts')).updateCommand,
    backup: async () => (await import('./backup.ts')).backupCommand,
    restore: async () => (await import('./restore.ts')).restoreCommand,
    'factory-reset': async () => (await import('./factory-reset.ts')).factoryResetCommand,
    vendors: async () => (await import('./vendors.ts')).vendorsCommand,
    version: async () => (await import('./version.ts')).versionCommand,
  }),
)

/** All of them, for the help. */
export function allCommands(): Promise<readonly Command[]> {
  return Promise.all([...COMMANDS.values()].map((load) => load()))
}
