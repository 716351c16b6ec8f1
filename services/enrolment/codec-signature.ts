/** What a box signs of one request. */
export interface SignedParts {
  readonly method: string
  /** As the API documents it, from `/v1` on: whatever a proxy puts before it is not part of it. No query. */
  readonly path: string
  /** SHA-256 of the body's bytes in lower-case hexadecimal; of no bytes when there is no body. */
  readonly bodyHash: string
  /** As the cloud gave it. It is good for one request, so nothing can be sent twice. */
  readonly challenge: string
}

/**
 * The text under the signature: five lines, joined by line feeds, none at the end. No part can hold a line feed (each is
 * checked before), so no two requests share a text; the first line keeps it apart from whatever else the key signs.
 */
export function signedText({ method, path, bodyHash, challenge }: SignedParts): string {
  return ['branchline-enrolment-v1', method, path, bodyHash, challenge].join('\n')
}

/** The text with which a new key proves that it is held by the box which puts it in. */
export function rotationText(of: { boxId: string; identityKey: string; sealingKey: string }): string {
  return ['branchline-rotation-v1', of.boxId, of.identityKey, of.sealingKey].join('\n')
}

/** The text with which one configuration-signing key vouches for another. */
export function configKeyText(of: { key: string; by: string; retires: boolean }): string {
  return ['branchline-config-key-v1', of.by, of.key, of.retires ? 'retires' : 'beside'].join('\n')
}
