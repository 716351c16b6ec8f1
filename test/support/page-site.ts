import { InvariantError } from '../../services/core/errors.ts'
import { DemoBox } from './box-process.ts'

/** A name as somebody hostile on the LAN would give one. */
export const HOSTILE = '<img src=x onerror=alert(1)>"><script>alert(2)</script>'

/** A real box with its virtual phones, and what a small office has beside: people, groups, keys, settings. */
export async function officeBox(): Promise<DemoBox> {
  const box = await DemoBox.start()
  const send = async (method: string, path: string, body: unknown) => {
    const response = await box.ask(`/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new InvariantError(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }
  for (const [name, extension, department] of PEOPLE)
    await send('POST', '/people', {
      ...{ name, extension, department, numbers: [], listed: true },
      line: { index: 1, user: extension, secret: `secret-of-${extension}` },
    })
  await send('PUT', '/layers/site/site', { settings: { timezone: 'Europe/Berlin', 'sip.server': 'pbx.example.net' } })
  const { devices } = await box.api<{ devices: { mac: string; name?: string }[] }>('/devices')
  const macOf = (name: string) => {
    const found = devices.find((one) => one.name === name)
    if (!found) throw new InvariantError(`no phone ${name}`)
    return found.mac
  }
  await send('PATCH', `/devices/${macOf('Front desk')}`, {
    group: 'lobby',
    settings: { language: 'de' },
    keys: [
      { module: 0, index: 1, type: 'line', line: 1, label: 'Front desk' },
      { module: 0, index: 2, type: 'blf', value: '202', label: 'Workshop' },
      { module: 0, index: 3, type: 'speed-dial', value: '+4930901820', label: 'Supplier' },
      { module: 0, index: 11, type: 'park', value: '701', label: 'Park' },
      { module: 1, index: 1, type: 'blf', value: '203', label: 'Meeting room' },
    ],
  })
  await send('PATCH', `/devices/${macOf('Warehouse')}`, { name: HOSTILE })
  return box
}

const PEOPLE = [
  ['Ada Lovelace', '301', 'Development'],
  ['Grace Hopper', '302', 'Development'],
  ['Søren Ångström', '303', 'Sales'],
  ['محمد الخوارزمي', '304', 'Accounts'],
] as const
