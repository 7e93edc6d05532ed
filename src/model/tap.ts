// A tap: one number on its way through the net. Any hidden unit, before or after its activation, or one of the head's raw outputs. Batch
// norm is an affine function of what comes out of the GELU in front of it, so what a unit is behind it needs no tap of its own,
// only another tone.

import { type Architecture, INPUT_DIM } from './architecture.js'
import type { DivergingTone } from './diverging.js'
import { FormatError } from './errors.js'
import { type FoldedLayer, type FoldedNetwork, foldNetwork, layersOf } from './fold.js'
import { ForwardPass } from './forward.js'
import { denseWeight } from './layers/blocks.js'
import { type Activation, layerWithValues, type NetworkLayer } from './layers/kinds.js'

/** Where a network is tapped: at a unit of a layer. */
export interface Tap {
  /** Index of the folded layer: of the net's linear layers, the head being the last. */
  readonly layer: number
  readonly unit: number
  /** Before the layer's activation or after it; where there is none only `pre`. */
  readonly stage: 'pre' | 'post'
}

/** A linear layer of an architecture, as taps count them. */
export interface TapLayer {
  readonly name: string
  readonly outDim: number
  /** What follows; null for nothing, as behind the head. */
  readonly activation: Activation | null
}

// They are asked for at every unit that is named, and an architecture never changes.
const known = new WeakMap<Architecture, readonly TapLayer[]>()

/** Lists the layers that have taps, the head last: nine for MysteryNet. */
export function tapLayers(architecture: Architecture): readonly TapLayer[] {
  const found = known.get(architecture)
  if (found) return found
  // Folding alone knows which layers are left, whatever their values.
  const zeros = ({ shape }: { readonly shape: readonly number[] }) =>
    new Float64Array(shape.reduce((product, dim) => product * dim, 1))
  const layers = architecture.layers.map(layer => layerWithValues(layer, zeros))
  const listed = foldNetwork({ architecture, layers, prefix: '', warnings: [] }).layers
  known.set(
    architecture,
    listed.map(({ name, outDim, activation }) => ({ name, outDim, activation })),
  )
  return tapLayers(architecture)
}

/**
 * Lists every unit of an architecture in the net's order, the raw outputs last: 224 + 3 for MysteryNet.
 * @param stage of the hidden units; the outputs have only `pre`
 */
export function listTaps(architecture: Architecture, stage: Tap['stage'] = 'post'): readonly Tap[] {
  return tapLayers(architecture).flatMap(({ outDim, activation }, layer) =>
    Array.from({ length: outDim }, (_, unit): Tap => ({ layer, unit, stage: activation ? stage : 'pre' })),
  )
}

/** What a tap's unit is called, counted from 0 as in the file: `dense3 unit 7`, `dense_head output 0`. */
export function tapName(architecture: Architecture, { layer, unit }: Tap): string {
  const layers = tapLayers(architecture)
  return `${layers[layer].name} ${layer < layers.length - 1 ? 'unit' : 'output'} ${unit}`
}

/** Whether two taps are the same; null is the head. */
export function sameTap(a: Tap | null, b: Tap | null): boolean {
  return a === b || (a?.layer === b?.layer && a?.unit === b?.unit && a?.stage === b?.stage)
}

/** Whether two tones are the same; null is the frame's. */
export function sameTone(a: DivergingTone | null, b: DivergingTone | null): boolean {
  return a === b || (a?.offset === b?.offset && a?.scale === b?.scale)
}

/** Checks that a network has a tap. @throws FormatError naming what it has not */
export function checkTap({ layers }: FoldedNetwork, { layer, unit, stage }: Tap): void {
  const tapped = layers[layer]
  if (!tapped) throw new FormatError(`tap: expected a layer from 0 to ${layers.length - 1}, got ${layer}`)
  if (!Number.isInteger(unit) || unit < 0 || unit >= tapped.outDim)
    throw new FormatError(`tap of ${tapped.name}: expected a unit from 0 to ${tapped.outDim - 1}, got ${unit}`)
  if (stage !== 'pre' && !(stage === 'post' && tapped.activation))
    throw new FormatError(
      `tap of ${tapped.name}: expected stage pre${tapped.activation ? ' or post' : ''}, got ${stage}`,
    )
}

/** The stage's name in {@link traceNetwork}: a linear layer's own, or that of the GELU behind it. */
export function stageName(layers: readonly Pick<NetworkLayer, 'kind' | 'name'>[], { layer, stage }: Tap): string {
  const indices = layers.flatMap(({ kind }, index) => (kind === 'linear' ? [index] : []))
  return layers[indices[layer] + (stage === 'post' ? 1 : 0)].name
}

/**
 * Evaluates one unit with the float64 reference.
 * @param out [n], written and returned
 * @param inputs [n, 2] (first, second) as the net takes them
 * @throws FormatError when the network has no such tap
 */
export function evaluateTap(
  out: Float64Array,
  folded: FoldedNetwork,
  tap: Tap,
  inputs: ArrayLike<number>,
): Float64Array {
  checkTap(folded, tap)
  const tapped = folded.layers[tap.layer]
  // Of its layer the unit alone: a layer of one row.
  const row: FoldedLayer = {
    name: tapped.name,
    inDim: tapped.inDim,
    outDim: 1,
    activation: tap.stage === 'post' ? tapped.activation : null,
    weight: denseWeight(tapped).subarray(tap.unit * tapped.inDim, (tap.unit + 1) * tapped.inDim),
    bias: tapped.bias.subarray(tap.unit, tap.unit + 1),
  }
  const needed = { layers: [...folded.layers.slice(0, tap.layer), row], encoding: folded.encoding }
  return new ForwardPass(layersOf(needed), INPUT_DIM).evaluate(out, inputs)
}
