// Packing the folded weights into RGBA32F texels. A layer after the first, for each quad of outputs r:
//
//   texel 0          b[4r] b[4r+1] b[4r+2] b[4r+3]
//   texel 1 + 4c + j W[4r][i] W[4r+1][i] W[4r+2][i] W[4r+3][i]   with i = 4c + j, one block of four texels a quad c
//
// so that mat4(four texels) times (h[4c] ... h[4c+3]) adds the block's share. Units beyond a layer's width are zero in
// and out: gelu(0) = 0. The first layer is not here: it goes into uniforms with the view (first-layer.ts).

import { UnsupportedError } from '../model/errors.js'
import type { FoldedLayer, FoldedNetwork } from '../model/fold.js'
import { layerTexels, quadsOf, type ShaderLayout, shaderLayout } from './shader-header.js'

/**
 * Packs all layers but the first.
 * @returns [layout.texelCount, 4]
 * @throws UnsupportedError when a weight is beyond float32
 */
export function packWeightTexels(folded: FoldedNetwork, layout: ShaderLayout): Float32Array<ArrayBuffer> {
  const texels = new Float32Array(layout.texelCount * 4)
  let texel = 0
  for (const layer of folded.layers.slice(1)) {
    packLayer(texels.subarray(texel * 4), layer)
    texel += layerTexels(quadsOf(layer.inDim), quadsOf(layer.outDim))
  }
  return texels
}

/**
 * Checks that a GPU can draw a network, before anything is uploaded or compiled.
 * @throws UnsupportedError when it is too wide, or a weight is beyond float32
 */
export function checkDrawable(folded: FoldedNetwork): void {
  const { name, weight, bias } = folded.layers[0]
  for (const values of [weight, bias]) for (const value of values) toFloat32(value, name)
  packWeightTexels(folded, shaderLayout(folded))
}

function packLayer(out: Float32Array, { name, inDim, outDim, weight, bias }: FoldedLayer): void {
  const inputQuads = quadsOf(inDim)
  for (let o = 0; o < outDim; o++) {
    const row = layerTexels(inputQuads, 1) * 4 * Math.floor(o / 4) + (o % 4)
    out[row] = toFloat32(bias[o], name)
    for (let i = 0; i < inDim; i++) out[row + 4 * (1 + i)] = toFloat32(weight[o * inDim + i], name)
  }
}

/** Rounds to float32; what overflows there would paint nothing but NaN. */
function toFloat32(value: number, layerName: string): number {
  const rounded = Math.fround(value)
  if (!Number.isFinite(rounded))
    throw new UnsupportedError(`${layerName}: a folded weight of ${value} is beyond float32, which GPUs compute in`)
  return rounded
}
