import { createHmac } from 'node:crypto'
import type { Mac } from '../core/mac.ts'
import type { Device, Effective, Identity, Layer, Layers, SettingValues } from './contract.ts'
import type { Definition, Definitions, Model } from './definition.ts'
import { modelOf } from './names.ts'
import { type GivenLayer, resolve } from './resolve.ts'
import { BUILT_IN } from './settings.ts'

/** Record id of the one site layer. */
export const SITE_ID = 'site'

/** Record id of a model's layer: `yealink:t46u`. */
export function modelLayerId(vendor: string, model: string): string {
  return `${vendor}:${model.toLowerCase()}`
}

/** The layers, with a number that rises whenever one of them changes. */
export interface RevisedLayers extends Layers {
  revision(): number
}

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const CHARACTERS = `${LETTERS}23456789`
const LENGTH = 20

/**
 * A device's administrator password when nobody set one: 20 letters and digits made from a key that only this box
 * has, so that no two devices share one and none is a factory default. Letters and digits that look alike are left out.
 */
export function generatedPassword(key: Uint8Array, mac: Mac): string {
  const digest = createHmac('sha256', key).update(`adminPassword:${mac}`).digest()
  let number = BigInt(`0x${digest.toString('hex')}`)
  const take = (alphabet: string) => {
    const size = BigInt(alphabet.length)
    const char = alphabet[Number(number % size)] ?? ''
    number /= size
    return char
  }
  // Some phones insist on a letter and a digit.
  const first = take(LETTERS)
  const last = take('23456789')
  return first + Array.from({ length: LENGTH - 2 }, () => take(CHARACTERS)).join('') + last
}

/** What is known of one device for rendering. */
export interface Subject {
  readonly mac?: Mac
  readonly device?: Device
  readonly definition?: Definition
  readonly model?: Model
  readonly firmware?: string
  readonly effective: Effective
}

export interface SubjectFacts {
  readonly definitions: Definitions
  readonly layers: Layers
  /** Key for generated passwords; the box's own. */
  readonly passwordKey: Uint8Array
  /** What is laid over a device's record for a time, when anything is. */
  readonly overlay?: Overlay
}

/** Settings that hold for single devices beyond their records until a rollout has ended. */
export interface Overlay {
  of(mac: Mac): OverlayLayer | undefined
}

export interface OverlayLayer {
  /** Shown as where the values come from: `rollout T46U in May`. */
  readonly of: string
  readonly settings: SettingValues
  /** Changes with the settings, for what is kept rendered. */
  readonly stamp: string
}

/** The settings that hold for a device, or for all of a model when no device is given. */
export function effectiveFor(
  facts: SubjectFacts,
  given: {
    readonly mac?: Mac | undefined
    readonly device?: Device | undefined
    readonly vendor?: string | undefined
    readonly model?: string | undefined
  },
): Effective {
  const { mac, device, vendor, model } = given
  const layers: GivenLayer[] = [{ layer: 'built-in', values: { settings: BUILT_IN } }]
  if (mac !== undefined)
    layers.push({
      layer: 'built-in',
      of: 'generated',
      values: { settings: { adminPassword: generatedPassword(facts.passwordKey, mac) } },
    })
  const add = (layer: 'vendor' | 'site' | 'group' | 'model', id: string | undefined, of: string | undefined) => {
    const values: Layer | undefined = id === undefined ? undefined : facts.layers.get(layer, id)?.layer
    if (values !== undefined) layers.push({ layer, ...(of !== undefined && { of }), values })
  }
  add('vendor', vendor, vendor)
  add('site', SITE_ID, undefined)
  add('group', device?.group, device?.group)
  if (vendor !== undefined && model !== undefined) add('model', modelLayerId(vendor, model), model)
  if (device !== undefined) layers.push({ layer: 'device', values: device })
  const over = device === undefined || mac === undefined ? undefined : facts.overlay?.of(mac)
  if (over !== undefined) layers.push({ layer: 'device', of: over.of, values: { settings: over.settings } })
  return resolve(layers, vendor)
}

/** Puts together what the record and what was recognised say. The record wins. */
export function subjectOf(
  facts: SubjectFacts,
  mac: Mac | undefined,
  device: Device | undefined,
  identity: Identity | undefined,
): Subject {
  const vendor = device?.vendor ?? identity?.vendor
  const definition = vendor === undefined ? undefined : facts.definitions.get(vendor)
  const recognised = identity?.vendor === vendor ? identity : undefined
  const model = definition && modelOf(definition, device?.model, recognised?.model)
  return {
    ...(mac !== undefined && { mac }),
    ...(device && { device }),
    ...(definition && { definition }),
    ...(model && { model }),
    ...(recognised?.firmware !== undefined && { firmware: recognised.firmware }),
    effective: effectiveFor(facts, { mac, device, vendor, model: model?.model }),
  }
}
