// The scheduler: a stream of batches that ends with the picture complete, coarse before fine, and what a change of the
// scene does to it. Tile makers are simulated: a number of net evaluations a millisecond.

import { describe, expect, test } from 'vitest'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import type { Tap } from '../../src/model/tap.js'
import type { Item } from '../../src/world/item.js'
import { layoutSingle } from '../../src/world/layout.js'
import { MIN_BATCH } from '../../src/world/pace.js'
import { stillStep } from '../../src/world/stills.js'
import { type Batch, type Scene, TileScheduler } from '../../src/world/scheduler.js'

/** The longest draw call that issue 2 allows. */
const LONGEST_MS = 100

const SCENE: Scene = {
  items: [layoutSingle(0, DEFAULT_FRAME)],
  camera: { x: 0, y: 0, scale: 480 },
  viewport: { width: 640, height: 480 },
  samples: 1,
}
const moved = (scene: Scene, x: number): Scene => ({ ...scene, camera: { ...scene.camera, x } })

/** Lets a maker of `speed` evaluations a millisecond work until there is nothing to do. */
function settle(scheduler: TileScheduler, speed: number, limit = 100_000): Batch[] {
  const batches: Batch[] = []
  for (let batch = scheduler.nextBatch(); batch; batch = scheduler.nextBatch()) {
    batches.push(batch)
    scheduler.finished(batch, batch.evaluations / speed)
    if (batches.length > limit) throw new Error('the stream of batches never ends')
  }
  return batches
}

function take(scheduler: TileScheduler): Batch {
  const batch = scheduler.nextBatch()
  if (!batch) throw new Error('there is nothing to do')
  return batch
}

function scheduling(scene: Scene): TileScheduler {
  const scheduler = new TileScheduler()
  scheduler.setScene(scene)
  return scheduler
}

/** The levels of a stream of batches, in order. */
function levelsOf(batches: readonly Batch[]): string[] {
  return batches.filter(batch => batch.beginsLevel).map(({ level }) => `${level.step}/${level.samples}`)
}

/** The speeds of makers: slow software GL, software GL, a small and a large GPU, evaluations a millisecond. */
const SPEEDS = [20, 300, 10_000, 1_000_000]

describe.each(SPEEDS)('with a maker of %d evaluations a millisecond', speed => {
  test.each([1, 4, 16, null] as const)('the stream ends settled, %s samples a pixel', samples => {
    const scheduler = scheduling({ ...SCENE, samples })
    expect(scheduler.isSettled).toBe(false)
    settle(scheduler, speed)
    expect(scheduler.isSettled).toBe(true)
    expect(scheduler.nextBatch()).toBeNull()
  })

  test('it goes from coarse to fine, one level whole before the next begins', () => {
    const scheduler = scheduling({ ...SCENE, samples: 4 })
    for (const scene of [SCENE, moved(SCENE, 0.1)]) {
      scheduler.setScene({ ...scene, samples: 4 })
      const batches = settle(scheduler, speed)
      let last: Batch | null = null
      for (const batch of batches) {
        expect(batch.beginsLevel, 'a level begins where one ended').toBe(last === null || last.completesLevel)
        if (last) {
          expect(batch.level.step).toBeLessThanOrEqual(last.level.step)
          expect(batch.level.samples).toBeGreaterThanOrEqual(last.level.samples)
        }
        if (!batch.beginsLevel) expect(batch.level).toEqual(last?.level)
        expect(batch.evaluations).toBe(
          batch.tiles.reduce((sum, { blocks, samples }) => sum + blocks.width * blocks.height * samples, 0),
        )
        last = batch
      }
      expect(last?.completesLevel).toBe(true)
      expect(levelsOf(batches).slice(-2)).toEqual(['1/1', '1/4'])
    }
  })

  test('every level covers the viewport exactly once', () => {
    const batches = settle(scheduling({ ...SCENE, samples: 4 }), speed)
    const covered = new Map<string, number>()
    for (const { level, tiles } of batches) {
      const key = `${level.step}/${level.samples}`
      const blocks = tiles.reduce((sum, tile) => sum + tile.blocks.width * tile.blocks.height, 0)
      covered.set(key, (covered.get(key) ?? 0) + blocks)
    }
    for (const [key, blocks] of covered) {
      const step = Number.parseInt(key, 10)
      expect(blocks, `level ${key}`).toBe(Math.ceil(640 / step) * Math.ceil(480 / step))
    }
  })

  test('no batch of a full-HD view takes longer than 100 ms, from the first one on', () => {
    const scheduler = new TileScheduler()
    for (const [x, samples] of [
      [0, null],
      [0.1, 16],
    ] as const) {
      if (samples === 16 && speed < 1000) continue
      scheduler.setScene({ ...moved(SCENE, x), viewport: { width: 1920, height: 1080 }, samples })
      for (const batch of settle(scheduler, speed)) expect(batch.evaluations / speed).toBeLessThan(LONGEST_MS)
    }
  })

  test('once its speed is known, a moved camera is covered within 100 ms', () => {
    const viewport = { width: 1920, height: 1080 }
    const scheduler = scheduling({ ...SCENE, viewport })
    settle(scheduler, speed)
    scheduler.setScene({ ...moved(SCENE, 0.2), viewport })
    let elapsedMs = 0
    for (let isCovered = false; !isCovered;) {
      const batch = take(scheduler)
      elapsedMs += batch.evaluations / speed
      scheduler.finished(batch, batch.evaluations / speed)
      isCovered = batch.completesLevel
    }
    // The coarsest level has blocks of 32 x 32 pixels, 2,040 of them: slower makers than 20 a ms take longer.
    expect(elapsedMs).toBeLessThanOrEqual(Math.max(100, 2040 / speed + 1))
  })
})

