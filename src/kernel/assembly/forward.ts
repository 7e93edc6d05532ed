// The forward pass in training: batch statistics, every activation and its slope kept for backward. A batch norm needs the
// whole batch before the next layer can begin, so the stages between two of them run block by block, in the cache.

import { activateRowsWithSlope } from './activation-slopes'
import { BLOCK, QUAD_BYTES, ROW_BYTES } from './block'
import { addMoments, finishMoments, foldAndPack, resetMoments } from './batch-norm'
import { packDiagonal, scaleRows } from './diagonal'
import { geluRowsWithDerivative } from './gelu'
import { linear } from './linear'
import { Stage, STAGE_BYTES } from './stage'

const GELU = 1

/**
 * @param stages records of all stages
 * @param count pixels, a multiple of COLUMNS
 */
export function forward(stages: usize, stageCount: i32, count: i32): void {
  const end = stages + <usize>stageCount * STAGE_BYTES
  let top = stages
  while (top < end) {
    let bottom = top
    while (bottom < end) {
      if (Stage.isDiagonal(bottom)) packDiagonal(bottom)
      else foldAndPack(bottom)
      bottom += STAGE_BYTES
      if (Stage.hasNorm(bottom - STAGE_BYTES)) break
    }
    const last = bottom - STAGE_BYTES
    if (Stage.hasNorm(last)) resetMoments(Stage.moments(last), Stage.quads(last))
    for (let start = 0; start < count; start += BLOCK) {
      const points = min(BLOCK, count - start)
      for (let stage = top; stage < bottom; stage += STAGE_BYTES) runStage(stage, start, <usize>points * 4)
      if (Stage.hasNorm(last))
        addMoments(Stage.moments(last), Stage.quads(last), activationOf(last, start), start, points)
    }
    if (Stage.hasNorm(last)) finishMoments(last, count)
    top = bottom
  }
}

function runStage(stage: usize, start: i32, columns: usize): void {
  const quads = Stage.quads(stage)
  const to = activationOf(stage, start)
  const from = inputOf(stage, start)
  if (Stage.isDiagonal(stage)) scaleRows(Stage.packedWeight(stage), Stage.packedBias(stage), from, to, quads, columns)
  else linear(Stage.packedWeight(stage), Stage.packedBias(stage), from, to, Stage.inDim(stage), quads, columns)
  const opcode = Stage.opcode(stage)
  const delta = deltaOf(stage, start)
  if (opcode === GELU) {
    geluRowsWithDerivative(to, delta, quads * 4, columns)
    return
  }
  activateRowsWithSlope(opcode, to, delta, quads * 4, columns, Stage.parameter(stage))
  // Some functions make something of nothing; what is padding stays nothing, and has no slope.
  const units = <usize>Stage.units(stage) * ROW_BYTES
  const padding = <usize>quads * QUAD_BYTES - units
  if (padding === 0) return
  memory.fill(to + units, 0, padding)
  memory.fill(delta + units, 0, padding)
}

/** What a stage takes, in the block that begins at pixel `start`. */
export function inputOf(stage: usize, start: i32): usize {
  return Stage.input(stage) + <usize>start * Stage.inputPixelBytes(stage)
}

function activationOf(stage: usize, start: i32): usize {
  return Stage.activation(stage) + <usize>start * Stage.pixelBytes(stage)
}

export function deltaOf(stage: usize, start: i32): usize {
  return Stage.delta(stage) + <usize>start * Stage.pixelBytes(stage)
}
