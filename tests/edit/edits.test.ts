// Edits on a network: pins are there as typed, what does not fit is refused in one line, and nothing else changes.

import { describe, expect, test } from 'vitest'
import { FormatError } from '../../src/model/errors.js'
import { foldNetwork } from '../../src/model/fold.js'
import { applyEdits, type Edits, NO_EDITS, pinParameter, unpinParameter } from '../../src/edit/edits.js'
import type { Effect } from '../../src/edit/effect.js'
import { readParameters, tensorValues } from '../../src/edit/parameters.js'
import { FLOATS, smallSubject, type Subject } from './edit-files.js'

function apply({ network, precision }: Subject, edits: Edits) {
  return applyEdits(network, edits, new Map(), precision)
}

function pin({ list, precision }: Subject, index: number, value: number, edits = NO_EDITS): Edits {
  return pinParameter(edits, list, precision, index, value)
}

function tensor({ list }: Subject, name: string) {
  const found = list.tensors.find(tensor => tensor.name === name)
  if (!found) throw new Error(`no ${name}`)
  return found
}

test('no edits give the original itself', () => {
  const { network } = smallSubject('F32')
  expect(applyEdits(network, NO_EDITS)).toBe(network)
})

test('a pin is what is there, whatever the effects say, and the original stays', () => {
  const subject = smallSubject('F32')
  const before = readParameters(subject.network)
  const effects: Effect[] = [{ kind: 'gain', layer: 0, factor: 3 }]
  const edited = readParameters(apply(subject, { ...pin(subject, 4, 0.5), effects }))
  expect(edited[4]).toBe(0.5)
  expect(edited[5]).toBe(Math.fround(before[5] * 3))
  expect(readParameters(subject.network)).toEqual(before)
})

test('a pin that is taken away leaves the parameter to the effects', () => {
  const subject = smallSubject('F32')
  const edits = pin(subject, 4, 0.5)
  expect(unpinParameter(edits, 4)).toEqual(NO_EDITS)
  expect(unpinParameter(edits, 5)).toBe(edits)
  expect(edits.pins.get(4)).toBe(0.5)
})

test('a batch norm is scrubbed unfolded, and folds into what follows', () => {
  const subject = smallSubject('F64')
  const { start } = tensor(subject, 'bn2.weight')
  const edited = apply(subject, pin(subject, start + 1, 0))
  const [before, after] = [foldNetwork(subject.network), foldNetwork(edited)]
  const { inDim, outDim } = after.layers[2]
  for (let o = 0; o < outDim; o++)
    for (let i = 0; i < inDim; i++) {
      const expected = i === 1 ? 0 : before.layers[2].weight[o * inDim + i]
      expect(Math.abs(after.layers[2].weight[o * inDim + i])).toBe(Math.abs(expected))
    }
})

// IEEE 754: nearest to 0.1, and what is too large: 65520 rounds to infinity in half precision, 65519 to 65504.
const TENTHS = { F64: 0.1, F32: Math.fround(0.1), F16: 0.0999755859375, BF16: 0.10009765625 }
const TOO_LARGE = { F64: Infinity, F32: 3.5e38, F16: 65520, BF16: 3.4e38 }

