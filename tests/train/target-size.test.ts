// The sizes of a target's two rasters, by hand, and what holds for all of them.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type SourceSize, targetSizes, type WantedSizes } from '../../src/train/target-size.js'

const drawing = (width: number, height: number): SourceSize => ({ width, height, isDrawing: true })
const pixels = (width: number, height: number): SourceSize => ({ width, height, isDrawing: false })

/** Width and height as seen, width and height of the detail. */
function sizes(source: SourceSize, wanted: WantedSizes): number[] {
  const { seen, detail } = targetSizes(source, wanted)
  return [seen.width, seen.height, detail.width, detail.height]
}

describe('a drawing', () => {
  test.each([
    // Four times as fine, whatever the height was rounded to.
    [drawing(3, 2), {}, [320, 213, 1280, 852]],
    [drawing(19, 10), {}, [320, 168, 1280, 672]],
    [drawing(1, 1), {}, [320, 320, 1280, 1280]],
    // Taller than wide: in its own proportions.
    [drawing(10, 12.19), {}, [320, 390, 1050, 1280]],
    [drawing(3, 2), { detail: 1000 }, [320, 213, 1000, 667]],
    [drawing(3, 2), { detail: 640 }, [320, 213, 640, 426]],
    [drawing(3, 2), { width: 'own' }, [320, 213, 1280, 852]],
    [drawing(3, 2), { width: 100, height: 100, detail: 250 }, [100, 100, 250, 250]],
    // Never coarser than it is seen.
    [drawing(3, 2), { detail: 320 }, [320, 213, 320, 213]],
    [drawing(3, 2), { detail: 1 }, [320, 213, 320, 213]],
    [drawing(10, 12.19), { detail: 320 }, [320, 390, 320, 390]],
    [drawing(3, 2), { width: 2000 }, [2000, 1333, 2000, 1333]],
    // What a file says counts as it stands.
    [drawing(3, 2), { width: 96, height: 64, detail: { width: 1280, height: 850 } }, [96, 64, 1280, 850]],
    [drawing(3, 2), { width: 640, detail: { width: 320, height: 213 } }, [640, 427, 320, 213]],
  ] as const)('%j, wanted %j, is %j', (source, wanted, expected) => {
    expect(sizes(source, wanted)).toEqual(expected)
  })
})

describe('an image of pixels', () => {
  test.each([
    // At its own size, up to what is wanted.
    [pixels(1280, 853), {}, [320, 213, 1280, 853]],
    [pixels(333, 200), {}, [320, 192, 333, 200]],
    [pixels(3840, 2560), {}, [320, 213, 1280, 852]],
    [pixels(1281, 851), {}, [320, 213, 1280, 850]],
    [pixels(2000, 4000), {}, [320, 640, 640, 1280]],
    // Of fewer pixels than are seen: it is trained on as it is seen.
    [pixels(200, 100), {}, [320, 160, 320, 160]],
    [pixels(32, 20), { width: 32 }, [32, 20, 32, 20]],
    [pixels(32, 20), { width: 16 }, [16, 10, 32, 20]],
    [pixels(32, 20), { width: 16, detail: 24 }, [16, 10, 24, 15]],
    [pixels(5000, 1), {}, [320, 1, 1280, 1]],
    [pixels(900, 600), { width: 'own' }, [900, 600, 900, 600]],
    // A file's detail counts where there are so many pixels.
    [pixels(3840, 2560), { detail: { width: 1280, height: 850 } }, [320, 213, 1280, 850]],
    [pixels(640, 427), { detail: { width: 1280, height: 850 } }, [320, 214, 640, 427]],
  ] as const)('%j, wanted %j, is %j', (source, wanted, expected) => {
    expect(sizes(source, wanted)).toEqual(expected)
  })
})

test('the detail is never coarser than what is seen, nor finer than wanted and than the pixels there are', () => {
  const edge = fc.integer({ min: 1, max: 3000 })
  const wanted = fc.record({ width: fc.integer({ min: 1, max: 500 }), detail: fc.integer({ min: 1, max: 2000 }) })
  fc.assert(
    fc.property(edge, edge, fc.boolean(), wanted, (width, height, isDrawing, { width: seenWidth, detail }) => {
      fc.pre((seenWidth * height) / width <= 4096 && (seenWidth * height) / width >= 1)
      const target = targetSizes({ width, height, isDrawing }, { width: seenWidth, detail })
      expect(target.seen.width).toBe(seenWidth)
      expect(target.detail.width).toBeGreaterThanOrEqual(target.seen.width)
      expect(target.detail.height).toBeGreaterThanOrEqual(target.seen.height)
      const isPlain = target.detail.width === target.seen.width && target.detail.height === target.seen.height
      if (isPlain) return
      expect(Math.max(target.detail.width, target.detail.height)).toBeLessThanOrEqual(detail)
      if (isDrawing) return
      expect(target.detail.width).toBeLessThanOrEqual(width)
      expect(target.detail.height).toBeLessThanOrEqual(height)
    }),
  )
})

test('a size beyond 4096 is refused in one line', () => {
  expect(() => targetSizes(drawing(3, 2), { detail: { width: 5000, height: 2 } })).toThrow(/^size: expected edges of 1/)
})
