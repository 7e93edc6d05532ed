// Evaluates a folded network in float32 on the CPU. Inputs are offsets from a centre that is folded into the first layer's
// bias in float64, so that at a deep zoom no coordinate is rounded at the scale of the plane.

import { INPUT_DIM, OUTPUT_DIM } from '../model/architecture.js'
import { UnsupportedError } from '../model/errors.js'
import type { FoldedNetwork } from '../model/fold.js'
import { checkTap, type Tap } from '../model/tap.js'
import { Arena, quadsUp } from './arena.js'
import { BLOCK, createKernelInstance, type KernelInstance } from './module.js'

const RECORD_WORDS = 6
// Points that are copied in and out at a time.
const CHUNK = 64 * BLOCK

interface Place {
  readonly inDim: number
  readonly weight: number
  readonly bias: number
  /** Float64 mean and sum of squared deviations of each unit. */
  readonly moments: number
}

export class Evaluator {
  readonly #instance: KernelInstance
  #folded: FoldedNetwork
  readonly #table: number
  /** The table as far as a tap: its last layer has one quad. */
  readonly #tapTable: number
  readonly #places: readonly Place[]
  readonly #matrices: readonly [number, number]
  readonly #inputs: Float32Array
  readonly #outputs: Float32Array
  /** Points that the moments have seen. */
  #seen = 0

