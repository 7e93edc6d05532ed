// The size of a target: proportions, rounding and limits.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkTargetSize, MAX_TARGET_EDGE, targetSize } from '../../src/train/rgb-image.js'

describe('a target', () => {
  // Proportions as the laws on these flags state them.
  test.each([
    ['Japan', 3, 2, 213],
    ['Malaysia', 2, 1, 160],
    ['the USA', 1.9, 1, 168],
    ['Iran', 7, 4, 183],
    ['Nepal', 219, 267, 390],
  ])('of %s has its true proportions', (_, width, height, expected) => {
    expect(targetSize(width, height, 320)).toEqual({ width: 320, height: expected })
  })

  test('of an image that is tall is tall', () => {
    expect(targetSize(100, 250, 320)).toEqual({ width: 320, height: 800 })
  })

  test('is at least one pixel high', () => {
    expect(targetSize(5000, 1, 320)).toEqual({ width: 320, height: 1 })
  })

  test('has its proportions within half a pixel, or is refused', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 1e4, noNaN: true }),
        fc.double({ min: 0.01, max: 1e4, noNaN: true }),
        fc.integer({ min: 1, max: MAX_TARGET_EDGE }),
        (width, height, targetWidth) => {
          const exact = (targetWidth * height) / width
          if (exact > MAX_TARGET_EDGE + 0.49) {
            expect(() => targetSize(width, height, targetWidth)).toThrow(/^size: expected edges of 1 to 4096 pixels/)
          } else if (exact < MAX_TARGET_EDGE + 0.4) {
            const size = targetSize(width, height, targetWidth)
            expect(size.width).toBe(targetWidth)
            expect(Math.abs(size.height - Math.max(exact, 1))).toBeLessThanOrEqual(0.5 + 1e-9)
          }
        },
      ),
    )
  })

  test.each([
    [1, 100, 320],
    [100, 50, 4097],
    [100, 50, 0],
    [100, 50, 12.5],
    [0, 50, 320],
    [Number.NaN, 50, 320],
  ])('of an image of %d x %d at a width of %d is refused in one line', (width, height, targetWidth) => {
    expect(() => targetSize(width, height, targetWidth)).toThrow(/^size: expected edges of 1 to 4096 pixels, got .+$/)
  })

  test('may be 4096 pixels an edge', () => {
    expect(checkTargetSize(4096, 4096)).toEqual({ width: 4096, height: 4096 })
    expect(() => checkTargetSize(4096, 4097)).toThrow('size: expected edges of 1 to 4096 pixels, got 4096 x 4097')
  })
})
