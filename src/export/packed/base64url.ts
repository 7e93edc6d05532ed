// Bytes as text that stands in an address as it is: RFC 4648's base64url, without padding.

import { FormatError } from '../../model/errors.js'

const CHUNK = 0x8000

export function encodeBase64Url(bytes: Uint8Array): string {
  let binary = ''
  for (let i = 0; i < bytes.length; i += CHUNK) binary += String.fromCharCode(...bytes.subarray(i, i + CHUNK))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** @throws FormatError when it is anything else */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const strange = /[^\w-]/.exec(text)
  if (strange) throw new FormatError(`expected letters, digits, - and _, got "${strange[0]}" at ${strange.index + 1}`)
  if (text.length % 4 === 1) throw new FormatError('its last letter is missing')
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, letter => letter.charCodeAt(0))
}