  /**
   * Packs a folded network's weights, rounded to float32.
   * @throws UnsupportedError when WebAssembly SIMD is not to be had, or a weight is beyond float32
   */
  constructor(folded: FoldedNetwork) {
    const { layers } = folded
    const arena = new Arena()
    this.#table = arena.bytes(layers.length * RECORD_WORDS * 4)
    this.#tapTable = arena.bytes(layers.length * RECORD_WORDS * 4)
    this.#places = layers.map(({ outDim }, index) => {
      const inDim = index === 0 ? INPUT_DIM : quadsUp(layers[index - 1].outDim)
      const units = quadsUp(outDim)
      return {
        inDim,
        weight: arena.floats(units * inDim),
        bias: arena.floats(units),
        moments: arena.bytes(units * 16),
      }
    })
    const widest = layers.reduce((width, { outDim }) => Math.max(width, quadsUp(outDim)), INPUT_DIM)
    this.#matrices = [arena.floats(widest * BLOCK), arena.floats(widest * BLOCK)]
    const inputs = arena.floats(CHUNK * INPUT_DIM)
    const outputs = arena.floats(CHUNK * OUTPUT_DIM)
    this.#instance = createKernelInstance(arena.sizeBytes)

    const { buffer } = this.#instance.memory
    this.#inputs = new Float32Array(buffer, inputs, CHUNK * INPUT_DIM)
    this.#outputs = new Float32Array(buffer, outputs, CHUNK * OUTPUT_DIM)
    const words = new Uint32Array(buffer)
    layers.forEach(({ outDim, gelu }, index) => {
      const { inDim, weight, bias, moments } = this.#places[index]
      const record = [inDim, quadsUp(outDim) / 4, gelu ? 1 : 0, weight, bias, moments]
      for (const table of [this.#table, this.#tapTable]) words.set(record, table / 4 + index * RECORD_WORDS)
    })
    this.#folded = folded
    this.setNetwork(folded)
  }

  /** Replaces the weights by those of another network of the same architecture; the centre is (0, 0) again, the moments are empty. */
  setNetwork(folded: FoldedNetwork): void {
    checkKernelWeights(folded)
    const floats = new Float32Array(this.#instance.memory.buffer)
    this.#seen = 0
    folded.layers.forEach(({ inDim, outDim, weight, bias }, index) => {
      const place = this.#places[index]
      new Float64Array(this.#instance.memory.buffer, place.moments, quadsUp(outDim) * 2).fill(0)
      for (let o = 0; o < outDim; o++) {
        for (let i = 0; i < inDim; i++)
          floats[place.weight / 4 + (o >> 2) * place.inDim * 4 + i * 4 + (o & 3)] = weight[o * inDim + i]
        floats[place.bias / 4 + o] = bias[o]
      }
    })
    this.#folded = folded
  }

  /** Bytes of memory held. */
  get sizeBytes(): number {
    return this.#instance.memory.buffer.byteLength
  }

  /** Sets the point that inputs are offsets from: (first, second) as the net takes them. At first (0, 0). */
  setCentre(first: number, second: number): void {
    const { outDim, inDim, weight, bias } = this.#folded.layers[0]
    const packed = new Float32Array(this.#instance.memory.buffer, this.#places[0].bias, outDim)
    for (let o = 0; o < outDim; o++)
      packed[o] = saturate(bias[o] + weight[o * inDim] * first + weight[o * inDim + 1] * second)
  }

  /**
   * Evaluates the network: raw head outputs, unclamped.
   * @param out [n, 3], written and returned
   * @param inputs [n, 2] (first, second), relative to the centre
   */
  evaluate(out: Float32Array, inputs: ArrayLike<number>): Float32Array {
    const { exports } = this.#instance
    const layerCount = this.#folded.layers.length
    return this.#inChunks(out, OUTPUT_DIM, inputs, (from, to, points) =>
      exports.evaluate(this.#table, layerCount, from, to, points, ...this.#matrices),
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
    const { inDim, weight, bias } = this.#places[tap.layer]
    const quad = Math.floor(tap.unit / 4)
    const record = this.#tapTable / 4 + tap.layer * RECORD_WORDS
    const words = new Uint32Array(this.#instance.memory.buffer)
    const whole = words.slice(record, record + RECORD_WORDS)
    words.set([inDim, 1, tap.stage === 'post' ? 1 : 0, weight + quad * inDim * 16, bias + quad * 16], record)
    this.#inChunks(out, 1, inputs, (from, to, points) =>
      exports.evaluateUnit(this.#tapTable, tap.layer + 1, tap.unit % 4, from, to, points, ...this.#matrices),
    )
    words.set(whole, record)
    return out
  }

  /**
   * Joins points to the moments of all layers' outputs (what comes out of GELU where there is one).
   * @param inputs [n, 2] (first, second), relative to the centre
   */
  addMoments(inputs: ArrayLike<number>): void {
    const layerCount = this.#folded.layers.length
    for (let start = 0; start < inputs.length; start += CHUNK * INPUT_DIM) {
      const points = Math.min(CHUNK, inputs.length / INPUT_DIM - start / INPUT_DIM)
      for (let i = 0; i < points * INPUT_DIM; i++) this.#inputs[i] = inputs[start + i]
      const from = this.#inputs.byteOffset
      this.#instance.exports.evaluateMoments(this.#table, layerCount, from, this.#seen, points, ...this.#matrices)
      this.#seen += points
    }
  }

  /** Mean and unbiased variance, over all points that were added, of a layer's first units: [units] each. */
  momentsOf(layer: number, units: number): { mean: Float64Array; variance: Float64Array } {
    const pairs = new Float64Array(this.#instance.memory.buffer, this.#places[layer].moments, units * 2)
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
      for (let i = 0; i < points * INPUT_DIM; i++) this.#inputs[i] = inputs[start * INPUT_DIM + i]
      evaluate(this.#inputs.byteOffset, this.#outputs.byteOffset, points)
      out.set(this.#outputs.subarray(0, points * outDim), start * outDim)
    }
    return out
  }
}

/** Checks that the kernel can hold a network. @throws UnsupportedError when a weight is beyond float32 */
export function checkKernelWeights({ layers }: FoldedNetwork): void {
  for (const { name, weight, bias } of layers)
    if (!weight.every(isFloat32) || !bias.every(isFloat32))
      throw new UnsupportedError(`${name}: a folded weight is beyond float32, which the kernel computes in`)
}

/** Creates an evaluator; null where the kernel cannot hold these weights or not run at all, and the reference must do. */
export function createEvaluator(folded: FoldedNetwork): Evaluator | null {
  try {
    return new Evaluator(folded)
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

function isFloat32(value: number): boolean {
  return Number.isFinite(Math.fround(value))
}
