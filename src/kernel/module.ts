// The kernel's WebAssembly module: its exports as TypeScript sees them, compiled once, instantiated as often as memories
// are wanted. Pointers are byte offsets into the instance's memory, counts are whole numbers.

import base64 from './assembly/index.ts?assemblyscript'
import { UnsupportedError } from '../model/errors.js'

export interface KernelExports {
  evaluate(
    layers: number,
    layerCount: number,
    inputs: number,
    outputs: number,
    count: number,
    first: number,
    second: number,
  ): void
  evaluateUnit(
    layers: number,
    layerCount: number,
    row: number,
    inputs: number,
    outputs: number,
    count: number,
    first: number,
    second: number,
  ): void
  evaluateMoments(
    layers: number,
    layerCount: number,
    inputs: number,
    before: number,
    count: number,
    first: number,
    second: number,
  ): void
  encode(features: number, featureCount: number, places: number, to: number, rows: number, count: number): void
  forward(stages: number, stageCount: number, count: number): void
  backward(stages: number, stageCount: number, count: number): void
  showHead(kind: number, outputs: number, pixelBytes: number, rows: number, shown: number, count: number): void
  headGradient(
    kind: number,
    outputs: number,
    delta: number,
    pixelBytes: number,
    rows: number,
    shownDelta: number,
    count: number,
  ): void
  loss(outputs: number, targets: number, weights: number, delta: number, count: number, clamped: number): number
  adam(
    parameters: number,
    gradients: number,
    first: number,
    second: number,
    count: number,
    beta1: number,
    beta2: number,
    eps: number,
    rate: number,
    rootCorrection: number,
  ): void
  muon(
    weight: number,
    gradient: number,
    momentum: number,
    scratch: number,
    rows: number,
    columns: number,
    beta: number,
    rate: number,
  ): void
  muonWhitened(
    weight: number,
    bias: number,
    gradient: number,
    biasGradient: number,
    momentum: number,
    biasMomentum: number,
    whitening: number,
    scratch: number,
    rows: number,
    inDim: number,
    columns: number,
    beta: number,
    rate: number,
    norm: number,
  ): void
  orthogonalize(at: number, scratch: number, rows: number, columns: number): void
  sample(
    state: number,
    picture: number,
    width: number,
    height: number,
    xs: number,
    ys: number,
    inputs: number,
    drawn: number,
    targets: number,
    count: number,
    quantiles: number,
    noise: number,
  ): void
  draw(
    state: number,
    skip: number,
    sums: number,
    guide: number,
    guideCount: number,
    places: number,
    picture: number,
    pixels: number,
    xs: number,
    ys: number,
    inputs: number,
    drawn: number,
    targets: number,
    weights: number,
    count: number,
    quantiles: number,
    noise: number,
  ): void
  secondMoments(stage: number, to: number, count: number, rows: number, sums: number): void
  whiten(moments: number, to: number, size: number, count: number, damping: number, scratch: number): void
  addVector(to: number, from: number, count: number): void
  blendVector(to: number, from: number, count: number, share: number): void
  scaleVector(at: number, count: number, factor: number): void
}

/** One instance: its exports and its own memory. */
export interface KernelInstance {
  readonly exports: KernelExports
  /** Of WebAssembly.Memory what is used, without its name: programs without DOM's types know none. */
  readonly memory: { readonly buffer: ArrayBuffer }
}

/** Pixels of a block: the unit of work (assembly/block.ts). */
export const BLOCK = 64
/** A training batch is a multiple of this. */
export const COLUMNS = 16
/** Memory before this address belongs to the module's constants. */
export const MEMORY_BASE = 4096
const PAGE_BYTES = 65_536

/**
 * Strict: a multiply-add rounds twice, the same bits on every machine. Relaxed: once where the processor has an instruction for it, which is faster;
 * bits are then its own.
 */
export type Arithmetic = 'strict' | 'relaxed'

/** The kernel in one arithmetic. Compiled when the first instance is wanted. */
export class Kernel {
  #module: WebAssembly.Module | null = null

  constructor(
    readonly arithmetic: Arithmetic,
    private readonly base64: string,
  ) {}

  /**
   * Instantiates the kernel with at least `sizeBytes` of memory, zeroed.
   * @throws UnsupportedError when WebAssembly SIMD or the memory is not to be had
   */
  createInstance(sizeBytes: number): KernelInstance {
    try {
      this.#module ??= new WebAssembly.Module(Uint8Array.from(atob(this.base64), char => char.charCodeAt(0)))
      const memory = new WebAssembly.Memory({ initial: Math.ceil(sizeBytes / PAGE_BYTES) })
      const abort = () => {
        throw new Error('the kernel aborted')
      }
      const { exports } = new WebAssembly.Instance(this.#module, { env: { memory, abort } })
      return { exports: exports as unknown as KernelExports, memory }
    } catch (error) {
      throw new UnsupportedError(`the CPU kernel cannot run here: ${(error as Error).message}`)
    }
  }
}

/** The kernel wherever nothing else is asked for. */
export const STRICT = /* @__PURE__ */ new Kernel('strict', base64)
