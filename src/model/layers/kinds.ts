// The kinds of layers that there are: the one list.

import { batchNorm } from './batch-norm.js'
import { gelu } from './gelu.js'
import type { LayerKind, ParameterSpec } from './layer.js'
import { linear } from './linear.js'

const KINDS = { linear, gelu, batchNorm }

type Kinds = typeof KINDS
type SpecOf<K> = K extends LayerKind<infer S, infer _> ? S : never
type LayerOf<K> = K extends LayerKind<infer _, infer L> ? L : never

/** One layer of an architecture. */
export type Layer = SpecOf<Kinds[keyof Kinds]>

/** A layer with its values, in float64: the arrays that its kind's parameters name, besides what the architecture says. */
export type NetworkLayer = LayerOf<Kinds[keyof Kinds]>

/** What knows all of a layer. */
export function kindOf({ kind }: Pick<Layer, 'kind'>): LayerKind<Layer, NetworkLayer> {
  // A kind is asked only about layers of its own; the list says so, and TypeScript cannot follow.
  return KINDS[kind] as unknown as LayerKind<Layer, NetworkLayer>
}

/**
 * Gives a layer its values.
 * @param valuesOf a tensor's values, row-major; held as they are
 */
export function layerWithValues(layer: Layer, valuesOf: (spec: ParameterSpec) => Float64Array): NetworkLayer {
  const fields = kindOf(layer)
    .parameters(layer)
    .map(spec => [spec.role, valuesOf(spec)])
  return { ...layer, ...Object.fromEntries(fields) } as NetworkLayer
}
