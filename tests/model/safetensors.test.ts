// The container, rule by rule: a tiny file for every way to be wrong and the message it gets, the legal oddities, foreign
// files, and files made at random. The rules are those of the reference reader (huggingface/safetensors, tensor.rs).

import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FormatError } from '../../src/model/errors.js'
import {
  bitsOf,
  decodeValues,
  DTYPES,
  encodeValues,
  isDtype,
  isFloating,
  isNumeric,
  type Dtype,
} from '../../src/model/safetensors/dtype.js'
import { describeForeign } from '../../src/model/safetensors/foreign.js'
import { MAX_FILE_BYTES, MAX_HEADER_BYTES, MAX_TENSORS } from '../../src/model/safetensors/limits.js'
import { parseSafetensors } from '../../src/model/safetensors/parse.js'
import { writeSafetensors } from '../../src/model/safetensors/write.js'
import { importCounted } from './count-operations.js'

const RUNS = process.env.VEXEL_FULL ? 30_000 : 1_500
/** Blocks of code a byte: more than a linear parser executes, far less than a quadratic one does for 8 MB. */
const LINEAR_OPERATIONS = 32

const utf8 = new TextEncoder()
const good = new Uint8Array(readFileSync(new URL('../oracle/malaysia.safetensors', import.meta.url)))

/** A file with this header and data (a count is that many zero bytes), and N as given or right. */
function file(header: string | readonly number[], data: Uint8Array | number = 0, length?: bigint): Uint8Array {
  const head = typeof header === 'string' ? utf8.encode(header) : Uint8Array.from(header)
  const body = typeof data === 'number' ? new Uint8Array(data) : data
  const bytes = new Uint8Array(8 + head.length + body.length)
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(head.length), true)
  bytes.set(head, 8)
  bytes.set(body, 8 + head.length)
  return bytes
}

/** The JSON of one tensor; shape and offsets as text, because what is wrong may be how they are written. */
function tensor(dtype: string, shape: string, offsets: string): string {
  return `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`
}

/** A file of one tensor `a`. */
function one(dtype: string, shape: string, offsets: string, data: number): Uint8Array {
  return file(`{"a":${tensor(dtype, shape, offsets)}}`, data)
}

/** A file of several tensors `t0`, `t1`, ... of bytes, at these offsets. */
function ranges(offsets: [number, number][], data: number): Uint8Array {
  const members = offsets.map(([begin, end], i) => `"t${i}":${tensor('U8', `[${end - begin}]`, `[${begin},${end}]`)}`)
  return file(`{${members.join(',')}}`, data)
}

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth)
}

