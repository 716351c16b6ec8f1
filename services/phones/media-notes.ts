import type { Fit, MediaLibrary } from '../media/contract.ts'
import { fitOf } from './context.ts'
import type { SettingValue } from './contract.ts'
import type { Model } from './definition.ts'
import type { Subject } from './subject.ts'

/** Settings that name a picture or a sound. */
const MEDIA = /^file\.(wallpaper|screenSaver|logo|ringTone|holdMusic)$/

/** What becomes of the picture or sound that a setting names; undefined when it names none. */
export function mediaFit(
  media: Pick<MediaLibrary, 'fit'>,
  model: Model,
  setting: string,
  value: SettingValue,
): Fit | undefined {
  const key = MEDIA.exec(setting)?.[1]
  return key === undefined || typeof value !== 'string' || value === ''
    ? undefined
    : fitOf({ media, model }, key, value)
}

/** What a device is given of the pictures and sounds that somebody named for it, in plain words. */
export function mediaNotes(
  { model, effective }: Pick<Subject, 'model' | 'effective'>,
  media: Pick<MediaLibrary, 'fit'> | undefined,
): readonly string[] {
  if (media === undefined || model === undefined) return []
  return Object.entries(effective.settings).flatMap(([setting, { value }]) => {
    const fit = mediaFit(media, model, setting, value)
    switch (fit?.kind) {
      case 'as-is':
        return [`${setting}: ${fit.name} fits as it is`]
      case 'made':
        return [`${setting}: ${value} becomes ${fit.name}, ${fit.how}`]
      case 'unknown':
        return [`${setting}: ${fit.name} is given as it was uploaded, what this model takes is not known`]
      default:
        return []
    }
  })
}
