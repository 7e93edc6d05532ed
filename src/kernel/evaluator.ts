// Evaluates a folded network in float32 on the CPU. Inputs are offsets from a centre that is folded into the first layer's
// bias in float64, so that at a deep zoom no coordinate is rounded at the scale of the plane. What an encoding makes of a point is taken in
// float64 here, and goes in as the difference from what it makes of the centre.

import { INPUT_DIM, OUTPUT_DIM } from '../model/architecture.js'
import { UnsupportedError } from '../model/errors.js'
import type { FoldedNetwork } from '../model/fold.js'
import type { ForwardPass } from '../model/forward.js'
import { checkTap, type Tap } from '../model/tap.js'
import { Arena, quadsUp } from './arena.js'
import {
  ALPHA_OPCODE,
  checkKernelKinds,
  encoderOf,
  endsWithAlpha,
  groundOf,
  inputDimOf,
  layOutPieces,
  packPiece,
  type Piece,
  piecedWeight,
  RECORD_WORDS,
  recordOf,
} from './evaluator-layout.js'
import { checkKernelWeights } from './kernel-weights.js'
import { BLOCK, type Kernel, type KernelInstance, STRICT } from './module.js'
import type { PointEvaluator } from './point-evaluator.js'

// Points that are copied in and out at a time.
const CHUNK = 64 * BLOCK
const TURN = 2 * Math.PI

export class Evaluator implements PointEvaluator {
  readonly #instance: KernelInstance
  #folded: FoldedNetwork
  readonly #table: number
  /** The table as far as a tap: its last layer has one quad. */
  readonly #tapTable: number
  readonly #pieces: readonly Piece[]
  readonly #matrices: readonly [number, number]
  readonly #inputs: Float32Array
  readonly #outputs: Float32Array
  /** Numbers that the first layer takes. */
  readonly #inputDim: number
  /** Null where these are the two coordinates. */
  readonly #encoder: ForwardPass | null
  #centre: readonly [number, number] = [0, 0]
  /** [inputDim] what the encoder makes of the centre. */
  readonly #encodedCentre: Float64Array
  /** Points that the moments have seen. */
  #seen = 0

