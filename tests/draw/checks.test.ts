// A transparent network over the page's checkerboard, as the kernel draws it: every pixel is the float64 reference over the ground of its check.

import { expect, test } from 'vitest'
import { KernelDrawers } from '../../src/draw/kernel-drawers.js'
import { STRICT } from '../../src/kernel/module.js'
import { regionOfRows } from '../../src/kernel/region.js'
import { checksOf, DARK_CHECK, isDark, isTransparent } from '../../src/model/checks.js'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { referenceRows } from '../../src/model/picture.js'
import { transparentNetwork } from '../model/transparent-net.js'

const folded = foldNetwork(transparentNetwork())
const black = foldNetwork(transparentNetwork(true))
const frame = { ...DEFAULT_FRAME, aspect: 1.5 }

test.each([
  ['the whole frame', { x: 0, y: 0, zoom: 1 }],
  ['a view beside its middle', { x: 0.31, y: -0.27, zoom: 3.7 }],
  ['a view at a million times', { x: 0.31, y: -0.27, zoom: 1e6 }],
])('%s is seen over checks', (_, view) => {
  const spec = { folded, frame, view, width: 90, height: 60, samples: 1 as const }
  const region = regionOfRows(spec, 0, 60)
  const checks = checksOf(frame, region.sampling, spec)
  const { rgba } = new KernelDrawers(STRICT).draw(folded, { ...region, checks })
  const white = referenceRows(spec, 0, 60)
  const shares = referenceRows({ ...spec, folded: black }, 0, 60)
  let [worst, darkened] = [0, 0]
  for (let i = 0, pixel = 0; pixel < 90 * 60; pixel++)
    for (let channel = 0; channel < 3; channel++, i++) {
      const dark = isDark(checks, (pixel % 90) + 0.5, Math.floor(pixel / 90) + 0.5)
      const expected = white[i] - (dark ? (1 - DARK_CHECK) * shares[i] : 0)
      worst = Math.max(worst, Math.abs(rgba[4 * pixel + channel] - 255 * expected))
      if (dark) darkened = Math.max(darkened, shares[i])
    }
  expect(worst).toBeLessThan(0.51)
  expect(darkened).toBeGreaterThan(0.1)
})

test('checks begin at the frame’s corner, move with it by whole pixels, and are as large at every zoom', () => {
  const size = { width: 120, height: 80 }
  const at = (x: number, zoom: number) => {
    const region = regionOfRows({ folded, frame, view: { x, y: 0, zoom }, ...size, samples: 1 }, 0, 80)
    return checksOf(frame, region.sampling, size)
  }
  expect(at(0, 1)).toEqual({ x: 0, y: 0, edge: 12 })
  // A pixel to the right is 2 / 120.
  expect(at(-5 * (2 / 120), 1)).toEqual({ x: 5, y: 0, edge: 12 })
  expect(at(0, 8).edge).toBe(12)
  expect(isDark(at(0, 1), 11.5, 0.5)).toBe(false)
  expect(isDark(at(0, 1), 12.5, 0.5)).toBe(true)
  expect(isDark(at(0, 1), 12.5, 12.5)).toBe(false)
  expect(isDark(at(0, 1), -0.5, 0.5)).toBe(true)
})

test('a net of three channels is not transparent', () => {
  expect(isTransparent(folded)).toBe(true)
  expect(isTransparent({ ...folded, ending: undefined })).toBe(false)
})
