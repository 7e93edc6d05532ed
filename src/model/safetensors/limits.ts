// The sizes that bound a safetensors file: the format's own, and our caps below it.

/** Our own caps: a flag network is 30 KB, and a page must not choke on a file made to hurt it. */
export const MAX_FILE_BYTES = 64 * 2 ** 20
export const MAX_HEADER_BYTES = 8 * 2 ** 20
export const MAX_TENSORS = 10_000

/** The format's own limit on the header. */
export const FORMAT_MAX_HEADER_BYTES = 100_000_000

/** Bytes of the header's length, before the header. */
export const LENGTH_BYTES = 8

/** Caps to parse with instead of our own. */
export interface SafetensorsLimits {
  readonly fileBytes: number
  readonly headerBytes: number
  readonly tensors: number
}