  /**
   * Packs a folded network's weights, rounded to float32.
   * @throws UnsupportedError when WebAssembly SIMD is not to be had, a weight is beyond float32, or the kernel does not know a kind of layer
   */
  constructor(folded: FoldedNetwork, kernel: Kernel = STRICT) {
    checkKernelKinds(folded)
    const { layers } = folded
    this.#inputDim = inputDimOf(folded)
    this.#encoder = encoderOf(folded)
    this.#encodedCentre = new Float64Array(this.#inputDim)
    const arena = new Arena()
    // As many records as there may be pieces.
    const recordCount = layers.reduce((sum, { blocks }) => sum + (blocks?.length ?? 1), 0)
    this.#table = arena.bytes(recordCount * RECORD_WORDS * 4)
    this.#tapTable = arena.bytes(recordCount * RECORD_WORDS * 4)
    this.#pieces = layOutPieces(folded, arena)
    const widest = layers.reduce((width, { outDim }) => Math.max(width, quadsUp(outDim)), this.#inputDim)
    this.#matrices = [arena.floats(widest * BLOCK), arena.floats(widest * BLOCK)]
    const inputs = arena.floats(CHUNK * this.#inputDim)
    const outputs = arena.floats(CHUNK * OUTPUT_DIM)
    this.#instance = kernel.createInstance(arena.sizeBytes)

    const { buffer } = this.#instance.memory
    this.#inputs = new Float32Array(buffer, inputs, CHUNK * this.#inputDim)
    this.#outputs = new Float32Array(buffer, outputs, CHUNK * OUTPUT_DIM)
    const words = new Uint32Array(buffer)
    this.#pieces.forEach((piece, index) => {
      const record = recordOf(piece, layers[piece.layer])
      if (piece.layer === layers.length - 1 && endsWithAlpha(folded)) {
        record[2] |= ALPHA_OPCODE
        new Float32Array(record.buffer)[10] = groundOf(folded)
      }
      for (const table of [this.#table, this.#tapTable]) words.set(record, table / 4 + index * RECORD_WORDS)
    })
    this.#folded = folded
    this.setNetwork(folded)
  }

  /** Replaces the weights by those of another network of the same architecture; the centre is (0, 0) again, the moments are empty. */
  setNetwork(folded: FoldedNetwork): void {
    checkKernelWeights(folded)
    const { buffer } = this.#instance.memory
    const floats = new Float32Array(buffer)
    this.#seen = 0
    folded.layers.forEach((layer, index) => {
      const weights = piecedWeight(layer, index)
      for (const piece of this.#piecesOf(index)) {
        new Float64Array(buffer, piece.moments, quadsUp(piece.outDim) * 2).fill(0)
        packPiece(floats, piece, weights, layer.bias)
      }
    })
    this.#folded = folded
    this.#centre = [0, 0]
    if (this.#encoder || folded.layers[0].activation?.kind === 'sine') this.setCentre(0, 0)
  }

  #piecesOf(layer: number): readonly Piece[] {
    return this.#pieces.filter(piece => piece.layer === layer)
  }

  /** Bytes of memory held. */
  get sizeBytes(): number {
    return this.#instance.memory.buffer.byteLength
  }

  /** Sets the point that inputs are offsets from: (first, second) as the net takes them. At first (0, 0). */
  setCentre(first: number, second: number): void {
    const { outDim, inDim, weight, bias, activation } = this.#folded.layers[0]
    const packed = new Float32Array(this.#instance.memory.buffer, this.#pieces[0].bias, outDim)
    if (!this.#encoder && activation?.kind !== 'sine') {
      for (let o = 0; o < outDim; o++)
        packed[o] = saturate(bias[o] + weight[o * inDim] * first + weight[o * inDim + 1] * second)
      return
    }
    this.#centre = [first, second]
    this.#setFirstBias(false)
  }

  /** @param isArgumentSeen whether a sine's turns are kept: its argument is looked at itself */
  #setFirstBias(isArgumentSeen: boolean): void {
    const { outDim, inDim, weight, bias, activation } = this.#folded.layers[0]
    const packed = new Float32Array(this.#instance.memory.buffer, this.#pieces[0].bias, outDim)
    const centre = this.#encodedCentre
    if (this.#encoder) this.#encoder.evaluate(centre, this.#centre)
    else centre.set(this.#centre)
    for (let o = 0; o < outDim; o++) {
      let value = bias[o]
      for (let i = 0; i < inDim; i++) value += weight[o * inDim + i] * centre[i]
      // Whole turns of a sine are taken off while there are digits for them.
      packed[o] = saturate(
        activation?.kind === 'sine' && !isArgumentSeen ? value - TURN * Math.round(value / TURN) : value,
      )
    }
  }

  /**
   * Evaluates the network: raw head outputs, unclamped.
   * @param out [n, 3], written and returned
   * @param inputs [n, 2] (first, second), relative to the centre
   */
  evaluate(out: Float32Array, inputs: ArrayLike<number>): Float32Array {
    const { exports } = this.#instance
    return this.#inChunks(out, OUTPUT_DIM, inputs, (from, to, points) =>
      exports.evaluate(this.#table, this.#pieces.length, from, to, points, ...this.#matrices),
    )
  }

  /**
   * Evaluates one unit: the layers in front of its own, and of that one quad.
   * @param out [n], written and returned
   * @param inputs [n, 2] (first, second), relative to the centre
   * @throws FormatError when the network has no such tap
   */
  evaluateTap(out: Float32Array, tap: Tap, inputs: ArrayLike<number>): Float32Array {
    checkTap(this.#folded, tap)
    const { exports } = this.#instance
    const index = this.#pieces.findLastIndex(({ layer, firstOutput }) => layer === tap.layer && firstOutput <= tap.unit)
    const piece = this.#pieces[index]
    const unit = tap.unit - piece.firstOutput
    const quad = Math.floor(unit / 4)
    // The pieces of its layer that stand before its own are left out.
    const at = this.#pieces.findIndex(({ layer }) => layer === tap.layer)
    const record = this.#tapTable / 4 + at * RECORD_WORDS
    const words = new Uint32Array(this.#instance.memory.buffer)
    const whole = words.slice(record, record + RECORD_WORDS)
    const alone: Piece = {
      ...piece,
      outDim: 4,
      firstOutput: 0,
      weight: piece.weight + quad * piece.inDim * 16,
      bias: piece.bias + quad * 16,
      isFollowed: false,
    }
    const { activation } = this.#folded.layers[tap.layer]
    words.set(
      recordOf(alone, { ...this.#folded.layers[tap.layer], activation: tap.stage === 'post' ? activation : null }),
      record,
    )
    const isTurned = tap.layer === 0 && tap.stage === 'pre' && activation?.kind === 'sine'
    if (isTurned) this.#setFirstBias(true)
    this.#inChunks(out, 1, inputs, (from, to, points) =>
      exports.evaluateUnit(this.#tapTable, at + 1, unit % 4, from, to, points, ...this.#matrices),
    )
    words.set(whole, record)
    if (isTurned) this.#setFirstBias(false)
    return out
  }

  /**
   * Joins points to the moments of all layers' outputs (what comes out of GELU where there is one).
   * @param inputs [n, 2] (first, second), relative to the centre
   */
  addMoments(inputs: ArrayLike<number>): void {
    const count = inputs.length / INPUT_DIM
    for (let start = 0; start < count; start += CHUNK) {
      const points = Math.min(CHUNK, count - start)
      this.#take(inputs, start, points)
      const from = this.#inputs.byteOffset
      const { exports } = this.#instance
      exports.evaluateMoments(this.#table, this.#pieces.length, from, this.#seen, points, ...this.#matrices)
      this.#seen += points
    }
  }

  /** Mean and unbiased variance, over all points that were added, of a layer's first units: [units] each. */
  momentsOf(layer: number, units: number): { mean: Float64Array; variance: Float64Array } {
    const { buffer } = this.#instance.memory
    const pairs = this.#piecesOf(layer).flatMap(({ moments, outDim }) => [
      ...new Float64Array(buffer, moments, outDim * 2),
    ])
    const mean = Float64Array.from({ length: units }, (_, i) => pairs[2 * i])
    const divisor = Math.max(1, this.#seen - 1)
    return { mean, variance: Float64Array.from({ length: units }, (_, i) => pairs[2 * i + 1] / divisor) }
  }

  /** Copies inputs in and outputs out. @param evaluate from and to addresses in the kernel's memory */
  #inChunks(
    out: Float32Array,
    outDim: number,
    inputs: ArrayLike<number>,
    evaluate: (from: number, to: number, points: number) => void,
  ): Float32Array {
    const count = inputs.length / INPUT_DIM
    for (let start = 0; start < count; start += CHUNK) {
      const points = Math.min(CHUNK, count - start)
      this.#take(inputs, start, points)
      evaluate(this.#inputs.byteOffset, this.#outputs.byteOffset, points)
      out.set(this.#outputs.subarray(0, points * outDim), start * outDim)
    }
    return out
  }

  /** Copies points [start, start + points) of inputs in, through the encoding. */
  #take(inputs: ArrayLike<number>, start: number, points: number): void {
    if (!this.#encoder) {
      for (let i = 0; i < points * INPUT_DIM; i++) this.#inputs[i] = inputs[start * INPUT_DIM + i]
      return
    }
    const absolute = Float64Array.from(
      { length: points * INPUT_DIM },
      (_, i) => inputs[start * INPUT_DIM + i] + this.#centre[i % INPUT_DIM],
    )
    const dim = this.#inputDim
    const encoded = this.#encoder.evaluate(new Float64Array(points * dim), absolute)
    for (let i = 0; i < encoded.length; i++) this.#inputs[i] = encoded[i] - this.#encodedCentre[i % dim]
  }
}

/** Creates an evaluator; null where the kernel cannot hold these weights or not run at all, and the reference must do. */
export function createEvaluator(folded: FoldedNetwork, kernel: Kernel = STRICT): Evaluator | null {
  try {
    return new Evaluator(folded, kernel)
  } catch (error) {
    if (error instanceof UnsupportedError) return null
    throw error
  }
}

const MAX_FLOAT32 = 3.4028234663852886e38

/** Very far out the bias leaves float32; an infinity there would make NaN of everything behind it. */
function saturate(value: number): number {
  return Math.max(-MAX_FLOAT32, Math.min(MAX_FLOAT32, value))
}
