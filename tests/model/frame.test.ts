// The frame: one JSON, checked wherever it comes from, and the texts that options and the URL give for its fields.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FormatError } from '../../src/model/errors.js'
import {
  CHANNELS,
  DEFAULT_FRAME,
  type Frame,
  frameAspect,
  frameFromMetadata,
  ORDERS,
  OUTPUTS,
  parseAspect,
  parseChoice,
  parseFrame,
  parseNumber,
  parseRange,
} from '../../src/model/frame.js'

const RUNS = process.env.VEXEL_FULL ? 10_000 : 500

const FULL: Frame = { x: [2, -2], y: [0, 0.5], order: 'yx', aspect: 1.9, output: 'logit', channels: 'bgr' }

describe('a frame from JSON', () => {
  test('that is empty is the default of a foreign file', () => {
    expect(parseFrame({})).toEqual({
      x: [-1, 1],
      y: [-1, 1],
      order: 'xy',
      aspect: null,
      output: 'rgb01',
      channels: 'rgb',
    })
  })

  test('is read field by field, what is missing is taken from the fallback', () => {
    expect(parseFrame(FULL)).toEqual(FULL)
    expect(parseFrame({ y: [3, 4] }, FULL)).toEqual({ ...FULL, y: [3, 4] })
    expect(parseFrame({ aspect: null }, FULL)).toEqual({ ...FULL, aspect: null })
    expect(parseFrame(FULL)).not.toHaveProperty('more')
  })

  test('survives being written and read again', () => {
    const edge = fc.double({ min: -1e9, max: 1e9, noNaN: true, noDefaultInfinity: true })
    const range = fc.tuple(edge, edge).filter(([a, b]) => Math.abs(b - a) > 2e-9 * Math.max(Math.abs(a), Math.abs(b)))
    const frame = fc.record({
      x: range,
      y: range,
      order: fc.constantFrom(...ORDERS),
      aspect: fc.option(fc.double({ min: 0.001, max: 1000, noNaN: true })),
      output: fc.constantFrom(...OUTPUTS),
      channels: fc.constantFrom(...CHANNELS),
    })
    const property = fc.property(frame, value => {
      const text = JSON.stringify(value)
      // JSON has no -0.
      expect(parseFrame(JSON.parse(text))).toEqual(JSON.parse(text))
    })
    fc.assert(property, { seed: 1, numRuns: RUNS })
  })

  test('ignores fields it does not know, __proto__ included', () => {
    const value: unknown = JSON.parse('{"__proto__": {"x": [5, 6]}, "constructor": 1, "zoom": 3}')
    expect(parseFrame(value)).toEqual(DEFAULT_FRAME)
  })

  const refused: readonly (readonly [field: string, value: unknown])[] = [
    ['x', null],
    ['x', 1],
    ['x', '-1,1'],
    ['x', []],
    ['x', [1]],
    ['x', [1, 2, 3]],
    ['x', ['-1', '1']],
    ['x', [1, 1]],
    ['x', [0, 0]],
    ['x', [1, Number.NaN]],
    ['x', [-Infinity, Infinity]],
    ['x', [0, 2e9]],
    ['x', [1, 1 + 1e-12]],
    ['y', { 0: -1, 1: 1, length: 2 }],
    ['order', 'XY'],
    ['order', 'toString'],
    ['order', 1],
    ['order', null],
    ['aspect', 0],
    ['aspect', -1.5],
    ['aspect', '3:2'],
    ['aspect', 1001],
    ['aspect', 0.0009],
    ['aspect', Number.NaN],
    ['aspect', [1.5]],
    ['output', 'rgb'],
    ['output', ''],
    ['output', ['rgb01']],
    ['channels', 'gbr'],
    ['channels', true],
  ]
  test.each(refused)('with %s %j is refused in one line that names the field', (field, value) => {
    expect(() => parseFrame({ [field]: value })).toThrow(FormatError)
    expect(() => parseFrame({ [field]: value })).toThrow(new RegExp(`^frame ${field}: expected .+$`))
  })

  test.each([null, undefined, 1, 'xy', [], [1], true])('that is no object (%j) is refused', value => {
    expect(() => parseFrame(value)).toThrow(/^frame: expected a JSON object$/)
  })

  test('whatever it is, gives a frame or a FormatError', () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.record({ x: fc.anything(), y: fc.anything(), aspect: fc.anything() }, { requiredKeys: [] }),
    )
    const property = fc.property(anything, value => {
      try {
        const frame = parseFrame(value)
        expect(frame.x.every(Number.isFinite) && frame.y.every(Number.isFinite)).toBe(true)
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError)
      }
    })
    fc.assert(property, { seed: 2, numRuns: RUNS })
  })
})

