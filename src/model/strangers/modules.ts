// The tensors of a file that nobody explained, as the modules that PyTorch would have saved: linear layers, batch norms by their
// statistics, stored matrices. What a tensor is follows from its shape and from the last word of its name, never from the words before.

import { isFloating, type Dtype } from '../safetensors/dtype.js'

/** What is looked at of a tensor. */
export interface TensorFacts {
  readonly dtype: Dtype
  readonly shape: readonly number[]
}

export interface LinearModule {
  /** What stands before `.weight`. */
  readonly path: string
  readonly inDim: number
  readonly outDim: number
  readonly weight: string
  /** Null where there is none. */
  readonly bias: string | null
}

export interface NormModule {
  readonly path: string
  readonly dim: number
  readonly isAffine: boolean
}

export interface Modules {
  /** In the order in which people count: 2 before 10. */
  readonly linears: readonly LinearModule[]
  readonly norms: readonly NormModule[]
  /** Matrices that are called otherwise than a layer's weight, with either axis of 2: shape [rows, columns]. */
  readonly matrices: readonly { readonly name: string; readonly shape: readonly [number, number] }[]
  /** Floating tensors with more axes than a matrix has. */
  readonly deeper: readonly string[]
}

/** The last word of a linear layer's weight, with what its bias is called: weight, weight_3, W1. */
const WEIGHT = /^(weight|w)(_?\d*)$/i
const BIASES: Readonly<Record<string, string>> = { weight: 'bias', Weight: 'Bias', WEIGHT: 'BIAS', w: 'b', W: 'b' }

/** Sorts a file's tensors into modules. */
export function modulesOf(tensors: ReadonlyMap<string, TensorFacts>): Modules {
  const linears: LinearModule[] = []
  const norms: NormModule[] = []
  const matrices: { name: string; shape: readonly [number, number] }[] = []
  const deeper: string[] = []
  for (const [name, { dtype, shape }] of tensors) {
    if (!isFloating(dtype)) continue
    const cut = name.lastIndexOf('.') + 1
    const [before, word] = [name.slice(0, cut), name.slice(cut)]
    if (shape.length > 2) deeper.push(name)
    else if (shape.length === 2) {
      const [rows, columns] = shape
      const match = WEIGHT.exec(word)
      if (match) {
        const bias = biasOf(before, match, tensors, rows)
        // The path says which layer it is; of `weight_3` that is the number.
        linears.push({ path: before.slice(0, -1) + match[2], inDim: columns, outDim: rows, weight: name, bias })
      } else if (rows === 2 || columns === 2) matrices.push({ name, shape: [rows, columns] })
    } else if (shape.length === 1 && word === 'running_mean') {
      const has = (suffix: string) => `${tensors.get(before + suffix)?.shape}` === `${shape}`
      if (has('running_var'))
        norms.push({ path: before.slice(0, -1), dim: shape[0], isAffine: has('weight') && has('bias') })
    }
  }
  const byPath = (a: { readonly path: string }, b: { readonly path: string }) => comparePaths(a.path, b.path)
  return { linears: linears.sort(byPath), norms: norms.sort(byPath), matrices, deeper }
}

function biasOf(
  before: string,
  [, word, number]: RegExpExecArray,
  tensors: ReadonlyMap<string, TensorFacts>,
  rows: number,
): string | null {
  const candidates = [BIASES[word], word === 'W' ? 'B' : undefined].flatMap(bias =>
    bias ? [before + bias + number] : [],
  )
  return candidates.find(name => `${tensors.get(name)?.shape}` === `${rows}`) ?? null
}

/** Orders names as people count: numbers by their value, the rest by its letters. */
export function comparePaths(a: string, b: string): number {
  const [left, right] = [a, b].map(path => path.split(/(\d+)/))
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] === right[i]) continue
    const isNumber = i % 2 === 1
    const difference = isNumber ? Number(left[i]) - Number(right[i]) : 0
    if (difference !== 0) return difference
    return left[i] < right[i] ? -1 : 1
  }
  return left.length - right.length
}
