// Weights in uniform blocks: what WebGL2 promises of them, on MysteryNet and on other architectures, and what is uploaded where.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shaderLayout } from '../../src/gpu/shader-layout.js'
import { blockRanges, splitRuns, uniformBlocks } from '../../src/gpu/uniform-blocks.js'
import { UniformStore } from '../../src/gpu/uniform-store.js'
import { packWeightTexels } from '../../src/gpu/weight-texels.js'
import { foldNetwork } from '../../src/model/fold.js'
import { networkOf, oracleNetwork, randomTensors } from '../model/network-files.js'

const folded = foldNetwork(oracleNetwork('japan'))
const layout = shaderLayout(folded)

test('MysteryNet’s second block begins with its fifth hidden layer, and both are below 16,384 bytes', () => {
  const blocks = uniformBlocks(folded, layout)
  expect(blocks).toEqual({ secondStart: 928, texelCount: 1605 })
  expect(blockRanges(blocks ?? fail())).toEqual({
    ranges: [
      { offset: 0, size: 928 * 16 },
      { offset: 14_848, size: 677 * 16 },
    ],
    stride: 25_856,
  })
})

function fail(): never {
  throw new Error('it fits')
}

test('whatever fits is cut between layers: the runs are the same layers, and none lies in two blocks', () => {
  // Few different ones: equal layers in a row are a run, which a border may go through.
  const widths = fc.array(fc.constantFrom(13, 24, 32, 32), { minLength: 1, maxLength: 9 })
  let cut = 0
  fc.assert(
    fc.property(widths, widths => {
      const folded = foldNetwork(networkOf(randomTensors(widths, [], 1)))
      const layout = shaderLayout(folded)
      const blocks = uniformBlocks(folded, layout)
      if (!blocks) {
        expect(layout.texelCount).toBeGreaterThan(1024)
        return
      }
      const { secondStart, texelCount } = blocks
      expect(Math.max(secondStart, texelCount - secondStart)).toBeLessThanOrEqual(1024)
      const runs = splitRuns(layout.runs, secondStart)
      if (runs.length > layout.runs.length) cut++
      const layersOf = (list: typeof runs) =>
        list.flatMap(({ firstTexel, count, inputQuads, outputQuads, firstLayer }) =>
          Array.from({ length: count }, (_, i) => [
            firstTexel + i * outputQuads * (1 + 4 * inputQuads),
            firstLayer + i,
            inputQuads,
            outputQuads,
          ]),
        )
      expect(layersOf(runs)).toEqual(layersOf([...layout.runs]))
      for (const { firstTexel, count, inputQuads, outputQuads } of runs) {
        const end = firstTexel + count * outputQuads * (1 + 4 * inputQuads)
        expect(end <= secondStart || firstTexel >= secondStart, `${firstTexel} to ${end}`).toBe(true)
      }
    }),
    { seed: 14, numRuns: 300 },
  )
  expect(cut, 'runs that were cut').toBeGreaterThan(0)
})

test('a net that needs a third block, or has a layer larger than one, fits none', () => {
  for (const widths of [Array.from({ length: 9 }, () => 32), [64, 64], [101, 101]]) {
    const folded = foldNetwork(networkOf(randomTensors(widths, [], 1)))
    expect(uniformBlocks(folded, shaderLayout(folded)), `${widths}`).toBeNull()
  }
})

/** A context whose uniform buffers are bytes. */
function bufferContext() {
  const state = { bytes: new Float32Array(0), uploaded: 0, bound: [] as [number, number, number][] }
  const gl = {
    createBuffer: () => ({}),
    deleteBuffer: () => {},
    bindBuffer: () => {},
    bufferData: (_: number, size: number) => (state.bytes = new Float32Array(size / 4)),
    bufferSubData: (_: number, at: number, from: Float32Array, start: number, length: number) => {
      state.bytes.set(from.subarray(start, start + length), at / 4)
      state.uploaded += length / 4
    },
    bindBufferRange: (_: number, block: number, _buffer: unknown, offset: number, size: number) => {
      state.bound[block] = [block, offset, size]
    },
  }
  return { gl: gl as unknown as WebGL2RenderingContext, state }
}

test('every net’s blocks hold its texels, after the buffer has grown, a slot was used again and a parameter has changed', () => {
  const blocks = uniformBlocks(folded, layout) ?? fail()
  const { gl, state } = bufferContext()
  const store = new UniformStore(gl, layout, blocks)
  const shifted = (shift: number) => ({
    ...folded,
    layers: folded.layers.map(layer => ({ ...layer, bias: layer.bias.map(value => value + shift) })),
  })
  const held = Array.from({ length: 9 }, (_, i) => shifted(i))
  held.forEach((net, i) => expect(store.add(net)).toBe(i))
  store.remove(3)
  held[3] = shifted(100)
  expect(store.add(held[3])).toBe(3)
  state.uploaded = 0
  // The last layer before the border and the first one behind it.
  const last = { ...held[5].layers[4], bias: held[5].layers[4].bias.map(value => value * 2) }
  const first = { ...held[5].layers[5], bias: held[5].layers[5].bias.map(value => value * 2) }
  held[5] = { ...held[5], layers: held[5].layers.toSpliced(4, 2, last, first) }
  store.update(5, held[5])
  expect(state.uploaded).toBeGreaterThan(0)
  expect(state.uploaded).toBeLessThan(600)
  held.forEach((net, index) => {
    store.bind({} as never, index)
    const texels = packWeightTexels(net, layout)
    const [[, firstOffset, firstSize], [, secondOffset, secondSize]] = state.bound
    expect(firstOffset % 256).toBe(0)
    expect(secondOffset % 256).toBe(0)
    expect(state.bytes.subarray(firstOffset / 4, (firstOffset + firstSize) / 4)).toEqual(texels.subarray(0, 4 * 928))
    expect(state.bytes.subarray(secondOffset / 4, (secondOffset + secondSize) / 4)).toEqual(texels.subarray(4 * 928))
  })
})
