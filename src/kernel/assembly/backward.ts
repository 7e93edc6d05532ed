// The backward pass: gradients of all parameters by the mean squared error that `loss` has left in the head's delta.

import { BLOCK } from './block'
import { finishNormGradient } from './batch-norm'
import { addDiagonalGradient, finishDiagonalGradient, propagateDiagonal, resetDiagonalGradient } from './diagonal'
import { deltaOf, inputOf } from './forward'
import { addGradient, finishGradient, resetGradient } from './gradient'
import { propagate } from './propagate'
import { Stage, STAGE_BYTES } from './stage'

/** Parameters as for `forward`. */
export function backward(stages: usize, stageCount: i32, count: i32): void {
  const head = stages + <usize>(stageCount - 1) * STAGE_BYTES
  for (let stage = stages; stage <= head; stage += STAGE_BYTES)
    if (Stage.isDiagonal(stage)) resetDiagonalGradient(stage)
    else resetGradient(stage)
  let top = head
  while (true) {
    // Down to the stage behind the next batch norm, whose gradient needs that stage's gradients over the whole batch.
    let bottom = top
    while (bottom > stages && !Stage.norm(bottom)) bottom -= STAGE_BYTES
    for (let start = 0; start < count; start += BLOCK) {
      const columns = <usize>min(BLOCK, count - start) * 4
      if (top < head) step(top + STAGE_BYTES, start, columns)
      for (let stage = top; stage >= bottom; stage -= STAGE_BYTES) {
        const delta = deltaOf(stage, start)
        const x = inputOf(stage, start)
        if (Stage.isDiagonal(stage)) addDiagonalGradient(stage, delta, x, columns)
        else addGradient(stage, delta, x, columns)
        if (stage > bottom) step(stage, start, columns)
      }
    }
    for (let stage = top; stage >= bottom; stage -= STAGE_BYTES)
      if (Stage.isDiagonal(stage)) finishDiagonalGradient(stage)
      else finishGradient(stage)
    if (bottom === stages) break
    finishNormGradient(bottom, count)
    top = bottom - STAGE_BYTES
  }
}

/** From a stage's delta to the delta of what it takes. */
function step(stage: usize, start: i32, columns: usize): void {
  const inputDelta = Stage.inputDelta(stage)
  if (!inputDelta) return
  const delta = inputDelta + <usize>start * Stage.inputPixelBytes(stage)
  const norm = Stage.norm(stage)
  const offset = norm ? Stage.offset(norm) : 0
  const slope = norm ? Stage.slope(norm) : 0
  const from = deltaOf(stage, start)
  const x = inputOf(stage, start)
  if (Stage.isDiagonal(stage))
    propagateDiagonal(Stage.packedWeight(stage), from, x, delta, Stage.quads(stage), offset, slope, columns)
  else {
    const quads = Stage.inDim(stage) >> 2
    propagate(Stage.packedTranspose(stage), from, Stage.quads(stage) * 4, x, delta, quads, offset, slope, columns)
  }
}
