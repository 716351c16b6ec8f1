/** The bytes of a test file: no two blocks alike, whatever the block size, and with line ends in it. */
export function patternOf(size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let i = 0; i < size; i++) bytes[i] = (i * 7 + (i >>> 8) * 13 + (i >>> 16) * 5) & 255
  return bytes
}
