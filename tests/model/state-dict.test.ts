// The state dict gives back what it was given: byte for byte unedited, and but for the edit when edited.

import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { FormatError } from '../../src/model/errors.js'
import { encodeValues } from '../../src/model/safetensors/dtype.js'
import { MAX_HEADER_BYTES } from '../../src/model/safetensors/limits.js'
import { StateDict } from '../../src/model/state-dict.js'

const RUNS = process.env.VEXEL_FULL ? 10_000 : 1_000

const utf8 = new TextEncoder()

function oracle(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../oracle/${name}.safetensors`, import.meta.url)))
}

function file(header: string, data: Uint8Array): Uint8Array {
  const head = utf8.encode(header)
  const bytes = new Uint8Array(8 + head.length + data.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true)
  bytes.set(head, 8)
  bytes.set(data, 8 + head.length)
  return bytes
}

/** The header of a file as text, its padding included. */
function headerOf(bytes: Uint8Array): string {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
  return new TextDecoder().decode(bytes.subarray(8, 8 + length))
}

function dataOf(bytes: Uint8Array): Uint8Array {
  return bytes.slice(8 + utf8.encode(headerOf(bytes)).length)
}

// Everything the format lets through and a rewriting could lose: spaces, unknown fields, escapes, a dimension beyond 2^53,
// data in another order than the keys, metadata in the middle, a header length that is no multiple of 8.
const HUGE = '"huge":{"dtype":"F32","shape":[0,18446744073709551615],"data_offsets":[0,0]}'
const HALF = String.raw`"h\u0061lf" : {"dtype":"F16","shape":[2],"data_offsets":[1,5],"extra":[1.0,{"x":"\u00e9"}]}`
const FLAGS = '"flags":{"shape":[1],"data_offsets":[0,1],"dtype":"BOOL"}'
const ODD_DATA = Uint8Array.of(1, 0x00, 0x3c, 0x01, 0xfe)
const odd = () => file(` {${HUGE},\n${HALF}, "__metadata__" : {"b":"1", "a":"2"} ,${FLAGS}}  `, ODD_DATA)

describe.each(['japan', 'malaysia', 'nepal', 'usa'])('the net of %s', name => {
  const original = oracle(name)

  test('serializes to the same bytes', () => {
    const dict = StateDict.parse(original)
    expect(dict.serialize()).toEqual(original)
    expect(dict.sizeBytes).toBe(original.length)
  })

  test('has its 38 tensors by their names, and no metadata', () => {
    const dict = StateDict.parse(original)
    expect(dict.names).toHaveLength(38)
    expect(dict.names.slice(0, 2)).toEqual(['dense1.weight', 'dense1.bias'])
    expect(dict.entry('dense1.weight')).toMatchObject({ dtype: 'F32', shape: [16, 2], begin: 0, end: 128 })
    expect(dict.metadata.size).toBe(0)
    expect([...dict.values('dense1.weight')]).toEqual([...new Float32Array(dataOf(original).buffer, 0, 32)])
  })

  test('changes only the bytes of the value that was set', () => {
    const dict = StateDict.parse(original)
    const values = dict.values('dense1.bias')
    values[3] = 0.5
    dict.setValues('dense1.bias', values)
    const edited = dict.serialize()
    const start = original.length - dataOf(original).length + dict.entry('dense1.bias').begin + 12
    const expected = new Uint8Array(original)
    expected.set([0, 0, 0, 0x3f], start)
    expect(edited).toEqual(expected)
    expect(dict.values('dense1.bias')).toEqual(values)
  })

  test('gives back the original bytes when every tensor is set to what it was', () => {
    const dict = StateDict.parse(original)
    for (const tensor of dict.names) if (dict.entry(tensor).dtype === 'F32') dict.setValues(tensor, dict.values(tensor))
    expect(dict.serialize()).toEqual(original)
  })
})

describe('values', () => {
  test('are rounded to the dtype of the tensor', () => {
    const dict = StateDict.parse(odd())
    dict.setValues('half', [0.1, 1e9])
    expect([...dict.values('half')]).toEqual([0.0999755859375, Infinity])
    expect(dataOf(dict.serialize())).toEqual(Uint8Array.of(1, 0x66, 0x2e, 0x00, 0x7c))
    expect(headerOf(dict.serialize())).toBe(headerOf(odd()))
  })

  test('set back to what they were give back the original bytes, the code of a NaN included', () => {
    const dict = StateDict.parse(odd())
    const before = dict.values('half')
    expect([...before]).toEqual([1, NaN])
    dict.setValues('half', [2, 3])
    expect(dict.serialize()).not.toEqual(odd())
    dict.setValues('half', before)
    expect(dict.serialize()).toEqual(odd())
    dict.setValues('half', [2, NaN])
    expect(dataOf(dict.serialize())).toEqual(Uint8Array.of(1, 0x00, 0x40, 0x01, 0xfe))
  })

  test('tell -0 from 0', () => {
    const dict = StateDict.create([{ name: 'z', dtype: 'F32', shape: [1], bytes: encodeValues('F32', [0]) }])
    dict.setValues('z', [-0])
    expect(Object.is(dict.values('z')[0], -0)).toBe(true)
  })

  test('are a copy each time', () => {
    const dict = StateDict.parse(odd())
    dict.values('half').fill(9)
    expect(dict.values('half')[0]).toBe(1)
    const mine = Float64Array.of(5, 6)
    dict.setValues('half', mine)
    mine.fill(0)
    expect([...dict.values('half')]).toEqual([5, 6])
  })

  test('of an empty tensor are empty and can be set', () => {
    const dict = StateDict.parse(odd())
    expect(dict.values('huge')).toHaveLength(0)
    dict.setValues('huge', [])
    expect(dict.serialize()).toEqual(odd())
  })

  test('are refused with the tensor named when there are too many, or the dtype is no float, or there is no such tensor', () => {
    const dict = StateDict.parse(odd())
    expect([...dict.values('flags')]).toEqual([1])
    expect(() => dict.setValues('half', [1])).toThrow(/^tensor "half": expected 2 values, got 1$/)
    expect(() => dict.setValues('flags', [1])).toThrow(
      /^tensor "flags": expected F64, F32, F16 or BF16 to set values, got BOOL$/,
    )
    for (const name of ['nope', '__proto__', 'constructor', '__metadata__']) {
      expect(dict.has(name)).toBe(false)
      expect(() => dict.entry(name)).toThrow(FormatError)
      expect(() => dict.values(name)).toThrow(`tensor "${name}": not in the file`)
    }
    expect(dict.serialize()).toEqual(odd())
  })
})

describe('metadata', () => {
  test('is rewritten in its place and keeps every other member to the letter', () => {
    const dict = StateDict.parse(odd())
    dict.setMetadata('a', 'é"\n')
    dict.setMetadata('vexel.frame', '{}')
    const header = String.raw`{${HUGE},${HALF},"__metadata__":{"b":"1","a":"é\"\n","vexel.frame":"{}"},${FLAGS}}`
    const written = dict.serialize()
    expect(headerOf(written).trimEnd()).toBe(header)
    expect(utf8.encode(headerOf(written)).length % 8).toBe(0)
    expect(dataOf(written)).toEqual(ODD_DATA)
    expect(dict.sizeBytes).toBe(written.length)
    expect(StateDict.parse(written).metadata).toEqual(dict.metadata)
  })

  test('goes first where there was none, and only the header changes', () => {
    const original = oracle('nepal')
    const dict = StateDict.parse(original)
    dict.setMetadata('vexel.frame', 'x')
    const written = dict.serialize()
    const expected = headerOf(original).trimEnd().replace('{', '{"__metadata__":{"vexel.frame":"x"},')
    expect(headerOf(written).trimEnd()).toBe(expected)
    expect(headerOf(written).length % 8).toBe(0)
    expect(headerOf(written).length - expected.length).toBeLessThan(8)
    expect(dataOf(written)).toEqual(dataOf(original))
  })

  test('set back to what it was gives back the original bytes', () => {
    for (const original of [odd(), oracle('usa'), file('{"__metadata__":{}}', new Uint8Array())]) {
      const dict = StateDict.parse(original)
      dict.setMetadata('a', 'other')
      dict.setMetadata('new', 'x')
      expect(dict.serialize()).not.toEqual(original)
      dict.setMetadata('a', StateDict.parse(original).metadata.get('a') ?? null)
      dict.setMetadata('new', null)
      expect(dict.serialize()).toEqual(original)
    }
  })

  test('set back in another order gives back the original bytes', () => {
    const dict = StateDict.parse(odd())
    dict.setMetadata('b', null)
    dict.setMetadata('b', '1')
    expect(dict.serialize()).toEqual(odd())
  })

  test('leaves the header when its last string is removed', () => {
    const dict = StateDict.parse(odd())
    dict.setMetadata('a', null)
    dict.setMetadata('b', null)
    expect(headerOf(dict.serialize()).trimEnd()).toBe(`{${HUGE},${HALF},${FLAGS}}`)
    const alone = StateDict.parse(file('{"__metadata__":{"a":"b"}}', new Uint8Array()))
    alone.setMetadata('a', null)
    expect(alone.serialize()).toEqual(file('{}      ', new Uint8Array()))
  })

  test('removing a string that is not there changes nothing', () => {
    const dict = StateDict.parse(odd())
    dict.setMetadata('nope', null)
    expect(dict.serialize()).toEqual(odd())
  })

  test('handed out earlier stays as it was', () => {
    const dict = StateDict.parse(odd())
    const before = dict.metadata
    dict.setMetadata('a', 'x')
    expect(before.get('a')).toBe('2')
    expect(dict.metadata.get('a')).toBe('x')
  })

  test('takes a key called __proto__', () => {
    const dict = StateDict.parse(odd())
    dict.setMetadata('__proto__', 'x')
    expect(StateDict.parse(dict.serialize()).metadata.get('__proto__')).toBe('x')
  })

  test('that could not be read again is refused and changes nothing', () => {
    const dict = StateDict.parse(odd())
    expect(() => dict.setMetadata('a', '\ud800')).toThrow(/^__metadata__ "a": half a surrogate pair cannot be written$/)
    expect(() => dict.setMetadata('\udfff', 'x')).toThrow(FormatError)
    expect(() => dict.setMetadata('a', 'x'.repeat(MAX_HEADER_BYTES))).toThrow(/at most 8388608 bytes/)
    expect(dict.metadata.get('a')).toBe('2')
    expect(dict.serialize()).toEqual(odd())
  })

  test('and values can both be edited', () => {
    const dict = StateDict.parse(odd())
    dict.setValues('half', [2, 2])
    dict.setMetadata('a', 'a much longer string than before')
    const again = StateDict.parse(dict.serialize())
    expect([...again.values('half')]).toEqual([2, 2])
    expect([...again.values('flags')]).toEqual([1])
    expect(again.metadata.get('a')).toBe('a much longer string than before')
    expect(again.entry('huge')).toEqual(dict.entry('huge'))
  })
})

describe('the buffers', () => {
  test('given to parse may change afterwards, also when it is a Buffer of Node', () => {
    for (const given of [odd(), Buffer.from(odd())]) {
      const dict = StateDict.parse(given)
      given.fill(0)
      expect(dict.serialize()).toEqual(odd())
    }
  })

  test('given to parse are not changed by edits', () => {
    const given = odd()
    const dict = StateDict.parse(given)
    dict.setValues('half', [7, 7])
    dict.setMetadata('a', 'x')
    dict.serialize()
    expect(given).toEqual(odd())
  })

  test('that serialize returns are new each time', () => {
    const dict = StateDict.parse(odd())
    dict.serialize().fill(0)
    expect(dict.serialize()).toEqual(odd())
  })

  test('given to create may change afterwards', () => {
    const bytes = encodeValues('F64', [1.5])
    const dict = StateDict.create([{ name: 'a', dtype: 'F64', shape: [1], bytes }], new Map([['k', 'v']]))
    bytes.fill(0)
    expect([...dict.values('a')]).toEqual([1.5])
    expect([...dict.metadata]).toEqual([['k', 'v']])
    expect(headerOf(dict.serialize()).trimEnd()).toBe(
      '{"__metadata__":{"k":"v"},"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}',
    )
  })
})

test('a file that is no safetensors file is refused', () => {
  expect(() => StateDict.parse(utf8.encode('hello'))).toThrow(
    'not a safetensors file: this is plain text that begins "hello"',
  )
  expect(() => StateDict.parse(odd(), { tensors: 2 })).toThrow(/more than 2 tensors/)
})

test('any run of edits undone gives back the original bytes', () => {
  const edit = fc.oneof(
    fc.record({ key: fc.constantFrom('a', 'b', 'c', '__proto__'), value: fc.option(fc.string({ unit: 'binary' })) }),
    fc.tuple(fc.double(), fc.double()),
  )
  const property = fc.property(fc.array(edit, { maxLength: 6 }), edits => {
    const dict = StateDict.parse(odd())
    for (const change of edits) {
      if (Array.isArray(change)) dict.setValues('half', change)
      else dict.setMetadata(change.key, change.value)
      const again = StateDict.parse(dict.serialize())
      expect(again.metadata).toEqual(dict.metadata)
      expect(again.values('half')).toEqual(dict.values('half'))
    }
    for (const key of dict.metadata.keys()) dict.setMetadata(key, null)
    for (const [key, value] of StateDict.parse(odd()).metadata) dict.setMetadata(key, value)
    dict.setValues('half', [1, NaN])
    expect(dict.serialize()).toEqual(odd())
  })
  fc.assert(property, { seed: 6, numRuns: RUNS })
})
