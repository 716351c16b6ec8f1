import type { Words } from '../i18n.ts'

export const words: Words = {}
