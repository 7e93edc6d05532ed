// Nets with edges that are far sharper than a square's pixels, as those have that learned a drawing of 1,280 pixels.

import { expect, test } from 'vitest'
import { psnrOf } from '../../src/solve/match.js'
import { register } from '../../src/solve/register.js'
import { solve } from '../../src/solve/solve.js'
import { COMPARED_SAMPLES, createSquareDrawer, displayedSquare, ORIENTATIONS } from '../../src/solve/square.js'
import { loadCatalogue } from './mysteries.js'
import { danishAreas, danishCross } from './sharp-net.js'

const catalogue = loadCatalogue()
/** A thirtieth of a pixel of the catalogue's pictures. */
const SHARP = 0.0014

test.each([23, 48, 61])('a square of %d pixels holds the means of areas, however sharp the edges are', size => {
  const draw = createSquareDrawer(danishCross(SHARP), size, COMPARED_SAMPLES)
  const seen = displayedSquare(draw([-1, 1, -1, 1]), 'rgb01')
  const areas = danishAreas(size)
  const errors = areas.map((value, i) => Math.abs(seen[i] / 255 - value))
  // An edge is off by half of an eighth of a pixel at most, by twice that where two of them cross.
  expect(Math.max(...errors)).toBeLessThan(2 / 16 + 0.01)
  expect(psnrOf({ meanSquare: errors.reduce((sum, e) => sum + e * e, 0) / errors.length })).toBeGreaterThan(36)
})

test('the sharp edges of a net tell the ends of its box', () => {
  const picture = catalogue.pictures.find(({ code }) => code === 'dk')
  if (!picture) throw new Error('no Denmark')
  const match = { picture, output: 'rgb01' as const, orientation: ORIENTATIONS[0], meanSquare: 0 }
  const net = danishCross(SHARP)
  const errors: number[] = []
  for (const rough of [
    [-1.03, 1.02, -0.98, 1.03],
    [-0.97, 0.98, -1.02, 0.97],
    [-1.02, 0.98, -0.985, 1.02],
  ] as const) {
    const { box, meanSquare } = register(net, rough, match, catalogue.size, 0.02)
    expect(psnrOf({ meanSquare }), `${rough}`).toBeGreaterThan(34)
    for (const [end, at] of [-1, 1, -1, 1].entries()) errors.push(Math.abs(box[end] - at) / 2)
  }
  // With 2 x 2 samples in rows and columns: 0.009 in the mean, at 26 dB.
  expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.005)
})

test.each([0.2, 0.05, SHARP])('a flag whose edges are %f wide is named, over the right frame', softness => {
  const { flag, frame } = solve(danishCross(softness), catalogue)
  expect(flag?.code).toBe('dk')
  expect(flag?.confidence).toBeGreaterThan(0.9)
  expect(frame).toMatchObject({ x: [-1, 1], y: [-1, 1], order: 'xy', output: 'rgb01', channels: 'rgb' })
})
