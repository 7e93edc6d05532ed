// The text of a link: what was edited comes back exactly, and anything else is refused in one line.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MYSTERY_NET } from '../../src/model/architecture.js'
import { FormatError } from '../../src/model/errors.js'
import { fitsLink, formatEdits, linkText, MAX_LINK_LENGTH, parseEdits, shortestText } from '../../src/edit/codec.js'
import { type Edits, NO_EDITS, pinParameter } from '../../src/edit/edits.js'
import { type Effect, MAX_EFFECTS } from '../../src/edit/effect.js'
import { listParameters } from '../../src/edit/parameters.js'
import { formatHash, parseHash } from '../../src/app/address.js'
import { PAGE_PARTS } from '../../src/app/page-state.js'
import { anyEffect, FLOATS, smallSubject } from './edit-files.js'

const RUNS = process.env.VEXEL_FULL ? 5_000 : 300

const SUBJECT = smallSubject('F32')
const parse = (text: string) => parseEdits(text, SUBJECT.list, SUBJECT.precision)

test('edits are spelled readably, effects in their order and pins by their index', () => {
  const effects: Effect[] = [
    { kind: 'gain', layer: 2, factor: 1.2 },
    { kind: 'noise', layer: null, amount: 0.1, seed: 7 },
    { kind: 'quantise', layer: 0, bits: 4 },
    { kind: 'prune', layer: null, share: 0.25 },
    { kind: 'temperature', layer: null, temperature: 0.5 },
    { kind: 'morph', target: 'gb-eng', amount: 0.3, matched: true },
    { kind: 'randomise', layer: 4, seed: 12 },
    { kind: 'mutate', amount: 1, seed: 3 },
    { kind: 'unitGain', layer: 3, unit: 6, gain: 0 },
  ]
  const pins = new Map([
    [100, -1.5],
    [2, Math.fround(0.1)],
  ])
  const text = formatEdits({ effects, pins }, SUBJECT.list, SUBJECT.precision)
  expect(text).toBe(
    'gain:3:1.2,noise:all:0.1:7,bits:1:4,prune:all:0.25,temp:all:0.5,morph:gb-eng:0.3:matched,random:5:12,mutate:1:3,unit:4:6:0,' +
      '@2:0.1,@2s:-1.5',
  )
  expect(parse(text)).toEqual({ effects, pins })
  expect(formatEdits(NO_EDITS, SUBJECT.list, SUBJECT.precision)).toBe('')
  expect(parse('')).toEqual(NO_EDITS)
})

