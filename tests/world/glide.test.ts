// Gliding: whatever a gesture asked for is made exactly, however the frames come, and at once where motion is unwanted.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Camera } from '../../src/world/camera.js'
import { type Glide, GLIDE_TAU_MS, isAtRest, REST, stepGlide } from '../../src/world/glide.js'

const RUNS = process.env.VEXEL_FULL ? 5_000 : 300
const LIMITS = { minScale: 1e-3, maxScale: 1e12 }
const START: Camera = { x: 0.25, y: -0.5, scale: 300 }
/** Hundreds of roundings of float64 on the way. */
const RTOL = 1e-12

/** Glides to rest over frames of these lengths, again and again. */
function glideOut(glide: Glide, framesMs: readonly number[]): { camera: Camera; frames: number; elapsedMs: number } {
  let state = { camera: START, glide }
  let elapsedMs = 0
  let frames = 0
  for (; !isAtRest(state.glide); frames++) {
    if (frames > 100_000) throw new Error(`the glide never ends: ${JSON.stringify(state.glide)}`)
    const frameMs = framesMs[frames % framesMs.length]
    elapsedMs += frameMs
    state = stepGlide(state.camera, state.glide, frameMs, LIMITS, false)
  }
  return { camera: state.camera, frames, elapsedMs }
}

const pixels = fc.double({ min: -5000, max: 5000, noNaN: true })
const anyFrames = fc.array(fc.double({ min: 0.1, max: 400, noNaN: true }), { minLength: 1, maxLength: 7 })

test('a pan is made to the last pixel however the frames are spaced', () => {
  const property = fc.property(pixels, pixels, anyFrames, (panX, panY, frames) => {
    const { camera } = glideOut({ ...REST, panX, panY }, frames)
    const scale = 1 + Math.abs(panX) + Math.abs(panY)
    expect(Math.abs((START.x - camera.x) * START.scale - panX)).toBeLessThan(RTOL * scale * START.scale)
    expect(Math.abs((START.y - camera.y) * START.scale - panY)).toBeLessThan(RTOL * scale * START.scale)
    expect(camera.scale).toBe(START.scale)
  })
  fc.assert(property, { seed: 1, numRuns: RUNS })
})

test('a zoom is made to its whole factor about its pixel however the frames are spaced', () => {
  const anchor = fc.tuple(fc.integer({ min: -900, max: 900 }), fc.integer({ min: -500, max: 500 }))
  const property = fc.property(
    fc.double({ min: -7, max: 7, noNaN: true }),
    anchor,
    anyFrames,
    (logZoom, at, frames) => {
      const { camera } = glideOut({ ...REST, logZoom, anchor: at }, frames)
      expect(Math.abs(camera.scale / (START.scale * Math.exp(logZoom)) - 1)).toBeLessThan(RTOL)
      const reach = 1 + 1000 / Math.min(START.scale, camera.scale)
      const [before, after] = [START, camera].map(c => [c.x + at[0] / c.scale, c.y + at[1] / c.scale])
      expect(Math.abs(after[0] - before[0])).toBeLessThan(RTOL * reach)
      expect(Math.abs(after[1] - before[1])).toBeLessThan(RTOL * reach)
    },
  )
  fc.assert(property, { seed: 2, numRuns: RUNS })
})

test('where motion is unwanted all is made at once', () => {
  const pan = stepGlide(START, { ...REST, panX: 600, panY: -300 }, 0.01, LIMITS, true)
  expect(pan.glide).toEqual(REST)
  expect(pan.camera).toEqual({ x: 0.25 - 2, y: -0.5 + 1, scale: 300 })
  const zoom = stepGlide(START, { ...REST, logZoom: Math.log(8), anchor: [30, 0] }, 0, LIMITS, true)
  expect(zoom.glide).toEqual(REST)
  expect(zoom.camera.scale).toBeCloseTo(2400, 9)
  expect(zoom.camera.x + 30 / zoom.camera.scale).toBeCloseTo(0.25 + 0.1, 12)
})

test('the rest that nobody sees is made at once, so that a glide ends', () => {
  const { frames, elapsedMs } = glideOut({ ...REST, panX: 5000, logZoom: 5 }, [16])
  // 5,000 pixels fall below a quarter after ten times tau.
  expect(elapsedMs).toBeLessThan(12 * GLIDE_TAU_MS)
  expect(frames).toBeGreaterThan(10)
})

test('a glide slows down: half of the frames make most of the way, and no frame goes back', () => {
  let state = { camera: START, glide: { ...REST, panX: -900 } as Glide }
  let last = Infinity
  while (!isAtRest(state.glide)) {
    const next = stepGlide(state.camera, state.glide, 16, LIMITS, false)
    const moved = next.camera.x - state.camera.x
    expect(moved).toBeGreaterThan(0)
    // The last step takes the rest with it.
    if (!isAtRest(next.glide)) expect(moved).toBeLessThan(last)
    last = moved
    state = next
  }
})

test('no time passed moves nothing', () => {
  const glide: Glide = { panX: 100, panY: 50, logZoom: 1, anchor: [5, 5] }
  expect(stepGlide(START, glide, 0, LIMITS, false)).toEqual({ camera: START, glide })
})

test('at rest nothing moves', () => {
  expect(isAtRest(REST)).toBe(true)
  expect(stepGlide(START, REST, 16, LIMITS, false)).toEqual({ camera: START, glide: REST })
  for (const glide of [{ panX: 1e-9 }, { panY: -1 }, { logZoom: 1e-9 }])
    expect(isAtRest({ ...REST, ...glide })).toBe(false)
})

test('a zoom into the limit stops there and still comes to rest', () => {
  const limits = { minScale: 100, maxScale: 1000 }
  let state = { camera: START, glide: { ...REST, logZoom: 20, anchor: [40, 0] } as Glide }
  for (let i = 0; i < 1000 && !isAtRest(state.glide); i++)
    state = stepGlide(state.camera, state.glide, 16, limits, false)
  expect(isAtRest(state.glide)).toBe(true)
  expect(state.camera.scale).toBe(1000)
  expect(state.camera.x + 40 / 1000).toBeCloseTo(START.x + 40 / 300, 12)
})