describe('a camera that moves', () => {
  /** Takes batches of the first level but for the last one. */
  function halfCovered(): TileScheduler {
    const scheduler = scheduling(SCENE)
    for (let i = 0; i < 2; i++) {
      const batch = take(scheduler)
      expect(batch.completesLevel).toBe(false)
      scheduler.finished(batch, batch.evaluations / 20)
    }
    return scheduler
  }

  test('waits until the view is covered once, then begins anew', () => {
    const scheduler = halfCovered()
    scheduler.setScene(moved(SCENE, 0.1))
    expect(scheduler.isSettled).toBe(false)
    let batch = take(scheduler)
    for (; !batch.completesLevel; batch = take(scheduler)) expect(batch.scene).toBe(SCENE)
    expect(batch.scene).toBe(SCENE)
    const next = take(scheduler)
    expect(next.scene.camera.x).toBe(0.1)
    expect(next.beginsLevel).toBe(true)
  })

  test('is taken at its latest place, those in between are never drawn', () => {
    const scheduler = halfCovered()
    let passes = 0
    for (let i = 1; i <= 100; i++) {
      scheduler.setScene(moved(SCENE, i))
      const batch = take(scheduler)
      scheduler.finished(batch, batch.evaluations / 20)
      if (!batch.beginsLevel) continue
      expect(batch.scene.camera.x).toBe(i)
      passes++
    }
    // Each pass takes some batches for its first picture.
    expect(passes).toBeGreaterThan(5)
    expect(passes).toBeLessThanOrEqual(50)
  })

  test('leaves a finer level at once', () => {
    const scheduler = scheduling(SCENE)
    while (!take(scheduler).completesLevel);
    const fine = take(scheduler)
    expect(fine.completesLevel).toBe(false)
    scheduler.setScene(moved(SCENE, 0.1))
    const next = take(scheduler)
    expect(next.scene.camera.x).toBe(0.1)
    expect(next.level.step).toBeGreaterThan(fine.level.step)
  })

  test('to where it was is no move', () => {
    const scheduler = scheduling(SCENE)
    settle(scheduler, 1000)
    scheduler.setScene({ ...SCENE, camera: { ...SCENE.camera } })
    expect(scheduler.isSettled).toBe(true)
    expect(scheduler.nextBatch()).toBeNull()
  })
})

