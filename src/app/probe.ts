// What is under the pointer, or by keyboard under the middle of the view: the colour and the point of the plane; and deep in, how plain
// the view is. All of it follows from what is seen, and is found when it is asked for.

import { type LinearView, linearizeView, viewLevelSpan } from '../model/flatness.js'
import { evaluateFolded } from '../model/reference.js'
import { applyTone, levelOf, toneOf } from '../model/tone.js'
import type { Viewer } from '../draw/viewer.js'
import { itemSampling } from '../world/item.js'
import { Signal } from './signal.js'

/** A point of the picture. */
export interface ProbedPoint {
  readonly x: number
  readonly y: number
  /** [3] displayed 8-bit levels. */
  readonly rgb: readonly number[]
}

// Below this the whole view is one 8-bit colour, give or take a rounding edge.
const FLAT_LEVELS = 0.5
// Not worth the work where no picture is plain.
const FLAT_FROM_ZOOM = 100

export class Probe {
  readonly changed = new Signal()
  #pointer: readonly [number, number] | null = null
  #isStageFocused = false

  constructor(private readonly viewer: Viewer) {}

  /** Where the pointer is, CSS pixels from the stage's top left; null when it has left. */
  get pointer(): readonly [number, number] | null {
    return this.#pointer
  }

  set pointer(position: readonly [number, number] | null) {
    this.#pointer = position
    this.changed.emit()
  }

  /** Whether the keyboard is on the picture: then the middle of the view is probed. */
  get isStageFocused(): boolean {
    return this.#isStageFocused
  }

  set isStageFocused(isFocused: boolean) {
    this.#isStageFocused = isFocused
    this.changed.emit()
  }

  /** The pointer, counted from the viewport's middle in drawing-buffer pixels; null when it has left. */
  get pixel(): readonly [number, number] | null {
    if (!this.#pointer) return null
    const { viewport, pixelRatio } = this.viewer
    const [left, top] = this.#pointer
    return [left * pixelRatio - viewport.width / 2, top * pixelRatio - viewport.height / 2]
  }

  /** What is there; null where no network is seen alone. */
  get point(): ProbedPoint | null {
    const { item, folded, frame, camera, isWorld } = this.viewer
    const pixel = this.pixel ?? (this.#isStageFocused ? [0, 0] : null)
    if (isWorld || !pixel || !item || !folded || !frame) return null
    const sampling = itemSampling(item, camera)
    const x = sampling.x + pixel[0] * sampling.stepX
    const y = sampling.y + pixel[1] * sampling.stepY
    const raw = evaluateFolded(new Float64Array(3), folded, frame.order === 'xy' ? [x, y] : [y, x])
    return { x, y, rgb: [...applyTone(raw, toneOf(frame))].map(levelOf) }
  }

  /** Deep in: the picture around the view's centre to first order, and the levels the view spans; else null. */
  get flatness(): { linear: LinearView; levels: number; isFlat: boolean } | null {
    const { item, folded, viewport, camera, frame, isWorld, view } = this.viewer
    if (isWorld || !item || !folded || !frame || viewport.width === 0 || !view || view.zoom < FLAT_FROM_ZOOM)
      return null
    const sampling = itemSampling(item, camera)
    const levels = viewLevelSpan(folded, frame, sampling, viewport.width, viewport.height)
    return { linear: linearizeView(folded, frame, sampling), levels, isFlat: levels < FLAT_LEVELS }
  }
}
