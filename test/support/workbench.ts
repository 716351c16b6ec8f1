import type { AdminDeps } from '../../services/admin/contract.ts'

/** A T46U with one kind of module, and two settings. */
export function fakeWorkbench(): AdminDeps['workbench'] {
  return {
    held: () => undefined,
    tryLayer: () => ({ devices: 0, effects: [] }),
    templateWords: () => undefined,
    models: () => [{ vendor: 'yealink', title: 'Yealink', models: ['T46U', 'T21P_E2'] }],
    shapeOf: () => ({
      ...{ vendor: 'yealink', vendorTitle: 'Yealink', model: 'T46U', title: 'T46U', guessed: false, lines: 16 },
      keys: [{ kind: 'linekey', count: 27 }],
      expansion: [{ name: 'EXP43', keys: 60, modules: 3 }],
      ...{ places: [], handsets: 0 },
    }),
    settings: () => [
      {
        ...{ name: 'timezone', family: 'Time', doc: 'Where the phone stands.', shape: 'IANA zone', secret: false },
        ...{ form: 'text', builtIn: 'Etc/UTC', example: 'Europe/Berlin' },
      },
      {
        name: 'adminPassword',
        family: 'Security',
        doc: 'Of its web page.',
        shape: 'secret',
        secret: true,
        form: 'text',
      },
    ],
  }
}