describe('a change of the scene', () => {
  test('to another items array begins anew at once, in the middle of the first level', () => {
    const scheduler = scheduling(SCENE)
    expect(take(scheduler).completesLevel).toBe(false)
    const items: readonly Item[] = [...SCENE.items]
    scheduler.setScene({ ...SCENE, items })
    const next = take(scheduler)
    expect(next.scene.items).toBe(items)
    expect(next.beginsLevel).toBe(true)
  })

  test.each([
    ['viewport', { viewport: { width: 320, height: 480 } }],
    ['viewport', { viewport: { width: 640, height: 240 } }],
    ['number of samples', { samples: 4 }],
    ['number of samples', { samples: null }],
    ['camera', { camera: { x: 0, y: 0, scale: 481 } }],
    ['items', { items: [] }],
  ])('in its %s unsettles it until it is drawn', (_, change) => {
    const scheduler = scheduling(SCENE)
    settle(scheduler, 1000)
    const scene = { ...SCENE, ...change }
    scheduler.setScene(scene)
    expect(scheduler.isSettled).toBe(false)
    const batches = settle(scheduler, 1000)
    expect(batches.length).toBeGreaterThan(0)
    for (const batch of batches) expect(batch.scene).toBe(scene)
    expect(scheduler.isSettled).toBe(true)
  })

  test('to other weights of the same net begins as fine as the speed allows, also when they change again meanwhile', () => {
    for (const [speed, step] of [
      [2500, 1],
      [700, 2],
    ]) {
      const scheduler = scheduling(SCENE)
      settle(scheduler, speed)
      for (let change = 0; change < 3; change++) {
        scheduler.setScene({ ...SCENE, items: [{ ...SCENE.items[0] }] })
        expect(scheduler.isCovered).toBe(false)
        expect(take(scheduler).level, `change ${change}`).toEqual({ step, samples: 1 })
      }
      expect(levelsOf(settle(scheduler, speed)).at(-1) ?? '1/1').toBe('1/1')
      expect(scheduler.isCovered).toBe(true)
      scheduler.setScene({ ...SCENE, items: [{ ...SCENE.items[0], network: 1 }] })
      expect(take(scheduler).level.step, 'another net').toBeGreaterThan(step)
    }
  })

  test('with nothing in view settles without a tile', () => {
    const away: Item = { ...SCENE.items[0], unbounded: false, rect: { x: 100, y: 0, width: 1, height: 1 } }
    for (const items of [[], [away]]) {
      const scheduler = scheduling({ ...SCENE, items })
      const batches = settle(scheduler, 1000, 20)
      const pictures = batches.filter(batch => !batch.stills)
      expect(pictures.flatMap(batch => batch.tiles)).toEqual([])
      expect(pictures.at(-1)?.completesLevel).toBe(true)
      expect(scheduler.isSettled).toBe(true)
    }
  })

  test('the stills of what is in sight come before its picture, the others after it, each once', () => {
    const at = (network: number, x: number): Item => ({
      ...SCENE.items[0],
      network,
      unbounded: false,
      rect: { x, y: 0, width: 0.3, height: 0.2 },
    })
    const items = [at(7, 900), at(8, 0), at(9, -0.4)]
    const scheduler = scheduling({ ...SCENE, items })
    const batches = settle(scheduler, 1000)
    const networks = (batch: Batch) => batch.tiles.map(({ item }) => item.network)
    const isStill = batches.map(({ stills }) => stills !== null)
    const firstPicture = isStill.indexOf(false)
    expect(batches.slice(0, firstPicture).flatMap(networks)).toEqual([8, 9])
    expect(batches.slice(isStill.lastIndexOf(false) + 1).flatMap(networks)).toEqual([7])
    // Where stills stand in, a picture that is coarser than they are is of no use.
    const firstStep = batches[firstPicture].level.step
    const still = scheduler.stills.of(items[1])
    expect(firstStep).toBeLessThanOrEqual(stillStep(items[1], still, SCENE.camera))
    scheduler.setScene({ ...SCENE, items: [...items] })
    expect(settle(scheduler, 1000).every(batch => batch.stills === null)).toBe(true)
  })

  test('stills have one sample a pixel at first, and several when all else is done, unless one is asked for', () => {
    const items = [0, 900].map((x, network): Item => ({
      ...SCENE.items[0],
      network,
      unbounded: false,
      rect: { x, y: 0, width: 0.3, height: 0.2 },
    }))
    const unit: Item = {
      ...items[0],
      network: 7,
      tap: { layer: 2, unit: 1, stage: 'post' },
      tone: { offset: 0, scale: 1 },
    }
    const stillsOf = (scheduler: TileScheduler) => {
      const made: string[] = []
      for (let batch = scheduler.nextBatch(); batch; batch = scheduler.nextBatch()) {
        scheduler.finished(batch, batch.evaluations / 1000)
        for (const still of batch.stills ?? []) still.state = 'made'
        if (!batch.stills) made.push('picture')
        else for (const { item, samples } of batch.tiles) made.push(`${item.network}/${samples}`)
        const evaluations = batch.tiles.reduce(
          (sum, { blocks, samples, item }) => sum + blocks.width * blocks.height * samples * item.cost,
          0,
        )
        expect(batch.evaluations).toBe(evaluations)
      }
      return made.filter((what, i) => what !== made[i - 1])
    }
    for (const samples of [null, 4, 16]) {
      const scheduler = scheduling({ ...SCENE, items: [...items, unit], samples })
      // A unit is smooth enough with one.
      expect(stillsOf(scheduler), `${samples}`).toEqual(['0/1', '7/1', 'picture', '1/1', '0/4', '1/4'])
      expect(stillsOf(scheduler)).toEqual([])
      // Other weights: again.
      scheduler.stills.age(1)
      expect(stillsOf(scheduler)).toEqual(['1/1', '1/4'])
    }
    const once = scheduling({ ...SCENE, items: [...items, unit], samples: 1 })
    expect(stillsOf(once)).toEqual(['0/1', '7/1', 'picture', '1/1'])
  })

  describe('with the units of one network side by side', () => {
    const unitAt = (unit: number, size: number): Item => ({
      ...SCENE.items[0],
      tap: { layer: 2, unit, stage: 'post' },
      tone: { offset: 0, scale: 1 },
      unbounded: false,
      rect: { x: 1.1 * size * (unit - 1), y: -size / 3, width: size, height: (2 * size) / 3 },
    })
    const unitsOf = (batches: readonly Batch[]) =>
      batches.flatMap(({ tiles }) => tiles.map(({ item }) => item.tap?.unit))

    test('every one has a still of its own, which comes before the picture where it is coarser', () => {
      const near = scheduling({ ...SCENE, items: [0, 1, 2].map(unit => unitAt(unit, 0.4)) })
      const batches = settle(near, 1000)
      const firstPicture = batches.findIndex(({ stills }) => !stills)
      expect(unitsOf(batches.slice(0, firstPicture))).toEqual([0, 1, 2])
      const far = scheduling({ ...SCENE, items: [0, 1, 2].map(unit => unitAt(unit, 0.1)) })
      const stills = settle(far, 1000).map(batch => batch.stills !== null)
      expect(stills[0]).toBe(false)
      expect(stills.at(-1)).toBe(true)
    })

    test('other weights or tones, again and again, are drawn before any still, and as finely as before', () => {
      let items = [0, 1, 2].map(unit => unitAt(unit, 0.4))
      const scheduler = scheduling({ ...SCENE, items })
      for (const { stills } of settle(scheduler, 100_000)) for (const still of stills ?? []) still.state = 'made'
      for (let change = 1; change <= 3; change++) {
        scheduler.stills.age(0)
        items = items.map(item => ({ ...item, tone: { offset: change, scale: 1 } }))
        // The camera flies meanwhile, too.
        scheduler.setScene({ ...moved(SCENE, change / 10), items })
        const batch = take(scheduler)
        expect(batch.stills, `change ${change}`).toBeNull()
        expect(batch.level.step).toBe(1)
        expect(items.every(item => scheduler.stills.has(item))).toBe(true)
      }
      const rest = settle(scheduler, 100_000)
      expect(unitsOf(rest.filter(({ stills }) => stills)), 'once there is time').toEqual([0, 1, 2])
      expect(settle(scheduler, 100_000)).toEqual([])
    })

    test('other units in the same places are another view', () => {
      for (const tap of [{ layer: 3 }, { unit: 9 }, { stage: 'pre' as const }]) {
        const item = { ...unitAt(1, 1), unbounded: true }
        const scheduler = scheduling({ ...SCENE, items: [item] })
        settle(scheduler, 1000)
        scheduler.setScene({ ...SCENE, items: [{ ...item }] })
        const refreshed = take(scheduler).level.step
        scheduler.setScene({ ...SCENE, items: [{ ...item, tap: { ...(item.tap as Tap), ...tap } }] })
        expect(take(scheduler).level.step, JSON.stringify(tap)).toBeGreaterThan(refreshed)
      }
    })
  })

  test('restarted, everything is made again', () => {
    const scheduler = scheduling(SCENE)
    settle(scheduler, 1000)
    scheduler.restart()
    expect(scheduler.isSettled).toBe(false)
    const batches = settle(scheduler, 1000)
    expect(levelsOf(batches).at(-1)).toBe('1/1')
    expect(scheduler.isSettled).toBe(true)
  })
})

