// The records of the stages that the training kernel goes by, one a part of a stage: assembly/stage.ts has their words.

import { parameterOf, trainingOpcodeOf } from './activation-opcodes.js'
import { type Arena, quadsUp } from './arena.js'
import { BLOCK } from './module.js'
import { biasCountOf, type TrainingPlaces } from './training-places.js'
import type { TrainingProgram } from './training-stages.js'

export const STAGE_BYTES = 152

/** Words of a stage's record, in assembly/stage.ts' order. */
export interface StageLayout {
  readonly record: readonly number[]
  readonly eps: number
  /** The number that goes with the activation. */
  readonly parameter: number
}

/** Writes the records of all stages: of each part one. */
export class StageRecords {
  /** Of the stage before, whose units the next one takes; its inputs at first. */
  lastActivation = 0
  lastDelta = 0
  #lastRows = 0
  /** Address of the record whose batch norm stands in front; 0 for none. */
  #norm = 0
  #count = 0

  constructor(
    private readonly arena: Arena,
    private readonly blocks: number,
    private readonly table: number,
    private readonly places: TrainingPlaces,
    private readonly vectors: Readonly<Record<'parameters' | 'gradients' | 'batchStatistics', number>>,
    private readonly ones: { at: number; count: number }[],
  ) {}

  layOut({ stages, inputRows }: TrainingProgram, inputs: number): StageLayout[] {
    this.lastActivation = inputs
    this.#lastRows = inputRows
    return stages.flatMap((stage, index) => {
      const { rows, norm } = stage
      const activation = this.arena.floats(this.blocks * rows * BLOCK)
      const delta = this.arena.floats(this.blocks * rows * BLOCK)
      const layouts = stage.parts.map((_, part) => this.#partRecord(stage, index, part, { activation, delta }))
      this.#norm = norm ? this.table + (this.#count - 1) * STAGE_BYTES : 0
      this.lastActivation = activation
      this.lastDelta = delta
      this.#lastRows = rows
      return layouts
    })
  }

  #partRecord(
    { parts, isDiagonal, rows, activation, norm }: TrainingProgram['stages'][number],
    stage: number,
    part: number,
    to: { readonly activation: number; readonly delta: number },
  ): StageLayout {
    const { arena, vectors } = this
    const { firstInput, inputRows, firstOutput, outDim } = parts[part]
    const { weight, bias } = this.places.stages[stage].parts[part]
    const units = quadsUp(outDim)
    const matrix = isDiagonal ? units : units * inputRows
    const own = (start: number | null, count: number): readonly [value: number, gradient: number] =>
      start === null
        ? [arena.floats(count), arena.floats(count)]
        : [vectors.parameters + start * 4, vectors.gradients + start * 4]
    const [weightAt, weightGradient] = own(weight, matrix)
    const [biasAt, biasGradient] = own(bias, units)
    const rowBytes = BLOCK * 4
    this.#count++
    const record = [
      inputRows,
      units / 4,
      trainingOpcodeOf(activation) ?? 0,
      norm ? 1 : 0,
      weightAt,
      biasAt,
      arena.floats(matrix),
      arena.floats(units),
      stage === 0 || isDiagonal ? 0 : arena.floats(matrix),
      to.activation + firstOutput * rowBytes,
      to.delta + firstOutput * rowBytes,
      weightGradient,
      biasGradient,
      arena.floats(matrix * 4),
      arena.floats(units * 4),
      ...this.#normWords(norm !== null, stage, units, outDim),
      // Behind the words of batch norm one that is free, and two of eps.
      0,
      0,
      0,
      this.lastActivation + firstInput * rowBytes,
      this.#lastRows * 4,
      stage === 0 ? 0 : this.lastDelta + firstInput * rowBytes,
      rows * 4,
      this.#norm,
      0,
      outDim,
      biasCountOf(parts[part]),
      isDiagonal ? 1 : 0,
    ]
    return { record, eps: norm?.eps ?? 0, parameter: parameterOf(activation) }
  }

  #normWords(hasNorm: boolean, stage: number, units: number, outDim: number): readonly number[] {
    if (!hasNorm) return new Array<number>(10).fill(0)
    const { arena, vectors } = this
    const { gamma, beta, mean, variance } = this.places.stages[stage]
    const own = (start: number | null) =>
      start === null
        ? [arena.floats(units), arena.floats(units)]
        : [vectors.parameters + start * 4, vectors.gradients + start * 4]
    const [[gammaAt, gammaGradient], [betaAt, betaGradient]] = [own(gamma), own(beta)]
    if (gamma === null) this.ones.push({ at: gammaAt, count: outDim })
    return [
      gammaAt,
      betaAt,
      gammaGradient,
      betaGradient,
      arena.bytes(units * 16),
      vectors.batchStatistics + mean * 4,
      vectors.batchStatistics + variance * 4,
      arena.bytes(units * 24),
      arena.floats(units),
      arena.floats(units),
    ]
  }
}
