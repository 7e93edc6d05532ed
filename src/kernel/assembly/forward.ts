// The forward pass in training: batch statistics, every activation and GELU' kept for backward. A batch norm needs the
// whole batch before the next layer can begin, so the stages between two of them run block by block, in the cache.

import { BLOCK } from './block'
import { addMoments, finishMoments, foldAndPack, resetMoments } from './batch-norm'
import { geluRowsWithDerivative } from './gelu'
import { linear } from './linear'
import { Stage, STAGE_BYTES } from './stage'

/**
 * @param stages records of all stages
 * @param inputs [B, 2, BLOCK]
 * @param count pixels, a multiple of COLUMNS
 */
export function forward(stages: usize, stageCount: i32, inputs: usize, count: i32): void {
  const end = stages + <usize>stageCount * STAGE_BYTES
  let top = stages
  while (top < end) {
    let bottom = top
    while (bottom < end) {
      const norm = bottom > stages && Stage.hasNorm(bottom - STAGE_BYTES) ? bottom - STAGE_BYTES : 0
      foldAndPack(bottom, norm)
      bottom += STAGE_BYTES
      if (Stage.hasNorm(bottom - STAGE_BYTES)) break
    }
    const last = bottom - STAGE_BYTES
    if (Stage.hasNorm(last)) resetMoments(Stage.moments(last), Stage.quads(last))
    for (let start = 0; start < count; start += BLOCK) {
      const points = min(BLOCK, count - start)
      const columns = <usize>points * 4
      for (let stage = top; stage < bottom; stage += STAGE_BYTES) {
        const quads = Stage.quads(stage)
        const block = <usize>start * <usize>quads * 16
        const activation = Stage.activation(stage) + block
        linear(
          Stage.packedWeight(stage),
          Stage.packedBias(stage),
          stage === stages ? inputs + <usize>start * 8 : inputOf(stage, start),
          activation,
          Stage.inDim(stage),
          quads,
          columns,
        )
        if (Stage.hasGelu(stage)) geluRowsWithDerivative(activation, Stage.delta(stage) + block, quads * 4, columns)
      }
      if (Stage.hasNorm(last))
        addMoments(
          Stage.moments(last),
          Stage.quads(last),
          Stage.activation(last) + <usize>start * <usize>Stage.quads(last) * 16,
          start,
          points,
        )
    }
    if (Stage.hasNorm(last)) finishMoments(last, count)
    top = bottom
  }
}

/** The activations of the stage in front, in the block that begins at pixel `start`. */
export function inputOf(stage: usize, start: i32): usize {
  const previous = stage - STAGE_BYTES
  return Stage.activation(previous) + <usize>start * <usize>Stage.quads(previous) * 16
}
