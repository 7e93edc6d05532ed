// Resampling: what must come through exactly, what the area average is by its definition, and that nothing rings.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Rgb, WHITE } from '../../src/train/colour.js'
import { resample } from '../../src/train/resample.js'
import type { ImageSize } from '../../src/train/rgb-image.js'

/** Results are float32 in [0, 1]: half a unit in the last place of 1. */
const FLOAT32_ATOL = 2 ** -24

const BLACK: Rgb = [0, 0, 0]

/** An image of given bytes; alpha 255 unless `alpha` says otherwise. */
function rgbaOf(rgb: ArrayLike<number>, alpha: (pixel: number) => number = () => 255): Uint8Array {
  const count = rgb.length / 3
  return Uint8Array.from({ length: 4 * count }, (_, i) =>
    i % 4 === 3 ? alpha((i - 3) / 4) : rgb[3 * Math.floor(i / 4) + (i % 4)],
  )
}

const byte = fc.integer({ min: 0, max: 255 })
const edge = fc.integer({ min: 1, max: 12 })
const imageOfAnySize = fc.record({ width: edge, height: edge }).chain(({ width, height }) =>
  fc.record({
    source: fc.constant({ width, height }),
    rgb: fc.array(byte, { minLength: width * height * 3, maxLength: width * height * 3 }),
    target: fc.record({ width: edge, height: edge }),
  }),
)

describe('an image that has the size', () => {
  test('comes through exactly: byte / 255', () => {
    const rgb = Uint8Array.from({ length: 256 * 3 }, (_, i) => Math.floor(i / 3))
    const size = { width: 32, height: 8 }
    const { width, height, data } = resample(rgbaOf(rgb), size, size, [0.3, 0.7, 0.1])
    expect([width, height]).toEqual([32, 8])
    expect([...data]).toEqual([...Float32Array.from(rgb, value => value / 255)])
  })
})

describe('a transparent image', () => {
  const size = { width: 1, height: 1 }

  test('shows the background exactly where it is empty, whatever colour lies there unseen', () => {
    const background: Rgb = [0.25, 0.5, 200 / 255]
    const { data } = resample(
      rgbaOf([9, 200, 77], () => 0),
      size,
      size,
      background,
    )
    expect([...data]).toEqual([...Float32Array.from(background)])
  })

  test('is mixed by its alpha on the encoded channels', () => {
    // By hand: 51 / 255 = 0.2 of red over white, and of it over black.
    const red = rgbaOf([255, 0, 0], () => 51)
    expect([...resample(red, size, size, WHITE).data]).toEqual([1, Math.fround(0.8), Math.fround(0.8)])
    expect([...resample(red, size, size, BLACK).data]).toEqual([Math.fround(0.2), 0, 0])
  })

  test('is composited before it is resampled: unseen colours do not bleed', () => {
    // A white pixel beside a green one that nobody sees: half white, half background.
    const rgba = rgbaOf([255, 255, 255, 0, 255, 0], pixel => (pixel === 0 ? 255 : 0))
    const { data } = resample(rgba, { width: 2, height: 1 }, size, BLACK)
    expect([...data]).toEqual([0.5, 0.5, 0.5])
  })
})

