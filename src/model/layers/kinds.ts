// The kinds of layers that there are: the one list.

import { alpha } from './alpha.js'
import { batchNorm } from './batch-norm.js'
import { blocks } from './blocks.js'
import { gaussian } from './gaussian.js'
import { gelu } from './gelu.js'
import { geluTanh } from './gelu-tanh.js'
import { grey } from './grey.js'
import { inputs } from './inputs.js'
import type { ActivationKind, LayerKind, LayerSpec, ParameterRole, ParameterSpec } from './layer.js'
import { leakyRelu } from './leaky-relu.js'
import { linear } from './linear.js'
import { octaves } from './octaves.js'
import { relu } from './relu.js'
import { sigmoid } from './sigmoid.js'
import { silu } from './silu.js'
import { sine } from './sine.js'
import { tanh } from './tanh.js'
import { waves } from './waves.js'

/** The functions that bend. */
const ACTIVATIONS = { gelu, geluTanh, relu, leakyRelu, silu, tanh, sigmoid, sine, gaussian }

const KINDS = { linear, blocks, batchNorm, ...ACTIVATIONS, octaves, inputs, waves, grey, alpha }

type Kinds = typeof KINDS
type SpecOf<K> = K extends LayerKind<infer S, infer _> ? S : never
type LayerOf<K> = K extends LayerKind<infer _, infer L> ? L : never

/** One layer of an architecture. */
export type Layer = SpecOf<Kinds[keyof Kinds]>

/** A layer with its values, in float64: the arrays that its kind's parameters name, besides what the architecture says. */
export type NetworkLayer = LayerOf<Kinds[keyof Kinds]>

/** An activation by itself: its kind and its numbers. */
export interface Activation {
  readonly kind: keyof typeof ACTIVATIONS
  readonly [option: string]: string | number
}

/** What knows all of a layer. */
export function kindOf({ kind }: Pick<Layer, 'kind'>): LayerKind<Layer, NetworkLayer> {
  // A kind is asked only about layers of its own; the list says so, and TypeScript cannot follow.
  return KINDS[kind] as unknown as LayerKind<Layer, NetworkLayer>
}

/** What knows all of an activation. */
export function activationKindOf({ kind }: Activation): ActivationKind<LayerSpec> {
  return ACTIVATIONS[kind] as unknown as ActivationKind<LayerSpec>
}

/** Whether there is an activation of this name. */
export function isActivationName(name: string): name is Activation['kind'] {
  return Object.hasOwn(ACTIVATIONS, name)
}

/** The names of all activations. */
export const ACTIVATION_NAMES = Object.keys(ACTIVATIONS) as Activation['kind'][]

/** The layer of an activation. */
export function activationLayer(activation: Activation, name: string, dim: number): Layer {
  return { ...activationKindOf(activation).options, ...activation, name, dim } as unknown as Layer
}

/**
 * Gives a layer its values.
 * @param valuesOf a tensor's values, row-major; held as they are, unless several tensors share a field
 */
export function layerWithValues(layer: Layer, valuesOf: (spec: ParameterSpec) => Float64Array): NetworkLayer {
  const kind = kindOf(layer)
  const fields: Partial<Record<ParameterRole, Float64Array>> = { ...kind.constants?.(layer) }
  for (const spec of kind.parameters(layer)) {
    if (spec.at === undefined) fields[spec.role] = valuesOf(spec)
    else fields[spec.role]?.set(valuesOf(spec), spec.at)
  }
  return { ...layer, ...fields } as NetworkLayer
}
