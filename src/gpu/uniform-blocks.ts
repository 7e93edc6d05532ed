// A network's texels in uniform blocks. WebGL2 promises 16,384 bytes a block, and ANGLE on Metal gives no more: MysteryNet's
// 25,680 bytes need two. The second begins with a layer, so that every layer's weights lie in one of them and the shader never
// has to choose.

import type { FoldedNetwork } from '../model/fold.js'
import { shaderNetwork } from './shader-network.js'
import { type LayerRun, type ShaderLayout, texelsOf } from './shader-layout.js'

/** Texels that every WebGL2 has in a uniform block: 16,384 bytes. */
const BLOCK_TEXELS = 1024
/** Bytes that a range of a uniform buffer may have to begin at a multiple of: WebGL2 knows no larger alignment. */
const ALIGNMENT = 256

export interface UniformBlocks {
  /** The texel that the second block begins with; all of them where one is enough. */
  readonly secondStart: number
  readonly texelCount: number
}

/** Divides a network's texels into one block or two; null where they fit into no two. */
export function uniformBlocks(folded: FoldedNetwork, { texelCount }: ShaderLayout): UniformBlocks | null {
  const { layers } = shaderNetwork(folded)
  if (texelCount <= BLOCK_TEXELS) return { secondStart: texelCount, texelCount }
  let secondStart = 0
  for (const layer of layers.slice(1)) {
    const next = secondStart + texelsOf(layer)
    if (next > BLOCK_TEXELS) break
    secondStart = next
  }
  return secondStart > 0 && texelCount - secondStart <= BLOCK_TEXELS ? { secondStart, texelCount } : null
}

/** Cuts the run that a block's border goes through, between two layers. */
export function splitRuns(runs: readonly LayerRun[], border: number): LayerRun[] {
  return runs.flatMap(run => {
    const { layerTexels, firstTexel, firstLayer, count } = run
    const before = (border - firstTexel) / layerTexels
    if (before <= 0 || before >= count) return [run]
    return [
      { ...run, count: before },
      { ...run, firstTexel: border, firstLayer: firstLayer + before, count: count - before },
    ]
  })
}

/** Where the blocks of one network lie in a buffer that holds many. In bytes, all of them aligned. */
export interface BlockRanges {
  /** Offset within the network's part, and size, of each block. */
  readonly ranges: readonly { readonly offset: number; readonly size: number }[]
  /** From one network to the next. */
  readonly stride: number
}

/** Lays the blocks out: MysteryNet's at 0 and 14,848 of 25,856 bytes. */
export function blockRanges({ secondStart, texelCount }: UniformBlocks): BlockRanges {
  const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
  const [first, second] = [16 * secondStart, 16 * (texelCount - secondStart)]
  const ranges = [{ offset: 0, size: first }]
  if (second > 0) ranges.push({ offset: aligned(first), size: second })
  return { ranges, stride: aligned(first) + aligned(second) }
}