describe('shrinking', () => {
  /** The area average by its definition: each pixel's share of each source pixel, as overlaps of rectangles. */
  function areaAverage(rgb: ArrayLike<number>, source: ImageSize, target: ImageSize): number[] {
    const overlap = (i: number, n: number, j: number, m: number) =>
      Math.max(0, Math.min((i + 1) / n, (j + 1) / m) - Math.max(i / n, j / m)) * n
    return Array.from({ length: target.width * target.height * 3 }, (_, at) => {
      const [channel, column, row] = [
        at % 3,
        Math.floor(at / 3) % target.width,
        Math.floor(at / (3 * target.width)),
      ] as const
      let sum = 0
      for (let y = 0; y < source.height; y++)
        for (let x = 0; x < source.width; x++) {
          const share = overlap(column, target.width, x, source.width) * overlap(row, target.height, y, source.height)
          sum += (share * rgb[3 * (y * source.width + x) + channel]) / 255
        }
      return sum
    })
  }

  test('takes the mean of what a pixel covers', () => {
    // By hand: three pixels to two: (1 * 0 + 0.5 * 120) / 1.5 = 40, (0.5 * 120 + 1 * 255) / 1.5 = 210.
    const rgba = rgbaOf([0, 0, 0, 120, 120, 120, 255, 255, 255])
    const { data } = resample(rgba, { width: 3, height: 1 }, { width: 2, height: 1 }, BLACK)
    ;[40, 40, 40, 210, 210, 210].forEach((level, i) => expect(data[i] * 255).toBeCloseTo(level, 4))
  })

  test('is the area average at any ratio, pixels at the edges in part', () => {
    fc.assert(
      fc.property(imageOfAnySize, ({ source, rgb, target }) => {
        const smaller = {
          width: Math.min(source.width, target.width),
          height: Math.min(source.height, target.height),
        }
        const { data } = resample(rgbaOf(rgb), source, smaller, BLACK)
        areaAverage(rgb, source, smaller).forEach((value, i) =>
          expect(Math.abs(data[i] - value), `value ${i}`).toBeLessThanOrEqual(FLOAT32_ATOL),
        )
      }),
    )
  })
})

describe('enlarging', () => {
  test('goes straight from centre to centre and keeps the edges', () => {
    // Two pixels to four: centres at -0.25, 0.25, 0.75, 1.25 of the source.
    const rgba = rgbaOf([0, 0, 0, 200, 200, 200])
    const { data } = resample(rgba, { width: 2, height: 1 }, { width: 4, height: 2 }, BLACK)
    const levels = [0, 50, 150, 200].flatMap(level => [level, level, level])
    ;[...levels, ...levels].forEach((level, i) => expect(data[i] * 255).toBeCloseTo(level, 4))
  })

  test('keeps a picture of one pixel', () => {
    const { data } = resample(rgbaOf([51, 102, 153]), { width: 1, height: 1 }, { width: 5, height: 3 }, WHITE)
    expect(data).toHaveLength(45)
    expect([...data.subarray(42)]).toEqual([...Float32Array.of(0.2, 0.4, 0.6)])
  })
})

describe('at any size', () => {
  test('no value leaves the range of the image: nothing rings', () => {
    fc.assert(
      fc.property(imageOfAnySize, ({ source, rgb, target }) => {
        const { width, height, data } = resample(rgbaOf(rgb), source, target, BLACK)
        expect([width, height, data.length]).toEqual([target.width, target.height, target.width * target.height * 3])
        for (let channel = 0; channel < 3; channel++) {
          const inside = rgb.filter((_, i) => i % 3 === channel).map(value => value / 255)
          const [low, high] = [Math.min(...inside) - FLOAT32_ATOL, Math.max(...inside) + FLOAT32_ATOL]
          data.forEach((value, i) => {
            if (i % 3 === channel && !(value >= low && value <= high)) expect.fail(`${value} not in ${low} to ${high}`)
          })
          expect(data.every(value => value >= 0 && value <= 1)).toBe(true)
        }
      }),
    )
  })

  test('the mirrored image gives the mirrored picture', () => {
    fc.assert(
      fc.property(imageOfAnySize, ({ source, rgb, target }) => {
        // A picture turned by half a turn is its pixels in reverse.
        const turn = (values: ArrayLike<number>) =>
          Array.from(values, (_, i) => values[values.length - 3 - 3 * Math.floor(i / 3) + (i % 3)])
        const plain = resample(rgbaOf(rgb), source, target, WHITE).data
        const turned = resample(rgbaOf(turn(rgb)), source, target, WHITE).data
        turn(turned).forEach((value, i) => expect(Math.abs(value - plain[i])).toBeLessThanOrEqual(2 * FLOAT32_ATOL))
      }),
    )
  })
})

test('bytes that are not those of the size are a mistake of the caller', () => {
  const size = { width: 2, height: 2 }
  expect(() => resample(new Uint8Array(12), size, size, WHITE)).toThrow(/expected 2 x 2 x 4 bytes, got 12/)
})
