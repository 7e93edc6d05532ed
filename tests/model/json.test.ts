// JSON of strangers.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson } from '../../src/model/json.js'

test('is read as JSON.parse reads it, brackets in texts and all', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 20 }), text => {
      expect(parseJson(text)).toEqual(JSON.parse(text))
    }),
  )
  for (const value of ['[[[', '{"a":"]"}', '"\\"[[["', '"\\\\"', '[]'.repeat(1)])
    expect(parseJson(JSON.stringify(value))).toBe(value)
})

test('is refused where it is none', () => {
  for (const text of ['', '{', '[1,]', '"', '"\\', 'nan']) expect(() => parseJson(text)).toThrow(SyntaxError)
})

test('is refused where it is nested more than 64 deep, before anything walks down into it', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  expect(parseJson(nested(64))).toBeInstanceOf(Array)
  for (const depth of [65, 5000, 1_000_000]) expect(() => parseJson(nested(depth))).toThrow(/nested more than 64 deep/)
  expect(() => parseJson('{"a":'.repeat(70) + '1' + '}'.repeat(70))).toThrow(SyntaxError)
  // Many beside each other are no matter.
  expect(parseJson(`[${Array.from({ length: 5000 }, () => '[]').join()}]`)).toHaveLength(5000)
})
