// The training side of the kernel: one instance that holds a network's parameters, a picture to learn, and one batch.
// Forward, loss, backward and the updates are separate; who calls them in which order is the trainer's business.

import { type Architecture, INPUT_DIM } from '../model/architecture.js'
import { ForwardPass } from '../model/forward.js'
import { layerWithValues, type NetworkLayer } from '../model/layers/kinds.js'
import type { ParameterSpec } from '../model/layers/layer.js'
import { FEATURE_TABLES, inputFeatures } from './input-features.js'
import { BLOCK, type Kernel, type KernelInstance, STRICT } from './module.js'
import { normalQuantiles } from './normal-quantiles.js'
import {
  type DrawingLayout,
  layoutTraining,
  PLAIN,
  QUANTILE_COUNT,
  RANDOM_WORDS,
  type TrainingFeatures,
  type TrainingLayout,
  type WhiteningPlace,
} from './training-layout.js'
import { gather, scatter } from './tensor-copy.js'
import type { HiddenMatrix, TensorPlace } from './training-places.js'
import { STAGE_BYTES } from './training-records.js'

// Where a stage's record has the eps of its batch norm (assembly/stage.ts).
const EPS_OFFSET = 104
// And the number that goes with its activation.
const PARAMETER_OFFSET = 132

/** Named tensors, PyTorch's names and shapes, flat row-major float32. */
export type Tensors = ReadonlyMap<string, Float32Array>

export class TrainingKernel {
  readonly layout: TrainingLayout
  readonly #instance: KernelInstance
  readonly #floats: Float32Array
  readonly #size: { readonly width: number; readonly height: number }
  /** Of the encoding: what the file has of it, which is not trained, and its layers with these values. */
  readonly #stored = new Map<string, Float32Array>()
  #encoding: readonly NetworkLayer[] = []

  /**
   * @param batch pixels a step on this kernel, a multiple of 16
   * @param size of the picture to be learned, pixels
   * @throws UnsupportedError when WebAssembly SIMD or the memory is not to be had
   */
  constructor(
    architecture: Architecture,
    batch: number,
    size: { readonly width: number; readonly height: number },
    features: TrainingFeatures = PLAIN,
    kernel: Kernel = STRICT,
  ) {
    this.layout = layoutTraining(architecture, batch, size, features)
    this.#size = size
    this.#instance = kernel.createInstance(this.layout.sizeBytes)
    const { buffer } = this.#instance.memory
    this.#floats = new Float32Array(buffer)
    const view = new DataView(buffer)
    this.layout.stages.forEach(({ record, eps, parameter }, index) => {
      const at = this.layout.stageTable + index * STAGE_BYTES
      record.forEach((word, i) => view.setUint32(at + 4 * i, word, true))
      view.setFloat64(at + EPS_OFFSET, eps, true)
      view.setFloat32(at + PARAMETER_OFFSET, parameter, true)
    })
    const { xs, ys, quantiles, ones, head } = this.layout
    const { width, height } = size
    this.#fillTable(xs, width, x => x)
    this.#fillTable(ys, height, y => y)
    for (const { at, count } of ones) this.#vector(at, count).fill(1)
    head?.unitRows.forEach((row, value) => view.setInt32(head.rows + 4 * value, row, true))
    this.#floats.set(normalQuantiles(QUANTILE_COUNT), quantiles / 4)
  }

  /** Bytes of memory held. */
  get sizeBytes(): number {
    return this.#instance.memory.buffer.byteLength
  }

