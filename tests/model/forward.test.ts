// The forward pass by its layers: what goes together gives what each point gives alone, and every kind of layer is the derivative
// of itself. PyTorch's truth of the values is in reference.test.ts.

import { describe, expect, test } from 'vitest'
import { ForwardPass } from '../../src/model/forward.js'
import { kindOf, type NetworkLayer } from '../../src/model/layers/kinds.js'
import { createRandom, networkOf, oracleNetwork, randomTensors } from './network-files.js'

const NETWORKS = [
  ['malaysia', oracleNetwork('malaysia')],
  ['another architecture', networkOf(randomTensors([5, 7, 4], [1, 3], 21))],
] as const

function inputsOf(count: number): Float64Array {
  const random = createRandom(8)
  return Float64Array.from({ length: 2 * count }, () => 4 * random() - 2)
}

describe.each(NETWORKS)('points of %s', (_, { layers }) => {
  const inputs = inputsOf(23)
  const alone = new Float64Array(69)
  for (let n = 0; n < 23; n++) {
    const point = inputs.subarray(2 * n, 2 * n + 2)
    alone.set(new ForwardPass(layers, 2, 1).evaluate(new Float64Array(3), point), 3 * n)
  }

  test.each([1, 2, 3, 4, 7, 23, 64])('give with %i together what each gives alone, bit for bit', stride => {
    expect(new ForwardPass(layers, 2, stride).evaluate(new Float64Array(69), inputs)).toEqual(alone)
    expect(new ForwardPass(layers, 2, stride, true).evaluate(new Float64Array(69), inputs)).toEqual(alone)
  })

  test('show every layer once, in order, with what it took', () => {
    const pass = new ForwardPass(layers, 2, 8)
    const seen: number[] = []
    let before: number[] = []
    pass.runAll(inputs, (index, output, input, points) => {
      const rows = (values: Float64Array, dim: number) =>
        Array.from({ length: dim * points }, (_, i) => values[Math.floor(i / points) * 8 + (i % points)])
      const kind = kindOf(layers[index])
      if (index > 0) expect(rows(input, kind.inDim(layers[index]))).toEqual(before)
      before = rows(output, kind.outDim(layers[index]))
      seen.push(index)
    })
    const once = layers.map((_, index) => index)
    expect(seen).toEqual([...once, ...once, ...once])
  })
})

/** One of every kind that networks have here. */
const KINDS: readonly (readonly [string, NetworkLayer])[] = [
  ...new Map(NETWORKS[1][1].layers.map(layer => [layer.kind, layer])),
]

/** Of values around 1: a central difference of 1e-5 leaves 1e-10 of its step and 1e-11 of rounding. */
const DIFFERENCE_ATOL = 1e-8

test.each(KINDS)('%s brings derivatives back as differences of it have them', (_, layer) => {
  const kind = kindOf(layer)
  const [inDim, outDim] = [kind.inDim(layer), kind.outDim(layer)]
  const random = createRandom(5)
  const input = Float64Array.from({ length: inDim }, () => 2 * random() - 1)
  const gradients = Float64Array.from({ length: 3 * outDim }, () => 2 * random() - 1)
  const back = new Float64Array(3 * inDim)
  kind.backward(back, gradients, layer, input)
  const valueAt = (i: number, delta: number) => {
    const moved = input.slice()
    moved[i] += delta
    const output = new Float64Array(outDim)
    kind.forward(output, moved, layer, 1, 1)
    return output
  }
  for (let i = 0; i < inDim; i++) {
    const [high, low] = [valueAt(i, 1e-5), valueAt(i, -1e-5)]
    for (let c = 0; c < 3; c++) {
      const expected = high.reduce((sum, value, o) => sum + ((value - low[o]) / 2e-5) * gradients[3 * o + c], 0)
      expect(Math.abs(back[3 * i + c] - expected), `input ${i}, output ${c}`).toBeLessThan(DIFFERENCE_ATOL)
    }
  }
})
