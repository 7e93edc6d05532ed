// "Why is this pixel red": the units sorted by what they contribute to the colour of a point, and what their sum says and does not
// say. Which point, which channel, which layer: the state of the panel.

import { type Attribution, attributeColour } from '../../explain/attribution.js'
import type { Frame } from '../../model/frame.js'
import type { Network } from '../../model/network.js'
import { levelOf } from '../../model/tone.js'
import type { Look, PlanePoint } from './look.js'
import type { UnitAddress } from './surgery.js'

export const WHY_CHANNELS = ['red', 'green', 'blue', 'lightness'] as const
export type WhyChannel = (typeof WHY_CHANNELS)[number]

/** How much red, green and blue count: one channel alone, or Rec. 709 luma of the sRGB-encoded values. */
const WEIGHTS: Readonly<Record<WhyChannel, readonly [number, number, number]>> = {
  red: [1, 0, 0],
  green: [0, 1, 0],
  blue: [0, 0, 1],
  lightness: [0.2126, 0.7152, 0.0722],
}

/** A unit's line in the list. */
export interface WhyRow extends UnitAddress {
  readonly name: string
  readonly activation: number
  /** Of the channel, in [0, 1] from dark to bright; negative: it takes away. */
  readonly contribution: number
}

/** What the contributions of one layer add up to. */
export interface LayerSum {
  readonly name: string
  readonly layer: number
  readonly sum: number
  /** The channel's value less the sum. */
  readonly remainder: number
}

/** Why a point has its colour. */
export interface Explanation {
  readonly point: PlanePoint
  /** [3] displayed 8-bit levels. */
  readonly levels: readonly number[]
  /** The channel's value, not clamped: on the screen it ends at 0 and 1. */
  readonly value: number
  /** All units, or those of one layer, the largest contribution first. */
  readonly rows: readonly WhyRow[]
  /** By hidden layer. */
  readonly sums: readonly LayerSum[]
  /** Whether contributions of the last hidden layer and a constant are the value, exactly. */
  readonly isLastExact: boolean
}

/**
 * Explains the colour of a point.
 * @param layer only the units of this one; null for all hidden units
 */
function explain(
  network: Network,
  frame: Frame,
  { x, y }: PlanePoint,
  channel: WhyChannel,
  layer: number | null,
): Explanation {
  return explained(attributeColour(network, frame, x, y), frame, channel, layer)
}

function explained(attribution: Attribution, frame: Frame, channel: WhyChannel, only: number | null): Explanation {
  const weights = WEIGHTS[channel]
  const weighed = (values: ArrayLike<number>, at = 0) =>
    weights.reduce((sum, weight, c) => (weight === 0 ? sum : sum + weight * values[at + c]), 0)
  const rows = attribution.layers
    .filter(({ layer }) => only === null || layer === only)
    .flatMap(({ name, layer, activations, contributions }) =>
      Array.from(activations, (activation, unit): WhyRow => {
        return { name, layer, unit, activation, contribution: weighed(contributions, 3 * unit) }
      }),
    )
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution))
  const { x, y, colour, layers } = attribution
  return {
    point: { x, y },
    levels: Array.from(colour, value => levelOf(Math.min(1, Math.max(0, value)))),
    value: weighed(colour),
    rows,
    sums: layers.map(({ name, layer, sum, remainder }) => {
      return { name, layer, sum: weighed(sum), remainder: weighed(remainder) }
    }),
    isLastExact: frame.output !== 'logit',
  }
}

/** A colour in a word, for questions about it. */
export function colourWord(levels: readonly number[]): string {
  const [red, green, blue] = levels.map(level => level / 255)
  const most = Math.max(red, green, blue)
  const least = Math.min(red, green, blue)
  const chroma = most - least
  if (most < 0.16) return 'black'
  if (chroma < 0.12) return most > 0.88 ? 'white' : 'grey'
  const sector =
    most === red
      ? ((green - blue) / chroma + 6) % 6
      : most === green
        ? (blue - red) / chroma + 2
        : (red - green) / chroma + 4
  const hue = sector * 60
  if (hue < 14 || hue >= 335) return least > 0.55 ? 'pink' : 'red'
  if (hue < 40) return most < 0.6 ? 'brown' : 'orange'
  if (hue < 68) return 'yellow'
  if (hue < 165) return 'green'
  if (hue < 195) return 'turquoise'
  if (hue < 262) return 'blue'
  return hue < 300 ? 'purple' : 'pink'
}

/** The panel's state. */
export class Why {
  isOpen = false
  channel: WhyChannel = 'red'
  /** Only the units of this hidden layer; null for all. */
  layer: number | null = null
  /** Whether all units are listed, and not the first ones only. */
  isWhole = false
  /** The row under the pointer, or with the focus. */
  marked: UnitAddress | null = null
  #known: { readonly key: readonly unknown[]; readonly explanation: Explanation } | null = null

  constructor(readonly look: Look) {}

  explanation(network: Network, frame: Frame): Explanation {
    const key = [network, frame, this.look.point, this.channel, this.layer]
    if (this.#known?.key.every((part, i) => part === key[i])) return this.#known.explanation
    const explanation = explain(network, frame, this.look.point, this.channel, this.layer)
    this.#known = { key, explanation }
    return explanation
  }
}
