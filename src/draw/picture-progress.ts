// How far the picture has come, and how long it took: which pass is under way, which level was completed last.

import { sameCamera, type Camera, type Size } from '../world/camera.js'
import type { Item } from '../world/item.js'
import type { Batch, Scene } from '../world/scheduler.js'
import type { Level } from '../world/tiles.js'

export class PictureProgress {
  #scene: Scene | null = null
  #startMs = 0
  /** The last level that is complete, and its scene. */
  #level: Pick<Batch, 'scene' | 'level'> | null = null
  #frameMs: number | null = null
  #coverMs: number | null = null
  #fullMs: number | null = null

  /** Milliseconds from the start of the last whole picture (one sample a pixel) to its end; null before the first. */
  get frameMs(): number | null {
    return this.#frameMs
  }

  /** Milliseconds from the start of the last picture until a first, perhaps coarse one of the whole view. */
  get coverMs(): number | null {
    return this.#coverMs
  }

  /** Milliseconds from the start of the last picture until a first one at the resolution of the screen; null until then. */
  get fullMs(): number | null {
    return this.#fullMs
  }

  /** Pixels of the screen that a pixel of what is shown stood for, along an edge; null where there is nothing. */
  get step(): number | null {
    return this.#level?.level.step ?? null
  }

  /** A batch is given to the renderer: the first one of a scene begins its picture. */
  begin(batch: Batch): void {
    if (batch.scene === this.#scene || batch.stills) return
    this.#scene = batch.scene
    this.#startMs = performance.now()
    this.#coverMs = null
    this.#fullMs = null
  }

  /** The whole view was painted at once. */
  cover({ level }: Batch): void {
    this.#coverMs = performance.now() - this.#startMs
    if (level.step === 1) this.#fullMs = this.#coverMs
  }

  /** A batch is done. @returns whether the figure of a whole picture is a new one */
  finish(batch: Batch): boolean {
    if (!batch.completesLevel || batch.scene !== this.#scene) return false
    const sinceStartMs = performance.now() - this.#startMs
    this.#coverMs ??= sinceStartMs
    if (batch.level.step === 1) this.#fullMs ??= sinceStartMs
    // A world without items is complete at once; that is no picture.
    if (!isExact(batch.level) || batch.level.samples !== 1 || batch.scene.items.length === 0) return false
    this.#frameMs = sinceStartMs
    return true
  }

  /** What a batch was painted into is seen from now on. */
  show(batch: Batch): void {
    this.#level = batch
  }

  /** The pictures are gone. */
  forget(): void {
    this.#level = null
  }

  /** Samples a pixel of what is shown of a scene; null while it is none of every pixel. */
  samplesOf(items: readonly Item[], camera: Camera, viewport: Size): number | null {
    if (!this.#level) return null
    const { scene, level } = this.#level
    const isCurrent =
      scene.items === items &&
      sameCamera(scene.camera, camera) &&
      scene.viewport.width === viewport.width &&
      scene.viewport.height === viewport.height
    return isCurrent && isExact(level) ? level.samples : null
  }
}

/** Whether every pixel is evaluated. */
function isExact({ step, coherent }: Level): boolean {
  return step === 1 && !coherent
}
