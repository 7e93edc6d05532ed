// How much of a coherent picture is evaluated: most of a flag is flat or smooth, and whoever can puts those pixels in between
// a few that are evaluated. How many those are is known only afterwards; until then it is guessed from the picture before.

import { densityOf, MIN_COHERENT_DENSITY } from '../kernel/density.js'
import { itemSampling, visibleRect } from './item.js'
import type { Scene } from './scene.js'

/** Of the flags of a wall, drawn 1,280 pixels wide, before anything was learned. */
const FIRST_SHARE = 0.3
const FIRST_DENSITY = 1280
/** Even where all is flat there are nodes, and pixels to be filled. */
const MIN_SHARE = 0.01
/** From here on every pixel may as well be evaluated at once. */
const MAX_SHARE = 0.6
/** How much a share that is too large for another trial is worth after each picture that was made without. */
const KEPT = 0.95

export class Coherence {
  #share = FIRST_SHARE
  #density = FIRST_DENSITY

  /**
   * Evaluations a pixel that a coherent picture of a scene is expected to take; null where it is not worth it.
   *
   * Edges are what is evaluated, and their share of the picture falls with the zoom; measured it does so as the root: 0.23 at
   * 1x, 0.06 at 16x, 0.01 at 1,000x.
   */
  expect(scene: Scene): number | null {
    const density = leastDensity(scene)
    if (density < MIN_COHERENT_DENSITY) return null
    const share = this.#share * Math.sqrt(this.#density / density)
    if (share <= MAX_SHARE) return Math.max(MIN_SHARE, share)
    this.#share *= KEPT
    return null
  }

  /** A coherent picture of a scene took so many evaluations for so many pixels. */
  learn(scene: Scene, pixels: number, evaluations: number): void {
    if (pixels === 0) return
    this.#share = evaluations / pixels
    this.#density = leastDensity(scene)
  }
}

/** The density of the smallest frame in sight; 0 where there is none. */
function leastDensity({ items, camera, viewport }: Scene): number {
  let least = Number.POSITIVE_INFINITY
  for (const item of items)
    if (visibleRect(item, camera, viewport)) least = Math.min(least, densityOf(item.frame, itemSampling(item, camera)))
  return Number.isFinite(least) ? least : 0
}
