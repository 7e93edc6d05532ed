// The float64 reference against PyTorch's float64, on nine kinds of networks that people save.

import { describe, expect, test } from 'vitest'
import { foldNetwork } from '../../src/model/fold.js'
import { referenceRows } from '../../src/model/picture.js'
import { evaluateFolded, traceNetwork } from '../../src/model/reference.js'
import { levelOf } from '../../src/model/tone.js'
import { wholeFrame } from '../../src/model/view.js'
import { FAMILY_NAMES, familyExpected, familyFrame, familyNetwork, familyPicture } from './family-files.js'

/** As of the nets that vexel is made for: two float64 implementations differ by rounding alone. */
const ATOL = 1e-9

describe.each(FAMILY_NAMES)('%s', name => {
  const network = familyNetwork(name)
  const { points, outputs_float64: outputs } = familyExpected(name)

  test('is PyTorch within 1e-9 at every point, layer by layer and folded', () => {
    const folded = evaluateFolded(new Float64Array(points.length * 3), foldNetwork(network), points.flat())
    points.forEach(([x, y], p) => {
      const traced = traceNetwork(network, x, y).at(-1)?.values ?? []
      for (let channel = 0; channel < 3; channel++) {
        const expected = outputs[p][channel] ?? outputs[p][0]
        expect(Math.abs(traced[channel] - expected), `layers at ${x}, ${y}`).toBeLessThanOrEqual(ATOL)
        expect(Math.abs(folded[3 * p + channel] - expected), `folded at ${x}, ${y}`).toBeLessThanOrEqual(ATOL)
      }
    })
  })

  test('draws the picture that PyTorch drew, level for level', () => {
    const frame = familyFrame(name)
    const { width, height, levels } = familyPicture(name)
    const spec = { folded: foldNetwork(network), frame, view: wholeFrame(frame), width, height, samples: 1 as const }
    const drawn = Array.from(referenceRows(spec, 0, height), levelOf)
    const worst = drawn.reduce((most, level, i) => Math.max(most, Math.abs(level - levels[i])), 0)
    expect(worst).toBeLessThanOrEqual(1)
  })

  test('has every tensor in use, and no warning', () => {
    expect(network.warnings).toEqual([])
  })
})
