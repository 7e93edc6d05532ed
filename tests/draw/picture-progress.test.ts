// What is told of the picture's progress: a coherent picture is one that covers the view, and none of every pixel.

import { expect, test } from 'vitest'
import { PictureProgress } from '../../src/draw/picture-progress.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { layoutSingle } from '../../src/world/layout.js'
import type { Batch, Scene } from '../../src/world/scheduler.js'
import type { Level } from '../../src/world/tiles.js'

const SCENE: Scene = {
  items: [layoutSingle(0, DEFAULT_FRAME)],
  camera: { x: 0, y: 0, scale: 900 },
  viewport: { width: 1280, height: 800 },
  samples: 1,
}
const batchOf = (level: Level): Batch => ({
  level,
  tiles: [],
  evaluations: 1,
  scene: SCENE,
  beginsLevel: true,
  completesLevel: true,
  stills: null,
})

test('only the picture of every pixel counts as whole, though the coherent one shows them all', () => {
  const progress = new PictureProgress()
  const samples = () => progress.samplesOf(SCENE.items, SCENE.camera, SCENE.viewport)
  const coherent = batchOf({ step: 1, samples: 1, coherent: { tolerance: 0.5, share: 0.2, leastEdge: 64 } })
  progress.begin(coherent)
  expect(progress.finish(coherent)).toBe(false)
  progress.show(coherent)
  expect(progress.coverMs).not.toBeNull()
  expect(progress.fullMs).toBe(progress.coverMs)
  expect(progress.step).toBe(1)
  expect(progress.frameMs).toBeNull()
  expect(samples()).toBeNull()
  const exact = batchOf({ step: 1, samples: 1 })
  expect(progress.finish(exact)).toBe(true)
  progress.show(exact)
  expect(progress.frameMs).not.toBeNull()
  expect(samples()).toBe(1)
})