test('before there is a scene, or a pixel to draw, there is nothing to do', () => {
  const scheduler = new TileScheduler()
  expect(scheduler.nextBatch()).toBeNull()
  expect(scheduler.isSettled).toBe(false)
  for (const viewport of [
    { width: 0, height: 480 },
    { width: 640, height: 0 },
  ]) {
    scheduler.setScene({ ...SCENE, viewport })
    expect(scheduler.nextBatch()).toBeNull()
    expect(scheduler.isSettled).toBe(false)
  }
})

describe('the speed of the maker', () => {
  test('that is not known yet is taken for slow: the first batch is small and coarse', () => {
    const first = take(scheduling(SCENE))
    expect(first.evaluations).toBeLessThanOrEqual(MIN_BATCH)
    expect(first.level.step).toBeGreaterThan(1)
  })

  test('that is slow keeps batches small and the first picture coarse', () => {
    const scheduler = scheduling(SCENE)
    for (const batch of settle(scheduler, 20)) expect(batch.evaluations).toBeLessThanOrEqual(2 * MIN_BATCH)
    scheduler.setScene(moved(SCENE, 0.1))
    for (const batch of settle(scheduler, 20)) expect(batch.evaluations).toBeLessThanOrEqual(MIN_BATCH)
  })

  test('that is high draws the full picture at once', () => {
    const scheduler = scheduling(SCENE)
    settle(scheduler, 1_000_000)
    for (let i = 1; i < 10; i++) {
      scheduler.setScene(moved(SCENE, i))
      settle(scheduler, 1_000_000)
    }
    scheduler.setScene(moved(SCENE, 0.5))
    expect(levelsOf(settle(scheduler, 1_000_000))).toEqual(['1/1'])
  })

  test('decides on several samples a pixel where nobody has', () => {
    for (const [speed, isFast] of [
      [20, false],
      [300, false],
      [100_000, true],
    ] as const) {
      const last = levelsOf(settle(scheduling({ ...SCENE, samples: null }), speed)).at(-1)
      expect(last, `${speed} a ms`).toBe(isFast ? '1/4' : '1/1')
    }
  })

  test('never overrules the number of samples that was asked for', () => {
    expect(levelsOf(settle(scheduling({ ...SCENE, samples: 1 }), 1_000_000)).at(-1)).toBe('1/1')
    expect(levelsOf(settle(scheduling({ ...SCENE, samples: 16 }), 20)).at(-1)).toBe('1/16')
  })

  test('is not learned from batches of nothing', () => {
    const scheduler = scheduling({ ...SCENE, items: [] })
    const before = scheduler.pace
    settle(scheduler, 1000)
    expect(scheduler.pace).toBe(before)
  })
})

