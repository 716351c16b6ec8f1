// What pure code may use beyond ECMAScript: conversions without I/O, clock or randomness.
// Part of tsconfig.pure.json alone; elsewhere the runtime's own types say the same.
declare class TextEncoder {
  encode(text?: string): Uint8Array
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean })
  decode(bytes?: Uint8Array): string
}
declare function structuredClone<T>(value: T): T
interface AbortSignal {
  readonly aborted: boolean
}
