// Where everything of a training kernel lies in its memory. Parameters of all stages are one vector, gradients and the
// optimizer's two states vectors of the same layout, so that exchanging and updating them are single loops:
//
//   stage 0: weight [d, i], bias [d]   stage 1: weight, bias, gamma [d], beta [d]   ...
//
// and behind the gradients stand the batch's means and variances, then the loss: what a team of workers averages. d is
// the number of units padded to quads, i the d of the stage before (2 for the first); all padding is and stays zero.

import { type Architecture, INPUT_DIM, OUTPUT_DIM } from '../model/architecture.js'
import { UnsupportedError } from '../model/errors.js'
import { Arena, quadsUp } from './arena.js'
import { BLOCK, COLUMNS } from './module.js'

/** A named tensor inside a vector: rows of `columns` numbers, `stride` floats apart, from float `start` on. */
export interface TensorPlace {
  readonly name: string
  readonly shape: readonly number[]
  readonly start: number
  readonly rows: number
  readonly columns: number
  readonly stride: number
  /** Rows in memory, padding included: `stride` times this is the tensor's whole extent. */
  readonly paddedRows: number
}

/** Words of a stage's record, in assembly/stage.ts' order. */
export interface StageLayout {
  readonly hasNorm: boolean
  readonly record: readonly number[]
  readonly eps: number
}

export interface TrainingLayout {
  readonly sizeBytes: number
  readonly batch: number
  readonly stages: readonly StageLayout[]
  readonly stageTable: number
  /** Floats of the parameter vector. */
  readonly parameterCount: number
  readonly parameters: number
  readonly gradients: number
  readonly firstMoments: number
  readonly secondMoments: number
  /** Floats of the running statistics, means and variances of all batch norms. */
  readonly statisticsCount: number
  readonly statistics: number
  /** Behind the gradients: statisticsCount floats of the batch, then the loss; the exchange is all of it. */
  readonly batchStatistics: number
  readonly loss: number
  readonly exchangeCount: number
  /** Another worker's exchange, before it is added. */
  readonly received: number
  readonly learnable: readonly TensorPlace[]
  readonly running: readonly TensorPlace[]
  readonly inputs: number
  readonly targets: number
  readonly outputs: number
  readonly outputDelta: number
  readonly randomState: number
  readonly quantiles: number
  readonly scratch: number
  readonly xs: number
  readonly ys: number
  readonly picture: number
}

export const STAGE_BYTES = 112
export const QUANTILE_COUNT = 4096
// What a worker may hold; a batch that asks for more is a mistake.
const MAX_BYTES = 2 ** 30

/**
 * Lays out the memory of a kernel that trains an architecture.
 * @param batch pixels a step, a multiple of 16
 * @throws UnsupportedError when the memory would exceed 1 GiB
 */
