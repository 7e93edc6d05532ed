// Which function does which effect.

import type { Effect } from './effect.js'
import { applyGain } from './effects/gain.js'
import { applyMorph, type MorphContext } from './effects/morph.js'
import { applyMutate } from './effects/mutate.js'
import { applyNoise } from './effects/noise.js'
import { applyPrune } from './effects/prune.js'
import { applyQuantise } from './effects/quantise.js'
import { applyRandomise } from './effects/randomise.js'
import { applyTemperature } from './effects/temperature.js'
import { applyUnitGain } from './effects/unit-gain.js'
import type { ParameterList } from './parameters.js'

/** What an effect may know besides the values. */
export interface EffectContext extends MorphContext {
  readonly list: ParameterList
}

/** Applies a checked effect in place. values: [count], of `context.list`. */
export function applyEffect(values: Float64Array, effect: Effect, context: EffectContext): void {
  const { list, original } = context
  switch (effect.kind) {
    case 'gain':
      return applyGain(values, list, effect)
    case 'noise':
      return applyNoise(values, list, effect)
    case 'quantise':
      return applyQuantise(values, list, effect)
    case 'prune':
      return applyPrune(values, list, effect)
    case 'temperature':
      return applyTemperature(values, list, effect)
    case 'morph':
      return applyMorph(values, context, effect)
    case 'randomise':
      return applyRandomise(values, original.architecture, list, effect)
    case 'mutate':
      return applyMutate(values, list, effect)
    case 'unitGain':
      return applyUnitGain(values, list, effect)
  }
}
