// The nodes of a model while they are put together: one value after the other, each by the operators of an opset.

import { UnsupportedError } from '../../model/errors.js'
import type { Activation, NetworkLayer } from '../../model/layers/kinds.js'
import { type OctavesSpec, wavesOf } from '../../model/layers/octaves.js'
import type { OnnxNode, OnnxTensor } from './onnx-proto.js'

/** A matrix [outDim, inDim], and what is added. */
export interface OnnxAffine {
  readonly inDim: number
  readonly outDim: number
  readonly weight: ArrayLike<number>
  readonly bias: ArrayLike<number>
}

export class OnnxGraph {
  readonly nodes: OnnxNode[] = []
  readonly tensors: OnnxTensor[] = []
  /** What the last node gives. */
  value: string

  constructor(
    input: string,
    private readonly opset: number,
  ) {
    this.value = input
  }

  /** Adds a node. @returns the name of what it gives */
  add(op: string, name: string, inputs: readonly string[], attributes?: Readonly<Record<string, number>>): string {
    this.nodes.push({ op, name, inputs, output: name, attributes })
    this.value = name
    return name
  }

  /** A number that nodes take, once. @returns its name */
  constant(value: number): string {
    const name = `constant_${value}`
    if (!this.tensors.some(tensor => tensor.name === name)) this.tensors.push({ name, dims: [], values: [value] })
    return name
  }

  /** W x + b of a value, by default the last one. */
  affine(name: string, { inDim, outDim, weight, bias }: OnnxAffine, from = this.value): string {
    this.tensors.push({ name: `${name}.weight`, dims: [outDim, inDim], values: weight })
    this.tensors.push({ name: `${name}.bias`, dims: [outDim], values: bias })
    return this.add('Gemm', name, [from, `${name}.weight`, `${name}.bias`], { transB: 1 })
  }

  /** An activation of the last value. */
  bend(name: string, activation: Activation): void {
    const x = this.value
    const add = (op: string, part: string, ...inputs: string[]) => this.add(op, `${name}.${part}`, inputs)
    switch (activation.kind) {
      case 'gelu':
        if (this.opset >= 20) add('Gelu', 'gelu', x)
        else {
          const phi = add(
            'Add',
            'twice_phi',
            add('Erf', 'erf', add('Div', 'scaled', x, this.constant(Math.SQRT2))),
            this.constant(1),
          )
          add('Mul', 'gelu', add('Mul', 'twice_gelu', x, phi), this.constant(0.5))
        }
        return
      case 'geluTanh': {
        const cube = add('Mul', 'cube', add('Mul', 'square', x, x), x)
        const sum = add('Add', 'sum', x, add('Mul', 'bent', cube, this.constant(0.044715)))
        const tanh = add('Tanh', 'tanh', add('Mul', 'scaled', sum, this.constant(Math.sqrt(2 / Math.PI))))
        add(
          'Mul',
          'gelu',
          add('Mul', 'twice_gelu', x, add('Add', 'twice_phi', tanh, this.constant(1))),
          this.constant(0.5),
        )
        return
      }
      case 'relu':
        add('Relu', 'relu', x)
        return
      case 'leakyRelu': {
        const below = add('Relu', 'below', add('Neg', 'negative', x))
        add('Sub', 'leaky', add('Relu', 'above', x), add('Mul', 'leak', below, this.constant(Number(activation.slope))))
        return
      }
      case 'silu':
        add('Mul', 'silu', x, add('Sigmoid', 'sigmoid', x))
        return
      case 'tanh':
        add('Tanh', 'tanh', x)
        return
      case 'sigmoid':
        add('Sigmoid', 'sigmoid', x)
        return
      case 'sine':
        add(
          'Sin',
          'sine',
          activation.frequency === 1 ? x : add('Mul', 'angle', x, this.constant(Number(activation.frequency))),
        )
        return
      case 'gaussian': {
        const share = add('Div', 'share', x, this.constant(Number(activation.width)))
        add('Exp', 'bell', add('Mul', 'exponent', add('Mul', 'square', share, share), this.constant(-0.5)))
        return
      }
      default:
        activation.kind satisfies never
    }
  }

  /** A layer without parameters, before or behind the others. @throws UnsupportedError for a kind that is not known here */
  plain(name: string, layer: NetworkLayer): void {
    const x = this.value
    switch (layer.kind) {
      case 'octaves':
        this.#octaves(name, layer)
        return
      case 'inputs': {
        const { features } = layer
        const outDim = features.length
        const of = (place: number, feature: string) => features.map(f => (f === feature ? place : 0))
        const weight = features.flatMap(f => [f === 'x' ? 1 : 0, f === 'y' ? 1 : 0])
        const linear = this.affine(`${name}.linear`, { inDim: 2, outDim, weight, bias: of(1, 'one') })
        if (!features.includes('radius')) return
        const square = this.add('Mul', `${name}.squares`, [x, x])
        const sum = this.affine(`${name}.sum`, { inDim: 2, outDim: 1, weight: [1, 1], bias: [0] }, square)
        const radius = this.add('Sqrt', `${name}.radius`, [sum])
        const zeros = new Float64Array(outDim)
        const placed = this.affine(`${name}.placed`, { inDim: 1, outDim, weight: of(1, 'radius'), bias: zeros }, radius)
        this.add('Add', `${name}.features`, [linear, placed])
        return
      }
      case 'alpha': {
        const rows = (of: (channel: number, i: number) => boolean) =>
          Array.from({ length: 12 }, (_, at) => (of(Math.floor(at / 4), at % 4) ? 1 : 0))
        const zeros = new Float64Array(3)
        const less = this.affine(
          `${name}.below_white`,
          { inDim: 4, outDim: 3, weight: rows((channel, i) => channel === i), bias: [-1, -1, -1] },
          x,
        )
        const share = this.affine(
          `${name}.alpha`,
          { inDim: 4, outDim: 3, weight: rows((_, i) => i === 3), bias: zeros },
          x,
        )
        const clipped = this.add('Clip', `${name}.share`, [share, this.constant(0), this.constant(1)])
        this.add('Add', `${name}.over_white`, [this.add('Mul', `${name}.seen`, [less, clipped]), this.constant(1)])
        return
      }
      default:
        throw new UnsupportedError(`onnx: ${layer.name} is of a kind that it does not know: ${layer.kind}`)
    }
  }

  #octaves(name: string, layer: OctavesSpec): void {
    const x = this.value
    const waves = wavesOf(layer).filter(({ frequency }) => frequency !== 0)
    this.affine(`${name}.angles`, {
      inDim: layer.inDim,
      outDim: waves.length,
      weight: waves.flatMap(({ input, frequency }) =>
        Array.from({ length: layer.inDim }, (_, i) => (i === input ? frequency : 0)),
      ),
      bias: waves.map(({ phase }) => phase),
    })
    const sines = this.add('Sin', `${name}.sines`, [this.value])
    if (layer.keepsInputs) this.add('Concat', `${name}.features`, [x, sines], { axis: 1 })
  }
}
