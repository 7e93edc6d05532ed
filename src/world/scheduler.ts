// The tile scheduler: items, camera and viewport in; batches of tiles out, in order. It belongs to the world and knows
// nothing of who makes the tiles. A pass refines one camera from coarse to fine; a camera that moves begins a new
// pass as soon as the old one has covered the view once, so that even on the slowest maker something arrives. Before that come
// the stills of what is in sight; in idle times those of the rest of the world, then all of them with several samples a pixel.

import { sameTap } from '../model/tap.js'
import { sameCamera } from './camera.js'
import { Coherence, coherentLevels, type CoherentPlan } from './coherence.js'
import { visibleRect } from './item.js'
import { adaptPace, type Pace, SLOWEST_PACE } from './pace.js'
import type { Scene } from './scene.js'
import { isOutworn, isUnrefined, type Still, STILL_SAMPLES, StillAtlas, stillBlocks, stillStep } from './stills.js'
import {
  type CoherentLevel,
  coherentTileEdge,
  type Level,
  planTiles,
  type Tile,
  tileEdgeFor,
  tileEvaluations,
} from './tiles.js'

export type { Scene } from './scene.js'

/** Tiles of one level of one pass, to be made at once. */
export interface Batch {
  readonly tiles: readonly Tile[]
  readonly evaluations: number
  /** The scene of the pass, which may be older than the latest one. */
  readonly scene: Scene
  readonly level: Level
  /** True for the first batch of a level: the maker starts a picture of it. */
  readonly beginsLevel: boolean
  /** True for the last batch of a level: its picture is complete and stands in for all before it. */
  readonly completesLevel: boolean
  /** The stills that its tiles are, all of one page, which is the scene; null for tiles of a picture. */
  readonly stills: readonly Still[] | null
}

// The first picture of a pass may take about this long; its resolution follows from the measured speed.
const COVER_MS = 60
// What is made within an animation frame leaves the page, and the browser, the rest of its 16 ms.
const FRAME_MS = 8
// Changes of weights may come this often, several a second. Far apart, so that the speed's ups and downs change no level.
const SLOWEST_REFRESH_MS = 150
const FAST_REFRESH_MS = 60
const MAX_STEP = 32
// What a maker that is fast enough adds by itself.
const AUTO_SAMPLES = 4
const AUTO_SAMPLES_MS = 1000
// The speed is measured over at least this long, or over a whole level.
const MEASURE_MS = 16
const REFINEMENT = 4
// Of what a coherent level takes, at most, a coarse one between the first and it.
const MAX_COARSE_SHARE = 0.25

/** Which stills are wanted: of what the camera sees, of all the world, or of all the world with several samples a pixel. */
type StillRound = 'in sight' | 'all' | 'refined'

/** Decides which tiles of a scene are drawn next, how coarsely, and how many a frame. */
export class TileScheduler {
  #scene: Scene | null = null
  #pass: Pass | null = null
  #pace: Pace = SLOWEST_PACE
  #measured = { evaluations: 0, elapsedMs: 0 }
  readonly #coherence = new Coherence()
  /** What the coherent level under way took so far. */
  #coherent = { pixels: 0, evaluations: 0 }

  /** The least edge of a coherent tile that is worth it to the tile maker, in pixels; null where it draws none. */
  coherentEdge: number | null = null

  /** The stills of the world's items. */
  readonly stills = new StillAtlas()

  /** Pixel position that is refined first. */
  focus: readonly [number, number] | null = null

