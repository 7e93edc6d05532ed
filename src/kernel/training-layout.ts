// Where everything of a training kernel lies in its memory. Parameters of all stages are one vector (training-places.ts), gradients
// and the optimizer's two states vectors of the same layout, so that exchanging and updating them are single loops; behind the
// gradients stand the batch's means and variances, then the second moments of the layers' inputs where they are whitened, then the
// loss: what a team of workers averages.

import { type Architecture, INPUT_DIM, OUTPUT_DIM } from '../model/architecture.js'
import { UnsupportedError } from '../model/errors.js'
import { Arena, quadsUp } from './arena.js'
import { BLOCK, COLUMNS } from './module.js'
import { FEATURE_TABLES } from './input-features.js'
import { type HiddenMatrix, placeTensors, type TensorPlace, type TrainingPlaces } from './training-places.js'
import { STAGE_BYTES, type StageLayout, StageRecords } from './training-records.js'
import { trainingProgram, type TrainingProgram } from './training-stages.js'

/** Where the whitening of a linear layer's inputs stands: matrices [n, n], n = `stride`. */
export interface WhiteningPlace {
  /** Of the table of stages. */
  readonly stage: number
  readonly weight: TensorPlace
  readonly bias: TensorPlace | null
  /** Addresses of what stands for a bias that there is none of, its gradient and its momentum: zeros. */
  readonly spare: { readonly bias: number; readonly gradient: number; readonly momentum: number }
  /** Of the learning rate. */
  readonly factor: number
  /** Inputs with their padding and the constant one behind them. */
  readonly size: number
  /** Of these, the inputs that are none of padding, and the one. */
  readonly count: number
  readonly stride: number
  /** Float of the vectors of second moments and of C. */
  readonly start: number
}

/** What the first stage takes, where that is not the coordinates as they are drawn. */
export interface EncodedLayout {
  readonly featureCount: number
  /** Numbers of the first stage, whole quads. */
  readonly rows: number
  /** Records, and for each feature its tables as addresses. */
  readonly features: number
  readonly tables: readonly Readonly<Record<(typeof FEATURE_TABLES)[number], number>>[]
  /** [B, rows, BLOCK] */
  readonly inputs: number
}

