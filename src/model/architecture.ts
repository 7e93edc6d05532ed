// The architecture as data: which layers a flag network has, with their widths, in order. Parsing, folding, packing,
// shader and kernel are driven by this list; nothing else in vexel knows the numbers of MysteryNet.

import { FormatError } from './errors.js'
import { BATCH_NORM_EPS } from './layers/batch-norm.js'
import { kindOf, type Layer } from './layers/kinds.js'
import type { ParameterSpec } from './layers/layer.js'
import { shapeText } from './printable.js'
import type { Wiring } from './wiring.js'

/** Which layers a network has, in order. */
export interface Architecture {
  /** `MysteryNet`, or for other widths and depths of the family the widths, as in `dense 2-8-8-3`. */
  readonly name: string
  readonly layers: readonly Layer[]
  /** What its tensors' names and shapes do not say; absent where they say all, as the olympiad's do. */
  readonly wiring?: Wiring
}

/** Inputs of a flag network: the two coordinates. */
export const INPUT_DIM = 2
/** Outputs of the head: one value a colour channel. */
export const OUTPUT_DIM = 3

/**
 * Builds an architecture of the family `MysteryNet` belongs to: linear layers `dense1` ... `denseN` with exact GELU
 * after each, batch norm `bnK` after the layers listed, and a linear `dense_head` to the three channels.
 * @param widths output dims of dense1 ... denseN
 * @param batchNormAfter the K of every bnK, 1-based
 */
export function createDenseArchitecture(widths: readonly number[], batchNormAfter: readonly number[]): Architecture {
  const layers: Layer[] = []
  let inDim = INPUT_DIM
  widths.forEach((outDim, index) => {
    const k = index + 1
    layers.push(
      { kind: 'linear', name: `dense${k}`, inDim, outDim },
      { kind: 'gelu', name: `dense${k}.gelu`, dim: outDim },
    )
    if (batchNormAfter.includes(k)) layers.push(batchNormBehind(k, outDim))
    inDim = outDim
  })
  layers.push({ kind: 'linear', name: 'dense_head', inDim, outDim: OUTPUT_DIM })
  const isMysteryNet = `${widths}` === `${MYSTERY_WIDTHS}` && `${batchNormAfter}` === `${MYSTERY_BATCH_NORMS}`
  return { name: isMysteryNet ? 'MysteryNet' : denseName(widths, batchNormAfter), layers }
}

function batchNormBehind(k: number, dim: number): Layer {
  return { kind: 'batchNorm', name: `bn${k}`, dim, eps: BATCH_NORM_EPS }
}

const MYSTERY_WIDTHS = [16, 32, 32, 32, 32, 32, 32, 16]
const MYSTERY_BATCH_NORMS = [2, 4, 6, 8]

/** The class every team of the olympiad was given: 2-16-32-32-32-32-32-32-16-3, batch norm after every second GELU. */
export const MYSTERY_NET: Architecture = createDenseArchitecture(MYSTERY_WIDTHS, MYSTERY_BATCH_NORMS)

function denseName(widths: readonly number[], batchNormAfter: readonly number[]): string {
  const chain = [INPUT_DIM, ...widths, OUTPUT_DIM].join('-')
  return `dense ${chain}${batchNormAfter.length > 0 ? `, batch norm after ${batchNormAfter.join(', ')}` : ''}`
}

/**
 * Whether an architecture is built as MysteryNet is, however its layers are called: two inputs, linear layers with biases, exact GELU behind
 * each but the last, batch norm behind that or not, three outputs. It is what is exported.
 */
export function isDense({ layers }: Architecture): boolean {
  const kinds = layers.map(layer => (layer.kind === 'linear' && layer.hasBias === false ? 'unbiased' : layer.kind))
  const isAffine = layers.every(layer => layer.kind !== 'batchNorm' || layer.isAffine !== false)
  const [first, last] = [layers[0], layers[layers.length - 1]]
  return (
    /^(linear gelu (batchNorm )?)*linear $/.test(kinds.map(kind => `${kind} `).join('')) &&
    isAffine &&
    kindOf(first).inDim(first) === INPUT_DIM &&
    kindOf(last).outDim(last) === OUTPUT_DIM
  )
}

/**
 * Whether an architecture is a plain chain: two inputs, linear layers with biases, one activation behind each but the last, the same of all,
 * batch norm on either side of that or not, colours or a grey value. It is what parameters are scrubbed of and units shown.
 */
