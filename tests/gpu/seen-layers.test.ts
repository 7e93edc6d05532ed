// The first two layers as a cell of a view sees them, in float64: what the shader makes of the uniforms is what the layers give.

import { describe, expect, test } from 'vitest'
import { cellsOf, packSeenLayers } from '../../src/gpu/seen-layers.js'
import { quadsOf } from '../../src/gpu/shader-layout.js'
import { gelu } from '../../src/model/erf.js'
import { type FoldedNetwork, foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME, type Frame } from '../../src/model/frame.js'
import { inputsOfPixels, samplingOf } from '../../src/model/view.js'
import type { Rect } from '../../src/world/camera.js'
import { networkOf, oracleNetwork, ORACLE_NAMES, randomTensors } from '../model/network-files.js'

/** What the second layer gets from a point, before its GELU. */
function secondLayer({ layers: [first, second] }: FoldedNetwork, x: number, y: number): number[] {
  const h = Array.from(first.bias, (b, i) => gelu(b + first.weight[2 * i] * x + first.weight[2 * i + 1] * y))
  return Array.from(second.bias, (b, o) =>
    h.reduce((sum, value, i) => sum + second.weight[o * h.length + i] * value, b),
  )
}

/** The same as shaders/network.glsl takes it from the uniforms, at an offset in pixels from the rectangle's centre. */
function seenLayer(
  { layers: [{ outDim }, second] }: FoldedNetwork,
  seen: { first: Float32Array; second: Float32Array },
  [x, y]: readonly [number, number],
): number[] {
  const at = (packed: Float32Array, unit: number) => {
    const stride = packed.length / 3
    return packed[unit] + packed[stride + unit] * x + packed[2 * stride + unit] * y
  }
  const h = Array.from({ length: outDim }, (_, i) => gelu(at(seen.first, i)))
  return Array.from({ length: second.outDim }, (_, o) =>
    h.reduce((sum, value, i) => sum + second.weight[o * outDim + i] * value, 2 * at(seen.second, o)),
  )
}

const SIZE = { width: 320, height: 200 }
const networks: [string, FoldedNetwork][] = [
  ...ORACLE_NAMES.map(name => [name, foldNetwork(oracleNetwork(name))] as [string, FoldedNetwork]),
  ['widths 7 and 5', foldNetwork(networkOf(randomTensors([7, 5], [1], 3)))],
  ['one hidden layer', foldNetwork(networkOf(randomTensors([3], [], 4)))],
]

test('a pixel lies in one cell, and in the same one however the view is cut into rectangles', () => {
  const viewport = { width: 1000, height: 517 }
  const cellAt = (rect: Rect, x: number, y: number) =>
    cellsOf(rect, viewport).filter(
      ({ part }) => x >= part.x && x < part.x + part.width && y >= part.y && y < part.y + part.height,
    )
  const whole = { x: 0, y: 0, width: 1000, height: 517 }
  const area = cellsOf(whole, viewport).reduce((sum, { part }) => sum + part.width * part.height, 0)
  expect(area).toBe(whole.width * whole.height)
  const points = [[0, 0], [63, 64], [64, 63], [999, 516], [500, 300]] as const // prettier-ignore
  for (const [x, y] of points) {
    const [cell, ...others] = cellAt(whole, x, y)
    expect(others).toEqual([])
    for (const edge of [8, 64, 200, 256]) {
      const tile = {
        x: 4 * Math.floor(x / edge) * (edge / 4),
        y: Math.floor(y / edge) * edge,
        width: edge,
        height: edge,
      }
      expect(cellAt(tile, x, y).map(({ centre }) => centre)).toEqual([cell.centre])
    }
  }
  // The last column's cell ends with the viewport.
  expect(cellAt(whole, 999, 0)[0].centre).toEqual([980, 32])
  expect(cellsOf({ x: 0, y: 0, width: 1, height: 1 }, { width: 1, height: 1 })[0].centre).toEqual([0.5, 0.5])
})

describe.each(networks)('%s', (_, folded) => {
  const views: [Frame, { x: number; y: number; zoom: number }][] = [
    [DEFAULT_FRAME, { x: 0, y: 0, zoom: 1 }],
    [
      { ...DEFAULT_FRAME, order: 'yx', x: [1, -0.5] },
      { x: 0.3, y: -0.4, zoom: 1000 },
    ],
  ]

  test.each(views)('turning units over leaves the second layer as it is', (frame, view) => {
    const sampling = samplingOf(frame, view, SIZE.width, SIZE.height)
    for (const [left, top] of [
      [0, 0],
      [256, 64],
      [130, 190],
    ])
      // prettier-ignore
      for (const isPlain of [false, true]) {
        const centre = [left + 32 - SIZE.width / 2, top + 5 - SIZE.height / 2] as const
        const seen = packSeenLayers(folded, sampling, frame.order, centre, isPlain)
        const rect = { x: left, y: top, width: 64, height: 10 }
        const inputs = inputsOfPixels(new Float64Array(2 * 640), sampling, frame.order, SIZE, rect)
        for (const pixel of [0, 63, 325, 639]) {
          const offset = [(pixel % 64) + 0.5 - 32, Math.floor(pixel / 64) + 0.5 - 5] as const
          const actual = seenLayer(folded, seen, offset)
          const expected = secondLayer(folded, inputs[2 * pixel], inputs[2 * pixel + 1])
          // The uniforms are float32.
          actual.forEach((value, o) => expect(Math.abs(value - expected[o])).toBeLessThan(2e-4))
        }
      }
  })

  test('no unit is above its bend at the centre, unless it is wanted plain', () => {
    const sampling = samplingOf(DEFAULT_FRAME, { x: 0, y: 0, zoom: 1 }, SIZE.width, SIZE.height)
    const count = quadsOf(folded.layers[0].outDim) * 4
    const { first } = packSeenLayers(folded, sampling, 'xy', [40, -20], false)
    expect(Math.max(...first.subarray(0, count))).toBeLessThanOrEqual(0)
    const plain = packSeenLayers(folded, sampling, 'xy', [0, 0], true)
    folded.layers[0].bias.forEach((value, i) => expect(plain.first[i]).toBe(Math.fround(value)))
    folded.layers[1].bias.forEach((value, o) => expect(plain.second[o]).toBe(Math.fround(value) / 2))
  })
})
