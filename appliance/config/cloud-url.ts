/** Names of this machine: what goes there crosses no network, so it needs no TLS. */
const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]'])

/** What is wrong with the address of an account; undefined: nothing. */
export function cloudUrlFault(text: string): string | undefined {
  const url = URL.parse(text)
  const said = JSON.stringify(text.slice(0, 100))
  if (url === null) return `not an address like https://cloud.example: ${said}`
  if (url.username !== '' || url.password !== '') return 'must not hold a name or a password'
  if (url.search !== '' || url.hash !== '') return `must end with its path: ${said}`
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOCAL.has(url.hostname))) return undefined
  return `must begin with https://: ${said}`
}