/** A header whose tensor has an unknown field of so many arrays; the header and the tensor are two levels more. */
function unknownField(value: string): string {
  return `{"a":{"extra":${value},"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, character => character.charCodeAt(0))
}

/** The start of a zip whose first entry has this name. */
const zip = (name: string) => `PK\x03\x04${'\0'.repeat(22)}${String.fromCharCode(name.length)}\0\0\0${name}rest`

/** Joins pieces with commas until the size in characters is reached. */
const fill = (piece: (i: number) => string, size = 1_000_000): string => {
  const pieces: string[] = []
  for (let i = 0, length = 0; ; i++) {
    const next = piece(i)
    length += next.length + 1
    if (length > size) return pieces.join()
    pieces.push(next)
  }
}

/** A tensor of one zero, to write. */
const scalar = (name: string, dtype: Dtype = 'U8') => ({
  name,
  dtype,
  shape: [],
  bytes: new Uint8Array(bitsOf(dtype) / 8),
})

/** The value of a 16-bit code by the IEEE formula, digit by digit of its binary spelling. */
function valueOfCode(code: number, exponentBits: number): number {
  const digits = code.toString(2).padStart(16, '0')
  const exponent = parseInt(digits.slice(1, 1 + exponentBits), 2)
  const fraction = Array.from(digits.slice(1 + exponentBits)).reduce(
    (sum, digit, i) => sum + Number(digit) / 2 ** (i + 1),
    0,
  )
  const sign = digits[0] === '1' ? -1 : 1
  const bias = 2 ** (exponentBits - 1) - 1
  if (exponent === 2 ** exponentBits - 1) return fraction > 0 ? NaN : sign * Infinity
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias)
}

/** Encodes to a 16-bit float and returns the codes. */
const codesOf = (dtype: Dtype, values: ArrayLike<number>) => [...new Uint16Array(encodeValues(dtype, values).buffer)]

/** Decodes elements that lie at an odd offset. */
const decodeAtOddOffset = (dtype: Dtype, ...bytes: number[]) => [
  ...decodeValues(dtype, Uint8Array.of(99, ...bytes).subarray(1)),
]

/** The message of the FormatError that parsing throws; undefined if it does not throw. */
function refusal(bytes: Uint8Array, parse = parseSafetensors): string | undefined {
  try {
    parse(bytes)
    return undefined
  } catch (error) {
    if (error instanceof Error && error.name === 'FormatError') return error.message
    throw error
  }
}

const SCALAR = tensor('U8', '[]', '[0,1]')

type BadFile = readonly [fault: string, bytes: Uint8Array, message: RegExp]

const BAD: Record<string, readonly BadFile[]> = {
  'rule 1, at least 8 bytes': [
    ['1 byte', Uint8Array.of(8), /at least 8 bytes, got 1$/],
    ['7 bytes', Uint8Array.of(2, 0, 0, 0, 0, 0, 0), /at least 8 bytes, got 7$/],
  ],
  'rule 2, N at most 100,000,000': [
    ['one more', file('{}', 0, 100_000_001n), /at most 100000000 bytes, got 100000001$/],
    ['2^53 + 1', file('{}', 0, 2n ** 53n + 1n), /got 9007199254740993$/],
    ['2^64 - 1', file('{}', 0, 2n ** 64n - 1n), /got 18446744073709551615$/],
    ['2^63, negative as i64', file('{}', 0, 2n ** 63n), /got 9223372036854775808$/],
  ],
  'rule 3, the header lies within the file': [
    ['one byte short', file('{}', 0, 3n), /header: 3 bytes long, but only 2 follow: the file is cut short$/],
    ['8 bytes alone', Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0), /1 bytes long, but only 0 follow/],
    ['equal to the limit of rule 2', file('{}', 0, 100_000_000n), /100000000 bytes long, but only 2 follow/],
    [
      'a good file cut in its header',
      good.slice(0, 100),
      /2824 bytes long, but only 92 follow: the file is cut short$/,
    ],
  ],
  'rule 4, strict UTF-8': [
    ['byte order mark', file('\ufeff{}'), /character 0: expected "\{", got "\\u\{feff\}"$/],
    ['a stray continuation byte', file([0x7b, 0x80, 0x7d]), /not valid UTF-8$/],
    ['overlong slash in a name', file([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x7b, 0x7d, 0x7d]), /not valid UTF-8$/],
    ['overlong NUL', file([0x7b, 0x22, 0xc0, 0x80, 0x22, 0x7d]), /not valid UTF-8$/],
    ['an encoded surrogate', file([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x7d]), /not valid UTF-8$/],
    [
      'a surrogate pair in CESU-8',
      file([0x7b, 0x22, 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80, 0x22, 0x7d]),
      /not valid UTF-8$/,
    ],
    ['beyond U+10FFFF', file([0x7b, 0x22, 0xf4, 0x90, 0x80, 0x80, 0x22, 0x7d]), /not valid UTF-8$/],
    ['a character cut by the end', file([0x7b, 0x22, 0xe2, 0x82]), /not valid UTF-8$/],
  ],
  'rule 5, one JSON object': [
    ['no header', file(''), /character 0: expected "\{", got the end of the header$/],
    ['only spaces', file('    '), /character 4: expected "\{", got the end of the header$/],
    ['an array', file('[]'), /expected "\{", got "\["$/],
    ['a number', file('1'), /expected "\{", got "1"$/],
    ['null', file('null'), /expected "\{", got "n"$/],
    ['not closed', file('{'), /character 1: expected a key in double quotes, got the end of the header$/],
    ['not closed after a tensor', file(`{"a":${SCALAR}`, 1), /expected "," or "\}", got the end of the header$/],
    ['two objects', file('{}{}'), /character 2: expected nothing but spaces after the closing "\}", got "\{"$/],
    ['a word behind', file('{}x'), /nothing but spaces .* got "x"$/],
    ['NUL padding behind', file('{}\0\0\0\0\0\0'), /nothing but spaces .* got "\\u\{0\}"$/],
    ['NUL padding before', file('\0{}'), /expected "\{", got "\\u\{0\}"$/],
    ['form feed', file('\f{}'), /expected "\{", got "\\u\{c\}"$/],
    ['no-break space', file('\u00a0{}'), /expected "\{", got/],
    ['trailing comma', file(`{"a":${SCALAR},}`, 1), /expected a key in double quotes, got "\}"$/],
    ['leading comma', file(`{,"a":${SCALAR}}`, 1), /expected a key in double quotes, got ","$/],
    ['two commas', file(`{"a":${SCALAR},,"b":1}`, 1), /expected a key in double quotes, got ","$/],
    ['no colon', file(`{"a" ${SCALAR}}`, 1), /expected ":" after a key, got "\{"$/],
    ['key without quotes', file(`{a:${SCALAR}}`, 1), /expected a key in double quotes, got "a"$/],
    ['key in single quotes', file(`{'a':${SCALAR}}`, 1), /expected a key in double quotes, got "'"$/],
    ['comment', file('/**/{}'), /expected "\{", got "\/"$/],
    ['key not closed', file('{"a'), /expected a closing quote, got the end of the header$/],
    ['tab in a key', file(`{"a\tb":${SCALAR}}`, 1), /expected a closing quote, got "\\u\{9\}"$/],
    ['line feed in a key', file(`{"a\nb":${SCALAR}}`, 1), /expected a closing quote, got "\\u\{a\}"$/],
    [
      'unknown escape',
      file(String.raw`{"\x41":${SCALAR}}`, 1),
      /expected one of "\\\/bfnrtu after a backslash, got "x"$/,
    ],
    ['short unicode escape', file(String.raw`{"\u12":${SCALAR}}`, 1), /expected four hexadecimal digits after \\u/],
    ['signed unicode escape', file(String.raw`{"\u+123":${SCALAR}}`, 1), /expected four hexadecimal digits after \\u/],
    ['lone high surrogate', file(String.raw`{"\ud83d":${SCALAR}}`, 1), /character 2: a lone surrogate escape$/],
    ['lone low surrogate', file(String.raw`{"\ude00":${SCALAR}}`, 1), /a lone surrogate escape$/],
    ['surrogates the wrong way', file(String.raw`{"\ude00\ud83d":${SCALAR}}`, 1), /a lone surrogate escape$/],
    ['two low surrogates', file(String.raw`{"\udc00\ude00":${SCALAR}}`, 1), /a lone surrogate escape$/],
    ['two high surrogates', file(String.raw`{"\ud83d\ud83d":${SCALAR}}`, 1), /a lone surrogate escape$/],
    ['high surrogate, other escape', file(String.raw`{"\ud83d\n":${SCALAR}}`, 1), /a lone surrogate escape$/],
  ],
  'rule 6, __metadata__ maps strings to strings': [
    ['an array', file('{"__metadata__":[]}'), /expected an object of strings for __metadata__, got "\["$/],
    ['a string', file('{"__metadata__":"x"}'), /expected an object of strings for __metadata__, got "\\""$/],
    ['a tensor', file(`{"__metadata__":${SCALAR}}`, 1), /expected a string for a key of __metadata__, got "\["$/],
    ['a number in it', file('{"__metadata__":{"a":1}}'), /expected a string for a key of __metadata__, got "1"$/],
    ['a null in it', file('{"__metadata__":{"a":null}}'), /expected a string for a key of __metadata__, got "n"$/],
    ['an object in it', file('{"__metadata__":{"a":{}}}'), /expected a string for a key of __metadata__, got "\{"$/],
    ['a key twice', file('{"__metadata__":{"a":"1","a":"1"}}'), /^__metadata__: the key "a" is there twice$/],
    ['a key twice, escaped', file(String.raw`{"__metadata__":{"a":"1","\u0061":"2"}}`), /the key "a" is there twice$/],
    ['there twice', file('{"__metadata__":{},"__metadata__":{}}'), /the key "__metadata__" is there twice$/],
    [
      'there twice, escaped',
      file(String.raw`{"__metadata__":{},"__metadata\u005f_":{}}`),
      /"__metadata__" is there twice$/,
    ],
    ['lone surrogate in a value', file(String.raw`{"__metadata__":{"a":"\ud800"}}`), /a lone surrogate escape$/],
  ],
  'rule 7, dtype, shape and data_offsets, each once': [
    ['no fields', file('{"a":{}}'), /^tensor "a": dtype is missing$/],
    ['no dtype', file('{"a":{"shape":[1],"data_offsets":[0,1]}}', 1), /^tensor "a": dtype is missing$/],
    ['no shape', file('{"a":{"dtype":"U8","data_offsets":[0,1]}}', 1), /^tensor "a": shape is missing$/],
    ['no data_offsets', file('{"a":{"dtype":"U8","shape":[1]}}', 1), /^tensor "a": data_offsets is missing$/],
    [
      'dtype in capitals as a field',
      file('{"a":{"Dtype":"U8","shape":[],"data_offsets":[0,1]}}', 1),
      /dtype is missing$/,
    ],
    ['dtype twice', file(`{"a":{"dtype":"U8",${SCALAR.slice(1)}}`, 1), /the field "dtype" is there twice$/],
    ['shape twice', file(`{"a":{"shape":[],${SCALAR.slice(1)}}`, 1), /the field "shape" is there twice$/],
    ['offsets twice', file(`{"a":{"data_offsets":[0,1],${SCALAR.slice(1)}}`, 1), /"data_offsets" is there twice$/],
    [
      'dtype twice, escaped',
      file(String.raw`{"a":{"dt\u0079pe":"U8",${SCALAR.slice(1)}}`, 1),
      /"dtype" is there twice$/,
    ],
    ['unknown field twice', file(`{"a":{"x":1,"x":1,${SCALAR.slice(1)}}`, 1), /the field "x" is there twice$/],
    ['a name twice (laxer in the reference)', file(`{"a":${SCALAR},"a":${SCALAR}}`, 1), /the key "a" is there twice$/],
    ['a name twice, escaped', file(String.raw`{"a":${SCALAR},"\u0061":${SCALAR}}`, 1), /the key "a" is there twice$/],
    [
      'an array (laxer in the reference)',
      file('{"a":["U8",[1],[0,1]]}', 1),
      /expected an object for tensor "a", got "\["$/,
    ],
    ['null', file('{"a":null}'), /expected an object for tensor "a", got "n"$/],
    ['a string', file('{"a":"b"}'), /expected an object for tensor "a", got "\\""$/],
    ['one offset', one('U8', '[1]', '[1]', 1), /data_offsets: expected two integers, got 1$/],
    ['three offsets', one('U8', '[1]', '[0,1,1]', 1), /data_offsets: expected two integers, got 3$/],
    ['no offsets', one('U8', '[1]', '[]', 1), /data_offsets: expected two integers, got 0$/],
    [
      'offsets an object',
      one('U8', '[1]', '{"0":0,"1":1}', 1),
      /expected an array of integers for tensor "a" data_offsets, got "\{"$/,
    ],
    [
      'offsets null',
      one('U8', '[1]', 'null', 1),
      /expected an array of integers for tensor "a" data_offsets, got "n"$/,
    ],
    ['shape a number', one('U8', '1', '[0,1]', 1), /expected an array of integers for tensor "a" shape, got "1"$/],
    ['shape null', one('U8', 'null', '[0,1]', 1), /expected an array of integers for tensor "a" shape, got "n"$/],
    [
      'shape of shapes',
      one('U8', '[[1]]', '[0,1]', 1),
      /expected a non-negative integer in tensor "a" shape, got "\["$/,
    ],
    ['unknown field not JSON', file(unknownField('nope'), 1), /expected a JSON value, got "n"$/],
    ['unknown field NaN', file(unknownField('NaN'), 1), /expected a JSON value, got "N"$/],
    ['unknown field missing', file(unknownField(''), 1), /expected a JSON value, got ","$/],
    ['unknown field with a trailing comma', file(unknownField('[1,]'), 1), /expected a JSON value, got "\]"$/],
    ['unknown field closed wrongly', file(unknownField('[1}'), 1), /expected "," or "\]", got "\}"$/],
    ['unknown object closed wrongly', file(unknownField('{"b":1]'), 1), /expected "," or "\}", got "\]"$/],
    ['unknown object without a value', file(unknownField('{"b"}'), 1), /expected ":" after a key, got "\}"$/],
    ['unknown object with a trailing comma', file(unknownField('{"b":1,}'), 1), /expected a key in double quotes/],
    ['unknown field with a control in a string', file(unknownField('"\u0001"'), 1), /expected a closing quote/],
    ['unknown field with a lone surrogate', file(unknownField(String.raw`"\udfff"`), 1), /a lone surrogate escape$/],
    ['unknown field 01', file(unknownField('01'), 1), /expected no digit after a leading 0, got "1"$/],
    ['unknown field 1.', file(unknownField('1.'), 1), /expected a digit, got ","$/],
    ['unknown field .5', file(unknownField('.5'), 1), /expected a JSON value, got "."$/],
    ['unknown field +1', file(unknownField('+1'), 1), /expected a JSON value, got "\+"$/],
    ['unknown field 1e', file(unknownField('1e'), 1), /expected a digit, got ","$/],
    ['unknown field -', file(unknownField('-'), 1), /expected a digit, got ","$/],
    ['unknown field 1e999', file(unknownField('1e999'), 1), /the number "1e999" is too large for a float64$/],
    [
      'unknown field one level too deep',
      file(unknownField(nested(126)), 1),
      /nested deeper than 127 objects and arrays$/,
    ],
    [
      'unknown field 100,000 deep',
      file(unknownField(nested(100_000)), 1),
      /nested deeper than 127 objects and arrays$/,
    ],
    ['unknown field never closed', file(unknownField('['.repeat(100_000)), 1), /nested deeper than 127/],
  ],
  'rule 8, a dtype of the format': [
    [
      'lower case',
      one('f32', '[1]', '[0,4]', 4),
      /^tensor "a" dtype: expected one of the format such as F32, got "f32"$/,
    ],
    ['as NumPy spells it', one('float32', '[1]', '[0,4]', 4), /got "float32"$/],
    ['with a space', one('F32 ', '[1]', '[0,4]', 4), /got "F32 "$/],
    ['empty', one('', '[1]', '[0,4]', 4), /got ""$/],
    ['F8', one('F8', '[1]', '[0,1]', 1), /got "F8"$/],
    ['constructor', one('constructor', '[1]', '[0,1]', 1), /got "constructor"$/],
    ['toString', one('toString', '[1]', '[0,1]', 1), /got "toString"$/],
    ['__proto__', one('__proto__', '[1]', '[0,1]', 1), /got "__proto__"$/],
    [
      'a number',
      file('{"a":{"dtype":8,"shape":[],"data_offsets":[0,1]}}', 1),
      /expected a string for the dtype of tensor "a", got "8"$/,
    ],
    [
      'null',
      file('{"a":{"dtype":null,"shape":[],"data_offsets":[0,1]}}', 1),
      /expected a string for the dtype of tensor "a", got "n"$/,
    ],
  ],
  'rule 9, exact integers from 0 to 2^64 - 1': [
    [
      'dimension 16.0',
      one('U8', '[16.0]', '[0,16]', 16),
      /^tensor "a" shape: expected a non-negative integer, got "16\.0"$/,
    ],
    ['dimension 1e1', one('U8', '[1e1]', '[0,10]', 10), /expected a non-negative integer, got "1e1"$/],
    ['dimension 1E0', one('U8', '[1E0]', '[0,1]', 1), /expected a non-negative integer, got "1E0"$/],
    ['dimension -0', one('U8', '[-0]', '[0,0]', 0), /expected a non-negative integer, got "-0"$/],
    ['dimension -1', one('U8', '[-1]', '[0,1]', 1), /expected a non-negative integer, got "-1"$/],
    ['dimensions -1 and -1', one('U8', '[-1,-1]', '[0,1]', 1), /expected a non-negative integer, got "-1"$/],
    ['dimension 01', one('U8', '[01]', '[0,1]', 1), /expected no digit after a leading 0, got "1"$/],
    ['dimension 0x1', one('U8', '[0x1]', '[0,1]', 1), /expected "," or "\]", got "x"$/],
    ['dimension +1', one('U8', '[+1]', '[0,1]', 1), /a non-negative integer in tensor "a" shape, got "\+"$/],
    ['dimension "1"', one('U8', '["1"]', '[0,1]', 1), /a non-negative integer in tensor "a" shape, got "\\""$/],
    ['dimension null', one('U8', '[null]', '[0,1]', 1), /a non-negative integer in tensor "a" shape, got "n"$/],
    ['dimension true', one('U8', '[true]', '[0,1]', 1), /a non-negative integer in tensor "a" shape, got "t"$/],
    [
      'dimension 2^64',
      one('U8', '[0,18446744073709551616]', '[0,0]', 0),
      /integer below 2\^64, got "18446744073709551616"$/,
    ],
    ['dimension of 21 digits', one('U8', '[0,100000000000000000000]', '[0,0]', 0), /expected an integer below 2\^64/],
    ['dimension of 100,000 digits', one('U8', `[0,${'9'.repeat(100_000)}]`, '[0,0]', 0), /below 2\^64, got "9{60}…"$/],
    [
      'trailing comma in a shape',
      one('U8', '[1,]', '[0,1]', 1),
      /a non-negative integer in tensor "a" shape, got "\]"$/,
    ],
    [
      'offset 1.0',
      one('U8', '[1]', '[0,1.0]', 1),
      /^tensor "a" data_offsets: expected a non-negative integer, got "1\.0"$/,
    ],
    ['offset 1e0', one('U8', '[1]', '[0,1e0]', 1), /data_offsets: expected a non-negative integer, got "1e0"$/],
    ['offset -0', one('U8', '[1]', '[-0,1]', 1), /data_offsets: expected a non-negative integer, got "-0"$/],
    ['offset -1', one('U8', '[1]', '[-1,0]', 0), /data_offsets: expected a non-negative integer, got "-1"$/],
    ['offset 2^64', one('U8', '[1]', '[0,18446744073709551616]', 1), /data_offsets: expected an integer below 2\^64/],
    ['offset 2^64 + 1, 1 as u64', one('U8', '[1]', '[0,18446744073709551617]', 1), /expected an integer below 2\^64/],
  ],
  'rule 10, no hole, no overlap': [
    ['hole at the front', ranges([[1, 2]], 2), /^tensor "t0" data_offsets: expected to begin at 0, got 1: a hole$/],
    [
      'hole between',
      ranges(
        [
          [0, 2],
          [3, 4],
        ],
        4,
      ),
      /tensor "t1" data_offsets: expected to begin at 2, got 3: a hole$/,
    ],
    [
      'overlap by one',
      ranges(
        [
          [0, 2],
          [1, 3],
        ],
        3,
      ),
      /tensor "t1" data_offsets: expected to begin at 2, got 1: an overlap$/,
    ],
    [
      'one inside another',
      ranges(
        [
          [0, 4],
          [1, 2],
        ],
        4,
      ),
      /tensor "t1" .* expected to begin at 4, got 1: an overlap$/,
    ],
    [
      'the same range twice',
      ranges(
        [
          [0, 2],
          [0, 2],
        ],
        2,
      ),
      /expected to begin at 2, got 0: an overlap$/,
    ],
    [
      'an empty range inside another',
      ranges(
        [
          [0, 4],
          [2, 2],
        ],
        4,
      ),
      /tensor "t1" .* got 2: an overlap$/,
    ],
    [
      'an empty range beyond the end',
      ranges(
        [
          [0, 4],
          [5, 5],
        ],
        4,
      ),
      /tensor "t1" .* got 5: a hole$/,
    ],
    ['backwards at 0', one('U8', '[0]', '[1,0]', 1), /expected to begin at 0, got 1: a hole$/],
    [
      'backwards',
      file(`{"a":${tensor('U8', '[2]', '[0,2]')},"b":${tensor('U8', '[1]', '[2,1]')}}`, 2),
      /tensor "b" data_offsets: the end 1 is before the beginning 2$/,
    ],
    ['begins at 2^53 + 1', one('U8', '[0]', '[9007199254740993,9007199254740993]', 0), /got 9007199254740993: a hole$/],
    ['begins at 2^64 - 1', one('U8', '[1]', '[18446744073709551615,0]', 1), /got 18446744073709551615: a hole$/],
  ],
  'rule 11, the products do not overflow': [
    [
      '2^32 x 2^32',
      one('U8', '[4294967296,4294967296]', '[0,0]', 0),
      /shape: the product of \[4294967296, 4294967296\] passes 2\^64$/,
    ],
    ['an overflow before a 0', one('U8', '[4294967296,4294967296,0]', '[0,0]', 0), /the product of .* passes 2\^64$/],
    [
      'the bits overflow',
      one('U8', '[2305843009213693952]', '[0,0]', 0),
      /U8 \[2305843009213693952\] passes 2\^64 bits$/,
    ],
    ['1 as u64 after wrapping', one('U8', '[3,12297829382473034411]', '[0,1]', 1), /passes 2\^64$/],
    ['0 as u64 bits after wrapping', one('F64', '[288230376151711744]', '[0,0]', 0), /passes 2\^64 bits$/],
    [
      'of 2,000 dimensions',
      one('U8', `[${Array(2000).fill(2).join()}]`, '[0,0]', 0),
      /the product of \[2, 2, .*… 2000 dimensions\] passes/,
    ],
  ],
  'rule 12, whole bytes': [
    ['one F4', one('F4', '[1]', '[0,1]', 1), /^tensor "a" shape: F4 \[1\] is 4 bits, expected whole bytes$/],
    ['three F4', one('F4', '[3]', '[0,2]', 2), /F4 \[3\] is 12 bits, expected whole bytes$/],
    ['an F4 scalar', one('F4', '[]', '[0,1]', 1), /F4 \[\] is 4 bits/],
    ['two F6_E2M3', one('F6_E2M3', '[2]', '[0,2]', 2), /F6_E2M3 \[2\] is 12 bits/],
    ['five F6_E3M2', one('F6_E3M2', '[5]', '[0,4]', 4), /F6_E3M2 \[5\] is 30 bits/],
  ],
  'rule 13, the range is as long as dtype and shape ask': [
    [
      'one byte short',
      one('F32', '[16,2]', '[0,127]', 127),
      /^tensor "a": expected 128 bytes for F32 \[16, 2\], got 127$/,
    ],
    ['one byte long', one('U8', '[1]', '[0,2]', 2), /expected 1 bytes for U8 \[1\], got 2$/],
    ['nothing for a scalar', one('F32', '[]', '[0,0]', 0), /expected 4 bytes for F32 \[\], got 0$/],
    ['something for an empty shape', one('F32', '[0]', '[0,4]', 4), /expected 0 bytes for F32 \[0\], got 4$/],
    ['as if F16 were F32', one('F16', '[2]', '[0,8]', 8), /expected 4 bytes for F16 \[2\], got 8$/],
    [
      '2^53 + 1 against 2^53',
      one('U8', '[9007199254740993]', '[0,9007199254740992]', 0),
      /expected 9007199254740993 bytes .* got 9007199254740992$/,
    ],
    [
      '4 GB more than the data',
      one('U8', '[1]', '[0,4294967297]', 1),
      /expected 1 bytes for U8 \[1\], got 4294967297$/,
    ],
  ],
  'rule 14, the tensors end with the file': [
    [
      'trailing byte',
      one('U8', '[1]', '[0,1]', 2),
      /^safetensors data: expected 1 bytes, got 2: no tensor owns the last ones$/,
    ],
    ['trailing bytes without tensors', file('{}', 4), /expected 0 bytes, got 4: no tensor owns the last ones$/],
    ['missing byte', one('U8', '[2]', '[0,2]', 1), /expected 2 bytes, got 1: the file is cut short$/],
    [
      'missing 2^60 bytes',
      one('U8', '[1152921504606846976]', '[0,1152921504606846976]', 1),
      /expected 1152921504606846976 bytes, got 1/,
    ],
    ['a good file without its last byte', good.slice(0, -1), /expected 27628 bytes, got 27627: the file is cut short$/],
    ['two good files', Uint8Array.of(...good, ...good), /expected 27628 bytes, got 58088: no tensor owns/],
    ['no data', file(`{"a":${SCALAR}}`), /expected 1 bytes, got 0/],
  ],
  'our own caps': [
    [
      'a file of 64 MB and a byte',
      new Uint8Array(MAX_FILE_BYTES + 1),
      /file: vexel opens at most 67108864 bytes, got 67108865$/,
    ],
    [
      'a header of 8 MB and a byte',
      file(`{}${' '.repeat(MAX_HEADER_BYTES - 1)}`),
      /header: vexel opens at most 8388608 bytes of it, got 8388609$/,
    ],
    [
      '10,001 tensors',
      ranges(
        Array.from({ length: 10_001 }, (_, i) => [i, i + 1]),
        10_001,
      ),
      /more than 10000 tensors, the most that vexel opens$/,
    ],
  ],
}

describe.each(Object.entries(BAD))('%s', (_rule, cases) => {
  test.each(cases)('refuses: %s', (_fault, bytes, message) => {
    expect(refusal(bytes)).toMatch(message)
  })
})

test('the message of every bad file is one short line without control characters', () => {
  for (const [fault, bytes] of Object.values(BAD).flat()) expectOneLine(refusal(bytes), fault)
})

test('limits given to the parser replace the caps', () => {
  const bytes = ranges(
    [
      [0, 1],
      [1, 2],
    ],
    2,
  )
  const parseWith = (limits: object) => () => parseSafetensors(bytes, limits)
  expect(parseWith({ fileBytes: bytes.length, headerBytes: bytes.length - 10, tensors: 2 })).not.toThrow()
  expect(parseWith({ fileBytes: bytes.length - 1 })).toThrow(/at most \d+ bytes, got/)
  expect(parseWith({ headerBytes: bytes.length - 11 })).toThrow(/at most \d+ bytes of it, got/)
  expect(parseWith({ tensors: 1 })).toThrow(/more than 1 tensors/)
})

test('a hostile name is cut and escaped in the message', () => {
  const name = String.raw`\n\u001b[31m\u202e\u0000\"${'x'.repeat(5_000)}`
  expect(refusal(file(`{"${name}":{}}`))).toMatch(
    /^tensor "\\u\{a\}\\u\{1b\}\[31m\\u\{202e\}\\u\{0\}\\"x+…": dtype is missing$/,
  )
})

describe('legal oddities are accepted', () => {
  type Accepted = readonly [oddity: string, bytes: Uint8Array, tensors: Record<string, readonly number[]>]
  const empty = (shape: string) => one('F32', shape, '[0,0]', 0)
  const accepted: readonly Accepted[] = [
    ['no tensors', file('{}'), {}],
    ['no tensors, padded', file('{}      '), {}],
    ['only metadata', file('{"__metadata__":{"a":"b"}}'), {}],
    ['empty metadata', file('{"__metadata__":{}}'), {}],
    ['a scalar', one('F32', '[]', '[0,4]', 4), { a: [] }],
    ['a dimension 0', empty('[0]'), { a: [0] }],
    ['a dimension 0 among others', empty('[3,0,5]'), { a: [3, 0, 5] }],
    ['a dimension 2^64 - 1 of an empty tensor', empty('[0,18446744073709551615]'), { a: [0, 2 ** 64] }],
    ['a product just below 2^64 before a 0', empty('[4294967296,4294967295,0]'), { a: [2 ** 32, 2 ** 32 - 1, 0] }],
    ['a 0 before what would overflow', empty('[0,4294967296,4294967296]'), { a: [0, 2 ** 32, 2 ** 32] }],
    ['40 dimensions of 1', one('U8', `[${Array(40).fill(1).join()}]`, '[0,1]', 1), { a: Array<number>(40).fill(1) }],
    [
      'several empty tensors in one place',
      ranges(
        [
          [0, 0],
          [0, 0],
          [0, 2],
          [2, 2],
        ],
        2,
      ),
      { t0: [0], t1: [0], t2: [2], t3: [0] },
    ],
    [
      'an empty tensor where one listed earlier begins',
      ranges(
        [
          [0, 2],
          [0, 0],
        ],
        2,
      ),
      { t0: [2], t1: [0] },
    ],
    [
      'data in another order than the keys',
      ranges(
        [
          [3, 4],
          [0, 3],
        ],
        4,
      ),
      { t0: [1], t1: [3] },
    ],
    ['fields in any order', file('{"a":{"data_offsets":[0,1],"shape":[1],"dtype":"U8"}}', 1), { a: [1] }],
    [
      'spaces, tabs and line ends around and within',
      file('\r\n\t { "a" : { "dtype" : "U8" , "shape" : [ 1 , 1 ] ,\n"data_offsets" : [ 0 , 1 ] } } \n\t\r', 1),
      { a: [1, 1] },
    ],
    [
      'odd alignment of the data',
      file(`{"a":${tensor('U8', '[3]', '[0,3]')},"b":${tensor('F64', '[1]', '[3,11]')}} `, 11),
      { a: [3], b: [1] },
    ],
    ['two F4', one('F4', '[2]', '[0,1]', 1), { a: [2] }],
    ['four F6_E3M2', one('F6_E3M2', '[2,2]', '[0,3]', 3), { a: [2, 2] }],
    ['an unknown field', file(unknownField('{"b":[1,-2.5e-3,true,false,null,"\\u00e9",{}]}'), 1), { a: [1] }],
    ['a huge integer in an unknown field', file(unknownField('123456789012345678901234567890'), 1), { a: [1] }],
    ['an unknown field of null', file(unknownField('null'), 1), { a: [1] }],
    ['a key twice deep in an unknown field', file(unknownField('{"b":{"c":1,"c":1}}'), 1), { a: [1] }],
    ['nested to depth 127', file(unknownField(nested(125)), 1), { a: [1] }],
    ['nested objects to depth 127', file(unknownField(`${'{"b":'.repeat(125)}1${'}'.repeat(125)}`), 1), { a: [1] }],
    [
      'many shallow values after a deep one',
      file(unknownField(`[${nested(124)},${Array(200).fill('[]').join()}]`), 1),
      { a: [1] },
    ],
    ['an empty name', file(`{"":${SCALAR}}`, 1), { '': [] }],
    [
      'a name with escapes',
      file(String.raw`{"\"\\\/\b\f\n\r\t\u0000\ud83d\ude00":${SCALAR}}`, 1),
      { '"\\/\b\f\n\r\t\0😀': [] },
    ],
    ['a name beyond the first plane', file(`{"😀":${SCALAR}}`, 1), { '😀': [] }],
    ['a name of 100,000 characters', file(`{"${'n'.repeat(100_000)}":${SCALAR}}`, 1), { ['n'.repeat(100_000)]: [] }],
    ['constructor', file(`{"constructor":${SCALAR}}`, 1), { constructor: [] }],
    ['toString', file(`{"toString":${SCALAR}}`, 1), { toString: [] }],
    ['a header as long as 8 MB', file(`{}${' '.repeat(MAX_HEADER_BYTES - 2)}`), {}],
    ['the bytes of a gzip', file(`{"a":${SCALAR}}${' '.repeat(0x088b1f)}`.slice(0, 0x088b1f), 1), { a: [] }],
    ['the bytes of a pickle', file(`{"a":${SCALAR}}${' '.repeat(0x280)}`.slice(0, 0x280), 1), { a: [] }],
  ]

  test.each(accepted)('%s', (_oddity, bytes, tensors) => {
    const parsed = parseSafetensors(bytes)
    expect(parsed.tensors.map(({ name, shape }) => [name, shape])).toEqual(Object.entries(tensors))
  })

  test('a tensor called __proto__ is a tensor like any other', () => {
    const [parsed] = parseSafetensors(file(`{"__proto__":{"__proto__":{"x":1},${SCALAR.slice(1)}}`, 1)).tensors
    expect(parsed).toMatchObject({ name: '__proto__', dtype: 'U8', begin: 0, end: 1 })
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
  })

  test('metadata keeps its order and hostile keys', () => {
    const { metadata } = parseSafetensors(file('{"__metadata__":{"b":"1","__proto__":"2","a":""}}'))
    expect([...(metadata ?? [])]).toEqual([
      ['b', '1'],
      ['__proto__', '2'],
      ['a', ''],
    ])
    expect(parseSafetensors(file('{}')).metadata).toBeNull()
    expect(parseSafetensors(file('{"__metadata__":{}}')).metadata).toEqual(new Map())
    // As the reference reader does.
    expect(parseSafetensors(file('{"__metadata__": null}')).metadata).toBeNull()
  })

  test('the tensors come in the order of the header, with ranges counted from the data', () => {
    const bytes = file(`{"b":${tensor('F32', '[1]', '[1,5]')},"a":${SCALAR}}`, 5)
    expect(parseSafetensors(bytes)).toMatchObject({
      dataOffset: bytes.length - 5,
      tensors: [
        { name: 'b', dtype: 'F32', shape: [1], begin: 1, end: 5 },
        { name: 'a', dtype: 'U8', shape: [], begin: 0, end: 1 },
      ],
    })
  })

  test('a file that lies at an odd offset of a larger buffer', () => {
    const buffer = new Uint8Array(good.length + 5)
    buffer.set(good, 3)
    expect(parseSafetensors(buffer.subarray(3, 3 + good.length)).tensors).toHaveLength(38)
  })

  test.each(DTYPES)('dtype %s, eight elements', dtype => {
    const sizeBytes = bitsOf(dtype)
    expect(parseSafetensors(one(dtype, '[8]', `[0,${sizeBytes}]`, sizeBytes)).tensors[0].dtype).toBe(dtype)
  })
})

describe('a foreign file is named, with the cure', () => {
  const foreign: readonly (readonly [kind: string, bytes: Uint8Array, description: RegExp])[] = [
    ['empty', new Uint8Array(), /the file is empty$/],
    [
      'PyTorch checkpoint',
      latin1(zip('archive/data.pkl')),
      /this is a PyTorch pickle; save it with safetensors: safetensors\.torch\.save_file\(model\.state_dict\(\), 'net\.safetensors'\)$/,
    ],
    ['old PyTorch checkpoint', latin1('\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.'), /this is a PyTorch pickle; save it/],
    ['pickle, protocol 4', latin1('\x80\x04\x95\x10\0\0\0\0\0\0\0}'), /this is a PyTorch pickle/],
    ['NumPy archive', latin1(zip('weight.npy')), /NumPy archive \(\.npz\)/],
    ['another zip', latin1(zip('a.txt')), /zip archive; unpack it, or if it is a PyTorch pickle/],
    ['cut zip', latin1('PK\x03\x04'), /zip archive/],
    ['web page', latin1('\n<!DOCTYPE html>\n<html><body>404'), /web page \(HTML\), not the file/],
    ['web page after a comment', latin1('<!-- x --><HTML>'), /web page/],
    [
      'Git LFS pointer',
      latin1('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n'),
      /Git LFS pointer.*git lfs pull$/,
    ],
    ['PNG', latin1('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'), /PNG picture/],
    ['JPEG', latin1('\xff\xd8\xff\xe0\0\x10JFIF\0'), /JPEG picture/],
    ['GIF', latin1('GIF89a\x01\0\x01\0'), /GIF picture/],
    ['WebP', latin1('RIFF\x24\0\0\0WEBPVP8 '), /WebP picture/],
    ['BMP', latin1(`BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0`), /BMP picture/],
    ['AVIF', latin1('\0\0\0\x1cftypavif\0\0\0\0'), /AVIF or HEIC picture/],
    ['TIFF', latin1('II*\0\x08\0\0\0\0\0'), /TIFF picture/],
    ['SVG', latin1('<?xml version="1.0"?>\n<!-- flag -->\n<svg xmlns="http://www.w3.org/2000/svg">'), /SVG picture/],
    ['PDF', latin1('%PDF-1.7\n'), /PDF document/],
    ['GGUF', latin1('GGUF\x03\0\0\0\0\0\0\0'), /GGUF model/],
    ['gzip', latin1('\x1f\x8b\x08\0\0\0\0\0\0\x03K'), /gzip archive; unpack it/],
    ['7z', latin1('7z\xbc\xaf\x27\x1c\0\x04'), /7z archive/],
    ['xz', latin1('\xfd7zXZ\0\0\x04'), /xz archive/],
    ['bzip2', latin1('BZh91AY&SY'), /bzip2 archive/],
    ['zstd', latin1('\x28\xb5\x2f\xfd\x04\x58'), /zstd archive/],
    ['RAR', latin1('Rar!\x1a\x07\x01\0'), /RAR archive/],
    ['tar', latin1(`net.safetensors${'\0'.repeat(242)}ustar\x0000`), /tar archive/],
    ['NumPy array', latin1("\x93NUMPY\x01\0v\0{'descr'"), /NumPy array \(\.npy\)/],
    ['HDF5', latin1('\x89HDF\r\n\x1a\n\0\0\0'), /HDF5 file/],
    ['ONNX', latin1('\x08\x07\x12\x07pytorch\x1a\x052.1.0'), /ONNX model/],
    ['TensorFlow Lite', latin1('\x1c\0\0\0TFL3\x14\0'), /TensorFlow Lite model/],
    ['JSON', latin1('{"weight_map": {}}'), /JSON text/],
    ['two bytes of JSON', latin1('{}'), /JSON text/],
    ['text', latin1('just\nsome words'), /plain text that begins "just"$/],
    ['text of a character', latin1('x'), /plain text that begins "x"$/],
    ['text with a cut character', utf8.encode('é'.repeat(600)).subarray(0, 601), /plain text that begins "é{60}…"$/],
    ['text with an escape that turns the reading direction', utf8.encode('ab\u202ecd'), /begins "ab\\u\{202e\}cd"$/],
  ]

  test.each(foreign)('%s', (_kind, bytes, description) => {
    const message = refusal(bytes)
    expect(message).toMatch(/^not a safetensors file: /)
    expect(message).toMatch(description)
    expectOneLine(message, 'foreign')
  })

  test('a damaged safetensors file is not called something else', () => {
    expect(describeForeign(good.slice(0, 1000))).toBeNull()
    // N is the two bytes of a pickle and of a gzip.
    expect(refusal(file(`{"a":1}${' '.repeat(0x280 - 7)}`))).toMatch(/expected an object for tensor "a"/)
    expect(refusal(file(`{"a":1}${' '.repeat(0x088b1f - 7)}`))).toMatch(/expected an object for tensor "a"/)
  })

  test('of a page of comments only the beginning is looked at', () => {
    const comments = '<!---->'.repeat(100_000)
    const begun = describeForeign(latin1(comments.slice(0, 1024)))
    expect(describeForeign(latin1(comments))).toBe(begun)
    expect(describeForeign(latin1(`${comments}<html>`))).toBe(begun)
    expect(begun).toMatch(/^this is plain text/)
  })
})

describe('files made at random', () => {
  const small = [
    file('{}'),
    one('F32', '[2,2]', '[0,16]', 16),
    file(`{"__metadata__":{"k":"v"},"b":${tensor('F16', '[3]', '[1,7]')},"a":${SCALAR}} `, 7),
    file(unknownField('[1,{"b":null}]'), 1),
  ]

  test('random bytes are parsed or refused in one line', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 40 }).map(tail => file([0x7b, ...tail])),
    )
    fc.assert(fc.property(bytes, survives), { seed: 1, numRuns: RUNS })
  })

  test('edited, cut and stretched good files are parsed or refused in one line', () => {
    const where = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
    const edit = fc.record({
      kind: fc.constantFrom('set', 'insert', 'delete', 'cut'),
      where,
      byte: fc.integer({ min: 0, max: 255 }),
    })
    const source = fc.constantFrom(...small, good.slice(0, 400), good)
    const inHeader = fc.boolean()
    const property = fc.property(
      source,
      inHeader,
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      (bytes, aimed, edits) => {
        let edited = [...bytes]
        for (const { kind, where, byte } of edits) {
          // Half of the runs aim at the length and the header: a byte of the data is rarely a fault.
          const at = Math.floor(where * (aimed ? Math.min(edited.length, 200) : edited.length))
          if (kind === 'set') edited[at] = byte
          else if (kind === 'cut') edited = edited.slice(0, at)
          else edited.splice(at, kind === 'insert' ? 0 : 1, ...(kind === 'insert' ? [byte] : []))
        }
        survives(Uint8Array.from(edited))
      },
    )
    fc.assert(property, { seed: 2, numRuns: RUNS })
  })

  test('random headers are parsed or refused in one line', () => {
    const integer = fc.oneof(
      fc.nat(9).map(String),
      fc.constantFrom('-0', '1e1', '16.0', '18446744073709551615', '18446744073709551616'),
    )
    const integers = fc.array(integer, { maxLength: 4 }).map(list => `[${list.join()}]`)
    const value = fc.oneof(
      integers,
      fc.json(),
      fc.constantFrom(...DTYPES).map(dtype => `"${dtype}"`),
    )
    const field = fc.constantFrom('dtype', 'shape', 'data_offsets', 'extra')
    const record = fc.array(
      fc.tuple(field, value).map(([key, json]) => `"${key}":${json}`),
      { maxLength: 5 },
    )
    const shaped = fc.tuple(fc.constantFrom(...DTYPES), integers, integers).map(parts => tensor(...parts))
    const member = fc.tuple(
      fc.oneof(
        fc.string({ unit: 'binary' }).map(key => JSON.stringify(key)),
        fc.constantFrom('"a"', '"__metadata__"', '"__proto__"'),
      ),
      fc.oneof(
        shaped,
        shaped,
        record.map(fields => `{${fields.join()}}`),
        fc.json(),
      ),
    )
    const header = fc.array(member, { maxLength: 4 }).map(members => `{${members.map(pair => pair.join(':')).join()}}`)
    fc.assert(
      fc.property(header, fc.nat(64), (text, data) => survives(file(text, data))),
      { seed: 3, numRuns: RUNS },
    )
  })

  test('what the writer writes is parsed again', () => {
    const written = fc.uniqueArray(
      fc.record({
        name: fc.string({ unit: 'binary' }),
        dtype: fc.constantFrom(...DTYPES),
        shape: fc.array(fc.nat(3), { maxLength: 3 }),
      }),
      { selector: ({ name }) => name, maxLength: 6 },
    )
    const property = fc.property(
      written,
      fc.dictionary(fc.string({ unit: 'binary' }), fc.string()),
      (described, strings) => {
        const metadata = new Map(Object.entries(strings))
        const tensors = described.map(({ name, dtype, shape }) => {
          // Eights make whole bytes of every dtype.
          const dimensions = [...shape, 8]
          const elements = dimensions.reduce((product, dimension) => product * dimension, 1)
          return {
            name,
            dtype,
            shape: dimensions,
            bytes: new Uint8Array((elements * bitsOf(dtype)) / 8).fill(elements),
          }
        })
        const bytes = writeSafetensors(tensors, metadata)
        const parsed = parseSafetensors(bytes)
        expect(parsed.dataOffset % 8).toBe(0)
        expect(bytes[8]).toBe(0x7b)
        expect(parsed.metadata ?? new Map()).toEqual(metadata)
        expect(parsed.tensors).toHaveLength(tensors.length)
        for (const { name, dtype, shape, begin, end } of parsed.tensors) {
          const data = bytes.subarray(parsed.dataOffset + begin, parsed.dataOffset + end)
          expect(tensors).toContainEqual({ name, dtype, shape, bytes: new Uint8Array(data) })
        }
      },
    )
    fc.assert(property, { seed: 4, numRuns: RUNS / 10 })
  })
})

describe('big headers take work in proportion to their bytes', () => {
  let counting: Awaited<ReturnType<typeof countedParser>>
  const countedParser = () => importCounted(() => import('../../src/model/safetensors/parse.js'))
  beforeAll(async () => {
    counting = await countedParser()
  })
  afterAll(() => counting.stop())

  const cases: readonly (readonly [kind: string, bytes: () => Uint8Array, message?: RegExp])[] = [
    [
      'one tensor with many unknown fields',
      () => file(`{"a":{${fill(i => `"x${i}":{"y":[${i}]}`)},${SCALAR.slice(1)}}`, 1),
    ],
    ['one unknown field of many arrays', () => file(unknownField(`[${fill(() => '[[[[]]]]')}]`), 1)],
    ['one long string', () => file(unknownField(`"${'é'.repeat(4_000_000)}"`), 1)],
    ['one string of escapes', () => file(unknownField(`"${'\\n'.repeat(4_000_000)}"`), 1)],
    ['one number of 8 million digits', () => file(unknownField(`0.${'1'.repeat(8_000_000)}`), 1)],
    ['one integer of 8 million digits', () => file(unknownField('1'.repeat(8_000_000)), 1), /too large for a float64/],
    ['a dimension of 8 million digits', () => one('U8', `[${'1'.repeat(8_000_000)}]`, '[0,1]', 1), /below 2\^64/],
    ['half a million dimensions', () => one('U8', `[${fill(() => '1')}]`, '[0,1]', 1)],
    [
      '50,000 dimensions beyond 2^53 after a 0',
      () => one('U8', `[0,${fill(() => '18446744073709551615')}]`, '[0,0]', 0),
    ],
    ['many metadata keys', () => file(`{"__metadata__":{${fill(i => `"${i}":""`)}}}`)],
    [
      '10,000 tensors with long names',
      () =>
        file(
          `{${fill(i => `"${i}${'n'.repeat(700)}":${tensor('U8', '[1]', `[${i},${i + 1}]`)}`, MAX_TENSORS * 700)}}`,
          9247,
        ),
      /expected \d+ bytes, got 9247/,
    ],
    [
      '10,000 tensors in reverse',
      () =>
        ranges(
          Array.from({ length: MAX_TENSORS }, (_, i) => [MAX_TENSORS - 1 - i, MAX_TENSORS - i]),
          MAX_TENSORS,
        ),
    ],
    [
      '10,000 empty tensors',
      () =>
        ranges(
          Array.from({ length: MAX_TENSORS }, () => [0, 0]),
          0,
        ),
    ],
    ['8 million opened arrays', () => file(unknownField('['.repeat(8_000_000)), 1), /nested deeper/],
    ['8 MB of spaces', () => file(`{${' '.repeat(8_000_000)}`), /got the end of the header/],
  ]

  for (const [kind, make, message] of cases) {
    test(kind, () => {
      const bytes = make()
      let got: string | undefined
      const operations = counting.count(() => {
        got = refusal(bytes, counting.counted.parseSafetensors)
      })
      // Were nothing counted, every limit would hold.
      expect(operations).toBeGreaterThan(100)
      expect(operations / bytes.length).toBeLessThan(LINEAR_OPERATIONS)
      if (message) expect(got).toMatch(message)
      else expect(got).toBeUndefined()
    })
  }
})

describe('the writer', () => {
  const floats = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer)
  const byte = Uint8Array.of(7)

  // The three files are those of the reference writer's own tests.
  test('writes the bytes the reference writes', () => {
    const written = writeSafetensors([{ name: 'attn0', dtype: 'F32', shape: [1, 1, 2, 3], bytes: floats }])
    const header = '{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       '
    expect(written).toEqual(file(header, floats, 72n))
    expect(writeSafetensors([])).toEqual(Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0, 123, 125, 32, 32, 32, 32, 32, 32))
    expect(writeSafetensors([], new Map([['framework', 'pt']]))).toEqual(
      file('{"__metadata__":{"framework":"pt"}}     '),
    )
  })

  test('sorts by dtype, widest first, and then by name as UTF-8 bytes', () => {
    const names = ['b', 'a', '\uffff', '😀', 'é', 'a.b', 'Z']
    const tensors = [
      ...names.map(name => scalar(name)),
      ...[...DTYPES].filter(dtype => bitsOf(dtype) >= 8).map(dtype => scalar(dtype, dtype)),
    ]
    const order = parseSafetensors(writeSafetensors(tensors)).tensors
    const bytesOrder = [...names, 'U8'].toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    expect(order.filter(({ dtype }) => dtype === 'U8').map(({ name }) => name)).toEqual(bytesOrder)
    const dtypes = order.map(({ dtype }) => dtype).filter((dtype, i, all) => dtype !== all[i - 1])
    expect(dtypes.join(' ')).toBe(
      'U64 I64 F64 C64 F32 U32 I32 BF16 F16 U16 I16 F8_E5M2FNUZ F8_E4M3FNUZ F8_E8M0 F8_E4M3 F8_E5M2 I8 U8 BOOL',
    )
  })

  test('puts the metadata first and escapes it', () => {
    const metadata = new Map([['k"\n', '\u0001é']])
    const written = new TextDecoder().decode(writeSafetensors([scalar('a')], metadata).subarray(8))
    expect(written).toMatch(/^\{"__metadata__":\{"k\\"\\n":"\\u0001/)
  })

  const refused: readonly (readonly [fault: string, write: () => Uint8Array, message: RegExp])[] = [
    [
      'a size that does not match',
      () => writeSafetensors([{ name: 'a', dtype: 'F32', shape: [2], bytes: byte }]),
      /^tensor "a": expected 8 bytes for F32 \[2\], got 1$/,
    ],
    [
      'a size that overflows',
      () => writeSafetensors([{ name: 'a', dtype: 'F32', shape: [2 ** 40, 2 ** 40], bytes: byte }]),
      /passes 2\^64/,
    ],
    [
      'half a byte',
      () => writeSafetensors([{ name: 'a', dtype: 'F4', shape: [1], bytes: byte }]),
      /expected whole bytes/,
    ],
    [
      'a fraction in a shape',
      () => writeSafetensors([{ name: 'a', dtype: 'U8', shape: [0.5, 2], bytes: byte }]),
      /expected non-negative integers, got \[0\.5, 2\]$/,
    ],
    [
      'a negative shape',
      () => writeSafetensors([{ name: 'a', dtype: 'U8', shape: [-1, -1], bytes: byte }]),
      /expected non-negative integers/,
    ],
    [
      'a dimension that is not exact',
      () => writeSafetensors([{ name: 'a', dtype: 'U8', shape: [2 ** 53, 0], bytes: new Uint8Array() }]),
      /expected non-negative integers/,
    ],
    ['a name twice', () => writeSafetensors([scalar('a'), scalar('a')]), /^tensor "a": expected each name once/],
    ['__metadata__ as a name', () => writeSafetensors([scalar('__metadata__')]), /this name is the format's own/],
    ['half a surrogate pair in a name', () => writeSafetensors([scalar('\ud800')]), /half a surrogate pair/],
    [
      'half a surrogate pair in the metadata',
      () => writeSafetensors([], new Map([['a', '\udfff']])),
      /half a surrogate pair/,
    ],
    [
      'too many tensors',
      () => writeSafetensors(Array.from({ length: MAX_TENSORS + 1 }, (_, i) => scalar(`${i}`))),
      /at most 10000 tensors/,
    ],
    [
      'too long a header',
      () => writeSafetensors([], new Map([['a', 'x'.repeat(MAX_HEADER_BYTES)]])),
      /at most 8388608 bytes/,
    ],
    [
      'too large a file',
      () =>
        writeSafetensors([{ name: 'a', dtype: 'U8', shape: [MAX_FILE_BYTES], bytes: new Uint8Array(MAX_FILE_BYTES) }]),
      /at most 67108864 bytes/,
    ],
  ]

  test.each(refused)('refuses %s', (_fault, write, message) => {
    expect(write).toThrow(FormatError)
    expect(write).toThrow(message)
  })
})

describe('dtypes', () => {
  const codeBytes = new Uint8Array(Uint16Array.from({ length: 65_536 }, (_, code) => code).buffer)
  const smallFloats = [
    ['F16', 5],
    ['BF16', 8],
  ] as const

  test('the table has the 22 names of the format and nothing else', () => {
    expect(DTYPES).toHaveLength(22)
    expect(DTYPES.every(isDtype)).toBe(true)
    expect(['constructor', '__proto__', 'toString', 'f32', ''].some(isDtype)).toBe(false)
    expect(DTYPES.filter(isFloating)).toEqual(['F16', 'BF16', 'F32', 'F64'])
    expect(DTYPES.filter(dtype => !isNumeric(dtype)).join(' ')).toBe(
      'F4 F6_E2M3 F6_E3M2 F8_E5M2 F8_E4M3 F8_E8M0 F8_E4M3FNUZ F8_E5M2FNUZ C64',
    )
  })

  test.each(smallFloats)(
    'every code of %s decodes to the value of the formula and encodes to itself',
    (dtype, exponentBits) => {
      const decoded = decodeValues(dtype, codeBytes)
      const wrong = [...decoded].findIndex((value, code) => !Object.is(value, valueOfCode(code, exponentBits)))
      expect(wrong).toBe(-1)
      const encoded = codesOf(dtype, decoded)
      expect(encoded.findIndex((code, i) => code !== i && !Number.isNaN(decoded[i]))).toBe(-1)
    },
  )

  test.each(smallFloats)('every double encodes to the nearest %s, ties to the even code', (dtype, exponentBits) => {
    const largest = 2 ** 15 - 2 ** (15 - exponentBits)
    const finite = Array.from({ length: largest }, (_, code) => valueOfCode(code, exponentBits))
    // The next power of two stands for infinity when rounding.
    const ladder = [...finite, 2 * finite[largest - 2 ** (15 - exponentBits)]]
    const nearest = (magnitude: number): number => {
      let low = 0
      let high = largest
      while (high - low > 1) {
        const middle = (low + high) >> 1
        if (ladder[middle] <= magnitude) low = middle
        else high = middle
      }
      const below = magnitude - ladder[low]
      const above = ladder[high] - magnitude
      return below < above || (below === above && low % 2 === 0) ? low : high
    }
    const code = fc.nat(largest - 1)
    const near = fc
      .tuple(code, fc.constantFrom(0, 0.25, 0.5, 0.5 - 2 ** -20, 0.5 + 2 ** -20, 0.75))
      .map(([at, part]) => ladder[at] + part * (ladder[at + 1] - ladder[at]))
    const anywhere = fc.double({ min: 0, max: ladder[largest], noNaN: true })
    const property = fc.property(fc.oneof(near, anywhere), magnitude => {
      expect(codesOf(dtype, [magnitude, -magnitude])).toEqual([nearest(magnitude), nearest(magnitude) + 0x8000])
    })
    fc.assert(property, { seed: 5, numRuns: RUNS })
  })

  // Made with Python 3: struct.pack('<e', value). The ties, the subnormals and what rounding twice gets wrong.
  test('F16 encodes as Python does', () => {
    const pairs = [
      [0, 0x0000],
      [-0, 0x8000],
      [1, 0x3c00],
      [-2, 0xc000],
      [65504, 0x7bff],
      [65520 - 2 ** -37, 0x7bff],
      [1e-8, 0x0000],
      [2 ** -24, 0x0001],
      [2 ** -25, 0x0000],
      [2 ** -25 + 2 ** -65, 0x0001],
      [3 * 2 ** -25, 0x0002],
      [5 * 2 ** -25, 0x0002],
      [-(2 ** -25), 0x8000],
      [2 ** -14, 0x0400],
      [2 ** -14 - 2 ** -25, 0x0400],
      [0.1, 0x2e66],
      [1 / 3, 0x3555],
      [1 + 2 ** -11, 0x3c00],
      [1 + 2 ** -11 + 2 ** -40, 0x3c01],
      [1 + 3 * 2 ** -11, 0x3c02],
      [1 + 3 * 2 ** -11 - 2 ** -40, 0x3c01],
      [2047.5, 0x6800],
      [-2049, 0xe800],
      [-2051, 0xe802],
      [5e-324, 0x0000],
    ]
    expect(
      codesOf(
        'F16',
        pairs.map(([value]) => value),
      ),
    ).toEqual(pairs.map(([, code]) => code))
  })

  test('too large a double becomes infinity, and NaN stays NaN', () => {
    const values = [65520, 1e300, Infinity, -65520, -Infinity, NaN]
    expect([...decodeValues('F16', encodeValues('F16', values))]).toEqual([
      Infinity,
      Infinity,
      Infinity,
      -Infinity,
      -Infinity,
      NaN,
    ])
    expect([...decodeValues('BF16', encodeValues('BF16', [3.4e38, -1e300, NaN]))]).toEqual([Infinity, -Infinity, NaN])
    expect([...decodeValues('F32', encodeValues('F32', [3.5e38, 0.1]))]).toEqual([Infinity, Math.fround(0.1)])
    expect([...decodeValues('F64', encodeValues('F64', [0.1, -0, 5e-324]))]).toEqual([0.1, -0, 5e-324])
  })

  test('integers and booleans decode as little-endian at any alignment', () => {
    expect(decodeAtOddOffset('BOOL', 0, 1, 255)).toEqual([0, 1, 1])
    expect(decodeAtOddOffset('U8', 255)).toEqual([255])
    expect(decodeAtOddOffset('I8', 255)).toEqual([-1])
    expect(decodeAtOddOffset('U16', 1, 255)).toEqual([0xff01])
    expect(decodeAtOddOffset('I16', 0, 128)).toEqual([-32768])
    expect(decodeAtOddOffset('U32', 1, 0, 0, 255)).toEqual([0xff000001])
    expect(decodeAtOddOffset('I32', 254, 255, 255, 255)).toEqual([-2])
    expect(decodeAtOddOffset('I64', 1, 0, 0, 0, 0, 0, 32, 0)).toEqual([2 ** 53])
    expect(decodeAtOddOffset('I64', ...Array<number>(8).fill(255))).toEqual([-1])
    expect(decodeAtOddOffset('U64', ...Array<number>(8).fill(255))).toEqual([2 ** 64])
    expect(decodeAtOddOffset('F32', 0, 0, 128, 63)).toEqual([1])
    expect(decodeAtOddOffset('F64', 0, 0, 0, 0, 0, 0, 240, 191)).toEqual([-1])
  })

  test('what cannot be read or written as numbers is refused', () => {
    expect(() => decodeValues('C64', new Uint8Array(8))).toThrow(/^dtype C64: cannot be read as numbers$/)
    expect(() => decodeValues('F8_E4M3', new Uint8Array(8))).toThrow(FormatError)
    expect(() => decodeValues('F32', new Uint8Array(5))).toThrow(/^dtype F32: expected a multiple of 4 bytes, got 5$/)
    expect(() => encodeValues('I64', [1])).toThrow(/^dtype I64: expected F64, F32, F16 or BF16/)
  })
})

/** Asserts that a file is refused by a FormatError of one line, or parsed as JSON.parse has it; any other error gets through. */
function survives(bytes: Uint8Array): void {
  const message = refusal(bytes)
  if (message !== undefined) return expectOneLine(message, `${bytes}`)
  const { tensors, metadata, dataOffset } = parseSafetensors(bytes)
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, dataOffset))) as Record<string, unknown>
  // Metadata that is null is none, as the reference reader has it.
  const said = Object.entries(header).filter(([name, value]) => name !== '__metadata__' || value !== null)
  const ours = tensors.map(({ name, dtype, shape, begin, end }) => [name, { dtype, shape, data_offsets: [begin, end] }])
  const all = metadata ? [...ours, ['__metadata__', Object.fromEntries(metadata)]] : ours
  expect(said).toHaveLength(all.length)
  expect(Object.fromEntries(said)).toMatchObject(Object.fromEntries(all))
}

function expectOneLine(message: string | undefined, what: string): void {
  const fine = message !== undefined && message.length < 300 && !/[\p{C}\p{Zl}\p{Zp}]/u.test(message)
  if (!fine) throw new Error(`${what.slice(0, 2000)}: expected a line of under 300 characters, got ${message}`)
}
