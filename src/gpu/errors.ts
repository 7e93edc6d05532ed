// What can go wrong between TypeScript and the GPU.

import { UnsupportedError } from '../model/errors.js'

/** A shader did not compile or link. The message carries the driver's log, with the source line under each complaint. */
export class ShaderError extends Error {
  override readonly name = 'ShaderError'
}

/** The GPU has no room for a picture of this size: a smaller one may do. */
export class PictureSizeError extends UnsupportedError {}

/** The GL context is lost: nothing is wrong with the call, and everything must be built again when it comes back. */
export class ContextLostError extends Error {
  override readonly name = 'ContextLostError'

  constructor() {
    super('the GPU context was lost')
  }
}
