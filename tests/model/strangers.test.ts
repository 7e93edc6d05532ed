// Files that nobody explained: names of every kind are put into an order, what is missing is said in a line, and what is no coordinate
// network is told from what is one.

import { describe, expect, test } from 'vitest'
import { FormatError } from '../../src/model/errors.js'
import { createNetwork } from '../../src/model/network.js'
import type { NewTensor } from '../../src/model/safetensors/write.js'
import { StateDict } from '../../src/model/state-dict.js'
import { ARCHITECTURE_KEY, parseWiringText, WIRING_NAMES, wiringJson } from '../../src/model/wiring.js'
import { FAMILIES, FAMILY_NAMES, familyBytes, familyNetwork } from './family-files.js'
import { floatTensor, zeroTensor } from './network-files.js'

const weight = (name: string, outDim: number, inDim: number) =>
  floatTensor(name, [outDim, inDim], new Float64Array(outDim * inDim).fill(0.1))
const bias = (name: string, dim: number) => floatTensor(name, [dim], new Float64Array(dim))

/** The tensors of a linear layer. */
const linear = (path: string, inDim: number, outDim: number) => [
  weight(`${path}.weight`, outDim, inDim),
  bias(`${path}.bias`, outDim),
]
const norm = (path: string, dim: number) =>
  ['weight', 'bias', 'running_mean', 'running_var'].map(suffix => bias(`${path}.${suffix}`, dim))

/** The layers of a file, as `NAME kind`; or why there are none. */
function read(tensors: readonly NewTensor[], wiring = 'relu'): readonly string[] | string {
  try {
    const { architecture } = createNetwork(StateDict.create(tensors), parseWiringText(wiring))
    return architecture.layers.map(({ name, kind }) => `${name} ${kind}`)
  } catch (error) {
    if (error instanceof FormatError) return error.message
    throw error
  }
}

function refusal(tensors: readonly NewTensor[]): string {
  try {
    createNetwork(StateDict.create(tensors))
  } catch (error) {
    if (error instanceof FormatError) return error.message
    throw error
  }
  return 'accepted'
}

describe('names', () => {
  const NAMINGS: readonly (readonly string[])[] = [
    ['0', '2', '4'],
    ['fc1', 'fc2', 'fc3'],
    ['layers.8', 'layers.9', 'layers.10'],
    ['module.net.0.linear', 'module.net.1.linear', 'module.net.2'],
    ['blocks.0.0.lin', 'blocks.0.1.lin', 'blocks.1.0.lin'],
    ['linear_in', 'linear_mid', 'linear_out'],
    // Out of their order: the shapes tell.
    ['first', 'middle', 'last'],
    ['input', 'hidden', 'output'],
  ]
  test.each(NAMINGS)('%s, %s, %s are a chain', (...names) => {
    const dims = [2, 8, 5, 3]
    const tensors = names.flatMap((name, k) => linear(name, dims[k], dims[k + 1]))
    expect(read(tensors.toReversed())).toEqual([
      `${names[0]} linear`,
      `${names[0]}.relu relu`,
      `${names[1]} linear`,
      `${names[1]}.relu relu`,
      `${names[2]} linear`,
    ])
  })

  test('may be those of matrices: W1 and b1', () => {
    const tensors = [weight('W1', 8, 2), bias('b1', 8), weight('W2', 3, 8), bias('b2', 3)]
    const { layers, warnings } = createNetwork(StateDict.create(tensors), parseWiringText('tanh'))
    expect(layers.map(({ kind }) => kind)).toEqual(['linear', 'tanh', 'linear'])
    expect(warnings).toEqual([])
  })

  test('a layer without a bias has zeros for it', () => {
    const { layers } = createNetwork(
      StateDict.create([weight('a.weight', 4, 2), ...linear('b', 4, 3)]),
      parseWiringText('relu'),
    )
    expect(layers[0]).toMatchObject({ kind: 'linear', bias: new Float64Array(4) })
  })
})

describe('batch norm', () => {
  test('stands where the numbers of a Sequential say', () => {
    const before = [...linear('0', 2, 8), ...norm('1', 8), ...linear('3', 8, 3)]
    expect(read(before, '{"activation":"relu","norm":"after"}')).toEqual([
      '0 linear',
      '1 batchNorm',
      '0.relu relu',
      '3 linear',
    ])
    const after = [...linear('0', 2, 8), ...norm('2', 8), ...linear('3', 8, 3)]
    expect(read(after)).toEqual(['0 linear', '0.relu relu', '2 batchNorm', '3 linear'])
  })

  test('stands where it is said where the names do not tell', () => {
    const tensors = [...linear('fc1', 2, 8), ...norm('bn1', 8), ...linear('fc2', 8, 3)]
    expect(read(tensors)).toEqual(['fc1 linear', 'bn1 batchNorm', 'fc1.relu relu', 'fc2 linear'])
    expect(read(tensors, '{"activation":"relu","norm":"after"}')).toEqual([
      'fc1 linear',
      'fc1.relu relu',
      'bn1 batchNorm',
      'fc2 linear',
    ])
  })

  test('that stands nowhere is refused by its name', () => {
    const tensors = [...linear('fc1', 2, 8), ...norm('bn', 7), ...linear('fc2', 8, 3)]
    expect(read(tensors)).toBe('bn: behind which layer this batch norm stands cannot be told')
  })
})

