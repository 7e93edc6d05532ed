// The weight store: what goes up to the GPU when weights change, counted at the one call that uploads.

import { expect, test } from 'vitest'
import { type FoldedNetwork, foldNetwork } from '../../src/model/fold.js'
import { createNetwork, type Network } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { shaderLayout } from '../../src/gpu/shader-layout.js'
import { WeightStore } from '../../src/gpu/weight-store.js'
import { packWeightTexels } from '../../src/gpu/weight-texels.js'
import { oracleFile } from '../browser/pages.js'

interface Upload {
  readonly start: number
  readonly row: number
  readonly count: number
}

/** A context that keeps a row of texels for each slot and tells what was uploaded. */
function countingContext(): { gl: WebGL2RenderingContext; uploads: Upload[]; rows: Map<number, Float32Array> } {
  const uploads: Upload[] = []
  const rows = new Map<number, Float32Array>()
  const gl = {
    getParameter: () => 8192,
    createTexture: () => ({}),
    deleteTexture: () => {},
    bindTexture: () => {},
    texStorage3D: () => {},
    texParameteri: () => {},
    texSubImage3D: (
      ...args: [number, number, number, number, number, number, number, number, number, number, Float32Array]
    ) => {
      const [, , start, row, layer, count, , , , , texels] = args
      expect(texels.length, 'four floats a texel').toBe(4 * count)
      uploads.push({ start, row, count })
      const slot = 64 * layer + row
      const held = rows.get(slot) ?? new Float32Array(4 * 4096)
      held.set(texels, 4 * start)
      rows.set(slot, held)
    },
  }
  return { gl: gl as unknown as WebGL2RenderingContext, uploads, rows }
}

const network = createNetwork(StateDict.parse(oracleFile('malaysia')))
const folded = foldNetwork(network)
const layout = shaderLayout(folded)

/** The network with one number changed. */
function changed(
  layerName: string,
  key: 'weight' | 'bias' | 'runningMean' | 'runningVar',
  index: number,
): FoldedNetwork {
  const layers = network.layers.map(layer => {
    if (layer.name !== layerName) return layer
    const values = ((layer as unknown as Record<string, Float64Array>)[key] as Float64Array).slice()
    values[index] += 0.25
    return { ...layer, [key]: values }
  })
  return foldNetwork({ ...network, layers: layers as Network['layers'] })
}

test.each([
  ['a weight of a later layer is one texel', 'dense2', 'weight', 35, 1],
  ['a bias of a later layer is one texel', 'dense7', 'bias', 31, 1],
  ['a weight of the first layer is a uniform and no texel', 'dense1', 'weight', 5, 0],
  ['a weight behind a batch norm is its own texel and the bias of its quad', 'dense3', 'weight', 100, 33],
  ['a batch norm’s variance is what it does to the layer that follows', 'bn2', 'runningVar', 3, 8 * 33],
] as const)('%s', (_, layer, key, index, most) => {
  const { gl, uploads, rows } = countingContext()
  const store = new WeightStore(gl, layout)
  store.add(folded)
  uploads.length = 0
  const after = changed(layer, key, index)
  store.update(0, after)
  const count = uploads.reduce((sum, upload) => sum + upload.count, 0)
  expect(count).toBeLessThanOrEqual(most)
  if (most > 0) expect(count).toBeGreaterThan(0)
  const texels = packWeightTexels(after, layout)
  expect(rows.get(0)?.slice(0, texels.length), 'the texture is the new weights').toEqual(texels)
})

test('the same weights again are no upload, and every slot is compared with its own', () => {
  const { gl, uploads, rows } = countingContext()
  const store = new WeightStore(gl, layout)
  const other = changed('dense4', 'weight', 9)
  store.add(folded)
  store.add(other)
  uploads.length = 0
  store.update(0, folded)
  store.update(1, other)
  expect(uploads).toEqual([])
  store.update(1, folded)
  expect(uploads).toHaveLength(1)
  expect(uploads[0]).toMatchObject({ row: 1, count: 1 })
  expect(rows.get(1)).toEqual(rows.get(0))
})

test('a slot that is used again gets the whole network', () => {
  const { gl, uploads } = countingContext()
  const store = new WeightStore(gl, layout)
  store.add(folded)
  store.remove(0)
  uploads.length = 0
  expect(store.add(changed('dense4', 'weight', 9))).toBe(0)
  expect(uploads).toEqual([{ start: 0, row: 0, count: layout.texelCount }])
})