  /** Views of the kernel's memory; valid as long as the kernel is. */
  get parameters(): Float32Array {
    return this.#vector(this.layout.parameters, this.layout.parameterCount)
  }
  get statistics(): Float32Array {
    return this.#vector(this.layout.statistics, this.layout.statisticsCount)
  }
  get firstMoments(): Float32Array {
    return this.#vector(this.layout.firstMoments, this.layout.parameterCount)
  }
  get secondMoments(): Float32Array {
    return this.#vector(this.layout.secondMoments, this.layout.parameterCount)
  }
  /** Gradients, batch statistics and loss: what a team of workers averages. */
  get exchange(): Float32Array {
    return this.#vector(this.layout.gradients, this.layout.exchangeCount)
  }
  /** State of the random numbers, RANDOM_WORDS words. */
  get randomState(): Uint32Array {
    return new Uint32Array(this.#instance.memory.buffer, this.layout.randomState, RANDOM_WORDS)
  }
  /** Moving averages of the second moments of the whitened layers' inputs. */
  get inputMoments(): Float32Array {
    return this.#vector(this.layout.inputMoments, this.layout.whitenedCount)
  }
  /** The mean squared error of the last batch. */
  get loss(): number {
    return this.#floats[this.layout.loss / 4]
  }

  /** Copies tensors into the parameter vector and the running statistics; padding stays zero. */
  load(tensors: Tensors): void {
    for (const place of this.layout.learnable) scatter(this.parameters, place, tensors.get(place.name))
    for (const place of this.layout.running) scatter(this.statistics, place, tensors.get(place.name))
    this.#loadEncoding(tensors)
  }

  /** Takes what is stored of the encoding, and tables of what it makes of the picture's columns and rows. */
  #loadEncoding(tensors: Tensors): void {
    const { encoded, program } = this.layout
    if (!encoded) return
    const stored = ({ name, shape }: ParameterSpec) => {
      const values = tensors.get(name)
      const wanted = shape.reduce((product, dim) => product * dim, 1)
      if (values?.length !== wanted)
        throw new RangeError(`${name}: expected ${wanted} numbers, got ${values?.length ?? 'none'}`)
      this.#stored.set(name, values.slice())
      return Float64Array.from(values)
    }
    this.#encoding = program.encoding.map(layer => layerWithValues(layer, stored))
    const words = new Uint32Array(this.#instance.memory.buffer)
    inputFeatures(this.#encoding).forEach((feature, index) => {
      const tables = encoded.tables[index]
      const record = [feature.opcode, ...FEATURE_TABLES.map(table => tables[table])]
      words.set(record, encoded.features / 4 + index * record.length)
      const { width, height } = this.#size
      for (const table of FEATURE_TABLES) {
        const of = feature[table]
        if (of) this.#fillTable(tables[table], table === 'a' || table === 'c' ? width : height, of)
      }
    })
  }

