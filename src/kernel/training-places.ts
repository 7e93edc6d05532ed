// Where every tensor that is trained lies in the parameter vector, stage after stage:
//
//   stage 0: weight [d, i], bias [d]   stage 1: weight, bias, gamma [d], beta [d]   ...
//
// d is the number of units padded to quads, i the rows of what a stage takes (2 for a first one that takes the coordinates); all
// padding is and stays zero. Of sub-networks that are added up the weights stand side by side, and the biases one after the other.

import { kindOf } from '../model/layers/kinds.js'
import { gainOf } from './activation-opcodes.js'
import { quadsUp } from './arena.js'
import type { StagePart, TrainingProgram, TrainingStage } from './training-stages.js'

/** A named tensor inside a vector: rows of `columns` numbers, `stride` floats apart, from float `start` on. */
export interface TensorPlace {
  readonly name: string
  readonly shape: readonly number[]
  readonly start: number
  readonly rows: number
  readonly columns: number
  readonly stride: number
  /** Rows in memory, padding included. */
  readonly paddedRows: number
  /** Where in a row each column stands; absent where they follow one another. */
  readonly columnsAt?: readonly number[]
}

/** Floats of a vector that are moved at one rate: the recipe's times a factor. */
export interface RateRange {
  readonly start: number
  readonly count: number
  readonly factor: number
}

/** Floats of a part of a stage; null for what it has not. */
export interface PartPlaces {
  readonly weight: number | null
  readonly bias: number | null
}

export interface StagePlaces {
  readonly parts: readonly PartPlaces[]
  readonly gamma: number | null
  readonly beta: number | null
  /** Of the running statistics. */
  readonly mean: number
  readonly variance: number
}

/** A weight matrix between the first and the last layer, which Muon moves. */
export interface HiddenMatrix extends RateRange {
  /** Of all parts of all stages, which one. */
  readonly record: number
  readonly weight: TensorPlace
  readonly bias: TensorPlace | null
}

export interface TrainingPlaces {
  readonly stages: readonly StagePlaces[]
  readonly learnable: readonly TensorPlace[]
  readonly running: readonly TensorPlace[]
  /** All of the parameter vector, in order. */
  readonly ranges: readonly RateRange[]
  readonly hidden: readonly HiddenMatrix[]
  readonly parameterCount: number
  readonly statisticsCount: number
}

/** A first layer of fewer inputs is drawn by the recipe and moved by Adam; behind an encoding it is a matrix like any other. */
const LEAST_ENCODED = 8

/** Lays the tensors of a program out. */
export function placeTensors({ stages, inputDim }: TrainingProgram): TrainingPlaces {
  const vector = new Vector()
  const statistics = new Vector()
  const ranges: RateRange[] = []
  const hidden: HiddenMatrix[] = []
  const [first, last] = [stages.findIndex(hasLinears), stages.findLastIndex(hasLinears)]
  let record = 0
  const placed = stages.map((stage, index): StagePlaces => {
    const { parts, rows, norm } = stage
    const start = vector.count
    const factor = rateFactor(stage)
    const isHidden = index < last && (index > first || inputDim >= LEAST_ENCODED)
    const places = parts.map((part): PartPlaces => {
      const own = placePart(vector, part)
      const { weight, bias } = own
      if (isHidden && weight && part.linears.length === 1)
        hidden.push({ record, weight, bias, factor, start: weight.start, count: weight.paddedRows * weight.stride })
      record++
      return { weight: weight?.start ?? null, bias: bias?.start ?? null }
    })
    ranges.push({ start, count: vector.count - start, factor })
    const affine = norm && norm.isAffine !== false ? norm : null
    const normStart = vector.count
    const named = (in_: Vector, suffix: string) => in_.takeVector(`${norm?.name}.${suffix}`, norm?.dim ?? 0, rows)
    const [gamma, beta] = affine ? ['weight', 'bias'].map(suffix => named(vector, suffix).start) : [null, null]
    ranges.push({ start: normStart, count: vector.count - normStart, factor: 1 })
    const [mean, variance] = norm
      ? ['running_mean', 'running_var'].map(suffix => named(statistics, suffix).start)
      : [0, 0]
    return { parts: places, gamma, beta, mean, variance }
  })
  return {
    stages: placed,
    learnable: vector.places,
    running: statistics.places,
    ranges: joined(ranges),
    hidden,
    parameterCount: vector.count,
    statisticsCount: statistics.count,
  }
}

class Vector {
  readonly places: TensorPlace[] = []
  count = 0

  takeVector(name: string, dim: number, stride: number): TensorPlace {
    const place = { name, shape: [dim], start: this.count, rows: 1, columns: dim, stride, paddedRows: 1 }
    this.places.push(place)
    this.count += stride
    return place
  }
}

function placePart(
  vector: Vector,
  { linears, inputRows, outDim }: StagePart,
): Pick<HiddenMatrix, 'bias'> & { weight: TensorPlace | null } {
  if (linears.length === 0) return { weight: null, bias: null }
  const units = quadsUp(outDim)
  const start = vector.count
  const common = { start, rows: outDim, stride: inputRows, paddedRows: units }
  const names = linears.map(({ spec }) =>
    kindOf(spec)
      .parameters(spec)
      .map(({ name }) => name),
  )
  const weights = linears.map(({ spec, rows }, k): TensorPlace => {
    const place = { name: names[k][0], shape: [outDim, spec.inDim], columns: spec.inDim, ...common }
    return rows.every((row, column) => row === column) ? place : { ...place, columnsAt: rows }
  })
  vector.places.push(...weights)
  vector.count += units * inputRows
  const biases = names.map(([, bias]) => (bias === undefined ? null : vector.takeVector(bias, outDim, units)))
  return { weight: weights[0], bias: biases.find(bias => bias !== null) ?? null }
}

/** How many biases of a part are added up. */
export function biasCountOf({ linears }: StagePart): number {
  return Math.max(1, linears.filter(({ spec }) => spec.hasBias !== false).length)
}

/** What a function's argument is multiplied by the weights in front of it are moved less by. */
function rateFactor({ activation }: TrainingStage): number {
  return activation ? 1 / gainOf(activation) : 1
}

function hasLinears({ isDiagonal }: TrainingStage): boolean {
  return !isDiagonal
}

function joined(ranges: readonly RateRange[]): RateRange[] {
  const all: RateRange[] = []
  for (const range of ranges) {
    const last = all[all.length - 1]
    if (range.count === 0) continue
    if (last?.factor === range.factor) all[all.length - 1] = { ...last, count: last.count + range.count }
    else all.push(range)
  }
  return all
}

/** The parts of ranges that lie in none of some others. */
export function rangesBeside(
  ranges: readonly RateRange[],
  others: readonly Pick<RateRange, 'start' | 'count'>[],
): RateRange[] {
  const taken = others.toSorted((a, b) => a.start - b.start)
  return ranges.flatMap(({ start, count, factor }) => {
    const left: RateRange[] = []
    let from = start
    for (const other of [...taken, { start: start + count, count: 0 }]) {
      if (other.start + other.count < from || other.start > start + count) continue
      if (other.start > from) left.push({ start: from, count: other.start - from, factor })
      from = Math.max(from, other.start + other.count)
    }
    return left
  })
}
