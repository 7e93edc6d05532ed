// Affine layers joined with diagonal ones, in front of them or behind: how batch norm disappears.

import type { Affine, Block, Diagonal } from './layer.js'

/** What does the same as a diagonal layer and an affine one behind it: W' = W diag(s), b' = b + W t. */
export function foldBehind({ scale, shift }: Diagonal, affine: Affine): Affine {
  const weight = affine.weight.slice()
  const bias = affine.bias.slice()
  let [w, unit, input] = [0, 0, 0]
  for (const { inDim, outDim } of blocksOf(affine)) {
    for (let o = 0; o < outDim; o++, unit++) {
      let sum = 0
      for (let i = input; i < input + inDim; i++, w++) {
        sum += weight[w] * shift[i]
        weight[w] *= scale[i]
      }
      bias[unit] += sum
    }
    input += inDim
  }
  return { ...affine, weight, bias }
}

/** What does the same as an affine layer and a diagonal one behind it: W' = diag(s) W, b' = s b + t. */
export function foldAhead({ scale, shift }: Diagonal, affine: Affine): Affine {
  const weight = affine.weight.slice()
  const bias = affine.bias.map((value, unit) => value * scale[unit] + shift[unit])
  let [w, unit] = [0, 0]
  for (const { inDim, outDim } of blocksOf(affine))
    for (let o = 0; o < outDim; o++, unit++) for (let i = 0; i < inDim; i++, w++) weight[w] *= scale[unit]
  return { ...affine, weight, bias }
}

/** Two diagonal layers as one. */
export function joinDiagonals(first: Diagonal, second: Diagonal): Diagonal {
  return {
    scale: first.scale.map((value, i) => value * second.scale[i]),
    shift: first.shift.map((value, i) => value * second.scale[i] + second.shift[i]),
  }
}

/** The affine layer that changes nothing. */
export function identity(dim: number): Affine {
  const weight = new Float64Array(dim * dim)
  for (let unit = 0; unit < dim; unit++) weight[unit * dim + unit] = 1
  return { inDim: dim, outDim: dim, weight, bias: new Float64Array(dim) }
}

function blocksOf({ inDim, outDim, blocks }: Affine): readonly Block[] {
  return blocks ?? [{ inDim, outDim }]
}
