// Flights between any two cameras there are, held against d3's where that is well-conditioned.

import { interpolateZoom } from 'd3-interpolate'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Camera } from '../../src/world/camera.js'
import { flightPath } from '../../src/world/flight-path.js'

const WIDTH = 1280
const camera = (low: number, high: number) =>
  fc.record({
    x: fc.double({ min: -30, max: 30, noNaN: true }),
    y: fc.double({ min: -30, max: 30, noNaN: true }),
    scale: fc.double({ min: Math.log(low), max: Math.log(high), noNaN: true }).map(Math.exp),
  })
/** From the whole wall on a phone to a thousand million times a flag of it on a large screen. */
const any = camera(2, 1e13)

describe('a flight', () => {
  test('is finite all the way between any two cameras, and ends where it leads', () => {
    fc.assert(
      fc.property(any, any, (from, to) => {
        const path = flightPath(from, to, WIDTH)
        expect(path.length).toBeGreaterThanOrEqual(0)
        expect(path.length).toBeLessThan(200)
        for (let i = 0; i <= 50; i++) {
          const { x, y, scale } = path.at(i / 50)
          expect([x, y, scale].every(Number.isFinite) && scale > 0).toBe(true)
        }
        expect([path.at(0), path.at(1)]).toEqual([from, to])
        // Nothing jumps at the ends: within a hundredth of what is seen there.
        for (const [end, share] of [
          [from, 1e-9],
          [to, 1 - 1e-9],
        ] as const) {
          const near = path.at(share)
          const tolerance = (0.01 * WIDTH) / end.scale + 1e-12
          expect(Math.hypot(near.x - end.x, near.y - end.y)).toBeLessThan(tolerance)
          expect(Math.abs(Math.log(near.scale / end.scale))).toBeLessThan(0.01)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    [2e6, 'deep in a flag to the whole wall'],
    [1e9, 'as deep as one gets to the whole wall'],
  ])('leads out of a zoom of %d: %s, and back in again', zoom => {
    const deep: Camera = { x: 12.3456789, y: 3.4, scale: 300 * zoom }
    const wall: Camera = { x: 9, y: 6, scale: 40 }
    for (const [from, to] of [
      [deep, wall],
      [wall, deep],
    ]) {
      const path = flightPath(from, to, WIDTH)
      const scales = Array.from({ length: 101 }, (_, i) => path.at(i / 100).scale)
      expect(scales.every(Number.isFinite)).toBe(true)
      // As even as a zoom is: no step takes more than a fortieth of the way.
      const steps = scales.slice(1).map((scale, i) => Math.abs(Math.log(scale / scales[i])))
      expect(Math.max(...steps)).toBeLessThan(Math.log(deep.scale / wall.scale) / 40)
    }
  })

  test("is that of d3 where d3's form does not cancel", () => {
    const gentle = camera(20, 400)
    const d3 = (interpolateZoom as typeof interpolateZoom & { rho: (rho: number) => typeof interpolateZoom }).rho(1.1)
    fc.assert(
      fc.property(gentle, gentle, fc.double({ min: 0, max: 1, noNaN: true }), (from, to, share) => {
        fc.pre(Math.hypot(to.x - from.x, to.y - from.y) > 0.1)
        const theirs = d3([from.x, from.y, WIDTH / from.scale], [to.x, to.y, WIDTH / to.scale])
        const path = flightPath(from, to, WIDTH)
        const [x, y, span] = theirs(share)
        const ours = path.at(share)
        expect(ours.x).toBeCloseTo(x, 7)
        expect(ours.y).toBeCloseTo(y, 7)
        expect(Math.abs(ours.scale / (WIDTH / span) - 1)).toBeLessThan(1e-7)
        expect(path.length * 1000 * (1.1 / Math.SQRT2)).toBeCloseTo(theirs.duration, 3)
      }),
      { numRuns: 300 },
    )
  })

  test('to where one is already takes no time', () => {
    const here: Camera = { x: 1, y: 2, scale: 300 }
    expect(flightPath(here, here, WIDTH).length).toBe(0)
    expect(flightPath(here, here, WIDTH).at(0.5)).toEqual(here)
  })
})
