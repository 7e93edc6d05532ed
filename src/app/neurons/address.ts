// How the units of the open network are seen, and how that stands in the address.

import { FormatError } from '../../model/errors.js'
import type { PartSpelling } from '../address.js'

export const NEURON_STAGES = ['pre', 'post', 'norm'] as const
export type NeuronStage = (typeof NEURON_STAGES)[number]
export const NEURON_CENTRES = ['mean', 'zero'] as const
export type NeuronCentre = (typeof NEURON_CENTRES)[number]

/** How units are coloured. */
export interface UnitColours {
  /** Before GELU, after it, or after batch norm, too. */
  readonly stage: NeuronStage
  /** What the middle of the colours stands for: the unit's own mean, or zero. */
  readonly centre: NeuronCentre
}

export interface NeuronsState {
  /** How the units of the network are seen; null where it is seen as one picture. */
  readonly neurons: UnitColours | null
}

export const NEURONS_PART: PartSpelling<UnitColours | null> = {
  key: 'neurons',
  default: null,
  format: colours => (colours ? `${colours.stage},${colours.centre}` : ''),
  parse: text => {
    const [stageText, centreText = 'mean', ...rest] = text.split(',')
    const stage = NEURON_STAGES.find(stage => stage === stageText)
    const centre = NEURON_CENTRES.find(centre => centre === centreText)
    if (!stage || !centre || rest.length > 0)
      throw new FormatError(`expected ${NEURON_STAGES.join(', ')} and ${NEURON_CENTRES.join(' or ')}`)
    return { stage, centre }
  },
}
