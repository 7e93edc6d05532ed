// Where everything of a training kernel lies in its memory. Parameters of all stages are one vector, gradients and the
// optimizer's two states vectors of the same layout, so that exchanging and updating them are single loops:
//
//   stage 0: weight [d, i], bias [d]   stage 1: weight, bias, gamma [d], beta [d]   ...
//
// and behind the gradients stand the batch's means and variances, then the second moments of the layers' inputs where they
// are whitened, then the loss: what a team of workers averages. d is
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

/** Where the whitening of a linear layer's inputs stands: matrices [n, n], n = `stride`. */
export interface WhiteningPlace {
  readonly stage: number
  readonly weight: TensorPlace
  readonly bias: TensorPlace
  /** Inputs with their padding and the constant one behind them. */
  readonly size: number
  /** Of these, the inputs that are none of padding, and the one. */
  readonly count: number
  readonly stride: number
  /** Float of the vectors of second moments and of C. */
  readonly start: number
}

/** What of a kernel is there only for some recipes. */
export interface TrainingFeatures {
  /** Pixels are drawn by probabilities, in a cover order. */
  readonly isWeighted: boolean
  /** Hidden layers' inputs are whitened. */
  readonly isWhitened: boolean
}

export const PLAIN: TrainingFeatures = { isWeighted: false, isWhitened: false }

/** Where pixels are drawn by probabilities. */
export interface DrawingLayout {
  /** [pixels] float64. */
  readonly sums: number
  readonly guide: number
  readonly guideCount: number
  /** [pixels] 32-bit words: row * 65536 + column. */
  readonly places: number
  /** [B, BLOCK] float32. */
  readonly weights: number
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
  /** Of the batch, then the moving averages of the run, then C: `whitenedCount` floats each. */
  readonly whitened: readonly WhiteningPlace[]
  readonly whitenedCount: number
  readonly batchMoments: number
  readonly inputMoments: number
  readonly whitening: number
  readonly momentRows: number
  readonly momentSums: number
  readonly drawing: DrawingLayout | null
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
/** Four of xoshiro128++, two of the next term of the cover sequence. */
export const RANDOM_WORDS = 6
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
  { isWeighted, isWhitened }: TrainingFeatures = PLAIN,
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
  const whitened = isWhitened ? placeWhitening(places, learnable) : []
  const whitenedCount = whitened.reduce((sum, { stride }) => sum + stride * stride, 0)
  // A quad for the loss, so that the exchange is whole vectors.
  const exchangeCount = parameterCount + statisticsCount + whitenedCount + 4
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
  const side = Math.max(...places.map(({ inDim, units }) => Math.max(inDim, units))) + 4
  const pixels = picture.width * picture.height
  const guideCount = Math.max(1, pixels >> 1)
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
    whitened,
    whitenedCount,
    batchMoments: batchStatistics + statisticsCount * 4,
    inputMoments: arena.floats(whitenedCount),
    whitening: arena.floats(whitenedCount),
    momentRows: isWhitened ? arena.floats(side * BLOCK) : 0,
    momentSums: isWhitened ? arena.bytes((side * side + 2 * side) * 8) : 0,
    drawing: isWeighted
      ? {
          sums: arena.bytes(pixels * 8),
          guide: arena.bytes(guideCount * 4),
          guideCount,
          places: arena.bytes(pixels * 4),
          weights: arena.floats(blocks * BLOCK),
        }
      : null,
    loss: gradients + (parameterCount + statisticsCount + whitenedCount) * 4,
    exchangeCount,
    received: arena.floats(exchangeCount),
    learnable,
    running,
    inputs: arena.floats(blocks * INPUT_DIM * BLOCK),
    targets: arena.floats(blocks * OUTPUT_DIM * BLOCK),
    outputs: head[9],
    outputDelta: head[10],
    randomState: arena.bytes(RANDOM_WORDS * 4),
    quantiles: arena.floats(QUANTILE_COUNT),
    scratch: arena.floats(7 * side * side),
    xs: arena.floats(picture.width),
    ys: arena.floats(picture.height),
    picture: arena.floats(pixels * OUTPUT_DIM),
  }
  if (arena.sizeBytes > MAX_BYTES)
    throw new UnsupportedError(`a batch of ${batch} pixels needs ${Math.ceil(arena.sizeBytes / 2 ** 20)} MB: too much`)
  return { ...layout, sizeBytes: arena.sizeBytes }
}

/** The linear layers between the first and the head. */
function placeWhitening(
  places: readonly { readonly inDim: number }[],
  learnable: readonly TensorPlace[],
): WhiteningPlace[] {
  const weights = learnable.filter(({ shape }) => shape.length === 2)
  let start = 0
  return weights.slice(1, -1).map((weight, index): WhiteningPlace => {
    const stage = index + 1
    const size = places[stage].inDim + 1
    const stride = quadsUp(size)
    const place = {
      stage,
      weight,
      bias: learnable[learnable.indexOf(weight) + 1],
      size,
      count: weight.columns + 1,
      stride,
      start,
    }
    start += stride * stride
    return place
  })
}

/** The layers in groups: a linear layer, whether GELU follows, and the batch norm after that. */
function stagesOf({ layers }: Architecture) {
  type Of<K> = Extract<Architecture['layers'][number], { kind: K }>
  const stages: { linear: Of<'linear'>; hasGelu: boolean; norm: Of<'batchNorm'> | null }[] = []
  for (const layer of layers) {
    const stage = stages[stages.length - 1]
    if (layer.kind === 'linear') stages.push({ linear: layer, hasGelu: false, norm: null })
    else if (layer.kind === 'gelu') stage.hasGelu = true
    else if (layer.kind === 'batchNorm') stage.norm = layer
    else
      throw new UnsupportedError(
        `${layer.name}: the kernel trains linear layers, GELU and batch norm, no ${layer.kind}`,
      )
  }
  return stages
}