  /** What drawing takes here, as it was measured. */
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
    this.stills.restart()
  }

  /** Whether the picture of the latest scene is complete: every level, every sample. */
  get isSettled(): boolean {
    return this.#scene !== null && this.#pass !== null && this.#pass.isComplete && !this.#isStale
  }

  /** Whether the whole view was painted, coarse or fine, since the items of the latest scene came. */
  get isCovered(): boolean {
    return this.#pass !== null && this.#pass.isCovered && this.#pass.scene.items === this.#scene?.items
  }

  /** Takes the next batch of tiles to make, null when there is nothing to do. */
  nextBatch(): Batch | null {
    if (!this.#scene || this.#scene.viewport.width === 0 || this.#scene.viewport.height === 0) return null
    // Another world makes the pass worthless at once; another camera only once this one has covered its view.
    const isWorthless = this.#pass?.scene.items !== this.#scene.items
    const stills = this.#nextStills('in sight')
    if (stills) return stills
    if (!this.#pass || isWorthless || (this.#isStale && this.#pass.isCovered))
      this.#pass = new Pass(this.#scene, this.#pace, this.#coherentPlan, this.#pass, this.stills)
    return this.#pass.take(this.#pace, this.focus) ?? this.#nextStills('all') ?? this.#nextStills('refined')
  }

  /**
   * Begins a new pass of the latest scene with a level so coarse that it can be made within a frame.
   * @param share of the measured speed that its maker has
   * @returns that whole level; null when there is nothing to be seen
   */
  coverAtOnce(share: number): Batch | null {
    const scene = this.#scene
    if (!scene || scene.viewport.width === 0 || scene.viewport.height === 0) return null
    this.#pass = new Pass(scene, this.#pace, this.#coherentPlan, this.#pass, this.stills, share)
    return this.#pass.take({ ...this.#pace, batch: Number.POSITIVE_INFINITY }, this.focus)
  }

  /** The stills that are wanted next. */
  #nextStills(round: StillRound): Batch | null {
    const { items, camera, viewport, samples: wanted } = this.#scene as Scene
    // Where one sample is asked for, one is taken; so it is while weights come many times a second.
    if (round === 'refined' && wanted === 1) return null
    const inSight = round === 'in sight'
    const level: Level = { step: 1, samples: round === 'refined' ? STILL_SAMPLES : 1 }
    const stills: Still[] = []
    let evaluations = 0
    for (const item of items) {
      if (item.unbounded) continue
      const still = this.stills.of(item)
      const isWanted =
        round === 'refined' ? isUnrefined(still) : still.state === 'wanted' || (!inSight && isOutworn(still))
      if (!isWanted || (inSight && !visibleRect(item, camera, viewport))) continue
      // A network's units are there all at once: stills that are finer than the screen would only delay their picture.
      if (inSight && item.tap && stillStep(item, still, camera) < 1) continue
      const { width, height } = stillBlocks(still)
      const more = width * height * level.samples * item.cost
      if (stills.length > 0 && (evaluations + more > this.#pace.batch || still.page !== stills[0].page)) break
      // One that is outworn is shown until the new one is there.
      if (still.state === 'wanted') still.state = 'asked'
      still.isAged = false
      still.samples = level.samples
      stills.push(still)
      evaluations += more
    }
    if (stills.length === 0) return null
    const tiles = stills.map((still): Tile => {
      const blocks = stillBlocks(still)
      return { ...level, item: still.placed, blocks, shown: blocks }
    })
    const scene = this.stills.scene(stills[0].page)
    return { tiles, evaluations, scene, level, beginsLevel: false, completesLevel: false, stills }
  }

  /**
   * Reports how long a batch took, from its issue until it was seen done.
   * @param counted evaluations that it took: of a coherent level that is known only now, or, on a GPU, to nobody
   */
  finished(batch: Batch, elapsedMs: number, counted?: number): void {
    if (batch.level.coherent) this.#learn(batch, counted ?? elapsedMs * this.#pace.perMs)
    // One measurement tells either the speed or the share.
    if (batch.level.coherent && counted === undefined) return
    const evaluations = counted ?? batch.evaluations
    this.#measured.evaluations += evaluations
    this.#measured.elapsedMs += elapsedMs
    // A page learns of an end some milliseconds late, which makes one batch look slow and the next one fast.
    if (this.#measured.elapsedMs < MEASURE_MS && !batch.completesLevel) return
    if (this.#measured.evaluations > 0)
      this.#pace = adaptPace(this.#pace, this.#measured.evaluations, this.#measured.elapsedMs)
    this.#measured = { evaluations: 0, elapsedMs: 0 }
  }

  #learn(batch: Batch, evaluations: number): void {
    if (batch.beginsLevel) this.#coherent = { pixels: 0, evaluations: 0 }
    for (const { item, blocks } of batch.tiles) this.#coherent.pixels += blocks.width * blocks.height * item.cost
    this.#coherent.evaluations += evaluations
    const { pixels, evaluations: all } = this.#coherent
    if (batch.completesLevel && pixels > 0)
      this.#coherence.learn(batch.scene, all / pixels, batch.level.coherent as CoherentLevel)
  }

  /** Of a coherent picture of the latest scene; null where none is to be made. */
  get #coherentPlan(): CoherentPlan | null {
    const share = this.coherentEdge === null ? null : this.#coherence.expect(this.#scene as Scene)
    return share === null ? null : { share, leastEdge: this.coherentEdge as number }
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
  readonly #isRefresh: boolean
  readonly #firstStep: number
  #tiles: Tile[] | null = null
  #next = 0

  /**
   * @param coherent of a coherent level; null for none
   * @param frameShare of the speed, for a first level that is made within a frame; null where it may take longer
   */
  constructor(
    scene: Scene,
    pace: Pace,
    coherent: CoherentPlan | null,
    before: Pass | null,
    stills: StillAtlas,
    frameShare: number | null = null,
  ) {
    this.scene = scene
    if (frameShare !== null) {
      const evaluations = pace.perMs * frameShare * FRAME_MS
      this.#isRefresh = false
      this.#firstStep = coverStep(scene, evaluations)
      this.#levels = levelsFor(scene, this.#firstStep, coherent, evaluations)
      return
    }
    // Where the same nets with other weights are seen through the same camera, the picture that is there is better than a
    // much coarser new one: a net in training would flicker.
    this.#isRefresh = before !== null && (before.isCovered || before.#isRefresh) && sameView(scene, before.scene)
    const refreshed = before !== null && before.#isRefresh ? before.#firstStep : 1
    const covering = Math.min(coverStep(scene, pace.perMs * COVER_MS), standInStep(scene, stills))
    this.#firstStep = this.#isRefresh ? refreshStep(scene, pace, refreshed) : covering
    const budgetMs = this.#isRefresh ? SLOWEST_REFRESH_MS : COVER_MS
    this.#levels = levelsFor(scene, this.#firstStep, coherent, pace.perMs * budgetMs)
  }

  get isComplete(): boolean {
    return this.#levels.length === 0
  }

  take(pace: Pace, focus: readonly [number, number] | null): Batch | null {
    const { scene } = this
    const level = this.#levels[0]
    if (!level) return null
    const beginsLevel = this.#tiles === null
    if (!this.#tiles) {
      const { items, camera, viewport } = scene
      const { samples, coherent } = level
      const evaluations = pace.batch / highestCost(scene)
      const edge = coherent
        ? coherentTileEdge(evaluations, coherent.share, coherent.leastEdge)
        : tileEdgeFor(evaluations, samples)
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
    const completesLevel = this.#next >= this.#tiles.length
    if (completesLevel) {
      this.#tiles = null
      this.#levels.shift()
      this.isCovered = true
      // Only now is the speed known, even in the first pass.
      const isAffordable = pictureCost(scene) * AUTO_SAMPLES <= pace.perMs * AUTO_SAMPLES_MS
      if (this.isComplete && scene.samples === null && level.samples === 1 && isAffordable)
        this.#levels.push({ step: 1, samples: AUTO_SAMPLES })
    }
    return { tiles, evaluations, scene, level, beginsLevel, completesLevel, stills: null }
  }
}

/** Whether two scenes show the same units of the same nets, by their handles, in the same pixels. */
function sameView(a: Scene, b: Scene): boolean {
  return (
    sameCamera(a.camera, b.camera) &&
    a.viewport.width === b.viewport.width &&
    a.viewport.height === b.viewport.height &&
    a.items.length === b.items.length &&
    a.items.every(
      ({ network, frame, tap }, i) =>
        network === b.items[i].network && frame === b.items[i].frame && sameTap(tap, b.items[i].tap),
    )
  )
}

/** The coarsest level of a pass: a maker fast enough for the full picture at once starts there. */
function coverStep(scene: Scene, evaluations: number): number {
  let step = 1
  while (step < MAX_STEP && pictureCost(scene) / step ** 2 > evaluations) step *= 2
  return step
}

/**
 * The coarsest level that is better than the stills that stand in already; Infinity where something in sight has none.
 */
function standInStep({ items, camera, viewport }: Scene, stills: StillAtlas): number {
  let coarsest = 1
  let count = 0
  for (const item of items) {
    if (!visibleRect(item, camera, viewport)) continue
    // One that was asked for is there before any tile that is asked for now.
    const still = item.unbounded ? null : stills.of(item)
    if (!still || still.state === 'wanted') return Number.POSITIVE_INFINITY
    const step = stillStep(item, still, camera)
    while (coarsest * 2 <= step) coarsest *= 2
    count++
  }
  return count > 0 ? coarsest : Number.POSITIVE_INFINITY
}

/** The same where a picture is there already: finer, and the same from one change to the next unless it takes too long. */
function refreshStep(scene: Scene, pace: Pace, before: number): number {
  const costMs = (step: number) => pictureCost(scene) / step ** 2 / pace.perMs
  let step = before
  while (step < MAX_STEP && costMs(step) > SLOWEST_REFRESH_MS) step *= 2
  while (step > 1 && costMs(step / 2) < FAST_REFRESH_MS) step /= 2
  return step
}

/**
 * The levels of a pass, coarse to fine.
 * @param plan of a coherent level, which comes before that of every pixel; null for none
 * @param evaluations that the first level may take: a coherent one that fits needs none before it
 */
function levelsFor(scene: Scene, firstStep: number, plan: CoherentPlan | null, evaluations: number): Level[] {
  const { samples } = scene
  const levels: Level[] = []
  if (plan !== null && firstStep > 1) {
    const first = coherentLevels(plan).find(level => pictureCost(scene) * level.share <= evaluations)
    // What takes as long as the coherent one would only delay it.
    const isCheap = ({ step }: Level) => step === firstStep || MAX_COARSE_SHARE * plan.share * step ** 2 >= 1
    if (!first) levels.push(...coarseLevels(firstStep).filter(isCheap))
    levels.push({ step: 1, samples: 1, coherent: first ?? coherentLevels(plan)[0] })
  } else levels.push(...coarseLevels(firstStep))
  levels.push({ step: 1, samples: 1 })
  if (samples !== null && samples > 1) levels.push({ step: 1, samples })
  return levels
}

function coarseLevels(firstStep: number): Level[] {
  const levels: Level[] = []
  for (let step = firstStep; step > 1; step = Math.max(1, step / REFINEMENT)) levels.push({ step, samples: 1 })
  return levels
}

/** The cost of the most expensive net in sight, at least 1/16 so that a tiny one does not ask for endless tiles. */
function highestCost({ items }: Scene): number {
  return items.reduce((highest, { cost }) => Math.max(highest, cost), 1 / 16)
}

/** One sample a pixel of the whole view, in evaluations of a net as large as MysteryNet; never too low. */
function pictureCost(scene: Scene): number {
  return scene.viewport.width * scene.viewport.height * highestCost(scene)
}
