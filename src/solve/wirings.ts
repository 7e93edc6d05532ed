// What may stand between the layers of a file that does not say it: the answers that fit its shapes, ranked by how much what they draw
// looks like a picture that was learned. Colours stay within their range and reach both of its ends; a wrong function leaves the
// range, or leaves nearly nothing, or noise. And weights are as large as their functions want them. It is a ranking for a person to choose from, and no proof; but where there are
// batch norms, they remember what they were fed with.

import { createPointEvaluator } from '../kernel/reference-evaluator.js'
import { FormatError, UnsupportedError } from '../model/errors.js'
import { evaluationCost, type FoldedNetwork, foldNetwork } from '../model/fold.js'
import type { Activation } from '../model/layers/kinds.js'
import { createNetwork, type Network } from '../model/network.js'
import type { StateDict } from '../model/state-dict.js'
import { type Encoding, parseWiring, type Wiring } from '../model/wiring.js'
import { divergenceOf, rememberedStatistics } from './divergence.js'
import { type Box, LATTICES, StatisticsProbe } from './statistics.js'

/** An answer, the network that it makes of the file, and what it draws. */
export interface WiringReading {
  readonly wiring: Wiring
  readonly network: Network
  /** Larger is likelier; of no unit. */
  readonly score: number
  /** Whether the batch norms remember what they would be fed with over the square from -1 to 1: as good as a proof. */
  readonly isRemembered: boolean
  /** [height * width, 3] raw outputs over the square from -1 to 1. */
  readonly values: Float32Array
}

/** Columns and rows of the picture that is judged. */
export const JUDGED = { width: 48, height: 32 } as const

const ACTIVATIONS: readonly Activation[] = [
  { kind: 'relu' },
  { kind: 'gelu' },
  { kind: 'silu' },
  { kind: 'tanh' },
  { kind: 'sine', frequency: 30 },
  { kind: 'geluTanh' },
  { kind: 'leakyRelu', slope: 0.01 },
  { kind: 'sine', frequency: 1 },
]

const ENCODINGS: readonly (Encoding | null)[] = [
  null,
  { kind: 'inputs', features: ['x', 'y', 'radius'] },
  { kind: 'octaves', count: null, scale: Math.PI, keepsInputs: null, order: 'octave' },
  { kind: 'fourier', scale: 2 * Math.PI, order: 'sin-cos' },
]

/**
 * Lists the answers that fit a file, the likeliest first.
 * @returns none for a file that none of them fits
 */
export function rankWirings(stateDict: StateDict): readonly WiringReading[] {
  const readings = ENCODINGS.flatMap(encoding => {
    // What does not fit one activation fits no other.
    if (!readingOf(stateDict, parseWiring({ encoding, activation: 'relu' }))) return []
    return ACTIVATIONS.flatMap(activation =>
      [null, 'sigmoid'].flatMap(output => readingOf(stateDict, parseWiring({ encoding, activation, output })) ?? []),
    )
  })
  return readings.sort((a, b) => b.score - a.score)
}

function readingOf(stateDict: StateDict, wiring: Wiring): WiringReading | null {
  try {
    const network = createNetwork(stateDict, wiring)
    const values = drawn(foldNetwork(network), wiring)
    const divergence = divergenceFrom(network)
    const isRemembered = divergence <= MOST_DIVERGENCE
    const score =
      scoreOf(values) - strangeness(network) + (isRemembered ? REMEMBERED * (1 - divergence / MOST_DIVERGENCE) : 0)
    return { wiring, network, values, isRemembered, score }
  } catch (error) {
    if (error instanceof FormatError || error instanceof UnsupportedError) return null
    throw error
  }
}

/** More than anything else speaks for or against an answer. */
const REMEMBERED = 10
/** As in solve.ts: a right answer has 1e-5 to 1e-2. */
const MOST_DIVERGENCE = 0.03
const SQUARE: Box = [-1, 1, -1, 1]

