// The picture worker, seen from the page.

import type { Tensors } from '../../kernel/training.js'
import type { Architecture } from '../../model/architecture.js'
import { FormatError, UnsupportedError } from '../../model/errors.js'
import type { Rgb } from '../../train/colour.js'
import type { Target } from '../../train/target.js'
import type { TargetSizes } from '../../train/target-size.js'
import type { LoadedTarget } from './bitmap-target.js'
import type { Difference, PictureReply, PictureRequest, PictureResults } from './picture-worker.js'

interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
}

export class Pictures {
  readonly #worker = new Worker(new URL('./picture-worker.ts', import.meta.url), { type: 'module' })
  /** Answers come in the order of the requests. */
  readonly #waiting: Waiting[] = []

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<PictureReply>) => {
      const waiting = this.#waiting.shift()
      if (data.ok) waiting?.resolve(data.result)
      else waiting?.reject(data.isFormat ? new FormatError(data.message) : new UnsupportedError(data.message))
    })
    this.#worker.addEventListener('error', event => {
      event.preventDefault()
      const error = new UnsupportedError(
        `the picture worker failed: ${event.message || 'its script could not be loaded'}`,
      )
      for (const { reject } of this.#waiting.splice(0)) reject(error)
    })
  }

  /** Makes the rasters of a target of an image, over a background. The bitmap is used up. */
  resample(bitmap: ImageBitmap, sizes: TargetSizes, background: Rgb): Promise<LoadedTarget> {
    return this.#ask({ kind: 'resample', bitmap, sizes, background }, [bitmap])
  }

  /** Sets what nets are compared with. */
  async setTarget(target: Target): Promise<void> {
    await this.#ask({ kind: 'target', target })
  }

  /** Compares a net with the target, as it is seen and in detail. */
  compare(architecture: Architecture, tensors: Tensors): Promise<Difference> {
    return this.#ask({ kind: 'compare', architecture, tensors })
  }

  /** Gives a net's batch norms the statistics of the target: see rememberPicture. */
  remember(architecture: Architecture, tensors: Tensors): Promise<Tensors> {
    return this.#ask({ kind: 'remember', architecture, tensors })
  }

  #ask<K extends PictureRequest['kind']>(
    request: Extract<PictureRequest, { kind: K }>,
    transfer: Transferable[] = [],
  ): Promise<PictureResults[K]> {
    return new Promise((resolve, reject) => {
      // What cannot be sent throws here, and nobody waits for it.
      this.#worker.postMessage(request, transfer)
      this.#waiting.push({ resolve: resolve as (result: unknown) => void, reject })
    })
  }
}
