// The backward pass: gradients of all parameters by the mean squared error that `loss` has left in the head's delta.

import { BLOCK } from './block'
import { finishNormGradient } from './batch-norm'
import { inputOf } from './forward'
import { addGradient, finishGradient, resetGradient } from './gradient'
import { propagate } from './propagate'
import { Stage, STAGE_BYTES } from './stage'

/** Parameters as for `forward`. */
export function backward(stages: usize, stageCount: i32, inputs: usize, count: i32): void {
  const head = stages + <usize>(stageCount - 1) * STAGE_BYTES
  for (let stage = stages; stage <= head; stage += STAGE_BYTES) resetGradient(stage)
  let top = head
  while (true) {
    // Down to the stage behind the next batch norm, whose gradient needs that stage's gradients over the whole batch.
    let bottom = top
    while (bottom > stages && !Stage.hasNorm(bottom - STAGE_BYTES)) bottom -= STAGE_BYTES
    for (let start = 0; start < count; start += BLOCK) {
      const columns = <usize>min(BLOCK, count - start) * 4
      if (top < head) step(top + STAGE_BYTES, start, columns)
      for (let stage = top; stage >= bottom; stage -= STAGE_BYTES) {
        const x = stage === stages ? inputs + <usize>start * 8 : inputOf(stage, start)
        addGradient(stage, deltaOf(stage, start), x, columns)
        if (stage > bottom) step(stage, start, columns)
      }
    }
    for (let stage = top; stage >= bottom; stage -= STAGE_BYTES) finishGradient(stage)
    if (bottom === stages) break
    finishNormGradient(bottom, bottom - STAGE_BYTES, count)
    top = bottom - STAGE_BYTES
  }
}

/** From a stage's delta to the delta of the stage in front. */
function step(stage: usize, start: i32, columns: usize): void {
  const previous = stage - STAGE_BYTES
  const norm = Stage.hasNorm(previous)
  propagate(
    Stage.packedTranspose(stage),
    deltaOf(stage, start),
    Stage.quads(stage) * 4,
    inputOf(stage, start),
    deltaOf(previous, start),
    Stage.quads(previous),
    norm ? Stage.offset(previous) : 0,
    norm ? Stage.slope(previous) : 0,
    columns,
  )
}

function deltaOf(stage: usize, start: i32): usize {
  return Stage.delta(stage) + <usize>start * <usize>Stage.quads(stage) * 16
}
