// Saving an edited network: an edit rewrites only the tensors it touched, and edits that are undone leave no trace.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createNetwork } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { applyEdits, type Edits, NO_EDITS, pinParameter } from '../../src/edit/edits.js'
import { createHistory, pushEdits, redo, undo } from '../../src/edit/history.js'
import { readParameters, tensorAt } from '../../src/edit/parameters.js'
import { editedStateDict } from '../../src/edit/save.js'
import { oracleBytes } from '../model/network-files.js'
import { anyEffect, FLOATS, smallSubject, type Subject, subjectOf } from './edit-files.js'

const STEPS = 1_000

function save({ stateDict, network, precision }: Subject, edits: Edits, other: Subject): Uint8Array {
  const edited = applyEdits(network, edits, new Map([['other', other.network]]), precision)
  return editedStateDict(stateDict, network, edited).serialize()
}

/** One more edit of any kind: a pin, an effect added, or one taken away. */
function anyStep({ list, precision }: Subject): fc.Arbitrary<(edits: Edits) => Edits> {
  const pin = fc.record({ index: fc.nat(list.count - 1), value: fc.double({ min: 0, max: 100, noNaN: true }) }).map(
    ({ index, value }) =>
      (edits: Edits) =>
        pinParameter(edits, list, precision, index, value),
  )
  // A few effects at a time, or their products would leave every dtype's range.
  const effect = anyEffect(list).map(effect => (edits: Edits) => ({
    ...edits,
    effects: [...edits.effects, effect].slice(-3),
  }))
  const removal = fc.constant((edits: Edits) => ({ ...edits, effects: edits.effects.slice(1) }))
  return fc.oneof({ weight: 3, arbitrary: pin }, { weight: 2, arbitrary: effect }, removal)
}

describe.each(FLOATS)('a file of %s', dtype => {
  const subject = smallSubject(dtype)
  const other = smallSubject(dtype, 2)

  test('is the same byte for byte after 1,000 random edits that were undone', () => {
    const [steps] = fc.sample(fc.array(anyStep(subject), { minLength: STEPS, maxLength: STEPS }), {
      seed: 5,
      numRuns: 1,
    })
    let history = createHistory()
    for (const step of steps) history = pushEdits(history, step(history.present))
    const edited = save(subject, history.present, other)
    expect(edited).not.toEqual(subject.bytes)
    while (history.past.length > 0) history = undo(history)
    expect(save(subject, history.present, other)).toEqual(subject.bytes)
    while (history.future.length > 0) history = redo(history)
    expect(save(subject, history.present, other)).toEqual(edited)
  })

  test('with one pin differs in that element only, and reads back as what was drawn', () => {
    for (let index = 0; index < subject.list.count; index += 7) {
      const edits = pinParameter(NO_EDITS, subject.list, subject.precision, index, 0.3)
      const saved = StateDict.parse(save(subject, edits, other))
      const touched = tensorAt(subject.list, index)
      for (const name of subject.stateDict.names) {
        const isTouched = name === `module.${touched.name}`
        if (!isTouched) expect(saved.bytes(name), name).toEqual(subject.stateDict.bytes(name))
        expect(saved.entry(name)).toEqual(subject.stateDict.entry(name))
      }
      const expected = readParameters(subject.network)
      expected[index] = edits.pins.get(index) ?? 0
      expect(readParameters(createNetwork(saved))).toEqual(expected)
      expect(saved.metadata).toEqual(subject.stateDict.metadata)
    }
  })

  test('with any effects reads back as exactly the network that was drawn', () => {
    fc.assert(
      fc.property(fc.array(anyEffect(subject.list), { maxLength: 2 }), effects => {
        const drawn = applyEdits(
          subject.network,
          { effects, pins: new Map() },
          new Map([['other', other.network]]),
          subject.precision,
        )
        const saved = editedStateDict(subject.stateDict, subject.network, drawn)
        expect(readParameters(createNetwork(StateDict.parse(saved.serialize())))).toEqual(readParameters(drawn))
      }),
      { numRuns: 100 },
    )
  })
})

test('a net of PyTorch is the same byte for byte when a pin is set back, and the state dict it came from never changes', () => {
  const subject = subjectOf(oracleBytes('nepal'))
  const before = readParameters(subject.network)
  const moved = pinParameter(NO_EDITS, subject.list, subject.precision, 1234, 5)
  expect(save(subject, moved, subject)).not.toEqual(subject.bytes)
  expect(subject.stateDict.serialize()).toEqual(subject.bytes)
  const back = pinParameter(moved, subject.list, subject.precision, 1234, before[1234])
  expect(save(subject, back, subject)).toEqual(subject.bytes)
})

test('a value that does not fit the file is refused when it is saved', () => {
  const subject = smallSubject('F16')
  const tooLarge = applyEdits(subject.network, { effects: [], pins: new Map([[0, 1e5]]) })
  expect(() => editedStateDict(subject.stateDict, subject.network, tooLarge)).toThrow(
    /^dense1\.weight\[0, 0\]: 100000 does not fit the file's F16$/,
  )
})
