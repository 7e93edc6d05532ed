// The cover order: each pixel once, neighbours beside each other.

import { describe, expect, test } from 'vitest'
import { coverOrder, inOrder } from '../../src/train/cover.js'

const at = (place: number) => [place & 0xffff, place >>> 16]

describe('the cover order', () => {
  test.each([
    [1, 1],
    [1, 9],
    [7, 1],
    [8, 8],
    [13, 21],
    [320, 168],
    [96, 117],
  ])('of %i x %i pixels has each of them once', (width, height) => {
    const places = coverOrder({ width, height })
    const pixels = [...places].map(place => at(place)[1] * width + at(place)[0])
    expect([...pixels].sort((a, b) => a - b)).toEqual(Array.from({ length: width * height }, (_, i) => i))
  })

  test.each([1, 2, 4, 32])(
    'of a square of %i pixels goes from each to a neighbour, as the Hilbert curve does',
    side => {
      const places = coverOrder({ width: side, height: side })
      for (let i = 1; i < places.length; i++) {
        const [[x, y], [u, v]] = [at(places[i - 1]), at(places[i])]
        expect(Math.abs(x - u) + Math.abs(y - v)).toBe(1)
      }
    },
  )

  test('keeps any stretch of it together: 64 consecutive pixels of a flag span a small patch', () => {
    const places = coverOrder({ width: 320, height: 168 })
    let spans = 0
    for (let start = 0; start + 64 <= places.length; start += 64) {
      const stretch = [...places.subarray(start, start + 64)].map(at)
      const span = (axis: number) =>
        Math.max(...stretch.map(place => place[axis])) - Math.min(...stretch.map(place => place[axis])) + 1
      spans += span(0) * span(1)
    }
    // Rows would span 64 x 1, or 320 x 2; what counts is that both sides are short. In the mean about two squares of 8.
    expect(spans / (places.length / 64)).toBeLessThan(200)
  })

  test('carries a picture along', () => {
    const size = { width: 5, height: 4 }
    const rgb = Float32Array.from({ length: 60 }, (_, i) => i)
    const places = coverOrder(size)
    const ordered = inOrder(rgb, size.width, places)
    places.forEach((place, i) => {
      const pixel = at(place)[1] * 5 + at(place)[0]
      expect([...ordered.subarray(3 * i, 3 * i + 3)]).toEqual([3 * pixel, 3 * pixel + 1, 3 * pixel + 2])
    })
  })
})
