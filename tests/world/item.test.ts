// Items: where a frame hangs in the world, and the camera that shows a view of it.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_FRAME, type Frame } from '../../src/model/frame.js'
import { samplingOf, wholeFrame } from '../../src/model/view.js'
import { pixelFromWorld, transformPoint } from '../../src/world/camera.js'
import { cameraFromView, fitScale, type Item, itemSampling, viewFromCamera, visibleRect } from '../../src/world/item.js'
import { layoutSingle } from '../../src/world/layout.js'

const RUNS = process.env.VEXEL_FULL ? 10_000 : 500
/** Pixels: a coordinate of the plane is rounded to 1e-16 of the frame, a pixel at 1,000,000x is 1e-9 of it. */
const PIXEL_ATOL = 1e-5

const edge = fc.double({ min: -1, max: 1, noNaN: true })
const range = fc
  .tuple(edge, edge, fc.constantFrom(1, 100, 1000))
  .filter(([a, b]) => Math.abs(a - b) > 0.1)
  .map(([a, b, scale]): [number, number] => [a * scale, b * scale])
const anyFrame = fc.record({
  x: range,
  y: range,
  aspect: fc.option(fc.double({ min: 0.3, max: 3, noNaN: true })),
})
const anySize = fc.record({ width: fc.integer({ min: 100, max: 4000 }), height: fc.integer({ min: 100, max: 4000 }) })
const share = fc.double({ min: 0, max: 1, noNaN: true })
const anyZoom = fc.double({ min: -1, max: 6, noNaN: true }).map(digits => 10 ** digits)

const between = ([from, to]: readonly [number, number], t: number) => from + t * (to - from)

describe('view and camera', () => {
  test('become each other again, at 1,000,000x too', () => {
    const property = fc.property(anyFrame, anySize, share, share, anyZoom, (part, viewport, u, v, zoom) => {
      const frame: Frame = { ...DEFAULT_FRAME, ...part }
      const item = layoutSingle(0, frame)
      for (const z of [zoom, 1e6]) {
        const view = { x: between(frame.x, u), y: between(frame.y, v), zoom: z }
        const back = viewFromCamera(item, cameraFromView(item, view, viewport), viewport)
        const { stepX, stepY } = itemSampling(item, cameraFromView(item, view, viewport))
        expect(Math.abs((back.x - view.x) / stepX)).toBeLessThan(PIXEL_ATOL)
        expect(Math.abs((back.y - view.y) / stepY)).toBeLessThan(PIXEL_ATOL)
        expect(Math.abs(back.zoom / z - 1)).toBeLessThan(1e-14)
      }
    })
    fc.assert(property, { seed: 1, numRuns: RUNS })
  })

  test('sample the plane as a picture of the same view does, where the viewport has the aspect of the frame', () => {
    const property = fc.property(anyFrame, anySize, share, share, anyZoom, (part, viewport, u, v, zoom) => {
      const frame: Frame = { ...DEFAULT_FRAME, ...part, aspect: viewport.width / viewport.height }
      const item = layoutSingle(0, frame)
      const view = { x: between(frame.x, u), y: between(frame.y, v), zoom }
      const expected = samplingOf(frame, view, viewport.width, viewport.height)
      const actual = itemSampling(item, cameraFromView(item, view, viewport))
      expect(Math.abs(actual.stepX / expected.stepX - 1)).toBeLessThan(1e-13)
      expect(Math.abs(actual.stepY / expected.stepY - 1)).toBeLessThan(1e-13)
      expect(Math.abs((actual.x - expected.x) / expected.stepX)).toBeLessThan(PIXEL_ATOL)
      expect(Math.abs((actual.y - expected.y) / expected.stepY)).toBeLessThan(PIXEL_ATOL)
    })
    fc.assert(property, { seed: 2, numRuns: RUNS })
  })

  test('at 1x fit the whole frame into the viewport', () => {
    const frame: Frame = { ...DEFAULT_FRAME, aspect: 2, x: [0, 4], y: [1, -1] }
    const item = layoutSingle(0, frame)
    for (const [viewport, width, height] of [
      [{ width: 800, height: 600 }, 800, 400],
      [{ width: 800, height: 100 }, 200, 100],
    ] as const) {
      expect(fitScale(item, viewport)).toBe(height)
      const camera = cameraFromView(item, wholeFrame(frame), viewport)
      const map = pixelFromWorld(camera, viewport)
      const [left, top] = transformPoint(map, item.rect.x, item.rect.y)
      const [right, bottom] = transformPoint(map, item.rect.x + item.rect.width, item.rect.y + item.rect.height)
      expect([right - left, bottom - top]).toEqual([width, height])
      expect([left + right, top + bottom]).toEqual([viewport.width, viewport.height])
      const { x, y, stepX, stepY } = itemSampling(item, camera)
      expect([x, y]).toEqual([2, 0])
      expect([stepX * width, stepY * height]).toEqual([4, -2])
    }
  })
})

