/** What people write into telephone numbers for the eye. */
const FOR_THE_EYE = /[\s()./\u00a0\u2010-\u2015-]/g

/**
 * What is dialled of a number as people write it: `+49 (0)30 1234-56` is `+4930123456`. A text that is more than digits
 * and signs (a SIP address, a name) stays as it is, without blanks at its ends.
 */
export function dialled(text: string): string {
  const given = text.trim()
  if (!/^\+?[\d*#\s()./\u00a0\u2010-\u2015-]+$/.test(given)) return given
  // The trunk prefix in brackets is only for callers from inside the country (ITU-T E.123, 7.2).
  const international = given.startsWith('+') ? given.replace(/\(0\)/, '') : given
  const bare = international.replace(FOR_THE_EYE, '')
  return bare === '' ? given : bare
}