export function isPlainChain({ layers }: Architecture): boolean {
  const activations = layers.filter(layer => kindOf(layer).isActivation)
  const words = layers.map(layer => {
    if (layer.kind === 'linear') return layer.hasBias === false ? 'unbiased' : 'linear'
    if (layer.kind === 'batchNorm') return layer.isAffine === false ? 'unaffine' : 'norm'
    return kindOf(layer).isActivation ? 'bend' : layer.kind
  })
  const textOf = (layer: Layer) => JSON.stringify({ ...layer, name: '', dim: 0 })
  return (
    /^(linear (norm bend|bend norm|bend) )*linear( grey)?$/.test(words.join(' ')) &&
    new Set(activations.map(textOf)).size <= 1 &&
    kindOf(layers[0]).inDim(layers[0]) === INPUT_DIM
  )
}

/** Lists the tensors that a layer owns, in PyTorch's order. */
export function parameterSpecs(layer: Layer): readonly ParameterSpec[] {
  return kindOf(layer).parameters(layer)
}

/** Counts the learnable numbers (weights, biases, batch norm's affine pair): 6,675 for MysteryNet. */
export function countParameters(architecture: Architecture): number {
  let count = 0
  for (const layer of architecture.layers)
    for (const spec of parameterSpecs(layer)) if (spec.learnable) count += spec.shape.reduce((a, b) => a * b, 1)
  return count
}

/**
 * Reads widths and depth off tensor names and shapes: dense1 ... denseN are the layers, their width is what most tensors
 * around them have, bnK tensors say where batch norm stands. Only what the names claim is decided here; every tensor's
 * own shape is checked where the values are read.
 * @param shapes shape by tensor name, prefix already stripped
 * @throws FormatError when these are not the names of such a network, naming the first tensor that is missing
 */
export function inferArchitecture(shapes: ReadonlyMap<string, readonly number[]>): Architecture {
  let depth = 0
  const batchNorms = new Set<number>()
  for (const name of shapes.keys()) {
    const match = /^(dense|bn)([1-9]\d{0,3})\.(weight|bias|running_mean|running_var)$/.exec(name)
    if (!match) continue
    const k = Number(match[2])
    if (match[1] === 'dense') depth = Math.max(depth, k)
    else batchNorms.add(k)
  }
  const missing = (name: string, cure = '') => new FormatError(`missing tensor ${name}${cure}`)
  if (depth === 0)
    throw missing('dense1.weight', ': not a flag network (expected dense1.weight, dense1.bias, ... dense_head.weight)')

  const widths: number[] = []
  for (let k = 1; k <= depth; k++) {
    const name = `dense${k}.weight`
    const shape = shapes.get(name)
    if (!shape) throw missing(name, `, though there is a dense${depth}`)
    const width = claimedWidth(shapes, k, k < depth ? `dense${k + 1}` : 'dense_head')
    if (!(width > 0)) throw new FormatError(`${name}: expected shape [outputs, inputs], got ${shapeText(shape)}`)
    widths.push(width)
  }
  if (!shapes.has('dense_head.weight')) throw missing('dense_head.weight')
  for (const k of batchNorms) if (k > depth) throw new FormatError(`bn${k} stands behind a missing dense${k}`)
  // MysteryNet has batch norm after every second layer: a file that has some of these has lost the others.
  const isMysteryShaped = `${widths}` === `${MYSTERY_WIDTHS}`
  const everySecond = isMysteryShaped || (batchNorms.size > 0 && [...batchNorms].every(k => k % 2 === 0))
  if (everySecond) for (let k = 2; k <= depth; k += 2) if (!batchNorms.has(k)) throw missing(`bn${k}.weight`)
  return createDenseArchitecture(
    widths,
    [...batchNorms].sort((a, b) => a - b),
  )
}

/** The width that most tensors around a dense layer have, so that the one that is misshapen is the one refused. */
function claimedWidth(shapes: ReadonlyMap<string, readonly number[]>, k: number, next: string): number {
  const claims = [
    shapes.get(`dense${k}.weight`)?.[0],
    shapes.get(`dense${k}.bias`)?.[0],
    shapes.get(`${next}.weight`)?.[1],
    ...parameterSpecs(batchNormBehind(k, 0)).map(({ name }) => shapes.get(name)?.[0]),
  ].filter(claim => claim !== undefined)
  const votes = (width: number) => claims.filter(claim => claim === width).length
  return claims.reduce((best, claim) => (votes(claim) > votes(best) ? claim : best), claims[0])
}
