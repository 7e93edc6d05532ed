// The tile scheduler: items, camera and viewport in; batches of tiles out, in order. It belongs to the world and knows
// nothing of who makes the tiles. A pass refines one camera from coarse to fine; a camera that moves begins a new
// pass as soon as the old one has covered the view once, so that even on the slowest maker something arrives.

import { type Camera, sameCamera, type Size } from './camera.js'
import type { Item } from './item.js'
import { adaptPace, type Pace, SLOWEST_PACE } from './pace.js'
import { type Level, planTiles, type Tile, tileEdgeFor, tileEvaluations } from './tiles.js'

/** All that determines the picture. Compared by identity but for the camera: make a new items array to change it. */
export interface Scene {
  readonly items: readonly Item[]
  readonly camera: Camera
  readonly viewport: Size
  /** Samples a pixel of the picture at rest. */
  readonly samples: number
}

export interface Batch {
  readonly tiles: readonly Tile[]
  readonly evaluations: number
  /** The scene of the pass, which may be older than the latest one. */
  readonly scene: Scene
  /** True for the first batch of a pass: the maker starts a new picture. */
  readonly beginsPass: boolean
  /** True when the picture before this pass covered its view and may stand in for what is missing. */
  readonly keepsPrevious: boolean
  /** Set when this batch completes a level: its step. */
  readonly completesLevel: number | null
}

// The first picture of a pass may take about this long; its resolution follows from the measured speed.
const COVER_MS = 60
const MAX_STEP = 32
const REFINEMENT = 4

export class TileScheduler {
  #scene: Scene | null = null
  #pass: Pass | null = null
  #pace: Pace = SLOWEST_PACE

  /** Pixel position that is refined first. */
  focus: readonly [number, number] | null = null

  get pace(): Pace {
    return this.#pace
  }

  /** Sets what is to be seen. Cheap: call it whenever anything may have changed. */
  setScene(scene: Scene): void {
    this.#scene = scene
  }

  /** Forgets the pass under way: every tile made so far is lost or wrong (another file, a lost context). */
  restart(): void {
    this.#pass = null
  }

  /** Whether the picture of the latest scene is complete: every level, every sample. */
  get isSettled(): boolean {
    return this.#scene !== null && this.#pass !== null && this.#pass.isComplete && !this.#isStale
  }

  /** Takes the next batch of tiles to make, null when there is nothing to do. */
  nextBatch(): Batch | null {
    if (!this.#scene || this.#scene.viewport.width === 0 || this.#scene.viewport.height === 0) return null
    const previous = this.#pass
    let beginsPass = false
    if (!previous || (this.#isStale && (previous.isCovered || previous.scene.items !== this.#scene.items))) {
      this.#pass = new Pass(this.#scene, this.#pace)
      beginsPass = true
    }
    const pass = this.#pass as Pass
    const work = pass.take(this.#pace, this.focus)
    if (!work && !beginsPass) return null
    return {
      tiles: work?.tiles ?? [],
      evaluations: work?.evaluations ?? 0,
      completesLevel: work?.completesLevel ?? null,
      scene: pass.scene,
      beginsPass,
      keepsPrevious: previous?.isCovered ?? false,
    }
  }

  /** Reports how long a batch took, from its issue until it was seen done. */
  finished(batch: Batch, elapsedMs: number): void {
    if (batch.evaluations > 0) this.#pace = adaptPace(this.#pace, batch.evaluations, elapsedMs)
  }

  get #isStale(): boolean {
    const now = this.#scene as Scene
    const then = (this.#pass as Pass).scene
    return (
      now.items !== then.items ||
      now.samples !== then.samples ||
      now.viewport.width !== then.viewport.width ||
      now.viewport.height !== then.viewport.height ||
      !sameCamera(now.camera, then.camera)
    )
  }
}

/** One refinement of one scene, from its coarsest level to its last sample. */
class Pass {
  readonly scene: Scene
  /** Whether every pixel of the view has been painted once. */
  isCovered = false
  readonly #levels: Level[]
  #tiles: Tile[] | null = null
  #next = 0

  constructor(scene: Scene, pace: Pace) {
    this.scene = scene
    this.#levels = levelsFor(scene, pace)
  }

  get isComplete(): boolean {
    return this.#levels.length === 0
  }

  take(
    pace: Pace,
    focus: readonly [number, number] | null,
  ): { tiles: Tile[]; evaluations: number; completesLevel: number | null } | null {
    const level = this.#levels[0]
    if (!level) return null
    const { items, camera, viewport } = this.scene
    if (!this.#tiles) {
      const edge = tileEdgeFor(pace.batch, level.samples)
      this.#tiles = planTiles(items, camera, viewport, level, edge, focus ?? [viewport.width / 2, viewport.height / 2])
      this.#next = 0
    }
    const tiles: Tile[] = []
    let evaluations = 0
    while (this.#next < this.#tiles.length) {
      const tile = this.#tiles[this.#next]
      const more = tileEvaluations(tile)
      if (tiles.length > 0 && evaluations + more > pace.batch) break
      tiles.push(tile)
      evaluations += more
      this.#next++
    }
    const isLevelDone = this.#next >= this.#tiles.length
    if (isLevelDone) {
      this.#tiles = null
      this.#levels.shift()
      this.isCovered = true
    }
    return { tiles, evaluations, completesLevel: isLevelDone ? level.step : null }
  }
}

/** The levels of a pass, coarse to fine: a maker fast enough for the full picture at once starts there. */
function levelsFor({ viewport, samples }: Scene, pace: Pace): Level[] {
  const pixels = viewport.width * viewport.height
  let step = 1
  while (step < MAX_STEP && pixels / step ** 2 > pace.perMs * COVER_MS) step *= 2
  const levels: Level[] = []
  for (; step > 1; step = Math.max(1, step / REFINEMENT)) levels.push({ step, samples: 1 })
  levels.push({ step: 1, samples: 1 })
  if (samples > 1) levels.push({ step: 1, samples })
  return levels
}
