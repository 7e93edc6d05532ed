// What is in a file, as `vexel info` and the page tell it; ranges are held against the bytes read another way.

import { describe, expect, test } from 'vitest'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { createNetwork } from '../../src/model/network.js'
import type { NewTensor } from '../../src/model/safetensors/write.js'
import { StateDict } from '../../src/model/state-dict.js'
import { readFrame, summarizeFile } from '../../src/model/summary.js'
import { floatTensor, ORACLE_NAMES, oracleBytes, oracleTensors, randomTensors, zeroTensor } from './network-files.js'

function summaryOf(tensors: readonly NewTensor[], metadata: ReadonlyMap<string, string> | null = null) {
  const dict = StateDict.create(tensors, metadata)
  return summarizeFile(dict, createNetwork(dict))
}

describe.each(ORACLE_NAMES)('the file of %s', name => {
  const bytes = oracleBytes(name)
  const dict = StateDict.parse(bytes)
  const summary = summarizeFile(dict, createNetwork(dict))

  test('is a MysteryNet of 6,675 parameters in the default frame, nothing to warn of', () => {
    expect(summary).toMatchObject({
      sizeBytes: bytes.length,
      architecture: 'MysteryNet',
      parameterCount: 6675,
      frame: DEFAULT_FRAME,
      warnings: [],
    })
    expect(Object.keys(summary.metadata)).toEqual([])
  })

  test('has every tensor in the order of the file, with its range', () => {
    expect(summary.tensors.map(tensor => tensor.name)).toEqual(dict.names)
    const originals = new Map(oracleTensors(name).map(tensor => [tensor.name, tensor]))
    for (const { name: tensor, dtype, shape, min, max } of summary.tensors) {
      const original = originals.get(tensor)
      const buffer = original?.bytes.buffer
      if (!original || !(buffer instanceof ArrayBuffer)) throw new Error(`${tensor} is not in the file`)
      const values = dtype === 'F32' ? [...new Float32Array(buffer)] : [...new BigInt64Array(buffer)].map(Number)
      expect({ tensor, dtype, shape, min, max }).toEqual({
        tensor,
        dtype: original.dtype,
        shape: original.shape,
        min: Math.min(...values),
        max: Math.max(...values),
      })
    }
  })
})

describe('the range of a tensor', () => {
  const rangeOf = (extra: NewTensor) => {
    const { tensors } = summaryOf([...randomTensors([1], [], 1), extra])
    const { min, max } = tensors.find(tensor => tensor.name === extra.name) ?? { min: Number.NaN, max: Number.NaN }
    return [min, max]
  }

  test('is null for an empty one, one with a NaN, and one that is not plain numbers', () => {
    expect(rangeOf(floatTensor('extra', [0], []))).toEqual([null, null])
    expect(rangeOf(floatTensor('extra', [3], [1, Number.NaN, 2]))).toEqual([null, null])
    expect(rangeOf(zeroTensor('extra', 'C64', [2], 8))).toEqual([null, null])
    expect(rangeOf(zeroTensor('extra', 'F4', [2], 0.5))).toEqual([null, null])
    expect(rangeOf(zeroTensor('extra', 'F8_E5M2', [2], 1))).toEqual([null, null])
  })

  test('is told for integers, booleans and every float', () => {
    expect(rangeOf(floatTensor('extra', [2], [-1.5, 2], 'BF16'))).toEqual([-1.5, 2])
    expect(rangeOf(floatTensor('extra', [1], [0.1], 'F64'))).toEqual([0.1, 0.1])
    expect(rangeOf({ name: 'extra', dtype: 'I8', shape: [2], bytes: Uint8Array.of(255, 1) })).toEqual([-1, 1])
    expect(rangeOf({ name: 'extra', dtype: 'BOOL', shape: [2], bytes: Uint8Array.of(0, 1) })).toEqual([0, 1])
  })
})

describe('the frame', () => {
  const net = randomTensors([4], [], 1)

  test('is what the metadata states', () => {
    const stated = new Map([['vexel.frame', '{"aspect":2,"order":"yx"}']])
    expect(summaryOf(net, stated)).toMatchObject({ frame: { ...DEFAULT_FRAME, aspect: 2, order: 'yx' }, warnings: [] })
    expect(readFrame(StateDict.create(net, stated)).isStated).toBe(true)
  })

  test('that is broken is one warning and the default, not a refusal', () => {
    for (const text of ['{', '{"x":[1,1]}', '[]']) {
      const summary = summaryOf(net, new Map([['vexel.frame', text]]))
      expect(summary.frame, text).toEqual(DEFAULT_FRAME)
      expect(summary.warnings, text).toHaveLength(1)
      expect(summary.warnings[0], text).toMatch(/^(?:vexel\.frame|frame).*; the default frame is used$/)
    }
    expect(readFrame(StateDict.create(net, new Map([['vexel.frame', '']]))).isStated).toBe(false)
  })

  test('is the default where the file states none', () => {
    expect(readFrame(StateDict.create(net))).toEqual({ frame: DEFAULT_FRAME, isStated: false, warnings: [] })
  })
})

test('metadata is passed on as text, whatever its keys are called', () => {
  const metadata = new Map([
    ['format', 'pt'],
    ['__proto__', 'x'],
    ['constructor', 'y'],
    ['html', '<b>&</b>'],
  ])
  const summary = summaryOf(randomTensors([4], [], 1), metadata)
  expect(Object.entries(summary.metadata)).toEqual([...metadata])
  expect(JSON.stringify(summary.metadata)).toBe('{"format":"pt","__proto__":"x","constructor":"y","html":"<b>&</b>"}')
  expect(({} as Record<string, unknown>).x).toBeUndefined()
})

test('unknown tensors are warned of beside a broken frame', () => {
  const tensors = [...randomTensors([4], [], 1), floatTensor('extra', [1], [1])]
  expect(summaryOf(tensors, new Map([['vexel.frame', '{']])).warnings).toHaveLength(2)
})
