// A picture of the viewport being made, or made: a canvas that nobody sees, a pixel of it a block of the level, and how it
// is shown to a camera that has moved since.

import { PictureSizeError } from '../gpu/errors.js'
import { type Camera, type Rect, sameCamera, type Size } from '../world/camera.js'
import type { Scene } from '../world/scheduler.js'

export class PictureCanvas {
  readonly #canvas: OffscreenCanvas
  readonly #context: OffscreenCanvasRenderingContext2D

  /**
   * @param step pixels of the viewport a pixel of the picture stands for, along an edge
   * @throws PictureSizeError when there is no memory for it
   */
  constructor(
    readonly scene: Scene,
    private readonly step: number,
  ) {
    const { width, height } = scene.viewport
    this.#canvas = new OffscreenCanvas(Math.ceil(width / step), Math.ceil(height / step))
    // Written by the processor, tile after tile: a canvas on a GPU would be uploaded again each time.
    const context = this.#canvas.getContext('2d', { willReadFrequently: true })
    if (!context) throw new PictureSizeError(`no memory for a picture of ${width} x ${height} pixels`)
    this.#context = context
  }

  get sizeBytes(): number {
    return this.#canvas.width * this.#canvas.height * 4
  }

  /** Puts the pixels of a rectangle of blocks into it. */
  put(rgba: Uint8ClampedArray<ArrayBuffer>, { x, y, width, height }: Rect): void {
    this.#context.putImageData(new ImageData(rgba, width, height), x, y)
  }

  /** Draws a part of it into a rectangle of a canvas. */
  showPart(context: CanvasRenderingContext2D, part: Rect, place: Rect): void {
    context.imageSmoothingEnabled = true
    context.drawImage(
      this.#canvas,
      part.x,
      part.y,
      part.width,
      part.height,
      place.x,
      place.y,
      place.width,
      place.height,
    )
  }

  /** Draws it as `camera` sees it; what has no tile yet lets through what is behind. */
  show(context: CanvasRenderingContext2D, camera: Camera, canvas: Size): void {
    const { scene, step } = this
    const { width, height } = scene.viewport
    const isSame = sameCamera(scene.camera, camera) && width === canvas.width && height === canvas.height
    context.imageSmoothingEnabled = !(isSame && step === 1)
    // Differences first, in float64, so that a picture at a deep zoom does not jump.
    const ratio = camera.scale / scene.camera.scale
    const left = canvas.width / 2 + (scene.camera.x - camera.x) * camera.scale - (width * ratio) / 2
    const top = canvas.height / 2 + (scene.camera.y - camera.y) * camera.scale - (height * ratio) / 2
    // Only the blocks in sight, and their neighbours for the smoothing: magnified a million times the picture's own edges
    // are beyond what a canvas counts to.
    const scale = ratio * step
    const columns = blocksInSight(left, scale, canvas.width, this.#canvas.width)
    const rows = blocksInSight(top, scale, canvas.height, this.#canvas.height)
    if (!columns || !rows) return
    context.save()
    context.beginPath()
    // The last blocks reach over the viewport they were made for.
    context.rect(
      Math.max(left, -1),
      Math.max(top, -1),
      ...clippedSize(left, top, width * ratio, height * ratio, canvas),
    )
    context.clip()
    context.drawImage(
      this.#canvas,
      columns.first,
      rows.first,
      columns.count,
      rows.count,
      left + columns.first * scale,
      top + rows.first * scale,
      columns.count * scale,
      rows.count * scale,
    )
    context.restore()
  }
}

/** The blocks along one axis that a canvas shows of `total` ones that begin at `start` and are `size` pixels each. */
function blocksInSight(
  start: number,
  size: number,
  extent: number,
  total: number,
): { first: number; count: number } | null {
  const first = Math.max(0, Math.floor(-start / size) - 1)
  const end = Math.min(total, Math.ceil((extent - start) / size) + 1)
  return end > first ? { first, count: end - first } : null
}

/** Size of a rectangle whose edges were cut to just outside the canvas. */
function clippedSize(left: number, top: number, width: number, height: number, canvas: Size): [number, number] {
  const right = Math.min(left + width, canvas.width + 1)
  const bottom = Math.min(top + height, canvas.height + 1)
  return [right - Math.max(left, -1), bottom - Math.max(top, -1)]
}
