// Undo and redo: whatever was pushed comes back in reverse, and a gesture is one step.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Edits, NO_EDITS } from '../../src/edit/edits.js'
import { createHistory, type History, MAX_CHANGES, MAX_STEPS, pushEdits, redo, undo } from '../../src/edit/history.js'

const RUNS = process.env.VEXEL_FULL ? 2_000 : 200

function pinned(pins: Readonly<Record<number, number>>): Edits {
  return { effects: [], pins: new Map(Object.entries(pins).map(([index, value]) => [Number(index), value])) }
}

const gain = (factor: number): Edits => ({ effects: [{ kind: 'gain', layer: 0, factor }], pins: new Map() })

test('what was pushed is taken back step by step, done again step by step, and the ends hold', () => {
  const states = [NO_EDITS, pinned({ 3: 1 }), pinned({ 3: 1, 4: -0 }), pinned({ 4: 0 }), gain(2), gain(3)]
  let history = createHistory()
  for (const edits of states.slice(1)) history = pushEdits(history, edits)
  for (const edits of states.toReversed()) {
    expect(history.present).toEqual(edits)
    history = undo(history)
  }
  expect(undo(history)).toBe(history)
  for (const edits of states) {
    expect(history.present).toEqual(edits)
    history = redo(history)
  }
  expect(redo(history)).toBe(history)
})

test('pushes of one key are one step, those of another key or none are not', () => {
  let history = pushEdits(createHistory(), pinned({ 1: 1 }), 'drag 1')
  history = pushEdits(history, pinned({ 1: 2 }), 'drag 1')
  history = pushEdits(history, pinned({ 1: 3 }), 'drag 1')
  history = pushEdits(history, pinned({ 1: 4 }), 'drag 2')
  history = pushEdits(history, pinned({ 1: 5 }))
  history = pushEdits(history, pinned({ 1: 6 }))
  const seen: unknown[] = []
  for (let h = history; h.past.length > 0; h = undo(h)) seen.push(h.present.pins.get(1))
  expect(seen).toEqual([6, 5, 4, 3])
})

test('a drag that comes back to where it began is no step, and does not run into the one before', () => {
  let history = pushEdits(createHistory(), pinned({ 1: 1 }), 'a')
  history = pushEdits(history, pinned({ 1: 2 }), 'b')
  history = pushEdits(history, pinned({ 1: 1 }), 'b')
  expect(history.past).toHaveLength(1)
  history = pushEdits(history, pinned({ 1: 7 }), 'b')
  expect(history.past).toHaveLength(2)
  expect(undo(history).present).toEqual(pinned({ 1: 1 }))
})

test('after an undo a gesture is a new step, and what was undone is gone with it', () => {
  let history = pushEdits(createHistory(), pinned({ 1: 1 }), 'a')
  history = pushEdits(history, pinned({ 1: 2 }), 'b')
  history = undo(history)
  history = pushEdits(history, pinned({ 1: 3 }), 'a')
  expect(redo(history)).toBe(history)
  expect(undo(history).present).toEqual(pinned({ 1: 1 }))
})

test('equal edits are no step', () => {
  const history = pushEdits(createHistory(), gain(2))
  const again = pushEdits(history, gain(2))
  expect(again.past).toHaveLength(1)
  expect(undo(pushEdits(undo(history), NO_EDITS)).future).toHaveLength(1)
})

test('a history that was handed out stays as it was', () => {
  const first = pushEdits(createHistory(), pinned({ 1: 1 }))
  pushEdits(first, pinned({ 2: 2 }))
  undo(first)
  expect(first.present).toEqual(pinned({ 1: 1 }))
  expect(first.past).toHaveLength(1)
})

test('steps beyond the limits are forgotten, the oldest first, the last never', () => {
  let history = createHistory()
  for (let i = 1; i <= MAX_STEPS + 5; i++) history = pushEdits(history, pinned({ 0: i }))
  expect(history.past).toHaveLength(MAX_STEPS)
  const all = new Map(Array.from({ length: MAX_CHANGES + 1 }, (_, i) => [i, 1]))
  history = pushEdits(history, { effects: [], pins: all })
  expect(history.past).toHaveLength(1)
  expect(undo(history).present).toEqual(pinned({ 0: MAX_STEPS + 5 }))
})

test('any run of pushes, undos and redos walks one line of states', () => {
  const push = fc.record({
    pins: fc.dictionary(fc.constantFrom('1', '2', '3'), fc.integer({ min: -2, max: 2 })),
    key: fc.constantFrom(null, 'a', 'b'),
  })
  const command = fc.oneof(push, fc.constant('undo' as const), fc.constant('redo' as const))
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40 }), commands => {
      let history: History = createHistory()
      for (const step of commands) {
        if (step === 'undo') history = undo(history)
        else if (step === 'redo') history = redo(history)
        else history = pushEdits(history, pinned(step.pins), step.key)
      }
      const { present } = history
      let count = 0
      for (; history.past.length > 0; count++) history = undo(history)
      expect(history.present).toEqual(NO_EDITS)
      for (; count > 0; count--) history = redo(history)
      expect(history.present).toEqual(present)
    }),
    { numRuns: RUNS },
  )
})
