// Undo and redo of edits. A step is what changed, not the whole: thousands of pins through thousands of steps stay small.
// A history is a value; every function returns a new one.

import type { Effect } from './effect.js'
import { type Edits, NO_EDITS } from './edits.js'

/** What a step changed: null where there was, or is, no pin. */
interface PinChange {
  readonly index: number
  readonly before: number | null
  readonly after: number | null
}

interface Step {
  readonly effectsBefore: readonly Effect[]
  readonly effectsAfter: readonly Effect[]
  readonly pins: readonly PinChange[]
}

export interface History {
  readonly present: Edits
  readonly past: readonly Step[]
  /** Steps undone, the one to redo first last. */
  readonly future: readonly Step[]
  /** What the last step may be merged with; null: with nothing. */
  readonly mergeKey: string | null
}

/** Steps that can be undone; older ones are forgotten. */
export const MAX_STEPS = 5_000
/** Changes of a pin or an effect that all steps hold together, some 100 bytes each. */
export const MAX_CHANGES = 200_000

/** Starts a history, with nothing to undo. */
export function createHistory(present: Edits = NO_EDITS): History {
  return { present, past: [], future: [], mergeKey: null }
}

/**
 * Makes other edits the present. What was undone can then no longer be redone.
 * @param mergeKey names one gesture: with the last push's key it becomes one step with it, as a drag is
 */
export function pushEdits(history: History, edits: Edits, mergeKey: string | null = null): History {
  const last = history.past.at(-1)
  const isMerged = last !== undefined && mergeKey !== null && mergeKey === history.mergeKey
  const step = changesBetween(isMerged ? undo(history).present : history.present, edits)
  const kept = isMerged ? history.past.slice(0, -1) : history.past
  const past = step ? forgetOldest([...kept, step]) : kept
  const hasChanged = step !== null || isMerged
  // A gesture that has come back to where it began is no step, but goes on: the next push must not join the step before it.
  const key = step ? mergeKey : null
  return hasChanged
    ? { present: edits, past, future: [], mergeKey: key }
    : { ...history, present: edits, mergeKey: history.mergeKey === mergeKey ? mergeKey : null }
}

/** Takes the last step back; without one the history stays as it is. */
export function undo(history: History): History {
  const step = history.past.at(-1)
  if (!step) return history
  return {
    present: { effects: step.effectsBefore, pins: changedPins(history.present, step, 'before') },
    past: history.past.slice(0, -1),
    future: [...history.future, step],
    mergeKey: null,
  }
}

/** Does the step again that was taken back last; without one the history stays as it is. */
export function redo(history: History): History {
  const step = history.future.at(-1)
  if (!step) return history
  return {
    present: { effects: step.effectsAfter, pins: changedPins(history.present, step, 'after') },
    past: [...history.past, step],
    future: history.future.slice(0, -1),
    mergeKey: null,
  }
}

function changedPins({ pins }: Edits, step: Step, side: 'before' | 'after'): ReadonlyMap<number, number> {
  const changed = new Map(pins)
  for (const { index, [side]: value } of step.pins) {
    if (value === null) changed.delete(index)
    else changed.set(index, value)
  }
  return changed
}

/** Null where nothing changed. */
function changesBetween(from: Edits, to: Edits): Step | null {
  const pins: PinChange[] = []
  for (const [index, before] of from.pins) {
    const after = to.pins.get(index) ?? null
    if (!Object.is(before, after)) pins.push({ index, before, after })
  }
  for (const [index, after] of to.pins) if (!from.pins.has(index)) pins.push({ index, before: null, after })
  if (pins.length === 0 && sameEffects(from.effects, to.effects)) return null
  return { effectsBefore: from.effects, effectsAfter: to.effects, pins }
}

function sameEffects(a: readonly Effect[], b: readonly Effect[]): boolean {
  return a === b || (a.length === b.length && a.every((effect, i) => sameEffect(effect, b[i])))
}

function sameEffect(a: Effect, b: Effect): boolean {
  const other = new Map<string, unknown>(Object.entries(b))
  const fields = Object.entries(a)
  return a === b || (fields.length === other.size && fields.every(([key, value]) => Object.is(value, other.get(key))))
}

function forgetOldest(steps: readonly Step[]): readonly Step[] {
  let room = MAX_CHANGES
  let first = steps.length
  while (first > 0 && steps.length - first < MAX_STEPS) {
    const { effectsBefore, effectsAfter, pins } = steps[first - 1]
    room -= 1 + pins.length + effectsBefore.length + effectsAfter.length
    // The last step always stays: undo must take back at least that.
    if (room < 0 && first < steps.length) break
    first--
  }
  return steps.slice(first)
}
