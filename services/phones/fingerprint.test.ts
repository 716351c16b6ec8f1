import { describe, expect, it } from 'vitest'
import { completed, differenceOf, fingerprintOf, type Seen } from './fingerprint.ts'

// Request lists as phones and PCs send them: a desk phone's with 66, 43 and 160, Windows 10's, dhclient's defaults.
const PHONE = [1, 3, 6, 12, 15, 28, 42, 43, 66, 67, 120, 125, 132, 160]
const WINDOWS = [1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252]
const DHCLIENT = [1, 28, 2, 3, 15, 6, 119, 12, 44, 47, 26, 121, 42]
const FIRST: Seen = {
  vendorClass: 'yealink',
  classVendor: 'yealink',
  agentVendor: 'yealink',
  parameters: PHONE,
  relay: '01040001',
}

describe('a device that got secrets once', () => {
  it.each([
    ['unchanged', {}],
    ['firmware that appends options', { parameters: [...PHONE, 26, 121, 252] }],
    ['firmware that asks for some others', { parameters: [...PHONE.slice(0, 11), 2, 26, 33] }],
    ['its options in another order', { parameters: PHONE.toReversed() }],
    ['DHCPINFORM with a shorter list', { parameters: [1, 3, 43, 66, 160] }],
    ['DHCPINFORM for one option', { parameters: [252] }],
    ['BOOTP, without class or list', { vendorClass: undefined, classVendor: undefined, parameters: [] }],
    [
      'PXE',
      { vendorClass: 'PXEClient:Arch:00000:UNDI:002001', classVendor: undefined, parameters: [60, 128, 129, 130, 131] },
    ],
    ['a boot loader', { vendorClass: 'U-Boot.armv7', classVendor: undefined, parameters: [1, 3, 12, 17] }],
    ['a class that nobody knows', { vendorClass: 'office', classVendor: undefined }],
    ['an agent text that nobody knows', { agentVendor: undefined }],
    ['a renewal that goes past the relay', { relay: undefined }],
    ['no lease of ours', { vendorClass: undefined, classVendor: undefined, parameters: undefined, relay: undefined }],
  ])('is the same with %s', (_, change) => {
    expect(differenceOf(fingerprintOf(FIRST), fingerprintOf({ ...FIRST, ...change }))).toBeUndefined()
  })

  it.each([
    [
      'class of another vendor',
      { vendorClass: 'Grandstream GXP2160', classVendor: 'grandstream' },
      'its class was of yealink',
    ],
    ['agent of another vendor', { agentVendor: 'snom' }, 'its agent text was of yealink'],
    ['request list of Windows', { vendorClass: 'MSFT 5.0', classVendor: undefined, parameters: WINDOWS }, 'options'],
    ['request list of dhclient', { vendorClass: undefined, classVendor: undefined, parameters: DHCLIENT }, 'options'],
    ['request list of another, its class kept', { parameters: WINDOWS }, 'options'],
    ['relay or port', { relay: '01040002' }, 'another relay'],
  ])('is another with the %s', (_, change, reason) => {
    expect(differenceOf(fingerprintOf(FIRST), fingerprintOf({ ...FIRST, ...change }))).toContain(reason)
  })

  it('is known better by what it shows later, but what was known stays', () => {
    const first = fingerprintOf({ classVendor: 'yealink', vendorClass: 'yealink', parameters: [66] })
    expect(first).toEqual({ classVendor: 'yealink' })
    const second = completed(first, fingerprintOf({ agentVendor: 'yealink', parameters: PHONE }))
    expect(second).toEqual({ classVendor: 'yealink', agentVendor: 'yealink', parameters: PHONE })
    expect(completed(second, fingerprintOf({ parameters: [...PHONE, 1, 2] }))).toEqual(second)
  })
})
