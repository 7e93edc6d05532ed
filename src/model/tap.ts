// A tap: one number on its way through the net. Any hidden unit, before or after its GELU, or one of the head's raw outputs. Batch
// norm is an affine function of what comes out of the GELU in front of it, so what a unit is behind it needs no tap of its own,
// only another tone.

import { type Architecture, INPUT_DIM } from './architecture.js'
import type { DivergingTone } from './diverging.js'
import { FormatError } from './errors.js'
import { type FoldedNetwork, layersOf } from './fold.js'
import { ForwardPass } from './forward.js'
import type { NetworkLayer } from './layers/kinds.js'

export interface Tap {
  /** Index of the folded layer: of the net's linear layers, the head being the last. */
  readonly layer: number
  readonly unit: number
  /** Before the layer's GELU or after it; the head has only `pre`. */
  readonly stage: 'pre' | 'post'
}

/** A linear layer of an architecture, as taps count them. */
export interface TapLayer {
  readonly name: string
  readonly outDim: number
  /** Whether GELU follows: not behind the head. */
  readonly gelu: boolean
}

/** Lists the layers that have taps, the head last: nine for MysteryNet. */
export function tapLayers({ layers }: Architecture): readonly TapLayer[] {
  return layers.flatMap((layer, index) =>
    layer.kind === 'linear'
      ? [{ name: layer.name, outDim: layer.outDim, gelu: layers[index + 1]?.kind === 'gelu' }]
      : [],
  )
}

/**
 * Lists every unit of an architecture in the net's order, the raw outputs last: 224 + 3 for MysteryNet.
 * @param stage of the hidden units; the outputs have only `pre`
 */
export function listTaps(architecture: Architecture, stage: Tap['stage'] = 'post'): readonly Tap[] {
  return tapLayers(architecture).flatMap(({ outDim, gelu }, layer) =>
    Array.from({ length: outDim }, (_, unit): Tap => ({ layer, unit, stage: gelu ? stage : 'pre' })),
  )
}

/** What a tap's unit is called, counted from 0 as in the file: `dense3 unit 7`, `dense_head output 0`. */
export function tapName(architecture: Architecture, { layer, unit }: Tap): string {
  const { name, gelu } = tapLayers(architecture)[layer]
  return `${name} ${gelu ? 'unit' : 'output'} ${unit}`
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
  if (stage !== 'pre' && !(stage === 'post' && tapped.gelu))
    throw new FormatError(`tap of ${tapped.name}: expected stage pre${tapped.gelu ? ' or post' : ''}, got ${stage}`)
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
  const row = {
    ...tapped,
    outDim: 1,
    gelu: tap.stage === 'post',
    weight: tapped.weight.subarray(tap.unit * tapped.inDim, (tap.unit + 1) * tapped.inDim),
    bias: tapped.bias.subarray(tap.unit, tap.unit + 1),
  }
  const needed = [...folded.layers.slice(0, tap.layer), row]
  return new ForwardPass(layersOf({ layers: needed }), INPUT_DIM).evaluate(out, inputs)
}
