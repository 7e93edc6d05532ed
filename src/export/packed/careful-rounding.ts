// Rounding the weights of a network to few bits so that its picture changes little: what one weight loses is made good by those that are rounded
// after it, as far as the layer's inputs go together, and every layer makes good what the layers before have changed. Inputs of a flag's
// layers are all functions of two numbers and go together a lot. Frantar et al., "GPTQ" (2022), arXiv:2210.17323.
// Dimension letters: i inputs of a layer and the constant that its bias is multiplied by, o outputs, p points.

import { parameterSpecs } from '../../model/architecture.js'
import type { Frame } from '../../model/frame.js'
import { kindOf, layerWithValues, type NetworkLayer } from '../../model/layers/kinds.js'
import type { ParameterSpec } from '../../model/layers/layer.js'
import type { LinearLayer } from '../../model/layers/linear.js'
import type { Network } from '../../model/network.js'
import { choleskyOf, inverseOf } from './symmetric.js'

/** The nearest number that can be written. */
export type Round = (value: number) => number

export interface Rounding {
  /** Of all values but those of the matrices of linear layers. */
  readonly plain: Round
  /** Of a row of such a matrix, which has these values before. */
  readonly row: (layer: LinearLayer, row: Float64Array) => Round
}

/** Points along an edge: over the frame, and as many over its surroundings, which shall not change much either. */
const GRID = 56
const SURROUNDINGS = 2
/** Of the mean square of the inputs: what they have in common beyond that is taken for chance. */
const DAMPING = 1e-2

/** Rounds all values of a network. */
export function roundCarefully(network: Network, frame: Frame, rounding: Rounding, damping = DAMPING): Network {
  const points = 2 * GRID * GRID
  let exact = pointsOf(frame)
  let rounded = exact
  const layers = network.layers.map((layer): NetworkLayer => {
    const next =
      layer.kind === 'linear'
        ? roundLinear(layer, exact, rounded, points, rounding, damping)
        : roundPlainly(layer, rounding)
    exact = given(layer, exact, points)
    rounded = given(next, rounded, points)
    return next
  })
  return { ...network, layers }
}

/** [2, p], the inputs in the order in which the net takes them. */
function pointsOf({ x, y, order }: Frame): Float64Array {
  const out = new Float64Array(4 * GRID * GRID)
  const [first, second] = order === 'xy' ? [x, y] : [y, x]
  let p = 0
  for (const size of [1, SURROUNDINGS])
    for (let row = 0; row < GRID; row++)
      for (let column = 0; column < GRID; column++, p++)
        for (const [axis, [from, to], place] of [[0, first, column] as const, [1, second, row] as const])
          out[axis * 2 * GRID * GRID + p] = (from + to) / 2 + ((place + 0.5) / GRID - 0.5) * size * (to - from)
  return out
}

function given(layer: NetworkLayer, input: Float64Array, points: number): Float64Array {
  const out = new Float64Array(kindOf(layer).outDim(layer) * points)
  kindOf(layer).forward(out, input, layer, points, points)
  return out
}

function roundPlainly(layer: NetworkLayer, { plain }: Rounding): NetworkLayer {
  const values = layer as unknown as Readonly<Record<string, Float64Array>>
  const valuesOf = ({ role, shape, at = 0 }: ParameterSpec) =>
    values[role].subarray(at, at + shape.reduce((product, size) => product * size, 1)).map(plain)
  return parameterSpecs(layer).length === 0 ? layer : layerWithValues(layer, valuesOf)
}

function roundLinear(
  layer: LinearLayer,
  exact: Float64Array,
  rounded: Float64Array,
  points: number,
  rounding: Rounding,
  damping: number,
): LinearLayer {
  const { inDim, outDim, weight, bias } = layer
  // Without a bias there is nothing to make good by it.
  const size = layer.hasBias === false ? inDim : inDim + 1
  const together = momentsOf(rounded, inDim, size, points)
  const inverse = inverseOf(damped(together, size, damping), size)
  const factor = choleskyOf(inverse, size)
  const [wanted, got] = [given(layer, exact, points), given(layer, rounded, points)]
  const result = { ...layer, weight: new Float64Array(weight.length), bias: new Float64Array(outDim) }
  for (let o = 0; o < outDim; o++) {
    const row = Float64Array.from({ length: size }, (_, i) => (i < inDim ? weight[o * inDim + i] : bias[o]))
    const missing = Float64Array.from({ length: points }, (_, p) => wanted[o * points + p] - got[o * points + p])
    makeGood(row, missing, rounded, inverse, inDim, points)
    const round = rounding.row(layer, row.subarray(0, inDim))
    for (let i = 0; i < size; i++) {
      const value = (i < inDim ? round : rounding.plain)(row[i])
      const lost = (row[i] - value) / factor[i * size + i]
      // Of a lower factor the column below: those that are not rounded yet.
      for (let k = i + 1; k < size; k++) row[k] -= lost * factor[k * size + i]
      if (i < inDim) result.weight[o * inDim + i] = value
      else result.bias[o] = value
    }
  }
  return result
}

/** Adds to a row what makes its outputs larger by `missing`, as far as the inputs allow: least squares. */
function makeGood(
  row: Float64Array,
  missing: Float64Array,
  input: Float64Array,
  inverse: Float64Array,
  inDim: number,
  points: number,
): void {
  const size = row.length
  const along = Float64Array.from({ length: size }, (_, i) => {
    let sum = 0
    for (let p = 0; p < points; p++) sum += missing[p] * (i < inDim ? input[i * points + p] : 1)
    return sum
  })
  for (let i = 0; i < size; i++) for (let k = 0; k < size; k++) row[i] += inverse[i * size + k] * along[k]
}

/** [i, i], the sums of products of inputs over the points. */
function momentsOf(input: Float64Array, inDim: number, size: number, points: number): Float64Array {
  const out = new Float64Array(size * size)
  for (let a = 0; a < size; a++)
    for (let b = 0; b <= a; b++) {
      let sum = 0
      for (let p = 0; p < points; p++)
        sum += (a < inDim ? input[a * points + p] : 1) * (b < inDim ? input[b * points + p] : 1)
      out[a * size + b] = sum
      out[b * size + a] = sum
    }
  return out
}

function damped(matrix: Float64Array, size: number, damping: number): Float64Array {
  const out = matrix.slice()
  let trace = 0
  for (let i = 0; i < size; i++) trace += matrix[i * size + i]
  for (let i = 0; i < size; i++) out[i * size + i] += (damping * trace) / size
  return out
}