/** How far what the batch norms are fed with is from what they remember. The first stands in front of all activations in many nets: one alone says nothing of them. */
function divergenceFrom(network: Network): number {
  const remembered = rememberedStatistics(network)
  if (remembered.length < 2) return Infinity
  const probe = new StatisticsProbe(network, remembered.length)
  return divergenceOf(probe.measure(SQUARE, LATTICES.refining), remembered)
}

/** What the inputs of a hidden unit add up to as a rule, for weights that were begun by PyTorch and then trained. */
const USUAL_GAIN = 1.2
const STRANGENESS = 0.25

/** How unusual the weights of the hidden layers are for the functions that take them: SIREN's are as small as its frequency is large. */
function strangeness({ layers }: Network): number {
  let [sum, count, frequency] = [0, 0, 1]
  let isFirst = true
  layers.forEach((layer, index) => {
    if (layer.kind === 'sine') frequency = Math.max(frequency, layer.frequency)
    if (layer.kind !== 'linear' && layer.kind !== 'blocks') return
    const isHidden = !isFirst && layers.slice(index + 1).some(({ kind }) => kind === 'linear' || kind === 'blocks')
    isFirst = false
    if (!isHidden) return
    const inDim = layer.kind === 'linear' ? layer.inDim : layer.parts[0].inDim
    const square = layer.weight.reduce((total, value) => total + value * value, 0) / layer.weight.length
    sum += Math.log(Math.max(1e-6, Math.sqrt(square * inDim)))
    count++
  })
  return count === 0 ? 0 : STRANGENESS * Math.abs(sum / count + Math.log(frequency / USUAL_GAIN))
}

/** What costs more than so many MysteryNets is judged by a quarter of the pixels: a person waits. */
const LARGE = 10

function drawn(folded: FoldedNetwork, wiring: Wiring): Float32Array {
  const { width, height } = JUDGED
  const step = evaluationCost(folded) > LARGE ? 2 : 1
  const points = pointsOf(wiring, width / step, height / step)
  const values = createPointEvaluator(folded).evaluate(new Float32Array((points.length / 2) * 3), points)
  if (step === 1) return values
  return Float32Array.from({ length: width * height * 3 }, (_, i) => {
    const [pixel, channel] = [Math.floor(i / 3), i % 3]
    const [row, column] = [Math.floor(pixel / width), pixel % width]
    return values[3 * (Math.floor(row / step) * (width / step) + Math.floor(column / step)) + channel]
  })
}

/** Frequencies that are stored are mostly those of a square from 0 to 1. */
function pointsOf({ encoding }: Wiring, width: number, height: number): Float64Array {
  const low = encoding?.kind === 'fourier' ? 0 : -1
  const points = new Float64Array(width * height * 2)
  for (let row = 0, i = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      points[i++] = low + ((column + 0.5) / width) * (1 - low)
      points[i++] = low + ((row + 0.5) / height) * (1 - low)
    }
  return points
}

/** Within this of an end of the range a colour counts as at it. */
const NEAR_END = 0.1

/** How much values look like a picture: shares of values at the ends, less how far others leave the range, less how restless they are. */
function scoreOf(values: Float32Array): number {
  const { width } = JUDGED
  let [outside, low, high, change] = [0, 0, 0, 0]
  let [sum, squares] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (!Number.isFinite(value)) return -Infinity
    outside += Math.min(3, Math.max(0, -value, value - 1))
    if (Math.abs(value) < NEAR_END) low++
    if (Math.abs(value - 1) < NEAR_END) high++
    const shown = Math.min(1, Math.max(0, value))
    sum += shown
    squares += shown * shown
    const right = i + 3
    if (right % (3 * width) >= 3 && right < values.length)
      change += Math.abs(Math.min(1, Math.max(0, values[right])) - shown)
  }
  const count = values.length
  const deviation = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2))
  const restlessness = change / count / Math.max(deviation, 0.02)
  return (low + high) / count + deviation - (2 * outside) / count - restlessness
}
