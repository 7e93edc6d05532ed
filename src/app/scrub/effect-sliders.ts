// The sliders over many parameters at once: which effect each stands for, its range, and how it is read off the edits and
// written into them. A slider at its neutral value is no effect at all.

import type { Effect } from '../../edit/effect.js'
import type { Edits } from '../../edit/edits.js'
import type { ParameterList } from '../../edit/parameters.js'

/** The kinds that have a slider. */
export type SliderKind = 'gain' | 'noise' | 'quantise' | 'prune' | 'temperature' | 'morph'

export interface EffectSlider {
  readonly kind: SliderKind
  readonly label: string
  /** What the figures mean. */
  readonly title: string
  /** Ends of the slider, in its own units; what is typed may go beyond where the effect allows it. */
  readonly min: number
  readonly max: number
  readonly step: number
  /** The value that changes nothing. */
  readonly neutral: number
  /** Which layers can be chosen. */
  readonly layers: 'one' | 'oneOrAll' | 'hiddenOrAll' | 'none'
  /** Whether the slider goes evenly in the logarithm. */
  readonly isLogarithmic: boolean
}

/** Above the 16 bits that are the most: not quantised. */
const UNQUANTISED = 17

const PLAIN = { isLogarithmic: false, step: 0.01, min: 0 } as const

export const SLIDERS: readonly EffectSlider[] = [
  { ...PLAIN, kind: 'morph', label: 'Morph', title: 'share of the other network', max: 1, neutral: 0, layers: 'none' },
  {
    ...PLAIN,
    kind: 'gain',
    label: 'Gain',
    title: 'weights and biases of the layer, times this',
    max: 3,
    neutral: 1,
    layers: 'one',
  },
  {
    kind: 'temperature',
    label: 'GELU temperature',
    title: 'T in x Φ(x / T): sharp bends for small T',
    min: 0.05,
    max: 20,
    step: 0.01,
    neutral: 1,
    layers: 'hiddenOrAll',
    isLogarithmic: true,
  },
  {
    ...PLAIN,
    kind: 'noise',
    label: 'Noise',
    title: 'standard deviations of each tensor',
    max: 1,
    neutral: 0,
    layers: 'oneOrAll',
  },
  {
    ...PLAIN,
    kind: 'prune',
    label: 'Prune',
    title: 'percent of the weights of each layer, the smallest',
    max: 100,
    step: 0.5,
    neutral: 0,
    layers: 'oneOrAll',
  },
  {
    ...PLAIN,
    kind: 'quantise',
    label: 'Quantise',
    title: 'bits of each weight, 1 to 16',
    min: 1,
    max: UNQUANTISED,
    step: 1,
    neutral: UNQUANTISED,
    layers: 'oneOrAll',
  },
]

/** The sliders that a network has a use for: only GELU has a temperature. */
export function slidersOf({ linears }: ParameterList): readonly EffectSlider[] {
  const isGelu = linears.every(({ activation }) => activation === null || activation === 'gelu')
  return isGelu ? SLIDERS : SLIDERS.filter(({ kind }) => kind !== 'temperature')
}

/** Where an effect comes in the order of all: what replaces before what scales, what rounds last. */
const ORDER: readonly Effect['kind'][] = [
  'morph',
  'randomise',
  'mutate',
  'gain',
  'temperature',
  'noise',
  'unitGain',
  'prune',
  'quantise',
]

/** Which effect of its kind a slider is at: one of a layer, or the morph's target and the noise's seed besides. */
export interface SliderPlace {
  /** null: all layers. Ignored where a kind has none. */
  readonly layer: number | null
  readonly seed: number
  readonly target: string
  readonly matched: boolean
}

/** The effect that a slider is at; null where it is neutral. */
export function effectAt({ effects }: Edits, { kind }: EffectSlider, { layer }: SliderPlace): Effect | null {
  return effects.find(effect => effect.kind === kind && (!('layer' in effect) || effect.layer === layer)) ?? null
}

/** A slider's value, in its own units. */
export function sliderValue(edits: Edits, slider: EffectSlider, place: SliderPlace): number {
  const effect = effectAt(edits, slider, place)
  switch (effect?.kind) {
    case 'gain':
      return effect.factor
    case 'noise':
    case 'morph':
      return effect.amount
    case 'quantise':
      return effect.bits
    case 'prune':
      return Number((100 * effect.share).toPrecision(12))
    case 'temperature':
      return effect.temperature
    default:
      return slider.neutral
  }
}

/** Edits with a slider at a value. What fits no network is refused where the edits are applied. */
export function withSlider(edits: Edits, slider: EffectSlider, place: SliderPlace, value: number): Edits {
  const old = effectAt(edits, slider, place)
  if (value === slider.neutral)
    return old ? { ...edits, effects: edits.effects.filter(effect => effect !== old) } : edits
  const effect = effectOf(slider.kind, place, value)
  return { ...edits, effects: old ? edits.effects.map(e => (e === old ? effect : e)) : inserted(edits.effects, effect) }
}

function inserted(effects: readonly Effect[], effect: Effect): readonly Effect[] {
  const rank = ORDER.indexOf(effect.kind)
  const before = effects.findIndex(({ kind }) => ORDER.indexOf(kind) > rank)
  return before < 0 ? [...effects, effect] : effects.toSpliced(before, 0, effect)
}

function effectOf(kind: SliderKind, { layer, seed, target, matched }: SliderPlace, value: number): Effect {
  switch (kind) {
    case 'gain':
      return { kind, layer: layer ?? 0, factor: value }
    case 'noise':
      return { kind, layer, amount: value, seed }
    case 'quantise':
      return { kind, layer, bits: value }
    case 'prune':
      return { kind, layer, share: Number((value / 100).toPrecision(12)) }
    case 'temperature':
      return { kind, layer, temperature: value }
    case 'morph':
      return { kind, target, amount: value, matched }
  }
}

/** Where a value stands on its slider, from 0 to 1. */
export function positionOf({ min, max, isLogarithmic }: EffectSlider, value: number): number {
  const along = isLogarithmic ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min)
  return Math.min(1, Math.max(0, along))
}

/** The value at a position, rounded to the slider's step; where it is logarithmic to three digits. */
export function valueAt({ min, max, step, isLogarithmic }: EffectSlider, position: number): number {
  if (isLogarithmic) return Number((min * (max / min) ** position).toPrecision(3))
  const steps = Math.round((position * (max - min)) / step)
  return Number((min + steps * step).toPrecision(12))
}

/** What stands in a slider's field. */
export function fieldText({ kind }: EffectSlider, value: number): string {
  return kind === 'quantise' && value === UNQUANTISED ? 'off' : String(value)
}

/** What a value is called, for screen readers and lists. */
export function valueText({ kind }: EffectSlider, value: number): string {
  switch (kind) {
    case 'gain':
      return `× ${value}`
    case 'noise':
      return `${value} σ`
    case 'quantise':
      return value === UNQUANTISED ? 'off' : `${value} bit${value === 1 ? '' : 's'}`
    case 'prune':
      return `${value} %`
    case 'temperature':
      return `T = ${value}`
    case 'morph':
      return `${Number((100 * value).toPrecision(4))} %`
  }
}
