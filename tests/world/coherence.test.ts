// Coherent levels: when the scheduler asks for them, how much they are expected to take, and that none is ever the last.

import { describe, expect, test } from 'vitest'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { layoutSingle } from '../../src/world/layout.js'
import { type Batch, type Scene, TileScheduler } from '../../src/world/scheduler.js'

const VIEWPORT = { width: 1280, height: 800 }
const ITEM = layoutSingle(0, DEFAULT_FRAME)
/** The frame as wide as the viewport. */
const FITTING = VIEWPORT.width / ITEM.rect.width

function sceneAt(zoom: number, samples: number | null = 1): Scene {
  return { items: [ITEM], camera: { x: 0, y: 0, scale: FITTING * zoom }, viewport: VIEWPORT, samples }
}

/** A maker of `speed` evaluations a millisecond, which takes `shareOf(zoom)` of them a pixel of a coherent level. */
class Maker {
  readonly scheduler = new TileScheduler()

  constructor(
    private readonly speed: number,
    private readonly shareOf: (zoom: number) => number,
    hasCoherence = true,
  ) {
    this.scheduler.coherentEdge = hasCoherence ? 64 : null
  }

  /** Makes the next batch. @returns how long it took; null where there was nothing to do */
  make(): { batch: Batch; elapsedMs: number } | null {
    const batch = this.scheduler.nextBatch()
    if (!batch) return null
    // Where more may be off a little less is evaluated.
    const share = this.shareOf(batch.scene.camera.scale / FITTING) * (batch.level.coherent?.tolerance === 2 ? 0.85 : 1)
    const pixels = batch.tiles.reduce((sum, { blocks }) => sum + blocks.width * blocks.height, 0)
    const evaluations = batch.level.coherent ? pixels * share : batch.evaluations
    this.scheduler.finished(batch, evaluations / this.speed, evaluations)
    return { batch, elapsedMs: evaluations / this.speed }
  }

  settle(scene: Scene): Batch[] {
    this.scheduler.setScene(scene)
    const batches: Batch[] = []
    for (let made = this.make(); made; made = this.make()) batches.push(made.batch)
    return batches
  }

  /** The first picture of a scene. */
  cover(scene: Scene): { level: string; elapsedMs: number } {
    this.scheduler.setScene(scene)
    let elapsedMs = 0
    for (;;) {
      const made = this.make()
      if (!made) throw new Error('there is nothing to do')
      elapsedMs += made.elapsedMs
      if (made.batch.completesLevel) return { level: nameOf(made.batch), elapsedMs }
    }
  }
}

function nameOf({ level }: Batch): string {
  return level.coherent ? 'coherent' : `${level.step}/${level.samples}`
}

function levelsOf(batches: readonly Batch[]): string[] {
  return batches.filter(({ beginsLevel }) => beginsLevel).map(nameOf)
}

/** What was measured of flags. */
const SHARE = (zoom: number) => 0.23 / Math.sqrt(zoom)
/** The kernel on one thread. */
const KERNEL = 2700

test('the coherent picture comes before that of every pixel, which is the one that settles', () => {
  const maker = new Maker(KERNEL, SHARE)
  for (const zoom of [1, 1.5, 40]) {
    const levels = levelsOf(maker.settle(sceneAt(zoom, 4)))
    expect(levels.slice(-3)).toEqual(['coherent', '1/1', '1/4'])
    expect(maker.scheduler.isSettled).toBe(true)
  }
  maker.scheduler.setScene(sceneAt(3))
  for (let made = maker.make(); made; made = maker.make())
    expect(maker.scheduler.isSettled).toBe(made.batch.completesLevel && nameOf(made.batch) === '1/1')
})

test('whoever cannot draw it is not asked for it, nor whoever draws every pixel as soon', () => {
  expect(levelsOf(new Maker(KERNEL, SHARE, false).settle(sceneAt(40)))).not.toContain('coherent')
  const fast = new Maker(1e6, SHARE)
  fast.settle(sceneAt(1))
  expect(levelsOf(fast.settle(sceneAt(1.1)))).toEqual(['1/1'])
})

test('a frame below 640 pixels across is drawn pixel by pixel', () => {
  const maker = new Maker(KERNEL, SHARE)
  expect(levelsOf(maker.settle(sceneAt(0.49)))).not.toContain('coherent')
  expect(levelsOf(maker.settle(sceneAt(0.51)))).toContain('coherent')
})