test('a single flag hangs around the origin, one unit high, its surroundings shown', () => {
  const { rect, unbounded, network } = layoutSingle(7, { ...DEFAULT_FRAME, aspect: 2 })
  expect({ rect, unbounded, network }).toEqual({
    rect: { x: -1, y: -0.5, width: 2, height: 1 },
    unbounded: true,
    network: 7,
  })
  expect(layoutSingle(0, DEFAULT_FRAME).rect).toEqual({ x: -0.75, y: -0.5, width: 1.5, height: 1 })
})

describe('the pixels an item is seen at', () => {
  const bounded = (rect: Item['rect']): Item => ({
    network: 0,
    tap: null,
    tone: null,
    frame: DEFAULT_FRAME,
    rect,
    cost: 1,
    unbounded: false,
  })

  test('are those whose centres lie in its rectangle', () => {
    const unit = fc.double({ min: -2, max: 2, noNaN: true })
    const side = fc.double({ min: 0.01, max: 3, noNaN: true })
    const rect = fc.record({ x: unit, y: unit, width: side, height: side })
    const camera = fc.record({ x: unit, y: unit, scale: fc.double({ min: 0.5, max: 20, noNaN: true }) })
    const viewport = { width: 13, height: 9 }
    const property = fc.property(rect, camera, (r, c) => {
      const seen = visibleRect(bounded(r), c, viewport)
      for (let py = 0; py < viewport.height; py++)
        for (let px = 0; px < viewport.width; px++) {
          const x = c.x + (px + 0.5 - viewport.width / 2) / c.scale
          const y = c.y + (py + 0.5 - viewport.height / 2) / c.scale
          const margin = Math.min(x - r.x, r.x + r.width - x, y - r.y, r.y + r.height - y)
          const isListed =
            seen !== null && px >= seen.x && px < seen.x + seen.width && py >= seen.y && py < seen.y + seen.height
          // On the edge itself rounding decides.
          if (Math.abs(margin) > 1e-12) expect(isListed, `pixel ${px}, ${py}`).toBe(margin > 0)
        }
    })
    fc.assert(property, { seed: 3, numRuns: RUNS })
  })

  test('are none where it lies outside the viewport or between pixel centres', () => {
    const viewport = { width: 10, height: 10 }
    const camera = { x: 0, y: 0, scale: 1 }
    expect(visibleRect(bounded({ x: 6, y: 0, width: 5, height: 5 }), camera, viewport)).toBeNull()
    expect(visibleRect(bounded({ x: 0, y: -50, width: 5, height: 5 }), camera, viewport)).toBeNull()
    expect(visibleRect(bounded({ x: 0.6, y: 0.6, width: 0.3, height: 0.3 }), camera, viewport)).toBeNull()
  })

  test('are all where its surroundings are shown', () => {
    const item = layoutSingle(0, DEFAULT_FRAME)
    expect(visibleRect(item, { x: 1e6, y: 0, scale: 1 }, { width: 10, height: 20 })).toEqual({
      x: 0,
      y: 0,
      width: 10,
      height: 20,
    })
  })
})
