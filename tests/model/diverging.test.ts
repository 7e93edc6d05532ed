// The diverging tone against the published colours, and where there is no number.

import { describe, expect, test } from 'vitest'
import {
  applyDiverging,
  divergingColour,
  DIVERGING_STOPS,
  inverseScale,
  NAN_COLOUR,
} from '../../src/model/diverging.js'

/** RdBu in eleven classes as colorbrewer2.org lists it, the red end first. */
const COLORBREWER = '67001f b2182b d6604d f4a582 fddbc7 f7f7f7 d1e5f0 92c5de 4393c3 2166ac 053061'

const hexOf = (colour: ArrayLike<number>) =>
  Array.from(colour, channel =>
    Math.round(255 * channel)
      .toString(16)
      .padStart(2, '0'),
  ).join('')

describe('the colour of a value', () => {
  test('is ColorBrewer’s at eleven places, from blue at -1 to red at 1', () => {
    const published = COLORBREWER.split(' ').reverse()
    published.forEach((hex, i) => expect(hexOf(divergingColour((i - 5) / 5)), `${(i - 5) / 5}`).toBe(hex))
    expect(DIVERGING_STOPS.length).toBe(11)
  })

  test('is on the straight line between two of them', () => {
    divergingColour(0.5).forEach((channel, i) =>
      expect(channel).toBeCloseTo((DIVERGING_STOPS[7][i] + DIVERGING_STOPS[8][i]) / 2, 12),
    )
    divergingColour(-0.99).forEach((channel, i) =>
      expect(channel).toBeCloseTo(0.95 * DIVERGING_STOPS[0][i] + 0.05 * DIVERGING_STOPS[1][i], 12),
    )
  })

  test('stays that of the ends beyond them, and is a grey of its own for NaN', () => {
    for (const t of [1, 1.0001, 7, 1e300, Infinity]) {
      expect(hexOf(divergingColour(t))).toBe('67001f')
      expect(hexOf(divergingColour(-t))).toBe('053061')
    }
    expect(divergingColour(Number.NaN)).toEqual([...NAN_COLOUR])
  })
})

test('a tone puts its offset in the middle, and its scale at the ends', () => {
  const rgb = applyDiverging(new Float64Array(9), Float64Array.of(3, 5, 1), { offset: 3, scale: 2 })
  expect([0, 3, 6].map(i => hexOf(rgb.subarray(i, i + 3)))).toEqual(['f7f7f7', '67001f', '053061'])
})

test('without a spread everything is the middle, and nothing leaves float32', () => {
  for (const scale of [0, Number.NaN, 1e-300, Infinity]) {
    expect(Math.fround(inverseScale({ offset: 0, scale }))).toBe(0)
    expect(hexOf(applyDiverging(new Float32Array(3), [12], { offset: 3, scale }))).toBe('f7f7f7')
  }
  expect(inverseScale({ offset: 0, scale: 1e-38 })).toBe(1e38)
})