describe('a camera that moves', () => {
  test('sees every pixel wherever the coherent picture is there in time, and coarse ones first where it is not', () => {
    const maker = new Maker(KERNEL, SHARE)
    maker.settle(sceneAt(1))
    expect(maker.cover(sceneAt(1.01)).level).toMatch(/^[48]\/1$/)
    maker.settle(sceneAt(16))
    for (let zoom = 16; zoom < 2e6; zoom *= 1.1) {
      const { level, elapsedMs } = maker.cover(sceneAt(zoom))
      expect(level, `at ${zoom}x`).toBe('coherent')
      expect(elapsedMs).toBeLessThanOrEqual(60)
    }
  })

  test('sees every pixel on its way in, though it never rests', () => {
    const maker = new Maker(KERNEL, SHARE)
    maker.settle(sceneAt(1))
    const levels: string[] = []
    for (let zoom = 1.05; zoom < 1000; zoom *= 1.05) levels.push(maker.cover(sceneAt(zoom)).level)
    const first = levels.indexOf('coherent')
    // From the zoom on at which it takes 60 ms.
    expect(1.05 ** (first + 1)).toBeLessThan(4)
    expect(new Set(levels.slice(first))).toEqual(new Set(['coherent']))
  })

  test('is not held up by a picture that turns out to be less coherent than the one before', () => {
    const maker = new Maker(KERNEL, zoom => (zoom > 100 ? 0.01 : 0.5))
    maker.settle(sceneAt(1000))
    // A flight from far inside to the whole flag: one picture may come late.
    const levels = [1, 1.01, 1.02, 1.03].map(zoom => maker.cover(sceneAt(zoom)))
    for (const { elapsedMs } of levels.slice(1)) expect(elapsedMs).toBeLessThanOrEqual(100)
  })
})

test('new weights of a deep view are seen at every pixel within the frame', () => {
  const maker = new Maker(KERNEL, zoom => (zoom > 100 ? 0.004 : 0.23))
  maker.settle(sceneAt(1000))
  maker.scheduler.setScene({ ...sceneAt(1000), items: [{ ...ITEM }] })
  const batch = maker.scheduler.coverAtOnce(1)
  expect(batch && nameOf(batch)).toBe('coherent')
  expect(batch?.completesLevel).toBe(true)
  maker.settle(sceneAt(1))
  maker.scheduler.setScene({ ...sceneAt(1), items: [{ ...ITEM }] })
  const coarse = maker.scheduler.coverAtOnce(1)
  expect(coarse && nameOf(coarse)).not.toBe('coherent')
})

test('coherent levels cover the view once, in tiles that are neither small nor large', () => {
  const maker = new Maker(KERNEL, SHARE)
  const batches = maker.settle(sceneAt(5)).filter(batch => nameOf(batch) === 'coherent')
  const tiles = batches.flatMap(batch => batch.tiles)
  expect(tiles.reduce((sum, { shown }) => sum + shown.width * shown.height, 0)).toBe(VIEWPORT.width * VIEWPORT.height)
  const widest = Math.max(...tiles.map(({ blocks }) => blocks.width))
  expect(widest).toBeGreaterThanOrEqual(64)
  expect(widest).toBeLessThanOrEqual(256)
})

test('between the first coarse level and the coherent one there is none that takes as long', () => {
  const slow = new Maker(400, SHARE)
  slow.settle(sceneAt(1))
  // At 2/1 a quarter of the pixels would be evaluated, more than for the coherent picture.
  expect(levelsOf(slow.settle(sceneAt(1.01)))).toEqual(['8/1', 'coherent', '1/1'])
})

test('a maker that cannot count what it evaluates is believed its time: the next coherent picture is planned by that', () => {
  const scheduler = new TileScheduler()
  scheduler.coherentEdge = 256
  const planned: number[] = []
  for (const zoom of [1, 1.01, 1.02]) {
    scheduler.setScene(sceneAt(zoom))
    for (let batch = scheduler.nextBatch(); batch; batch = scheduler.nextBatch()) {
      const { coherent } = batch.level
      if (coherent && batch.beginsLevel) planned.push(coherent.share)
      const pixels = batch.tiles.reduce((sum, { blocks }) => sum + blocks.width * blocks.height, 0)
      scheduler.finished(batch, (coherent ? 0.1 * pixels : batch.evaluations) / 400)
    }
  }
  expect(planned.at(-1)).toBeCloseTo(0.1, 1)
  // The speed is that of what was counted.
  expect(scheduler.pace.perMs).toBeCloseTo(400, -1)
})

test('where hardly a pixel can be put in between the level is left out, and tried again later', () => {
  const maker = new Maker(KERNEL, () => 0.9)
  maker.settle(sceneAt(1))
  expect(levelsOf(maker.settle(sceneAt(1.01)))).not.toContain('coherent')
  const later = Array.from({ length: 20 }, (_, i) => levelsOf(maker.settle(sceneAt(1.02 + i / 100))))
  expect(later.some(levels => levels.includes('coherent'))).toBe(true)
})
