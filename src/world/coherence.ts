// How much of a coherent picture is evaluated: most of a flag is flat or smooth, and whoever can puts those pixels in between
// a few that are evaluated. How many those are is known only afterwards; until then it is guessed from the picture before.

import { densityOf, MIN_COHERENT_DENSITY, MOVING_TOLERANCE, STILL_TOLERANCE } from '../kernel/density.js'
import { itemSampling, visibleRect } from './item.js'
import type { Scene } from './scene.js'
import type { CoherentLevel } from './tiles.js'

/** Of the flags of a wall, drawn 1,280 pixels wide, before anything was learned. */
const FIRST_SHARE = 0.3
const FIRST_DENSITY = 1280
/** Even where all is flat there are nodes, and pixels to be filled. */
const MIN_SHARE = 0.01
/** From here on every pixel may as well be evaluated at once. */
const MAX_SHARE = 0.6
/** How much a share that is too large for another trial is worth after each picture that was made without. */
const KEPT = 0.95

/** What a picture takes in which more may be off, of what one at rest does: measured. */
const MOVING_SHARE = 0.85

/** What is planned of a coherent picture at rest. */
export type CoherentPlan = Pick<CoherentLevel, 'share' | 'leastEdge'>

/**
 * The coherent levels that a picture may begin with, the better first.
 * @param plan of one at rest
 */
export function coherentLevels({ share, leastEdge }: CoherentPlan): readonly CoherentLevel[] {
  return [
    { tolerance: STILL_TOLERANCE, share, leastEdge },
    { tolerance: MOVING_TOLERANCE, share: Math.max(MIN_SHARE, MOVING_SHARE * share), leastEdge },
  ]
}

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

  /** A coherent level of a scene took a share. */
  learn(scene: Scene, share: number, { tolerance }: CoherentLevel): void {
    this.#share = tolerance === MOVING_TOLERANCE ? share / MOVING_SHARE : share
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