describe.each(FLOATS)('in a file of %s', dtype => {
  const subject = smallSubject(dtype)

  test('a pin is rounded to the dtype, so that what is drawn is what is saved', () => {
    const edits = pin(subject, 7, 0.1)
    expect(edits.pins.get(7)).toBe(TENTHS[dtype])
    expect(readParameters(apply(subject, edits))[7]).toBe(TENTHS[dtype])
    expect(readParameters(apply(subject, { effects: [], pins: new Map([[7, 0.1]]) }))[7]).toBe(TENTHS[dtype])
  })

  test('NaN, infinities and what does not fit are refused with the parameter named', () => {
    for (const value of [Number.NaN, Infinity, -Infinity, TOO_LARGE[dtype], -TOO_LARGE[dtype]]) {
      const where = /^dense1\.weight\[3, 1\]: [^\n]+$/
      expect(() => pin(subject, 7, value), `${value}`).toThrow(where)
      expect(() => apply(subject, { effects: [], pins: new Map([[7, value]]) }), `${value}`).toThrow(where)
    }
  })

  test('a variance below 0 is refused, 0 is taken', () => {
    const { start } = tensor(subject, 'bn4.running_var')
    expect(() => pin(subject, start + 2, -1e-3)).toThrow(
      /^bn4\.running_var\[2\]: expected a variance >= 0, got -0\.001$/,
    )
    expect(pin(subject, start + 2, 0).pins.get(start + 2)).toBe(0)
    const mean = tensor(subject, 'bn4.running_mean').start
    expect(pin(subject, mean, -1).pins.get(mean)).toBe(-1)
  })

  test('effects are rounded to the dtype, too', () => {
    const edited = apply(subject, { effects: [{ kind: 'gain', layer: 1, factor: 1 / 3 }], pins: new Map() })
    const [before, after] = [subject.network, edited].map(net => tensorValues(net, tensor(subject, 'dense2.bias')))
    const bits = { F64: 52, F32: 23, F16: 10, BF16: 7 }[dtype]
    after.forEach((value, i) => {
      expect(Math.abs(value - before[i] / 3)).toBeLessThanOrEqual(Math.abs(before[i]) * 2 ** -bits)
      expect(pin(subject, 0, value).pins.get(0)).toBe(value)
    })
  })
})

test('an effect that leaves the range of the dtype is refused, and one that makes a variance negative', () => {
  const subject = smallSubject('F16')
  const other = smallSubject('F16', 2)
  const gain: Effect = { kind: 'gain', layer: 0, factor: 1e6 }
  expect(() => apply(subject, { effects: [gain], pins: new Map() })).toThrow(
    /^dense1\.weight\[\d, \d\]: .* does not fit the file's F16, which goes to 65504$/,
  )
  const far: Effect = { kind: 'morph', target: 'x', amount: 50, matched: false }
  expect(() =>
    applyEdits(subject.network, { effects: [far], pins: new Map() }, new Map([['x', other.network]])),
  ).toThrow(/^bn\d\.running_var\[\d\]: expected a variance >= 0, got -/)
})

test.each<[string, Effect]>([
  ['a layer beyond the head', { kind: 'gain', layer: 5, factor: 1 }],
  ['a layer that is no whole number', { kind: 'noise', layer: 0.5, amount: 1, seed: 1 }],
  ['a factor that is no number', { kind: 'gain', layer: 0, factor: Number.NaN }],
  ['an infinite amount', { kind: 'noise', layer: null, amount: Infinity, seed: 1 }],
  ['a seed below 0', { kind: 'mutate', amount: 1, seed: -1 }],
  ['a broken seed', { kind: 'randomise', layer: 0, seed: 1.5 }],
  ['0 bits', { kind: 'quantise', layer: null, bits: 0 }],
  ['17 bits', { kind: 'quantise', layer: null, bits: 17 }],
  ['a share above 1', { kind: 'prune', layer: null, share: 1.01 }],
  ['a temperature of 0', { kind: 'temperature', layer: null, temperature: 0 }],
  ['the temperature of the head, which has no GELU', { kind: 'temperature', layer: 4, temperature: 2 }],
  ['a unit that is not there', { kind: 'unitGain', layer: 0, unit: 6, gain: 1 }],
  ['a target that is not there', { kind: 'morph', target: 'nowhere', amount: 1, matched: false }],
])('%s is refused', (_, effect) => {
  const { network } = smallSubject('F32')
  expect(() => applyEdits(network, { effects: [effect], pins: new Map() })).toThrow(FormatError)
  expect(() => applyEdits(network, { effects: [effect], pins: new Map() })).toThrow(/^[^\n]+$/)
})