test('what is under the focus is made first, at every level', () => {
  const scheduler = scheduling({ ...SCENE, samples: 4 })
  scheduler.focus = [600, 20]
  for (const { beginsLevel, tiles, level } of settle(scheduler, 300)) {
    if (!beginsLevel) continue
    const { x, y, width, height } = tiles[0].blocks
    const [column, row] = [600 / level.step, 20 / level.step]
    expect(column >= x && column <= x + width && row >= y && row <= y + height, JSON.stringify(tiles[0].blocks)).toBe(
      true,
    )
  }
})

test('without a focus the middle is made first', () => {
  const [{ tiles }] = settle(scheduling(SCENE), 300)
  const { x, y, width, height } = tiles[0].blocks
  const step = tiles[0].step
  expect(320 / step).toBeGreaterThanOrEqual(x)
  expect(320 / step).toBeLessThanOrEqual(x + width)
  expect(240 / step).toBeGreaterThanOrEqual(y)
  expect(240 / step).toBeLessThanOrEqual(y + height)
})

test('a net that costs more gets fewer pixels a batch, a coarser start, and no samples that it cannot afford', () => {
  const pixelsOf = (cost: number) => {
    const scheduler = new TileScheduler()
    scheduler.setScene({ ...SCENE, items: [layoutSingle(0, DEFAULT_FRAME, cost)], samples: null })
    const first = scheduler.nextBatch()
    if (!first) throw new Error('a new scene has work')
    const pixels = first.tiles.reduce((sum, { blocks }) => sum + blocks.width * blocks.height, 0)
    return { pixels, step: first.level.step, evaluations: first.evaluations }
  }
  const plain = pixelsOf(1)
  const large = pixelsOf(10)
  expect(large.pixels).toBeLessThanOrEqual(plain.pixels / 4)
  expect(large.step).toBeGreaterThanOrEqual(plain.step)
  expect(large.evaluations, 'the budget, in MysteryNets').toBeLessThanOrEqual(MIN_BATCH)
})