describe.each(FLOATS)('in a file of %s', dtype => {
  const { list, precision } = smallSubject(dtype)

  test('any edits come back from their text, and the text from the edits', () => {
    const pin = fc.record({
      index: fc.nat(list.count - 1),
      value: fc.oneof(fc.float({ min: 0, max: 60_000, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
    })
    const edits = fc
      .record({
        effects: fc.array(anyEffect(list), { maxLength: 5 }),
        pins: fc.array(pin, { maxLength: 20 }),
      })
      .map(({ effects, pins }) =>
        pins.reduce<Edits>((edits, { index, value }) => pinParameter(edits, list, precision, index, value), {
          effects,
          pins: new Map(),
        }),
      )
    fc.assert(
      fc.property(edits, edits => {
        const text = formatEdits(edits, list, precision)
        expect(text).toMatch(/^[\w.:,@-]*$/)
        const read = parseEdits(text, list, precision)
        expect(read).toEqual(edits)
        expect(formatEdits(read, list, precision)).toBe(text)
      }),
      { numRuns: RUNS },
    )
  })

  test('300 pins of the longest texts fit a link', () => {
    const mystery = listParameters(MYSTERY_NET)
    const dtypes = mystery.tensors.map(() => dtype)
    let edits = NO_EDITS
    for (let i = 0; i < 300; i++)
      edits = pinParameter(edits, mystery, dtypes, mystery.linears[5].weight.start + i, -Math.PI * 10 ** -(1 + (i % 6)))
    expect(fitsLink(formatEdits(edits, mystery, dtypes))).toBe(true)
  })
})

test('what is too much for a link is told from what is not', () => {
  const { list, precision } = SUBJECT
  const pins = (count: number) => ({ effects: [], pins: new Map(Array.from({ length: count }, (_, i) => [i, 1])) })
  expect(linkText(pins(3), list, precision)).toBe('@0:1,@1:1,@2:1')
  const mystery = listParameters(MYSTERY_NET)
  const floats = mystery.tensors.map(() => 'F32' as const)
  for (const count of [1300, 1500, 1700, 2001, 6000]) {
    const text = formatEdits(pins(count), mystery, floats)
    expect(linkText(pins(count), mystery, floats)).toBe(text.length > MAX_LINK_LENGTH ? null : text)
  }
})

test('a hash leaves the text as it is', () => {
  const text = 'gain:3:1e-7,morph:gb-eng:0.3:matched,@2:-0,@2s:1.5'
  const parts = Object.values(PAGE_PARTS)
  const { state } = parseHash(parts, '')
  // The field does not matter: all are spelled alike.
  expect(formatHash(parts, { ...state, file: text })).toBe(`#file=${text}`)
})

test('the text of a value is the shortest that its dtype rounds back', () => {
  expect(shortestText(Math.fround(0.1), 'F32')).toBe('0.1')
  expect(shortestText(0.0999755859375, 'F16')).toBe('0.1')
  expect(shortestText(0.10009765625, 'BF16')).toBe('0.1')
  expect(shortestText(0.1, 'F64')).toBe('0.1')
  expect(shortestText(1 / 3, 'F64')).toBe('0.3333333333333333')
  expect(shortestText(Math.fround(1 / 3), 'F32')).toBe('0.33333334')
  expect(shortestText(-0, 'F32')).toBe('-0')
  expect(shortestText(3.4028234663852886e38, 'F32')).toBe('3.4028235e38')
  expect(shortestText(2 ** -149, 'F32')).toBe('1e-45')
})

test.each([
  'gain',
  'gain:3',
  'gain:3:1:2',
  'gain:0:1',
  'gain:6:1',
  'gain:all:1',
  'gain:03x:1',
  'gain:1:NaN',
  'gain:1:Infinity',
  'gain:1:1e400',
  'gain:1:0x10',
  'gain:1:',
  'gain:1: 1',
  'noise:all:1:-1',
  'noise:all:1:4294967296',
  'bits:all:17',
  'bits:all:2.5',
  'prune:all:2',
  'temp:all:0',
  'temp:5:1',
  'morph::1:naive',
  'morph:../x:1:naive',
  'morph:jp:1:maybe',
  'random:all:1',
  'unit:1:6:0',
  '@',
  '@:1',
  '@0:',
  '@0:NaN',
  '@0:1e39',
  '@0:1,@0:1',
  '@0:1,gain:1:1',
  '@zzzz:1',
  '@-1:1',
  '@0:1:2',
  'constructor:1:1',
  '__proto__',
  ',',
  'gain:1:1,',
])('%s is refused in one line', text => {
  expect(() => parse(text)).toThrow(FormatError)
  expect(() => parse(text)).toThrow(/^edits: "[^\n]*$/)
})

test('a negative variance, too long a text and too many effects are refused', () => {
  const variance = SUBJECT.list.linears[1].norm?.runningVar.start ?? 0
  expect(() => parse(`@${variance.toString(36)}:-1`)).toThrow(/expected a variance >= 0, got -1$/)
  expect(() => parse('x'.repeat(MAX_LINK_LENGTH + 1))).toThrow(/^edits: expected at most 10000 characters, got 10001$/)
  expect(() => parse(new Array(MAX_EFFECTS + 1).fill('gain:1:1').join(','))).toThrow(/at most 256 effects$/)
})

test('any other text is either read or refused with a FormatError', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom('gain', 'noise', 'unit', 'morph', ':', ',', '@', '1', '0.5', 'all', '-', 'e', '\n'),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
      try {
        parse(pieces.join(''))
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError)
        expect((error as FormatError).message).not.toMatch(/[\n\r\u2028]/)
      }
    }),
    { numRuns: RUNS },
  )
})