describe('what the file does not say', () => {
  test.each(FAMILY_NAMES)('of %s is asked for', name => {
    const line = refusalOf(name)
    expect(line).toMatch(/^the file does not say what stands between its layers \(.*\): say an architecture, such as /)
  })

  function refusalOf(name: (typeof FAMILY_NAMES)[number]): string {
    try {
      createNetwork(StateDict.parse(familyBytes(name)))
      return 'accepted'
    } catch (error) {
      return (error as Error).message
    }
  }

  test('may stand in its metadata', () => {
    for (const name of FAMILY_NAMES) {
      const dict = StateDict.parse(familyBytes(name))
      dict.setMetadata(ARCHITECTURE_KEY, JSON.stringify(wiringJson(parseWiringText(FAMILIES[name]))))
      expect(createNetwork(StateDict.parse(dict.serialize()))).toEqual(familyNetwork(name))
    }
  })

  test('is refused where it does not fit', () => {
    const three = [...linear('0', 3, 8), ...linear('2', 8, 3)]
    expect(read(three)).toBe('0.weight takes 3 inputs, and the architecture gives it 2')
    expect(read(three, 'fourier-relu')).toMatch(/^the architecture asks for a matrix of frequencies/)
    expect(read([...linear('0', 2, 8), ...linear('2', 8, 3)], '{"activation":["relu","relu"]}')).toMatch(
      /^architecture activation: expected 1, one behind each layer but the last, got 2$/,
    )
  })
})

describe('a file that is no coordinate network', () => {
  const cases: readonly (readonly [string, readonly NewTensor[], RegExp])[] = [
    [
      'of convolutions',
      [zeroTensor('conv1.weight', 'F32', [8, 3, 3, 3], 4)],
      /conv1\.weight has more axes than a linear/,
    ],
    ['that is empty', [], /no linear layer is in it$/],
    [
      'of ten outputs',
      [...linear('0', 784, 30), ...linear('2', 30, 10)],
      /2\.weight gives 10 values, a colour has 1, 3 or 4/,
    ],
    [
      'whose layers fit nowhere',
      [...linear('a', 7, 9), ...linear('b', 5, 3)],
      /do not follow one another by their shapes/,
    ],
    ['of whole numbers', [zeroTensor('0.weight', 'I64', [3, 2], 8)], /no linear layer is in it$/],
  ]
  test.each(cases)('%s is told so in a line', (_, tensors, line) => {
    expect(refusal(tensors)).toMatch(/^no coordinate network: /)
    expect(refusal(tensors)).toMatch(line)
    expect(refusal(tensors)).not.toContain('\n')
  })

  test('makes no work to speak of, however many layers it has', () => {
    const many = Array.from({ length: 3000 }, (_, i) => weight(`h.${i}.attn.weight`, 4, i % 2 ? 4 : 5))
    expect(refusal(many)).toMatch(/^no coordinate network: its 3000 linear layers/)
    const alike = Array.from({ length: 120 }, (_, i) => weight(`h.${i}.weight`, 5, 5))
    expect(refusal(alike)).toMatch(/^no coordinate network: /)
  })

  test('may be too large to be drawn', () => {
    const large = [
      zeroTensor('0.weight', 'F16', [1200, 2], 2),
      zeroTensor('1.weight', 'F16', [1200, 1200], 2),
      zeroTensor('2.weight', 'F16', [3, 1200], 2),
    ]
    expect(read(large)).toMatch(/^too large to be drawn: 1446000 multiply-adds a pixel, the limit is 1000000$/)
  })
})

describe('an architecture as people write it', () => {
  test.each(WIRING_NAMES)('%s is a name', name => {
    expect(parseWiringText(name)).toEqual(parseWiringText(JSON.stringify(wiringJson(parseWiringText(name)))))
  })

  const refused: readonly (readonly [string, RegExp])[] = [
    ['sirene', /expected JSON, or one of siren, /],
    ['[]', /^architecture: expected a JSON object$/],
    ['{}', /^architecture: expected an activation$/],
    ['{"activation":"relu","deep":3}', /^architecture: deep is not known, expected encoding, activation/],
    ['{"activation":"softmax"}', /^architecture activation: expected one of gelu, gelu-tanh, relu/],
    ['{"activation":{"kind":"sine","frequency":"30"}}', /^architecture activation frequency: expected a number/],
    ['{"activation":"relu","norm":"beside"}', /^architecture norm: expected before, after$/],
    [
      '{"activation":"relu","encoding":{"kind":"octaves","count":99}}',
      /^architecture encoding count: expected a whole/,
    ],
    ['{"activation":"__proto__"}', /^architecture activation: expected one of/],
  ]
  test.each(refused)('%s is refused', (text, line) => {
    expect(() => parseWiringText(text)).toThrow(FormatError)
    expect(() => parseWiringText(text)).toThrow(line)
  })
})