describe('a picture that must be there within a frame', () => {
  test.each(SPEEDS)('is one batch of the whole view, at %d evaluations a millisecond, then refined', speed => {
    const scheduler = scheduling(SCENE)
    settle(scheduler, speed)
    const edited = { ...SCENE, items: [{ ...SCENE.items[0] }] }
    scheduler.setScene(edited)
    const batch = scheduler.coverAtOnce(1)
    if (!batch) throw new Error('there is nothing to do')
    expect(batch).toMatchObject({ beginsLevel: true, completesLevel: true, scene: edited })
    const { step } = batch.level
    const covered = batch.tiles.reduce((sum, { shown }) => sum + shown.width * shown.height, 0)
    expect(covered).toBe(Math.ceil(SCENE.viewport.width / step) * Math.ceil(SCENE.viewport.height / step))
    // As fine as its maker has time for, and no finer; the coarsest level there is may take longer.
    if (step < 32) expect(batch.evaluations / speed).toBeLessThan(16)
    // The speed is an estimate from below.
    if (step > 1) expect((4 * batch.evaluations) / speed).toBeGreaterThan(4)
    expect(scheduler.isCovered).toBe(true)
    settle(scheduler, speed)
    expect(scheduler.isSettled).toBe(true)
  })

  test('gives up what is under way for the newest weights, and is as coarse as its share of the speed asks for', () => {
    const scheduler = scheduling(SCENE)
    settle(scheduler, 10_000)
    scheduler.setScene({ ...SCENE, items: [{ ...SCENE.items[0] }] })
    const first = scheduler.coverAtOnce(1)
    const newest = { ...SCENE, items: [{ ...SCENE.items[0] }] }
    scheduler.setScene(newest)
    const second = scheduler.coverAtOnce(1 / 16)
    expect(second?.scene).toBe(newest)
    expect(second?.level.step).toBeGreaterThan(first?.level.step ?? 0)
    expect(settle(scheduler, 10_000).every(({ scene }) => scene === newest)).toBe(true)
  })
})
