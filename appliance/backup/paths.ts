/** What a checked backup would bring, beside what was checked. */
export const PREVIEW = 'preview.json'
