// Random networks of every kind of layer, as files that PyTorch could have saved, each with what is to be said of it. Seeded.

import type { NewTensor } from '../../src/model/safetensors/write.js'
import { createRandom, floatTensor } from './network-files.js'

export interface RandomNet {
  readonly tensors: readonly NewTensor[]
  /** As of `--architecture`. */
  readonly wiring: object
}

const ACTIVATIONS = [
  'gelu',
  'gelu-tanh',
  'relu',
  { kind: 'leaky-relu', slope: 0.2 },
  'silu',
  'tanh',
  'sigmoid',
  { kind: 'sine', frequency: 3 },
  { kind: 'gaussian', width: 0.7 },
] as const

type Random = () => number
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]

/** Names of the k-th linear layer in the ways of people. */
const NAMINGS: readonly ((k: number, count: number) => string)[] = [
  k => `${3 * k}`,
  k => `net.${2 * k}`,
  k => `model.net.fc${k + 1}`,
  k => `module.layers.${k}.linear`,
  k => `blocks.${k}.0`,
  (k, count) => (k === 0 ? 'input' : k === count - 1 ? 'head' : `hidden${k}`),
]

/** A network by its seed: widths, depth, kinds, encodings, sub-networks, batch norms and heads all vary. */
export function randomNet(seed: number): RandomNet {
  const random = createRandom(seed)
  const tensors: NewTensor[] = []
  const add = (name: string, shape: readonly number[], low: number, high: number) => {
    const values = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => low + (high - low) * random())
    tensors.push(floatTensor(name, shape, values, pick(random, ['F32', 'F64'] as const)))
  }
  const linear = (name: string, inDim: number, outDim: number, hasBias: boolean) => {
    const bound = 1.5 / Math.sqrt(inDim)
    add(`${name}.weight`, [outDim, inDim], -bound, bound)
    if (hasBias) add(`${name}.bias`, [outDim], -0.5, 0.5)
  }
  const [encoding, first] = randomEncoding(random, add)
  const depth = 2 + Math.floor(random() * 4)
  const outDim = pick(random, [1, 3, 3, 3, 4])
  const widths = Array.from({ length: depth - 1 }, () => 1 + Math.floor(random() * 19))
  const parallel = random() < 0.3
  const naming = pick(random, NAMINGS)
  // A layer without a bias that takes two numbers may be a matrix of frequencies: where there is one, all others have biases.
  const hasBias = () => first === 2 || random() < 0.8
  let join: object = {}
  if (parallel) {
    const count = 2 + Math.floor(random() * 3)
    const isSum = random() < 0.5
    const own = isSum ? outDim : 5
    for (let net = 0; net < count; net++)
      [first, ...widths].forEach((inDim, k) =>
        linear(
          `nets.${net}.${2 * k}`,
          inDim,
          k === depth - 1 ? own : widths[k] + (k === depth - 1 ? 0 : net % 2),
          hasBias(),
        ),
      )
    // Widths differ from net to net, so what takes them must as well.
    fixWidths(tensors)
    if (!isSum) linear('head', count * own, outDim, true)
    join = { join: isSum ? 'sum' : 'concat' }
  } else {
    const dims = [first, ...widths, outDim]
    dims.slice(1).forEach((dim, k) => {
      const name = naming(k, depth)
      linear(name, dims[k], dim, hasBias())
      if (k === depth - 1 || random() > 0.3 || !/^(net\.)?\d+$/.test(name)) return
      const norm = name.replace(/\d+$/, index => `${Number(index) + 1}`)
      add(`${norm}.weight`, [dim], 0.5, 1.5)
      add(`${norm}.bias`, [dim], -0.5, 0.5)
      add(`${norm}.running_mean`, [dim], -0.5, 0.5)
      add(`${norm}.running_var`, [dim], 0.2, 2)
    })
  }
  const bends = parallel && 'join' in join && join.join === 'concat' ? depth : depth - 1
  const activation =
    random() < 0.5 ? pick(random, ACTIVATIONS) : Array.from({ length: bends }, () => pick(random, ACTIVATIONS))
  const output = random() < 0.4 ? { output: pick(random, ['sigmoid', 'tanh']) } : {}
  const norm = random() < 0.5 ? {} : { norm: 'after' }
  return { tensors, wiring: { ...(encoding ? { encoding } : {}), activation, ...join, ...output, ...norm } }
}

function randomEncoding(
  random: Random,
  add: (name: string, shape: readonly number[], low: number, high: number) => void,
): [encoding: object | null, dim: number] {
  switch (Math.floor(random() * 5)) {
    case 0: {
      const keepsInputs = random() < 0.5
      const count = 1 + Math.floor(random() * 4)
      const order = pick(random, ['octave', 'pairs', 'input', 'function'])
      return [{ kind: 'octaves', scale: 'pi', order, keepsInputs }, 4 * count + (keepsInputs ? 2 : 0)]
    }
    case 1: {
      const count = 3 + Math.floor(random() * 9)
      add('encoder.B', random() < 0.5 ? [count, 2] : [2, count], -1, 1)
      return [{ kind: 'fourier', order: pick(random, ['sin-cos', 'cos-sin', 'pairs']) }, 2 * count]
    }
    case 2:
      return [{ kind: 'inputs', features: ['x', 'y', 'radius'] }, 3]
    case 3:
      return [{ kind: 'inputs', features: ['radius', 'one', 'y', 'x'] }, 4]
    default:
      return [null, 2]
  }
}

/** Lets every layer of a sub-network take as many values as the one before gives. */
function fixWidths(tensors: NewTensor[]): void {
  tensors.forEach((tensor, i) => {
    const match = /^nets\.(\d+)\.(\d+)\.weight$/.exec(tensor.name)
    if (!match || match[2] === '0') return
    const before = tensors.find(({ name }) => name === `nets.${match[1]}.${Number(match[2]) - 2}.weight`)
    const inDim = before?.shape[0] ?? 0
    const [outDim] = tensor.shape
    const values = Float64Array.from(
      { length: outDim * inDim },
      (_, k) => (Math.sin(7 * k + i) * 1.5) / Math.sqrt(inDim),
    )
    tensors[i] = floatTensor(tensor.name, [outDim, inDim], values)
  })
}
