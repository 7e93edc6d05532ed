// How much picture is left at a depth: the first-order view against differences of the displayed picture itself.

import { describe, expect, test } from 'vitest'
import { levelSpan, linearizeView } from '../../src/model/flatness.js'
import { type FoldedNetwork, foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME, type Frame } from '../../src/model/frame.js'
import { evaluateFolded } from '../../src/model/reference.js'
import { samplingOf, type View, wholeFrame } from '../../src/model/view.js'
import { ORACLE_NAMES, oracleNetwork } from './network-files.js'

/** Differences over pixels of 1e-6 of the frame: what is left is their rounding, 1e-13 levels over 1e-3 of one. */
const DIFFERENCE_RTOL = 1e-5
const ZOOM = 1e4
const SIZE = { width: 200, height: 100 }

/** Displayed levels (unclamped) at a plane point, the conventions written out a second time. */
function levelsAt(folded: FoldedNetwork, frame: Frame, x: number, y: number): number[] {
  const raw = evaluateFolded(new Float64Array(3), folded, frame.order === 'xy' ? [x, y] : [y, x])
  const channel = {
    rgb01: (v: number) => v * 255,
    rgb255: (v: number) => v,
    rgb11: (v: number) => ((v + 1) / 2) * 255,
    logit: (v: number) => 255 / (1 + Math.exp(-v)),
  }[frame.output]
  const levels = [...raw].map(channel)
  return frame.channels === 'rgb' ? levels : levels.reverse()
}

const FRAMES: readonly Partial<Frame>[] = [
  {},
  { order: 'yx' },
  { x: [1, -1], y: [-0.5, 1.5] },
  { channels: 'bgr' },
  { output: 'rgb255' },
  { output: 'rgb11', order: 'yx', channels: 'bgr' },
  { output: 'logit', y: [1, -1] },
]

describe.each(FRAMES)('in the frame %j', part => {
  const frame = { ...DEFAULT_FRAME, ...part }
  const folded = foldNetwork(oracleNetwork('usa'))
  const points = [
    [0.2, 0.3],
    [-0.41, 0.017],
    [0.9, -0.8],
  ]

  test.each(points)('the linear view about (%d, %d) is what the picture does from pixel to pixel', (x, y) => {
    const sampling = samplingOf(frame, { x, y, zoom: ZOOM }, SIZE.width, SIZE.height)
    const linear = linearizeView(folded, frame, sampling)
    const at = (dx: number, dy: number) => levelsAt(folded, frame, x + dx * sampling.stepX, y + dy * sampling.stepY)
    const centre = at(0, 0)
    for (let c = 0; c < 3; c++) {
      expect(Math.abs(linear.level[c] - centre[c]), `level of channel ${c}`).toBeLessThan(1e-9)
      for (const [what, slope, difference] of [
        ['x', linear.perPixelX[c], (at(1, 0)[c] - at(-1, 0)[c]) / 2],
        ['y', linear.perPixelY[c], (at(0, 1)[c] - at(0, -1)[c]) / 2],
      ] as const) {
        const scale = Math.max(Math.abs(difference), 1e-4)
        expect(Math.abs(slope - difference) / scale, `${what}, channel ${c}: ${slope} for ${difference}`).toBeLessThan(
          DIFFERENCE_RTOL,
        )
      }
    }
  })
})

test.each(ORACLE_NAMES)(
  'at 1,000,000x a whole view of %s spans less than a level, and the first order is all of it',
  name => {
    const folded = foldNetwork(oracleNetwork(name))
    for (const [x, y] of [
      [0, 0],
      [0.3, -0.6],
      [-0.9, 0.1],
    ]) {
      const view: View = { x, y, zoom: 1e6 }
      const { width, height } = SIZE
      const sampling = samplingOf(DEFAULT_FRAME, view, width, height)
      const linear = linearizeView(folded, DEFAULT_FRAME, sampling)
      const span = levelSpan(linear, width, height)
      expect(span, `about ${x}, ${y}`).toBeLessThan(1)
      const corners = [-0.5, 0.5].flatMap(right =>
        [-0.5, 0.5].map(down =>
          levelsAt(folded, DEFAULT_FRAME, x + right * width * sampling.stepX, y + down * height * sampling.stepY),
        ),
      )
      const spans = [0, 1, 2].map(
        c => Math.max(...corners.map(corner => corner[c])) - Math.min(...corners.map(k => k[c])),
      )
      // 1e-6 of the frame is no longer quite straight where a flag is sharp.
      expect(Math.abs(span - Math.max(...spans)), `about ${x}, ${y}: ${span} for ${spans}`).toBeLessThan(
        1e-3 * span + 1e-9,
      )
    }
  },
)

test('a span grows with the view and falls with the zoom', () => {
  const folded = foldNetwork(oracleNetwork('japan'))
  const spanOf = (view: View, width: number, height: number) =>
    levelSpan(linearizeView(folded, DEFAULT_FRAME, samplingOf(DEFAULT_FRAME, view, 100, 100)), width, height)
  const view = { ...wholeFrame(DEFAULT_FRAME), x: 0.4, y: 0.1 }
  const whole = spanOf(view, 100, 100)
  expect(whole).toBeGreaterThan(1)
  expect(spanOf({ ...view, zoom: 1000 }, 100, 100) / whole).toBeCloseTo(1e-3, 12)
  expect(spanOf(view, 200, 200) / whole).toBeCloseTo(2, 12)
})

test('a span is of the channel that changes most, by both axes', () => {
  const linear = { level: [0, 0, 0], perPixelX: [0.1, -0.2, 0], perPixelY: [0, -0.3, 0.5] }
  expect(levelSpan(linear, 10, 10)).toBeCloseTo(5, 12)
  expect(levelSpan(linear, 100, 1)).toBeCloseTo(20.3, 12)
  expect(levelSpan(linear, 0, 0)).toBe(0)
})