/** What the last stage gives, where that is not three channels as they are seen. */
export interface HeadLayout {
  /** 0: colours, 1: grey, 2: alpha. */
  readonly kind: number
  readonly outputs: number
  readonly delta: number
  readonly pixelBytes: number
  /** Address of four words: in which row each value stands. */
  readonly rows: number
  readonly unitRows: readonly number[]
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
  readonly program: TrainingProgram
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
  readonly ranges: TrainingPlaces['ranges']
  readonly hidden: readonly HiddenMatrix[]
  /** Addresses of weights of batch norms that have none: so many ones each. */
  readonly ones: readonly { readonly at: number; readonly count: number }[]
  readonly encoded: EncodedLayout | null
  readonly head: HeadLayout | null
  /** Row and column of the batch's pixels. */
  readonly drawn: number
  readonly inputs: number
  readonly targets: number
  /** Of what is seen, [B, 4, BLOCK], and the gradient by it. */
  readonly outputs: number
  readonly outputDelta: number
  readonly randomState: number
  readonly quantiles: number
  readonly scratch: number
  readonly xs: number
  readonly ys: number
  readonly picture: number
}

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
  const program = trainingProgram(architecture)
  const places = placeTensors(program)
  const { parameterCount, statisticsCount, learnable, running, ranges, hidden } = places
  const blocks = Math.ceil(batch / BLOCK)
  const arena = new Arena()
  const recordCount = program.stages.reduce((sum, { parts }) => sum + parts.length, 0)
  const stageTable = arena.bytes(recordCount * STAGE_BYTES)
  const whitened = isWhitened ? placeWhitening(hidden, arena) : []
  const whitenedCount = whitened.reduce((sum, { stride }) => sum + stride * stride, 0)
  // A quad for the loss, so that the exchange is whole vectors.
  const exchangeCount = parameterCount + statisticsCount + whitenedCount + 4
  const parameters = arena.floats(parameterCount)
  const gradients = arena.floats(exchangeCount)
  const firstMoments = arena.floats(parameterCount)
  const secondMoments = arena.floats(parameterCount)
  const statistics = arena.floats(statisticsCount)
  const batchStatistics = gradients + parameterCount * 4

  const inputs = arena.floats(blocks * INPUT_DIM * BLOCK)
  const encoded = layOutEncoding(program, blocks, picture, arena)
  const ones: { at: number; count: number }[] = []
  const records = new StageRecords(arena, blocks, stageTable, places, { parameters, gradients, batchStatistics }, ones)
  const stages = records.layOut(program, encoded?.inputs ?? inputs)
  const shown = layOutHead(program, records, blocks, arena)
  const widths = program.stages.flatMap(({ parts }) => parts.flatMap(part => [part.inputRows, quadsUp(part.outDim)]))
  const side = Math.max(...widths) + 4
  const pixels = picture.width * picture.height
  const guideCount = Math.max(1, pixels >> 1)
  const layout = {
    batch,
    program,
    stages,
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
    ranges,
    hidden,
    ones,
    encoded,
    drawn: arena.floats(blocks * BLOCK),
    inputs,
    targets: arena.floats(blocks * OUTPUT_DIM * BLOCK),
    ...shown,
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

// The eigenvectors of more inputs than that take longer than what they are good for.
const MOST_WHITENED = 160

function placeWhitening(hidden: readonly HiddenMatrix[], arena: Arena): WhiteningPlace[] {
  let start = 0
  return hidden.flatMap(({ record, weight, bias, factor }): WhiteningPlace[] => {
    const size = weight.stride + 1
    if (size > MOST_WHITENED) return []
    const stride = quadsUp(size)
    const [spareBias, gradient, momentum] = bias ? [0, 0, 0] : [0, 1, 2].map(() => arena.floats(weight.paddedRows))
    const spare = { bias: spareBias, gradient, momentum }
    const place = { stage: record, weight, bias, spare, factor, size, count: weight.columns + 1, stride, start }
    start += stride * stride
    return [place]
  })
}

function layOutEncoding(
  { encoding, inputDim, inputRows }: TrainingProgram,
  blocks: number,
  picture: { readonly width: number; readonly height: number },
  arena: Arena,
): EncodedLayout | null {
  if (encoding.length === 0 && inputRows === INPUT_DIM) return null
  return {
    featureCount: inputDim,
    rows: inputRows,
    features: arena.bytes(inputDim * (1 + FEATURE_TABLES.length) * 4),
    tables: Array.from({ length: inputDim }, () => ({
      a: arena.floats(picture.width),
      b: arena.floats(picture.height),
      c: arena.floats(picture.width),
      d: arena.floats(picture.height),
    })),
    inputs: arena.floats(blocks * inputRows * BLOCK),
  }
}

const HEADS = { rgb: 0, grey: 1, alpha: 2 } as const
/** Rows of what is seen: three channels and a fourth that stays 0. */
const SHOWN_ROWS = 4

function layOutHead(
  { stages, head }: TrainingProgram,
  records: StageRecords,
  blocks: number,
  arena: Arena,
): Pick<TrainingLayout, 'head' | 'outputs' | 'outputDelta'> {
  const { activation, unitRows, rows } = stages[stages.length - 1]
  const [outputs, delta] = [records.lastActivation, records.lastDelta]
  const isPlain = head === 'rgb' && !activation && rows === SHOWN_ROWS
  if (isPlain) return { head: null, outputs, outputDelta: delta }
  return {
    head: {
      kind: HEADS[head],
      outputs,
      delta,
      pixelBytes: rows * 4,
      rows: arena.bytes(SHOWN_ROWS * 4),
      unitRows,
    },
    outputs: arena.floats(blocks * SHOWN_ROWS * BLOCK),
    outputDelta: arena.floats(blocks * SHOWN_ROWS * BLOCK),
  }
}
