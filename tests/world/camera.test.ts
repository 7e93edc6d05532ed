// The camera in float64: nothing is lost by moving about, and the point under the pointer stays there.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Camera,
  panBy,
  pixelFromWorld,
  sameCamera,
  transformPoint,
  worldFromPixel,
  zoomAt,
} from '../../src/world/camera.js'
import { createRandom } from '../model/network-files.js'

const RUNS = process.env.VEXEL_FULL ? 20_000 : 1_000
/** What design.md promises of the camera, in world units of a flag one unit high. */
const CAMERA_ATOL = 1e-12
/** A few roundings of float64, relative to the largest number in the sum. */
const RTOL = 1e-15 * 8
/** Where fast-check tries subnormal numbers nothing is relative any more. */
const TINY = 1e-300

const LIMITS = { minScale: 1e-3, maxScale: 1e12 }
const VIEWPORT = { width: 1920, height: 1080 }

/** Cameras from the whole flag to 1,000,000 times deeper, around it. */
const anyCamera = fc.record({
  x: fc.double({ min: -3, max: 3, noNaN: true }),
  y: fc.double({ min: -3, max: 3, noNaN: true }),
  scale: fc.double({ min: 0, max: 9, noNaN: true }).map(digits => 10 ** digits),
})
const anyPixel = fc.tuple(
  fc.double({ min: -2000, max: 2000, noNaN: true }),
  fc.double({ min: -2000, max: 2000, noNaN: true }),
)

test('10,000 random pans and zooms and the way back end where they began', () => {
  const home: Camera = { x: 0.123456789, y: -0.987654321, scale: 700 }
  for (let seed = 1; seed <= 5; seed++) {
    const random = createRandom(seed)
    const undo: ((camera: Camera) => Camera)[] = []
    let camera = home
    let deepest = 0
    for (let i = 0; i < 10_000; i++) {
      if (random() < 0.5) {
        // Towards a random point of the flag, as far as a finger goes.
        const reach = (from: number) => Math.max(-1000, Math.min(1000, (from - (random() * 2 - 1)) * camera.scale))
        const [dx, dy] = [reach(camera.x), reach(camera.y)]
        camera = panBy(camera, dx, dy)
        undo.push(c => panBy(c, -dx, -dy))
      } else {
        const pixel: [number, number] = [(random() - 0.5) * VIEWPORT.width, (random() - 0.5) * VIEWPORT.height]
        // Drifts towards a scale between 70 and 7e8, wherever it is.
        const factor = Math.exp(random() - 0.5) * (camera.scale < 70 ? 2 : camera.scale > 7e8 ? 0.5 : 1.02)
        camera = zoomAt(camera, pixel, factor, LIMITS)
        undo.push(c => zoomAt(c, pixel, 1 / factor, LIMITS))
      }
      deepest = Math.max(deepest, camera.scale)
    }
    expect(deepest).toBeGreaterThan(1e6 * home.scale)
    for (const step of undo.reverse()) camera = step(camera)
    expect(Math.abs(camera.x - home.x), `seed ${seed}: x`).toBeLessThan(CAMERA_ATOL)
    expect(Math.abs(camera.y - home.y), `seed ${seed}: y`).toBeLessThan(CAMERA_ATOL)
    expect(Math.abs(camera.scale / home.scale - 1), `seed ${seed}: scale`).toBeLessThan(CAMERA_ATOL)
  }
})

