// Effects: what changes many parameters at once, as data. A link holds them as text (codec.ts), effects/ has what they do,
// one file each. Layers are linear layers counted from 0, the head the last, as in a folded network and a tap.

import { FormatError } from '../model/errors.js'
import { printableName } from '../model/printable.js'
import type { ParameterList } from './parameters.js'

/** Multiplies the weights and biases of a layer. */
export interface GainEffect {
  readonly kind: 'gain'
  readonly layer: number
  readonly factor: number
}

/** Adds normal noise to weights and biases, `amount` standard deviations of their tensor. */
export interface NoiseEffect {
  readonly kind: 'noise'
  /** null: all layers. */
  readonly layer: number | null
  readonly amount: number
  readonly seed: number
}

/** Rounds weights to the levels that `bits` bits can tell. */
export interface QuantiseEffect {
  readonly kind: 'quantise'
  readonly layer: number | null
  /** 1 to 16. */
  readonly bits: number
}

/** Sets the weights of least magnitude to 0, in each layer by itself. */
export interface PruneEffect {
  readonly kind: 'prune'
  readonly layer: number | null
  /** 0 to 1. */
  readonly share: number
}

/** Makes GELU x Phi(x / T): near a step's ramp (ReLU) for small T, near x / 2 for large. */
export interface TemperatureEffect {
  readonly kind: 'temperature'
  /** null: all hidden layers. */
  readonly layer: number | null
  /** Above 0; 1 is GELU itself. */
  readonly temperature: number
}

/** Goes towards another network of the same architecture. */
export interface MorphEffect {
  readonly kind: 'morph'
  /** Key among the morph targets, such as `jp`: up to 64 letters, digits, dots, hyphens and underscores. */
  readonly target: string
  /** 0 is this network, 1 the other one. */
  readonly amount: number
  /** Whether the other's hidden units are put into the order that fits this network's best. */
  readonly matched: boolean
}

/** Draws a layer anew, as PyTorch initialises it. */
export interface RandomiseEffect {
  readonly kind: 'randomise'
  readonly layer: number
  readonly seed: number
}

/** Changes a few weights and biases of all layers, each by `amount` standard deviations of its tensor. */
export interface MutateEffect {
  readonly kind: 'mutate'
  readonly amount: number
  readonly seed: number
}

/** Multiplies what one unit gives to the layers behind it; of the head, one output. */
export interface UnitGainEffect {
  readonly kind: 'unitGain'
  readonly layer: number
  readonly unit: number
  /** 0 silences the unit. */
  readonly gain: number
}

export type Effect =
  | GainEffect
  | NoiseEffect
  | QuantiseEffect
  | PruneEffect
  | TemperatureEffect
  | MorphEffect
  | RandomiseEffect
  | MutateEffect
  | UnitGainEffect

/** Bits that quantising goes up to: beyond 16 nothing is seen. */
const MAX_BITS = 16
/** Temperatures that are taken: far enough for a ramp and for a straight line. */
const TEMPERATURE_RANGE = [1e-3, 1e3] as const
/** Gains, factors and amounts are at most this large. */
const MAX_FACTOR = 1e6
/** Effects that a link may hold: some take a thousandth of a second each. */
export const MAX_EFFECTS = 256
/** Seeds are whole numbers below this. */
const MAX_SEED = 2 ** 32

/** Checks an effect against the network it is meant for. @throws FormatError in one line */
export function checkEffect(effect: Effect, { linears }: ParameterList): void {
  const { kind } = effect
  const number = (value: number, low: number, high: number, name: string) => {
    if (!(value >= low && value <= high))
      throw new FormatError(`${kind}: expected a ${name} from ${low} to ${high}, got ${value}`)
  }
  const whole = (value: number, low: number, high: number, name: string) => {
    if (!(Number.isInteger(value) && value >= low && value <= high))
      throw new FormatError(`${kind}: expected a whole ${name} from ${low} to ${high}, got ${value}`)
  }
  const layer = (value: number | null, count = linears.length) => {
    if (value !== null) whole(value, 0, count - 1, 'layer')
  }
  switch (kind) {
    case 'gain':
      layer(effect.layer)
      return number(effect.factor, -MAX_FACTOR, MAX_FACTOR, 'factor')
    case 'noise':
      layer(effect.layer)
      whole(effect.seed, 0, MAX_SEED - 1, 'seed')
      return number(effect.amount, -MAX_FACTOR, MAX_FACTOR, 'amount')
    case 'quantise':
      layer(effect.layer)
      return whole(effect.bits, 1, MAX_BITS, 'number of bits')
    case 'prune':
      layer(effect.layer)
      return number(effect.share, 0, 1, 'share')
    case 'temperature':
      layer(effect.layer, linears.length - 1)
      if (linears.some(({ activation }) => activation !== null && activation !== 'gelu'))
        throw new FormatError('temperature: only GELU has one')
      return number(effect.temperature, ...TEMPERATURE_RANGE, 'temperature')
    case 'morph':
      if (!/^[\w.-]{1,64}$/.test(effect.target))
        throw new FormatError(`morph: expected the key of a network, got "${printableName(effect.target)}"`)
      return number(effect.amount, -MAX_FACTOR, MAX_FACTOR, 'amount')
    case 'randomise':
      layer(effect.layer)
      return whole(effect.seed, 0, MAX_SEED - 1, 'seed')
    case 'mutate':
      whole(effect.seed, 0, MAX_SEED - 1, 'seed')
      return number(effect.amount, -MAX_FACTOR, MAX_FACTOR, 'amount')
    case 'unitGain':
      layer(effect.layer)
      whole(effect.unit, 0, linears[effect.layer].outDim - 1, 'unit')
      return number(effect.gain, -MAX_FACTOR, MAX_FACTOR, 'gain')
  }
}
