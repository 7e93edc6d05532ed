// "Why is this pixel red": what every hidden unit has to do with the colour of one point. The contribution of a unit to a channel is
// gradient times activation: how the channel changes with what the unit gives (after its GELU), times what it gives.
//
// Through the layer in front of the head this is exact in conventions that are affine: contributions and a constant (folded bias and
// the convention's offset) are the colour. Through deeper layers, and through the sigmoid of logits, it is the first order of
// something curved, and layers cannot be added up with each other: each sees the same colour. What a layer's contributions leave
// unsaid is its `remainder`, told and not spread over the units.

import { OUTPUT_DIM } from '../model/architecture.js'
import type { Frame } from '../model/frame.js'
import { kindOf } from '../model/layers/kinds.js'
import type { Network } from '../model/network.js'
import { createTape, runBackward, runForward } from '../model/tape.js'
import { toneOf, toneSlope, unclampedChannel } from '../model/tone.js'

/** One hidden layer's part in the colour. [d, 3] are units by displayed channels, red, green, blue. */
export interface LayerAttribution {
  /** Of the linear layer, as taps are called. */
  readonly name: string
  /** Index of the folded layer, as taps count. */
  readonly layer: number
  /** [d]: after GELU. */
  readonly activations: Float64Array
  /** [d]: before GELU. */
  readonly preActivations: Float64Array
  /** [d, 3]: displayed channel per unit of the activation. */
  readonly gradients: Float64Array
  /** [d, 3]: gradients times activations, in displayed channels. */
  readonly contributions: Float64Array
  /** [3]: over the layer's units. */
  readonly sum: Float64Array
  /** [3]: the colour less the sum: what biases put in, and in deeper layers what first order does not say. */
  readonly remainder: Float64Array
}

export interface Attribution {
  /** Plane coordinates, before the order swap. */
  readonly x: number
  readonly y: number
  /** [3]: the head's raw outputs, in its own order. */
  readonly raw: Float64Array
  /** [3]: red, green, blue as displayed but not clamped: below 0 or above 1 the screen shows less of it. */
  readonly colour: Float64Array
  /** Hidden layers in the net's order. */
  readonly layers: readonly LayerAttribution[]
}

/** A unit in a sorted list. */
export interface UnitContribution {
  readonly name: string
  readonly layer: number
  readonly unit: number
  readonly activation: number
  /** [3] in displayed channels. */
  readonly contributions: readonly number[]
}

/** Attributes the colour at a point to every hidden unit, in float64. */
export function attributeColour(network: Network, frame: Frame, x: number, y: number): Attribution {
  const tape = createTape(network.layers)
  if (frame.order === 'xy') runForward(tape, x, y)
  else runForward(tape, y, x)
  runBackward(tape)
  const tone = toneOf(frame)
  // Which raw output a displayed channel is.
  const source = tone.swapRedBlue ? [2, 1, 0] : [0, 1, 2]
  const raw = tape.raw.slice()
  const colour = Float64Array.from(source, s => unclampedChannel(raw[s], tone))
  const slopes = source.map(s => toneSlope(raw[s], tone))
  let layer = -1
  let linear = ''
  const layers: LayerAttribution[] = []
  tape.stages.forEach(stage => {
    if (stage.layer.kind === 'linear') {
      layer++
      linear = stage.layer.name
    }
    if (!kindOf(stage.layer).isActivation) return
    const activations = stage.values
    const gradients = new Float64Array(stage.gradients.length)
    const contributions = new Float64Array(stage.gradients.length)
    const sum = new Float64Array(OUTPUT_DIM)
    for (let i = 0; i < gradients.length; i++) {
      const channel = i % OUTPUT_DIM
      const unit = (i - channel) / OUTPUT_DIM
      gradients[i] = stage.gradients[unit * OUTPUT_DIM + source[channel]] * slopes[channel]
      contributions[i] = gradients[i] * activations[unit]
      sum[channel] += contributions[i]
    }
    layers.push({
      name: linear,
      layer,
      activations,
      preActivations: stage.input,
      gradients,
      contributions,
      sum,
      remainder: colour.map((value, channel) => value - sum[channel]),
    })
  })
  return { x, y, raw, colour, layers }
}

/**
 * Lists units by the size of their contribution, the largest first; equals in the net's order.
 * @param channel 0 red, 1 green, 2 blue; null for the three sizes together
 * @param layer only the units of this folded layer; null for all hidden units
 */
export function rankUnits(
  { layers }: Attribution,
  channel: 0 | 1 | 2 | null,
  layer: number | null = null,
): readonly UnitContribution[] {
  const units = layers
    .filter(entry => layer === null || entry.layer === layer)
    .flatMap(({ name, layer: index, activations, contributions }) =>
      Array.from(activations, (activation, unit): UnitContribution => {
        const own = [...contributions.subarray(unit * OUTPUT_DIM, (unit + 1) * OUTPUT_DIM)]
        return { name, layer: index, unit, activation, contributions: own }
      }),
    )
  const size = ({ contributions }: UnitContribution) =>
    channel === null ? contributions.reduce((sum, value) => sum + Math.abs(value), 0) : Math.abs(contributions[channel])
  return units.sort((a, b) => size(b) - size(a))
}
