// Silencing, isolating and boosting units: edits of the open network like any other, so that they can be undone, saved and
// linked to. Pure but for what applies the edits.

import type { Edits } from '../../edit/edits.js'
import type { Effect, UnitGainEffect } from '../../edit/effect.js'
import type { Network } from '../../model/network.js'

/** What applies edits to the open network and takes them back. */
export interface Surgeon {
  readonly edits: Edits
  /** Why nothing can be changed just now, in a line; null where it can. */
  readonly obstacle: string | null
  readonly canUndo: boolean
  /** What edits make of the open network; nothing is changed by asking. @throws with one line */
  networkOf(edits: Edits): Network
  /** @throws with one line; everything stays as it was then */
  apply(edits: Edits): void
  undo(): void
}

/** Who operates on what is open. */
export interface Surgery {
  /** null while nothing was edited yet. */
  readonly current: Surgeon | null
  /** @throws with one line */
  begin(): Promise<Surgeon>
}

/** A unit, as taps name it. */
export interface UnitAddress {
  readonly layer: number
  readonly unit: number
}

/** Whether two addresses are of the same unit. */
export function isUnit(a: UnitAddress, b: UnitAddress): boolean {
  return a.layer === b.layer && a.unit === b.unit
}

/** What a unit's output is multiplied by; 1 where nothing is done to it. */
export function gainOf({ effects }: Edits, { layer, unit }: UnitAddress): number {
  let gain = 1
  for (const effect of effects) if (isOf(effect, layer, unit)) gain *= effect.gain
  return gain
}

/** Whether all other units of a unit's layer are silenced, and it is not. */
export function isIsolated(edits: Edits, { layer, unit }: UnitAddress, count: number): boolean {
  if (count < 2) return false
  return Array.from({ length: count }, (_, other) => other).every(
    other => (gainOf(edits, { layer, unit: other }) === 0) === (other !== unit),
  )
}

/** Sets the gains of units of one layer; 1 is their full strength. */
function withGains({ effects, pins }: Edits, layer: number, gains: ReadonlyMap<number, number>): Edits {
  const kept = effects.filter(effect => !isOf(effect, layer) || !gains.has(effect.unit))
  const added = [...gains].flatMap(([unit, gain]): UnitGainEffect[] =>
    gain === 1 ? [] : [{ kind: 'unitGain', layer, unit, gain }],
  )
  return { effects: [...kept, ...added], pins }
}

/** Sets the gain of one unit. */
export function withGain(edits: Edits, { layer, unit }: UnitAddress, gain: number): Edits {
  return withGains(edits, layer, new Map([[unit, gain]]))
}

/** Silences all units of a layer but one, which has its full strength. @param count units of the layer */
export function isolated(edits: Edits, { layer, unit }: UnitAddress, count: number): Edits {
  return withGains(edits, layer, new Map(Array.from({ length: count }, (_, other) => [other, other === unit ? 1 : 0])))
}

/** Gives all units of a layer their full strength again. @param count units of the layer */
export function restored(edits: Edits, layer: number, count: number): Edits {
  return withGains(edits, layer, new Map(Array.from({ length: count }, (_, unit) => [unit, 1])))
}

function isOf(effect: Effect, layer: number, unit?: number): effect is UnitGainEffect {
  return effect.kind === 'unitGain' && effect.layer === layer && (unit === undefined || effect.unit === unit)
}
