// What a file of the person's own is known by: the same bytes, dropped again, are the same file.

const KEY_BYTES = 8

/** The first 64 bits of the SHA-256 of some bytes, in hexadecimal. */
export async function keyOf(bytes: Uint8Array): Promise<string> {
  // A page that was not fetched by https has no digests: there every drop is another file.
  const { subtle } = crypto as { subtle?: SubtleCrypto }
  const digest = subtle
    ? new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
    : crypto.getRandomValues(new Uint8Array(KEY_BYTES))
  return Array.from(digest.subarray(0, KEY_BYTES), byte => byte.toString(16).padStart(2, '0')).join('')
}
