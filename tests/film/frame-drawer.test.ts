// The frames of a movie against the float64 reference.

import { describe, expect, test } from 'vitest'
import { foldNetwork } from '../../src/model/fold.js'
import { levelsOf, type PictureSpec, referenceRows } from '../../src/model/picture.js'
import { encodeValues } from '../../src/model/safetensors/dtype.js'
import { Film } from '../../src/film/film.js'
import { bandsOf, FrameDrawer, type FrameSpec } from '../../src/film/frame-drawer.js'
import { smallFilm, withTensors } from './film-fixture.js'

const bytes = await smallFilm()

function referenceFrame(film: Film, spec: FrameSpec, position: number): Uint8ClampedArray {
  const picture: PictureSpec = { ...spec, folded: foldNetwork(film.networkAt(position)) }
  return levelsOf(referenceRows(picture, 0, spec.height))
}

/** The largest difference. */
function farthest(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length)
  let largest = 0
  for (let i = 0; i < actual.length; i++) largest = Math.max(largest, Math.abs(actual[i] - expected[i]))
  return largest
}

describe('a frame', () => {
  const film = Film.parse(bytes)
  const spec: FrameSpec = {
    frame: film.frame,
    view: { x: 0.1, y: -0.2, zoom: 1.7 },
    width: 97,
    height: 61,
    samples: 4,
  }

  test('is the reference within one level, at snapshots and between them, in any order', () => {
    const drawer = new FrameDrawer(film, spec)
    for (const position of [0, 0.31, film.positions[3], 1, 0.31, 0])
      expect(farthest(drawer.drawFrame(position), referenceFrame(film, spec, position)), `${position}`).toBeLessThan(2)
  })

  test('drawn exactly, band after band, is the reference', () => {
    const large = { ...spec, width: 200, height: 150, samples: 16 } as const
    const bands = bandsOf(large)
    expect(bands.length).toBeGreaterThan(3)
    const drawer = new FrameDrawer(film, large)
    const levels = bands.flatMap(band => [...drawer.drawExactBand(0.8, band)])
    const expected = referenceFrame(film, large, 0.8).filter((_, i) => i % 4 < 3)
    expect(farthest(levels, expected)).toBeLessThan(2)
    expect(levels.filter((level, i) => level !== expected[i]).length).toBeLessThanOrEqual(2)
  })

  test('that may be fast is the reference within a level or two, and no other without that', () => {
    const near = { ...spec, view: { ...spec.view, zoom: 12 } }
    const fast = new FrameDrawer(film, { ...near, isFast: true }).drawFrame(0.6)
    expect(farthest(fast, referenceFrame(film, near, 0.6))).toBeLessThan(3)
    expect(fast).not.toEqual(new FrameDrawer(film, near).drawFrame(0.6))
    // Below 640 pixels across the frame it is drawn as ever.
    expect(new FrameDrawer(film, { ...spec, isFast: true }).drawFrame(0.6)).toEqual(
      new FrameDrawer(film, spec).drawFrame(0.6),
    )
  })

  test('of a net beyond float32 is drawn by the reference, and the next one by the kernel again', () => {
    const huge = Film.parse(
      withTensors(bytes, tensor => {
        if (!tensor.name.startsWith('dense_head.')) return tensor
        const length = tensor.bytes.length / 2
        // The first of six snapshots.
        const values = Float64Array.from({ length }, (_, i) => (i < length / 6 ? 1e60 : 0.01))
        return { ...tensor, dtype: 'F64', bytes: encodeValues('F64', values) }
      }),
    )
    const drawer = new FrameDrawer(huge, spec)
    for (const position of [1, 0, 1])
      expect(farthest(drawer.drawFrame(position), referenceFrame(huge, spec, position))).toBeLessThan(2)
  })
})
