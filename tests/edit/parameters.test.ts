// The flat list of parameters: every number of a network has one place in it, the one that PyTorch's names say.

import { describe, expect, test } from 'vitest'
import { MYSTERY_NET } from '../../src/model/architecture.js'
import { FormatError } from '../../src/model/errors.js'
import {
  listParameters,
  parameterName,
  readParameters,
  tensorAt,
  tensorValues,
  withParameters,
} from '../../src/edit/parameters.js'
import { oracleNetwork } from '../model/network-files.js'
import { smallSubject } from './edit-files.js'

describe('the list of MysteryNet', () => {
  const list = listParameters(MYSTERY_NET)

  test('holds the 6,675 learnable numbers and the 224 running statistics in 34 tensors without a gap', () => {
    expect(list.count).toBe(6675 + 224)
    expect(list.tensors).toHaveLength(34)
    let next = 0
    for (const { start, count } of list.tensors) {
      expect(start).toBe(next)
      next += count
    }
    expect(next).toBe(list.count)
  })

  test('has nine linear layers, and the batch norm that follows every second of them', () => {
    expect(list.linears.map(({ name }) => name)).toEqual([
      ...[1, 2, 3, 4, 5, 6, 7, 8].map(k => `dense${k}`),
      'dense_head',
    ])
    const norms = list.linears.map(({ norm }) => norm?.runningVar.name.slice(0, 3) ?? '')
    expect(norms).toEqual(['', 'bn2', '', 'bn4', '', 'bn6', '', 'bn8', ''])
  })

  test('names parameters by tensor and index', () => {
    expect(parameterName(list, 0)).toBe('dense1.weight[0, 0]')
    expect(parameterName(list, 3)).toBe('dense1.weight[1, 1]')
    expect(parameterName(list, 32)).toBe('dense1.bias[0]')
    expect(parameterName(list, list.count - 1)).toBe('dense_head.bias[2]')
  })

  test('refuses indices that are none', () => {
    for (const index of [-1, 0.5, list.count, Number.NaN, Infinity])
      expect(() => tensorAt(list, index), `${index}`).toThrow(FormatError)
  })
})

test('the values of a network go into the list and back, and untouched tensors stay the same arrays', () => {
  const network = oracleNetwork('japan')
  const list = listParameters(network.architecture)
  const values = readParameters(network)
  for (const tensor of list.tensors)
    expect(values.slice(tensor.start, tensor.start + tensor.count)).toEqual(tensorValues(network, tensor))
  expect(withParameters(network, values)).toBe(network)
  const touched = tensorAt(list, 3000)
  values[3000] += 1
  const edited = withParameters(network, values)
  expect(readParameters(edited)).toEqual(values)
  for (const tensor of list.tensors)
    expect(tensorValues(edited, tensor) === tensorValues(network, tensor), tensor.name).toBe(tensor !== touched)
})

test('a network keeps no hold of the values it was made of', () => {
  const { network } = smallSubject('F64')
  const values = readParameters(network)
  values[5] = 9
  const edited = withParameters(network, values)
  values.fill(0)
  expect(readParameters(edited)[5]).toBe(9)
})
