// Packing the folded weights into RGBA32F texels. A layer after the first, for each quad of outputs r:
//
//   texel 0          b[4r] b[4r+1] b[4r+2] b[4r+3], each halved: a sum goes in two chains, and each begins with it
//   texel 1 + 4c + j W[4r][i] W[4r+1][i] W[4r+2][i] W[4r+3][i]   with i = 4c + j, one block of four texels a quad c
//
// so that the four texels times h[4c] ... h[4c+3] add the block's share. Units beyond a layer's width are zero in
// and out: gelu(0) = 0. The first layer is not here: it goes into uniforms with the view (seen-layers.ts).

import { UnsupportedError } from '../model/errors.js'
import type { FoldedLayer, FoldedNetwork } from '../model/fold.js'
import type { Tap } from '../model/tap.js'
import { shaderNetwork } from './shader-network.js'
import { layerTexels, quadsOf, type ShaderLayout, shaderLayout, texelsOf } from './shader-layout.js'

/**
 * Packs all layers but the first.
 * @returns [layout.texelCount, 4]
 * @throws UnsupportedError when a weight is beyond float32
 */
export function packWeightTexels(folded: FoldedNetwork, layout: ShaderLayout): Float32Array<ArrayBuffer> {
  const texels = new Float32Array(layout.texelCount * 4)
  let texel = 0
  for (const layer of shaderNetwork(folded).layers.slice(1)) {
    packLayer(texels.subarray(texel * 4), layer)
    texel += texelsOf(layer)
  }
  return texels
}

/** Texels that lie side by side. */
export interface TexelSpan {
  readonly start: number
  readonly count: number
}

// One call more costs as much as a hundred texels more.
const SPAN_GAP = 64

/** Lists the texels that differ, in order; spans that lie close together are one. Both arrays: [n, 4] */
export function changedSpans(before: Float32Array, after: Float32Array): TexelSpan[] {
  const spans: { start: number; count: number }[] = []
  for (let texel = 0; texel < after.length / 4; texel++) {
    const at = 4 * texel
    const isSame =
      before[at] === after[at] &&
      before[at + 1] === after[at + 1] &&
      before[at + 2] === after[at + 2] &&
      before[at + 3] === after[at + 3]
    if (isSame) continue
    const last = spans.at(-1)
    if (last && texel - (last.start + last.count) < SPAN_GAP) last.count = texel + 1 - last.start
    else spans.push({ start: texel, count: 1 })
  }
  return spans
}

/** Where a tap's quad of units lies: its first texel (none for the first layer's), and the quads that go into it. */
export interface TapPlace {
  readonly texel: number
  readonly inputQuads: number
  readonly quad: number
}

/** Finds the texels of a tap's quad in what {@link packWeightTexels} packs. */
export function tapPlace(folded: FoldedNetwork, { layer, unit }: Tap): TapPlace {
  const { layers } = shaderNetwork(folded)
  const quad = Math.floor(unit / 4)
  if (layer === 0) return { texel: 0, inputQuads: 0, quad }
  const before = layers.slice(1, layer).reduce((sum, layer) => sum + texelsOf(layer), 0)
  const inputQuads = quadsOf(layers[layer].inDim)
  return { texel: before + layerTexels(inputQuads, quad), inputQuads, quad }
}

/**
 * Checks that a GPU can draw a network, before anything is uploaded or compiled.
 * @throws UnsupportedError when it is too wide, or a weight is beyond float32
 */
export function checkDrawable(folded: FoldedNetwork): void {
  const { name, weight, bias } = shaderNetwork(folded).layers[0]
  for (const values of [weight, bias]) for (const value of values) toFloat32(value, name)
  packWeightTexels(folded, shaderLayout(folded))
}

function packLayer(out: Float32Array, { name, inDim, outDim, weight, bias, blocks }: FoldedLayer): void {
  let [at, w, unit] = [0, 0, 0]
  for (const block of blocks ?? [{ inDim, outDim }]) {
    const values = weight.subarray(w, w + block.inDim * block.outDim)
    packBlock(out.subarray(at), { ...block, name, weight: values, bias: bias.subarray(unit, unit + block.outDim) })
    at += 4 * layerTexels(quadsOf(block.inDim), quadsOf(block.outDim))
    w += block.inDim * block.outDim
    unit += block.outDim
  }
}

function packBlock(
  out: Float32Array,
  { name, inDim, outDim, weight, bias }: Omit<FoldedLayer, 'activation' | 'blocks'>,
): void {
  const inputQuads = quadsOf(inDim)
  for (let o = 0; o < outDim; o++) {
    const row = layerTexels(inputQuads, 1) * 4 * Math.floor(o / 4) + (o % 4)
    out[row] = toFloat32(bias[o], name) / 2
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
