import { expect, it } from 'vitest'
import { machineFacts } from './machine.ts'

const from = (files: Readonly<Record<string, string>>) => machineFacts((path) => files[path] ?? '')

it.each([
  [
    'a small board',
    {
      '/proc/device-tree/model': 'Raspberry Pi 4 Model B Rev 1.4\0',
      '/proc/device-tree/serial-number': '10000000abcd\0',
    },
    { model: 'Raspberry Pi 4 Model B Rev 1.4', serial: '10000000abcd' },
  ],
  ['a PC', { '/sys/class/dmi/id/product_name': 'NUC11\n' }, { model: 'NUC11' }],
  [
    'a maker who filled nothing in',
    { '/sys/class/dmi/id/product_name': 'To Be Filled By O.E.M.\n', '/sys/class/dmi/id/product_serial': '0000\n' },
    { model: 'Branchline' },
  ],
  ['nothing', {}, { model: 'Branchline' }],
  ['rubbish', { '/proc/device-tree/model': `\u001b[2J\u202e${'x'.repeat(99)}` }, { model: `[2J${'x'.repeat(57)}` }],
])('%s', (_name, files, facts) => expect(from(files)).toEqual(facts))