describe('the frame in a file', () => {
  test('stands under vexel.frame as JSON', () => {
    expect(frameFromMetadata(new Map([['vexel.frame', JSON.stringify(FULL)]]))).toEqual(FULL)
    expect(frameFromMetadata(new Map([['vexel.frame', '{"aspect": 2}']]))).toEqual({ ...DEFAULT_FRAME, aspect: 2 })
  })

  test('is null where the file states none', () => {
    expect(frameFromMetadata(new Map())).toBeNull()
    expect(frameFromMetadata(new Map([['frame', '{}']]))).toBeNull()
  })

  test('that is broken is refused', () => {
    for (const text of ['', '{', 'undefined', 'NaN'])
      expect(() => frameFromMetadata(new Map([['vexel.frame', text]]))).toThrow(/^vexel\.frame: expected JSON$/)
    for (const text of ['null', '[]', '"xy"', '7'])
      expect(() => frameFromMetadata(new Map([['vexel.frame', text]]))).toThrow(/^frame: expected a JSON object$/)
    expect(() => frameFromMetadata(new Map([['vexel.frame', '{"x": [1, 1]}']]))).toThrow(/^frame x: /)
  })
})

describe('the text of a range', () => {
  test('is two numbers, the larger one first where the picture is flipped', () => {
    expect(parseRange('-1,1', 'x')).toEqual([-1, 1])
    expect(parseRange(' 2.5 , -1e-3 ', 'x')).toEqual([2.5, -0.001])
    expect(parseRange('0,320', 'y')).toEqual([0, 320])
  })

  test.each(['', ',', '1', '1,', ',1', '1,2,3', '1;2', 'a,b', '1,1', 'NaN,1', '-Infinity,Infinity', '-1 1'])(
    '%j is refused',
    text => {
      expect(() => parseRange(text, 'y')).toThrow(/^frame y: expected two different numbers/)
    },
  )
})

describe('the text of an aspect', () => {
  test('is a number, width:height, or auto', () => {
    expect(parseAspect('1.5')).toBe(1.5)
    expect(parseAspect('3:2')).toBe(1.5)
    expect(parseAspect('10 : 19')).toBe(10 / 19)
    expect(parseAspect('1.9:1')).toBe(1.9)
    expect(parseAspect('auto')).toBeNull()
    expect(parseAspect(' auto ')).toBeNull()
  })

  test.each(['', ':', '3:', ':2', '3:2:1', '0', '0:1', '1:0', '0:0', '-3:2', '3/2', 'Infinity', 'null', 'wide'])(
    '%j is refused',
    text => {
      expect(() => parseAspect(text)).toThrow(/^frame aspect: expected width \/ height/)
    },
  )
})

test('the text of a choice is one of its words, to the letter', () => {
  for (const output of OUTPUTS) expect(parseChoice(output, OUTPUTS, 'output')).toBe(output)
  expect(() => parseChoice('RGB01', OUTPUTS, 'output')).toThrow(/^frame output: expected rgb01, rgb255, rgb11, logit$/)
  expect(() => parseChoice('', ORDERS, 'order')).toThrow(/^frame order: expected xy, yx$/)
})

test('the text of a number is a whole number text: nothing is not 0', () => {
  expect(['1', '-2.5', ' 3 ', '1e-3', '+4'].map(parseNumber)).toEqual([1, -2.5, 3, 0.001, 4])
  for (const text of ['', ' ', '\t', '1x', '1,2', '--1']) expect(parseNumber(text), JSON.stringify(text)).toBeNaN()
})

test('an unknown aspect is drawn as 3:2', () => {
  expect(frameAspect(DEFAULT_FRAME)).toBe(1.5)
  expect(frameAspect({ ...DEFAULT_FRAME, aspect: 2 })).toBe(2)
})
