// What net is to learn: one of the command line's names, JSON, or one like a file that was open. Checked: it is one that can be trained.

import { type Architecture, MYSTERY_NET } from '../../model/architecture.js'
import { MYSTERY, parseBlueprint, parseBlueprintText } from '../../model/blueprint.js'
import { FormatError, UnsupportedError } from '../../model/errors.js'
import { printableName } from '../../model/printable.js'
import { wiringJson } from '../../model/wiring.js'
import { trainingProgram } from '../../kernel/training-stages.js'

/** The net that a file holds. */
export interface NetOfFile {
  readonly name: string
  readonly architecture: Architecture
}

/** A net that can be trained. */
export interface WantedNet {
  readonly architecture: Architecture
  /** How it was asked for: a name or JSON, as of --architecture; of one like a file's null. */
  readonly text: string | null
}

/** What is trained when nothing is said. */
export const DEFAULT_NET: WantedNet = { architecture: MYSTERY_NET, text: MYSTERY }

/**
 * Reads what people ask for.
 * @param value a name, JSON, or what JSON says
 * @throws FormatError saying what was expected; UnsupportedError naming what cannot be trained
 */
export function parseWantedNet(value: unknown): WantedNet {
  const text = typeof value === 'string' ? value.trim() : JSON.stringify(value)
  return trainable({
    architecture: typeof value === 'string' ? parseBlueprintText(value) : parseBlueprint(value),
    text,
  })
}

/** A net with the names, widths and layers of a file's. @throws UnsupportedError naming what cannot be trained */
export function wantedLike({ architecture }: NetOfFile): WantedNet {
  return trainable({ architecture, text: null })
}

/** Why a file's net cannot be trained; null where it can. */
export function refusalOf(net: NetOfFile): string | null {
  try {
    wantedLike(net)
    return null
  } catch (error) {
    if (error instanceof FormatError || error instanceof UnsupportedError) return printableName(error.message)
    throw error
  }
}

function trainable(net: WantedNet): WantedNet {
  trainingProgram(net.architecture)
  return net
}

/** Whether both have the same layers. */
export function isSameNet(a: Architecture, b: Architecture): boolean {
  return a === b || JSON.stringify(a.layers) === JSON.stringify(b.layers)
}

/** A net of one's own to begin with, as text to be edited: the functions that there are, and a size. */
export function ownNetText({ architecture: { wiring } }: WantedNet): string {
  return JSON.stringify(
    { ...(wiring ? wiringJson(wiring) : { activation: 'gelu' }), depth: 4, parameters: 6675 },
    null,
    2,
  )
}
