import { describe, expect, it } from 'vitest'
import { parseMac } from '../core/mac.ts'
import { definitions } from './box.fixture.ts'
import { holds } from './condition.ts'
import type { Device } from './contract.ts'
import { findModel } from './model-index.ts'
import { parameterOf } from './parameter-reader.ts'
import { renderSample } from './sample.fixture.ts'
import { sampleDevice } from './sample.ts'

// A forged NOTIFY must not make a phone fetch or reboot; the box's own, which answers a challenge with the line's
// credentials, must get through.

/** The value that a parameter has in a device's own file. */
function rendered(
  vendor: string,
  name: string,
  parameter: string,
  change: (device: Device) => Device,
): string | undefined {
  const definition = definitions.get(vendor)
  const model = definition && findModel(definition, name)
  if (definition === undefined || model === undefined) return 'no such model'
  const form = definition.files.find(
    (one) => one.own && (one.when === undefined || holds(definition, one.when, model, undefined)),
  )
  const device = change(sampleDevice(model, parseMac('00005e005301')))
  const lines = form === undefined ? [] : renderSample(definition, form, model, device).split('\n')
  const [line] = lines.filter((text) => form !== undefined && parameterOf(form.reader, text) === parameter)
  return line === undefined ? undefined : (/>([^<]*)</.exec(line)?.[1] ?? line)
}

const secret = (device: Device): Device => ({
  ...device,
  lines: device.lines.map((line) => ({ ...line, secret: 's3cret' })),
})
const oneBare = (device: Device): Device => ({
  ...device,
  lines: device.lines.map(({ secret: _, ...line }, i) => (i === 0 ? line : { ...line, secret: 's3cret' })),
})
const noLine = (device: Device): Device => ({ ...device, lines: [] })

describe('the challenge of a NOTIFY', () => {
  it.each([
    ['snom', 'D785', 'challenge_checksync', 'on', 'off'],
    ['snom', 'D785', 'challenge_reboot', 'on', 'off'],
    ['grandstream', 'GXP2160', 'P4428', '0', '1'],
    ['grandstream', 'GRP2614', 'sip.notify.challenge', 'No', 'Yes'],
  ])('%s %s: %s is %s when the box can answer it, else %s', (vendor, model, parameter, asked, open) => {
    expect(rendered(vendor, model, parameter, secret)).toBe(asked)
    expect(rendered(vendor, model, parameter, oneBare)).toBe(open)
    expect(rendered(vendor, model, parameter, noLine)).toBe(open)
  })

  it.each(['sip.trust_ctrl', 'account.1.sip_trust_ctrl'])(
    'yealink: %s, which would refuse the box, is left alone',
    (name) => {
      expect(rendered('yealink', 'T46U', name, secret)).toBeUndefined()
    },
  )
})