export function layoutTraining(
  architecture: Architecture,
  batch: number,
  picture: { readonly width: number; readonly height: number },
): TrainingLayout {
  if (!Number.isInteger(batch) || batch < COLUMNS || batch % COLUMNS !== 0)
    throw new RangeError(`batch: expected a multiple of ${COLUMNS}, got ${batch}`)
  const stages = stagesOf(architecture)
  const blocks = Math.ceil(batch / BLOCK)
  const arena = new Arena()
  const stageTable = arena.bytes(stages.length * STAGE_BYTES)

  const learnable: TensorPlace[] = []
  let parameterCount = 0
  const take = (name: string, shape: readonly number[], paddedRows: number, stride: number): number => {
    const start = parameterCount
    const [rows, columns] = shape.length === 2 ? shape : [1, shape[0]]
    learnable.push({ name, shape, start, rows, columns, stride, paddedRows })
    parameterCount += paddedRows * stride
    return start
  }
  const running: TensorPlace[] = []
  let statisticsCount = 0
  const takeStatistic = (name: string, dim: number): number => {
    const start = statisticsCount
    running.push({ name, shape: [dim], start, rows: 1, columns: dim, stride: quadsUp(dim), paddedRows: 1 })
    statisticsCount += quadsUp(dim)
    return start
  }
  const places = stages.map(({ linear, norm }, index) => {
    const inDim = index === 0 ? INPUT_DIM : quadsUp(stages[index - 1].linear.outDim)
    const units = quadsUp(linear.outDim)
    return {
      inDim,
      units,
      weight: take(`${linear.name}.weight`, [linear.outDim, linear.inDim], units, inDim),
      bias: take(`${linear.name}.bias`, [linear.outDim], 1, units),
      gamma: norm ? take(`${norm.name}.weight`, [norm.dim], 1, units) : 0,
      beta: norm ? take(`${norm.name}.bias`, [norm.dim], 1, units) : 0,
      mean: norm ? takeStatistic(`${norm.name}.running_mean`, norm.dim) : 0,
      variance: norm ? takeStatistic(`${norm.name}.running_var`, norm.dim) : 0,
    }
  })
  // A quad for the loss, so that the exchange is whole vectors.
  const exchangeCount = parameterCount + statisticsCount + 4
  const parameters = arena.floats(parameterCount)
  const gradients = arena.floats(exchangeCount)
  const firstMoments = arena.floats(parameterCount)
  const secondMoments = arena.floats(parameterCount)
  const statistics = arena.floats(statisticsCount)
  const batchStatistics = gradients + parameterCount * 4

  const laidOut = stages.map(({ norm, hasGelu }, index): StageLayout => {
    const { inDim, units, weight, bias, gamma, beta, mean, variance } = places[index]
    const activation = arena.floats(blocks * units * BLOCK)
    const delta = arena.floats(blocks * units * BLOCK)
    const parameter = (start: number) => parameters + start * 4
    const gradient = (start: number) => gradients + start * 4
    const record = [
      inDim,
      units / 4,
      hasGelu ? 1 : 0,
      norm ? 1 : 0,
      parameter(weight),
      parameter(bias),
      arena.floats(units * inDim),
      arena.floats(units),
      index === 0 ? 0 : arena.floats(units * inDim),
      activation,
      delta,
      gradient(weight),
      gradient(bias),
      arena.floats(units * inDim * 4),
      arena.floats(units * 4),
      ...(norm
        ? [
            parameter(gamma),
            parameter(beta),
            gradient(gamma),
            gradient(beta),
            arena.bytes(units * 16),
            batchStatistics + mean * 4,
            batchStatistics + variance * 4,
            arena.bytes(units * 24),
            arena.floats(units),
            arena.floats(units),
          ]
        : []),
    ]
    return { hasNorm: norm !== null, record, eps: norm?.eps ?? 0 }
  })
  const head = laidOut[laidOut.length - 1].record
  const side = Math.max(...places.map(({ inDim, units }) => Math.max(inDim, units)))
  const layout = {
    batch,
    stages: laidOut,
    stageTable,
    parameterCount,
    parameters,
    gradients,
    firstMoments,
    secondMoments,
    statisticsCount,
    statistics,
    batchStatistics,
    loss: gradients + (parameterCount + statisticsCount) * 4,
    exchangeCount,
    received: arena.floats(exchangeCount),
    learnable,
    running,
    inputs: arena.floats(blocks * INPUT_DIM * BLOCK),
    targets: arena.floats(blocks * OUTPUT_DIM * BLOCK),
    outputs: head[9],
    outputDelta: head[10],
    randomState: arena.bytes(16),
    quantiles: arena.floats(QUANTILE_COUNT),
    scratch: arena.floats(6 * side * side),
    xs: arena.floats(picture.width),
    ys: arena.floats(picture.height),
    picture: arena.floats(picture.width * picture.height * OUTPUT_DIM),
  }
  if (arena.sizeBytes > MAX_BYTES)
    throw new UnsupportedError(`a batch of ${batch} pixels needs ${Math.ceil(arena.sizeBytes / 2 ** 20)} MB: too much`)
  return { ...layout, sizeBytes: arena.sizeBytes }
}

/** The layers in groups: a linear layer, whether GELU follows, and the batch norm after that. */
function stagesOf({ layers }: Architecture) {
  type Of<K> = Extract<Architecture['layers'][number], { kind: K }>
  const stages: { linear: Of<'linear'>; hasGelu: boolean; norm: Of<'batchNorm'> | null }[] = []
  for (const layer of layers) {
    const stage = stages[stages.length - 1]
    if (layer.kind === 'linear') stages.push({ linear: layer, hasGelu: false, norm: null })
    else if (layer.kind === 'gelu') stage.hasGelu = true
    else stage.norm = layer
  }
  return stages
}