  /** Fills a table by a function of the coordinate at each column's or row's middle. */
  #fillTable(at: number, count: number, of: (coordinate: number) => number): void {
    for (let i = 0; i < count; i++) this.#floats[at / 4 + i] = of(((i + 0.5) / count) * 2 - 1)
  }

  /** Copies parameters and running statistics out. */
  tensors(): Map<string, Float32Array> {
    const named = (places: readonly TensorPlace[], vector: Float32Array) =>
      places.map((place): [string, Float32Array] => [place.name, gather(vector, place)])
    const trained = [...named(this.layout.learnable, this.parameters), ...named(this.layout.running, this.statistics)]
    const stored = [...this.#stored].map(([name, values]): [string, Float32Array] => [name, values.slice()])
    return new Map([...stored, ...trained])
  }

  /** Copies the gradients of the last batch out. */
  gradients(): Map<string, Float32Array> {
    return new Map(this.layout.learnable.map(place => [place.name, gather(this.exchange, place)]))
  }

  /** Sets the picture to learn: [height, width, 3], sRGB-encoded. */
  setPicture(rgb: Float32Array): void {
    this.#vector(this.layout.picture, this.#size.width * this.#size.height * 3).set(rgb)
  }

  /** Sets a batch by hand. @param inputs [batch, 2] @param targets [batch, 3] */
  setBatch(inputs: ArrayLike<number>, targets: ArrayLike<number>): void {
    const spread = (to: number, values: ArrayLike<number>, rows: number) => {
      for (let i = 0; i < this.layout.batch; i++) {
        const block = to / 4 + Math.floor(i / BLOCK) * rows * BLOCK
        for (let row = 0; row < rows; row++) this.#floats[block + row * BLOCK + (i % BLOCK)] = values[i * rows + row]
      }
    }
    spread(this.layout.inputs, inputs, INPUT_DIM)
    spread(this.layout.targets, targets, 3)
    const { encoded, program, batch } = this.layout
    if (!encoded) return
    const { inputDim } = program
    const made = new Float64Array(batch * inputDim)
    if (this.#encoding.length > 0) new ForwardPass(this.#encoding, INPUT_DIM).evaluate(made, inputs)
    else made.set(inputs)
    const padded = new Float64Array(batch * encoded.rows)
    for (let i = 0; i < batch; i++) padded.set(made.subarray(i * inputDim, (i + 1) * inputDim), i * encoded.rows)
    spread(encoded.inputs, padded, encoded.rows)
  }

  /** Outputs of the last forward pass, copied out: [batch, 3]. */
  get outputs(): Float32Array {
    const { outputs, batch } = this.layout
    // Blocks of quads of rows; the fourth row is padding.
    return Float32Array.from({ length: batch * 3 }, (_, i) => {
      const [point, channel] = [Math.floor(i / 3), i % 3]
      return this.#floats[outputs / 4 + (Math.floor(point / BLOCK) * 4 + channel) * BLOCK + (point % BLOCK)]
    })
  }

  /** Draws a batch evenly from the picture. @param noise standard deviation of fresh Gaussian noise on its colours */
  sampleBatch(noise: number): void {
    const { randomState, picture, xs, ys, inputs, drawn, targets, batch, quantiles } = this.layout
    const { width, height } = this.#size
    this.#exports.sample(randomState, picture, width, height, xs, ys, inputs, drawn, targets, batch, quantiles, noise)
    this.#encode()
  }

  /** Takes the encoding of the pixels that were drawn. */
  #encode(): void {
    const { encoded, drawn, batch } = this.layout
    if (!encoded) return
    const { features, featureCount, inputs, rows } = encoded
    this.#exports.encode(features, featureCount, drawn, inputs, rows, batch)
  }

  /**
   * Sets the order in which pixels stand when they are drawn by probabilities: the picture of `setPicture` has it, too.
   * @param places [pixels] row * 65536 + column
   */
  setPlaces(places: Uint32Array): void {
    new Uint32Array(this.#instance.memory.buffer, this.#drawing.places, places.length).set(places)
  }

  /**
   * Sets the probabilities of the pixels.
   * @param probabilityAt in the order of the places; they add up to about 1
   */
  setProbabilities(probabilityAt: (pixel: number) => number): void {
    const { sums: at, guide: guideAt, guideCount } = this.#drawing
    const pixels = this.#size.width * this.#size.height
    const sums = new Float64Array(this.#instance.memory.buffer, at, pixels)
    let sum = 0
    for (let i = 0; i < pixels; i++) sums[i] = sum += probabilityAt(i)
    for (let i = 0; i < pixels; i++) sums[i] /= sum
    const guide = new Uint32Array(this.#instance.memory.buffer, guideAt, guideCount)
    for (let i = 0, pixel = 0; i < guideCount; i++) {
      while (pixel < pixels - 1 && sums[pixel] <= i / guideCount) pixel++
      guide[i] = pixel
    }
  }

  /**
   * Draws a batch by the probabilities.
   * @param skip terms of the cover sequence that others take between this batch and the next; null: draw at random
   * @param noise as for {@link sampleBatch}
   */
  drawBatch(skip: number | null, noise: number): void {
    const { randomState, picture, xs, ys, inputs, drawn, targets, batch, quantiles } = this.layout
    const { sums, guide, guideCount, places, weights } = this.#drawing
    const pixels = this.#size.width * this.#size.height
    const term = skip ?? -1
    const from = [randomState, term, sums, guide, guideCount, places, picture, pixels, xs, ys] as const
    this.#exports.draw(...from, inputs, drawn, targets, weights, batch, quantiles, noise)
    this.#encode()
  }

  /** The weights of the last batch that was drawn by probabilities, copied out: [batch]. */
  get batchWeights(): Float32Array {
    return this.#vector(this.#drawing.weights, this.layout.batch).slice()
  }

  /** Runs the batch through the network with batch statistics. */
  forward(): void {
    const { stageTable, stages, head, outputs, batch } = this.layout
    this.#exports.forward(stageTable, stages.length, batch)
    if (head) this.#exports.showHead(head.kind, head.outputs, head.pixelBytes, head.rows, outputs, batch)
  }

  /**
   * Takes the mean squared error of the outputs, weighted where the batch was drawn by probabilities.
   * @param clamped what lies beyond a target of 0 or 1 is no error
   */
  measureLoss(clamped: boolean): number {
    const { outputs, targets, outputDelta, batch, loss, drawing } = this.layout
    const value = this.#exports.loss(outputs, targets, drawing?.weights ?? 0, outputDelta, batch, clamped ? 1 : 0)
    this.#floats[loss / 4] = value
    return value
  }

  /** Computes the gradients of all parameters. */
  backward(): void {
    const { stageTable, stages, head, outputDelta, batch } = this.layout
    if (head) {
      const { kind, outputs, delta, pixelBytes, rows } = head
      this.#exports.headGradient(kind, outputs, delta, pixelBytes, rows, outputDelta, batch)
    }
    this.#exports.backward(stageTable, stages.length, batch)
  }

  /** Adds another worker's exchange to this one's. */
  addExchange(other: Float32Array): void {
    const { received, gradients, exchangeCount } = this.layout
    this.#vector(received, exchangeCount).set(other)
    this.#exports.addVector(gradients, received, exchangeCount)
  }

  /** Multiplies the exchange: sums become means. */
  scaleExchange(factor: number): void {
    this.#exports.scaleVector(this.layout.gradients, this.layout.exchangeCount, factor)
  }

  /** running = (1 - momentum) running + momentum batch. */
  updateStatistics(momentum: number): void {
    const { statistics, batchStatistics, statisticsCount } = this.layout
    this.#exports.blendVector(statistics, batchStatistics, statisticsCount, momentum)
  }

  /** One Adam update of part of the parameter vector. @param step 1 for the first */
  adam(start: number, count: number, rate: number, step: number, { beta1, beta2, eps }: AdamSettings): void {
    const { parameters, gradients, firstMoments, secondMoments } = this.layout
    const [p, g, m, v] = [parameters, gradients, firstMoments, secondMoments].map(at => at + start * 4)
    this.#exports.adam(p, g, m, v, count, beta1, beta2, eps, rate / (1 - beta1 ** step), Math.sqrt(1 - beta2 ** step))
  }

  /** One Muon update of a matrix; its momentum lies in the first moments. */
  muon({ weight, factor }: Pick<HiddenMatrix, 'weight' | 'factor'>, rate: number, beta: number): void {
    const { start, paddedRows, stride, rows, columns } = weight
    const { parameters, gradients, firstMoments, scratch } = this.layout
    const [p, g, m] = [parameters, gradients, firstMoments].map(at => at + start * 4)
    const scaled = rate * factor * Math.sqrt(Math.max(1, rows / columns))
    this.#exports.muon(p, g, m, scratch, paddedRows, stride, beta, scaled)
  }

  /** Takes the second moments of the whitened layers' inputs over the first pixels of the batch, after `forward`. */
  measureMoments(pixels: number): void {
    const { stageTable, whitened, batchMoments, momentRows, momentSums, batch } = this.layout
    for (const { stage, start } of whitened)
      this.#exports.secondMoments(
        stageTable + stage * STAGE_BYTES,
        batchMoments + start * 4,
        Math.min(pixels, batch),
        momentRows,
        momentSums,
      )
  }

  /** moments = (1 - share) moments + share batch. */
  blendMoments(share: number): void {
    const { inputMoments, batchMoments, whitenedCount } = this.layout
    this.#exports.blendVector(inputMoments, batchMoments, whitenedCount, share)
  }

  /** Computes C of all whitened layers from the moving averages. */
  whiten(damping: number): void {
    const { inputMoments, whitening, whitened, momentSums } = this.layout
    for (const { start, size, count } of whitened)
      this.#exports.whiten(inputMoments + start * 4, whitening + start * 4, size, count, damping, momentSums)
  }

  /** C of a whitened layer, copied out: [stride, stride]. */
  whiteningOf({ start, stride }: WhiteningPlace): Float32Array {
    return this.#vector(this.layout.whitening + start * 4, stride * stride).slice()
  }

  /** One Muon update of a layer's weight and bias on whitened inputs. */
  muonWhitened({ weight, bias, spare, factor, count, start }: WhiteningPlace, rate: number, beta: number): void {
    const { parameters, gradients, firstMoments, whitening, scratch } = this.layout
    const { rows, columns, paddedRows, stride, columnsAt } = weight
    const vectors = [parameters, gradients, firstMoments]
    const [p, g, m] = vectors.map(at => at + weight.start * 4)
    if (!bias) this.#vector(spare.gradient, paddedRows).fill(0)
    const biases = bias ? vectors.map(at => at + bias.start * 4) : [spare.bias, spare.gradient, spare.momentum]
    const scaled = rate * factor * Math.sqrt(Math.max(1, rows / columns))
    const norm = Math.sqrt(Math.min(rows, count))
    const at = [p, biases[0], g, biases[1], m, biases[2], whitening + start * 4] as const
    const used = columnsAt ? stride : columns
    this.#exports.muonWhitened(...at, scratch, paddedRows, stride, used, beta, scaled, norm)
    if (columnsAt) this.#clearPadding(weight, columnsAt)
    if (!bias) this.#vector(spare.bias, paddedRows).fill(0)
  }

  /** Sets the columns of a matrix to zero that stand for no unit. */
  #clearPadding({ start, paddedRows, stride }: TensorPlace, columnsAt: readonly number[]): void {
    const used = new Set(columnsAt)
    for (let column = 0; column < stride; column++)
      for (let row = 0; row < paddedRows && !used.has(column); row++) this.parameters[start + row * stride + column] = 0
  }

  get #drawing(): DrawingLayout {
    const { drawing } = this.layout
    if (!drawing) throw new Error('this kernel draws no pixels by probabilities')
    return drawing
  }

  get #exports() {
    return this.#instance.exports
  }

  #vector(at: number, count: number): Float32Array {
    return this.#floats.subarray(at / 4, at / 4 + count)
  }
}

export interface AdamSettings {
  readonly beta1: number
  readonly beta2: number
  readonly eps: number
}