describe('zooming at a pixel', () => {
  const anyFactor = fc.double({ min: -3, max: 3, noNaN: true }).map(digits => 10 ** digits)

  test('keeps the world point under it', () => {
    const property = fc.property(anyCamera, anyPixel, anyFactor, (camera, pixel, factor) => {
      const after = zoomAt(camera, pixel, factor, LIMITS)
      for (const [axis, i] of [
        ['x', 0],
        ['y', 1],
      ] as const) {
        const before = camera[axis] + pixel[i] / camera.scale
        const reach = Math.abs(camera[axis]) + Math.abs(pixel[i] / camera.scale) + Math.abs(pixel[i] / after.scale)
        expect(Math.abs(after[axis] + pixel[i] / after.scale - before)).toBeLessThanOrEqual(RTOL * reach + TINY)
      }
      expect(after.scale).toBe(Math.min(LIMITS.maxScale, Math.max(LIMITS.minScale, camera.scale * factor)))
    })
    fc.assert(property, { seed: 1, numRuns: RUNS })
  })

  test('keeps it where the scale stops at a limit, too', () => {
    const limits = { minScale: 10, maxScale: 1000 }
    for (const [factor, scale] of [
      [1e9, 1000],
      [1e-9, 10],
    ]) {
      const after = zoomAt({ x: 0.5, y: 0.25, scale: 100 }, [300, -200], factor, limits)
      expect(after.scale).toBe(scale)
      expect(after.x + 300 / scale).toBeCloseTo(0.5 + 3, 12)
      expect(after.y - 200 / scale).toBeCloseTo(0.25 - 2, 12)
    }
  })

  test('at a limit already moves nothing', () => {
    const camera = { x: 0.1, y: 0.2, scale: 1000 }
    expect(zoomAt(camera, [123, 45], 3, { minScale: 1, maxScale: 1000 })).toEqual(camera)
  })
})

test('panning moves what is under a pixel by as many pixels', () => {
  const camera = { x: 2, y: -1, scale: 50 }
  const moved = panBy(camera, 30, -20)
  const [x, y] = transformPoint(pixelFromWorld(camera, VIEWPORT), 0, 0)
  const [movedX, movedY] = transformPoint(pixelFromWorld(moved, VIEWPORT), 0, 0)
  expect([movedX - x, movedY - y]).toEqual([30, -20])
})

describe('the maps between world and pixels', () => {
  test('put the camera into the middle of the viewport, y downwards', () => {
    const map = pixelFromWorld({ x: 2, y: -1, scale: 50 }, VIEWPORT)
    expect(transformPoint(map, 2, -1)).toEqual([960, 540])
    expect(transformPoint(map, 3, 0)).toEqual([1010, 590])
    const back = worldFromPixel({ x: 2, y: -1, scale: 50 }, VIEWPORT)
    expect(transformPoint(back, 960, 540)).toEqual([2, -1])
    expect(transformPoint(back, 1010, 590)).toEqual([3, 0])
  })

  test('are plain float64, not the float32 of gl-matrix', () => {
    const third = 1 / 3
    expect(transformPoint(worldFromPixel({ x: third, y: third, scale: 1e9 }, VIEWPORT), 960, 540)[0]).toBe(third)
  })

  test('undo each other', () => {
    const property = fc.property(anyCamera, anyPixel, (camera, [px, py]) => {
      const [x, y] = transformPoint(worldFromPixel(camera, VIEWPORT), px, py)
      const [backX, backY] = transformPoint(pixelFromWorld(camera, VIEWPORT), x, y)
      // A world coordinate of 3 is rounded to 2e-16, which is that many pixels at a scale.
      const slack = 1e-9 + 4e-15 * camera.scale
      expect(Math.abs(backX - px)).toBeLessThan(slack)
      expect(Math.abs(backY - py)).toBeLessThan(slack)
    })
    fc.assert(property, { seed: 2, numRuns: RUNS })
  })
})

test('two cameras are the same only to the bit', () => {
  const camera = { x: 0.1, y: 0.2, scale: 3 }
  expect(sameCamera(camera, { ...camera })).toBe(true)
  for (const other of [{ x: 0.1 + 1.4e-17 }, { y: 0.2 + 2.8e-17 }, { scale: 3 + 4.5e-16 }])
    expect(sameCamera(camera, { ...camera, ...other })).toBe(false)
})
