// From tensors to a network: what is refused and how it is told, what is tolerated, and what is read off. Every message
// names the tensor.

import { describe, expect, test } from 'vitest'
import { countParameters, MYSTERY_NET, parameterSpecs } from '../../src/model/architecture.js'
import { FormatError } from '../../src/model/errors.js'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork } from '../../src/model/network.js'
import { printableName } from '../../src/model/printable.js'
import { evaluateFolded } from '../../src/model/reference.js'
import { decodeValues, type Dtype, type FloatDtype } from '../../src/model/safetensors/dtype.js'
import type { NewTensor } from '../../src/model/safetensors/write.js'
import { StateDict } from '../../src/model/state-dict.js'
import { importCounted } from './count-operations.js'
import {
  floatTensor,
  networkOf,
  ORACLE_NAMES,
  oracleExpected,
  oracleNetwork,
  oracleTensors,
  randomTensors,
  withTensor,
  withValue,
  zeroTensor,
} from './network-files.js'

// The class MysteryNet as the olympiad gave it, written out by hand: the truth that our architecture is held against.
const MYSTERY_SHAPES: Readonly<Record<string, readonly number[]>> = {
  'dense1.weight': [16, 2],
  'dense1.bias': [16],
  'dense2.weight': [32, 16],
  'dense2.bias': [32],
  'dense3.weight': [32, 32],
  'dense3.bias': [32],
  'dense4.weight': [32, 32],
  'dense4.bias': [32],
  'dense5.weight': [32, 32],
  'dense5.bias': [32],
  'dense6.weight': [32, 32],
  'dense6.bias': [32],
  'dense7.weight': [32, 32],
  'dense7.bias': [32],
  'dense8.weight': [16, 32],
  'dense8.bias': [16],
  'dense_head.weight': [3, 16],
  'dense_head.bias': [3],
  'bn2.weight': [32],
  'bn2.bias': [32],
  'bn2.running_mean': [32],
  'bn2.running_var': [32],
  'bn4.weight': [32],
  'bn4.bias': [32],
  'bn4.running_mean': [32],
  'bn4.running_var': [32],
  'bn6.weight': [32],
  'bn6.bias': [32],
  'bn6.running_mean': [32],
  'bn6.running_var': [32],
  'bn8.weight': [16],
  'bn8.bias': [16],
  'bn8.running_mean': [16],
  'bn8.running_var': [16],
}
const MYSTERY_NAMES = Object.keys(MYSTERY_SHAPES)

/** What a network of these tensors is refused with; an error of another class is no answer. */
function refusal(tensors: readonly NewTensor[]): string {
  try {
    networkOf(tensors)
  } catch (error) {
    if (error instanceof FormatError) return error.message
    throw error
  }
  return 'accepted'
}

/** The same tensors under other names. */
function renamed(tensors: readonly NewTensor[], rename: (name: string) => string): NewTensor[] {
  return tensors.map(tensor => ({ ...tensor, name: rename(tensor.name) }))
}

/** The raw outputs of a net at PyTorch's points. */
function outputsOf(tensors: readonly NewTensor[], name: (typeof ORACLE_NAMES)[number]): Float64Array {
  const points = oracleExpected(name).points.flat()
  return evaluateFolded(new Float64Array((points.length / 2) * 3), foldNetwork(networkOf(tensors)), points)
}

const text = (shape: readonly number[]) => `[${shape.join(', ')}]`

describe('MysteryNet', () => {
  test('has the 34 tensors of the class besides the counters', () => {
    const specs = MYSTERY_NET.layers.flatMap(layer => parameterSpecs(layer))
    expect(Object.fromEntries(specs.map(spec => [spec.name, spec.shape]))).toEqual(MYSTERY_SHAPES)
    expect(specs).toHaveLength(34)
  })

  test('has 6,675 learnable numbers', () => {
    expect(countParameters(MYSTERY_NET)).toBe(6675)
  })

  test('is what all four oracle files hold, without a warning', () => {
    for (const name of ORACLE_NAMES)
      expect(oracleNetwork(name), name).toMatchObject({ architecture: MYSTERY_NET, prefix: '', warnings: [] })
  })
})

describe('a tensor that is missing', () => {
  test.each(MYSTERY_NAMES)('%s is refused by its name', name => {
    expect(refusal(withTensor('japan', name, null))).toMatch(new RegExp(`^missing tensor ${name}(?:$|[:,])`))
  })

  test('is named also where a whole layer is gone', () => {
    const without = (layer: string) => oracleTensors('japan').filter(tensor => !tensor.name.startsWith(`${layer}.`))
    for (const layer of ['dense1', 'dense4', 'dense_head', 'bn2', 'bn8'])
      expect(refusal(without(layer)), layer).toMatch(new RegExp(`^missing tensor ${layer}\\.weight`))
  })

  test('is told from a file that is no flag network at all', () => {
    const foreign = [floatTensor('conv1.weight', [1], [1]), floatTensor('fc.bias', [1], [1])]
    expect(refusal(foreign)).toBe('no coordinate network: no linear layer is in it')
    expect(refusal([])).toBe('no coordinate network: no linear layer is in it')
  })

  test.each(['bn2', 'bn4', 'bn6', 'bn8'])('may be %s.num_batches_tracked', layer => {
    const name = `${layer}.num_batches_tracked`
    expect(networkOf(withTensor('japan', name, null)).warnings).toEqual([])
  })

  test('may be every num_batches_tracked', () => {
    const tensors = oracleTensors('japan').filter(tensor => !tensor.name.endsWith('num_batches_tracked'))
    expect(tensors).toHaveLength(34)
    expect(networkOf(tensors)).toMatchObject({ architecture: { name: 'MysteryNet' }, warnings: [] })
  })
})

describe('a tensor that is misshapen', () => {
  const wrongShapes = (shape: readonly number[]): (readonly number[])[] => [
    // One axis too many, one too few.
    [...shape, 1],
    [1, ...shape],
    [shape.reduce((a, b) => a * b, 1)].concat(shape.length === 1 ? 1 : []),
    // One too many, one too few, along every axis.
    ...shape.flatMap((_, axis) => [1, -1].map(step => shape.map((d, i) => (i === axis ? d + step : d)))),
    // Transposed: a square one cannot be told.
    ...(shape.length === 2 && shape[0] !== shape[1] ? [shape.toReversed()] : []),
    [],
    [0],
  ]

  test.each(Object.entries(MYSTERY_SHAPES))('%s is refused with what was expected and got', (name, shape) => {
    for (const wrong of wrongShapes(shape)) {
      const tensor = zeroTensor(name, 'F32', wrong, 4)
      expect(refusal(withTensor('japan', name, tensor)), `${name} ${text(wrong)}`).toBe(
        `${name}: expected shape ${text(shape)}, got ${text(wrong)}`,
      )
    }
  })

  test('a net of no units is refused', () => {
    const empty = renamed(randomTensors([1, 4], [], 1), name => name).map(tensor => {
      const shapes: Record<string, number[]> = { 'dense1.weight': [0, 2], 'dense1.bias': [0], 'dense2.weight': [4, 0] }
      const shape = shapes[tensor.name]
      return shape ? { ...tensor, shape, bytes: new Uint8Array() } : tensor
    })
    expect(refusal(empty)).toMatch(/^dense1\.weight: expected shape \[.*\], got \[0, 2\]$/)
  })

  test('a net of three inputs or four outputs is refused', () => {
    const inputs = floatTensor('dense1.weight', [16, 3], new Float64Array(48))
    expect(refusal(withTensor('usa', 'dense1.weight', inputs))).toBe(
      'dense1.weight: expected shape [16, 2], got [16, 3]',
    )
    const head = floatTensor('dense_head.weight', [4, 16], new Float64Array(64))
    expect(refusal(withTensor('usa', 'dense_head.weight', head))).toBe(
      'dense_head.weight: expected shape [3, 16], got [4, 16]',
    )
  })

  test('batch norm behind a layer that is not there is refused', () => {
    const tensors = renamed(oracleTensors('usa'), name => name.replace('bn8', 'bn10'))
    expect(refusal(tensors)).toMatch(/^bn10 stands behind a missing dense10$/)
  })
})

describe('a value', () => {
  const cases: readonly (readonly [tensor: string, index: number, where: string])[] = [
    ['dense1.weight', 0, 'dense1.weight[0, 0]'],
    ['dense1.weight', 31, 'dense1.weight[15, 1]'],
    ['dense5.weight', 32 * 7 + 3, 'dense5.weight[7, 3]'],
    ['dense_head.weight', 47, 'dense_head.weight[2, 15]'],
    ['dense_head.bias', 2, 'dense_head.bias[2]'],
    ['bn6.weight', 9, 'bn6.weight[9]'],
    ['bn6.running_mean', 9, 'bn6.running_mean[9]'],
    ['bn6.running_var', 9, 'bn6.running_var[9]'],
  ]

  test.each(cases)('of %s that is not finite is refused with its index (%i)', (tensor, index, where) => {
    for (const value of [Number.NaN, Infinity, -Infinity])
      expect(refusal(withValue('nepal', tensor, index, value))).toBe(`${where}: expected a finite number, got ${value}`)
  })

  test.each(['bn2', 'bn4', 'bn6', 'bn8'])('of %s.running_var below zero is refused with its index', layer => {
    for (const index of [0, 15])
      expect(refusal(withValue('nepal', `${layer}.running_var`, index, -0.5))).toBe(
        `${layer}.running_var[${index}]: expected a variance >= 0, got -0.5`,
      )
  })

  test('of zero variance is fine', () => {
    for (const zero of [0, -0]) expect(networkOf(withValue('nepal', 'bn2.running_var', 3, zero)).warnings).toEqual([])
  })

  test('that overflows its dtype only is still finite as F64', () => {
    const values = decodeValues(
      'F32',
      oracleTensors('nepal').find(t => t.name === 'dense1.bias')?.bytes ?? new Uint8Array(),
    )
    values[0] = 1e200
    const network = networkOf(withTensor('nepal', 'dense1.bias', floatTensor('dense1.bias', [16], values, 'F64')))
    expect(network.layers[0]).toMatchObject({ bias: values })
  })
})

describe('weights of another dtype', () => {
  // What rounding the weights alone does to these nets' outputs, measured with room: half has 11 bits, bfloat16 has 8,
  // and the sharpest edge of these flags climbs some hundred a unit.
  const MEAN_ERROR: Readonly<Record<FloatDtype, number>> = { F64: 0, F32: 0, F16: 3e-3, BF16: 0.03 }

  test.each(['F64', 'F16', 'BF16'] as const)('%s give nearly the same outputs', dtype => {
    for (const name of ORACLE_NAMES) {
      const tensors = oracleTensors(name)
      const converted = tensors.map(tensor =>
        tensor.dtype === 'F32'
          ? floatTensor(tensor.name, tensor.shape, decodeValues('F32', tensor.bytes), dtype)
          : tensor,
      )
      const before = outputsOf(tensors, name)
      const after = outputsOf(converted, name)
      const mean = after.reduce((sum, value, i) => sum + Math.abs(value - before[i]), 0) / after.length
      expect(mean, `${name} as ${dtype}`).toBeLessThanOrEqual(MEAN_ERROR[dtype])
    }
  })

  test('may be mixed in one file', () => {
    const dtypes = ['F64', 'F32', 'F16', 'BF16'] as const
    const mixed = oracleTensors('usa').map((tensor, i) =>
      tensor.dtype === 'F32'
        ? floatTensor(tensor.name, tensor.shape, decodeValues('F32', tensor.bytes), dtypes[i % 4])
        : tensor,
    )
    expect(networkOf(mixed).warnings).toEqual([])
  })

  const REFUSED: readonly (readonly [Dtype, number])[] = [
    ['BOOL', 1],
    ['U8', 1],
    ['I8', 1],
    ['I16', 2],
    ['U16', 2],
    ['I32', 4],
    ['U32', 4],
    ['I64', 8],
    ['U64', 8],
    ['C64', 8],
    ['F8_E4M3', 1],
  ]
  test.each(REFUSED)('%s are refused, naming the tensor', (dtype, bytes) => {
    for (const [name, shape] of [
      ['dense3.weight', [32, 32]],
      ['bn4.running_mean', [32]],
    ] as const)
      expect(refusal(withTensor('usa', name, zeroTensor(name, dtype, shape, bytes)))).toBe(
        `${name}: expected F64, F32, F16 or BF16, got ${dtype}`,
      )
  })
})

describe('a prefix that every name shares', () => {
  const prefixes = ['module.', 'model.', '_orig_mod.', 'module.model.', '_orig_mod.module.', 'model._orig_mod.module.']

  test.each(prefixes)('%s is stripped and kept for the file', prefix => {
    const network = networkOf(renamed(oracleTensors('malaysia'), name => prefix + name))
    expect(network).toMatchObject({ architecture: MYSTERY_NET, prefix, warnings: [] })
    expect(network.layers).toEqual(oracleNetwork('malaysia').layers)
  })

  test('does not hide which tensor is wrong', () => {
    const tensors = renamed(withTensor('malaysia', 'dense3.bias', null), name => `module.${name}`)
    expect(refusal(tensors)).toMatch(/^missing tensor dense3\.bias/)
    const nan = renamed(withValue('malaysia', 'bn2.bias', 4, Number.NaN), name => `module.${name}`)
    expect(refusal(nan)).toMatch(/^bn2\.bias\[4\]: expected a finite number, got NaN$/)
  })

  test('does not reach an unknown tensor beside the network, which is one warning', () => {
    const wrapped = renamed(oracleTensors('malaysia'), name => `module.${name}`)
    const extra = floatTensor('optimizer.lr', [1], [0.1])
    expect(networkOf([...wrapped, extra]).warnings).toEqual(['unknown tensor ignored: optimizer.lr'])
  })

  test('of a few tensors only leaves the network to the many', () => {
    const plain = oracleTensors('malaysia')
    const copies = renamed(oracleTensors('usa').slice(0, 3), name => `module.${name}`)
    const network = networkOf([...plain, ...copies])
    expect(network.prefix).toBe('')
    expect(network.layers).toEqual(oracleNetwork('malaysia').layers)
    expect(network.warnings).toHaveLength(1)
    for (const { name } of copies) expect(network.warnings[0]).toContain(name)
  })

  test.each(['wrapped.', 'net.', 'ema.model.net.'])('may be any, such as %s, before the names of the class', prefix => {
    const network = networkOf(renamed(oracleTensors('malaysia'), name => prefix + name))
    expect(network).toMatchObject({ architecture: MYSTERY_NET, prefix, warnings: [] })
    expect(network.layers).toEqual(oracleNetwork('malaysia').layers)
  })
})

describe('a tensor that the network does not know', () => {
  test('is ignored with one warning, however many there are', () => {
    const extras = Array.from({ length: 20 }, (_, i) => floatTensor(`extra.${i}`, [1], [i]))
    const network = networkOf([...oracleTensors('usa'), ...extras])
    expect(network.layers).toEqual(oracleNetwork('usa').layers)
    expect(network.warnings).toHaveLength(1)
    expect(network.warnings[0]).toMatch(/^unknown tensors ignored: extra\.0, .* and 12 more$/)
  })

  test('may be empty', () => {
    const empty = [floatTensor('extra', [0], []), zeroTensor('huge', 'F32', [0, 4_294_967_295], 4)]
    const { warnings } = networkOf([...oracleTensors('usa'), ...empty])
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(/^unknown tensors ignored: (?:extra, huge|huge, extra)$/)
  })

  test('may hold NaN, or be of any dtype', () => {
    const extras = [
      floatTensor('nan', [1], [Number.NaN]),
      zeroTensor('c', 'C64', [2], 8),
      zeroTensor('b', 'BOOL', [1], 1),
    ]
    expect(networkOf([...oracleTensors('usa'), ...extras]).warnings).toHaveLength(1)
  })

  test.each(['__proto__', 'constructor', 'toString', '__proto__.weight', 'dense1.__proto__', ''])(
    'may be called %j, which is harmless',
    name => {
      const network = networkOf([...oracleTensors('usa'), floatTensor(name, [2], [1, 2])])
      expect(network.layers).toEqual(oracleNetwork('usa').layers)
      expect(network.warnings).toEqual([`unknown tensor ignored: ${name}`])
      expect(Object.getPrototypeOf(network)).toBe(Object.prototype)
      expect(({} as Record<string, unknown>).weight).toBeUndefined()
    },
  )

  test('is shown on one line, cut and escaped', () => {
    const name = `evil\n\u001b[31m\u202e${'x'.repeat(500)}`
    const [warning] = networkOf([...oracleTensors('usa'), floatTensor(name, [1], [1])]).warnings
    expect(warning.length).toBeLessThan(200)
    expect(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(warning), JSON.stringify(warning)).toBe(false)
  })

  test('may look like a layer of the network without being one', () => {
    const names = [
      'dense0.weight',
      'dense01.weight',
      'dense1.weight.extra',
      'xdense1.weight',
      'dense1.Weight',
      'bn.weight',
    ]
    const extras = names.map(name => floatTensor(name, [1], [1]))
    const { warnings, architecture } = networkOf([...oracleTensors('usa'), ...extras])
    expect(architecture.name).toBe('MysteryNet')
    for (const name of names) expect(warnings[0]).toContain(name)
  })
})

describe('a printable name', () => {
  test('keeps letters of any script and escapes what would break or turn a line', () => {
    expect(printableName('dense1.weight')).toBe('dense1.weight')
    expect(printableName('Grün 日本 🏴')).toBe('Grün 日本 🏴')
    expect(printableName('a\nb\u001b[0m\u0085')).toBe('a\\u{a}b\\u{1b}[0m\\u{85}')
    expect(printableName('\u202eabc\u2028d\u200be\ufeff')).toBe('\\u{202e}abc\\u{2028}d\\u{200b}e\\u{feff}')
  })
})

describe('widths and depth', () => {
  const nets: readonly (readonly [readonly number[], readonly number[], number, string])[] = [
    [[5, 7], [], 15 + 42 + 24, 'dense 2-5-7-3'],
    [[5, 7], [1, 2], 15 + 42 + 24 + 10 + 14, 'dense 2-5-7-3, batch norm after 1, 2'],
    [[1], [], 3 + 6, 'dense 2-1-3'],
    [[8, 8, 8, 8], [2, 4], 24 + 3 * 72 + 27 + 32, 'dense 2-8-8-8-8-3, batch norm after 2, 4'],
    [[64], [1], 192 + 195 + 128, 'dense 2-64-3, batch norm after 1'],
    [Array.from({ length: 12 }, () => 4), [], 12 + 11 * 20 + 15, `dense 2-${'4-'.repeat(12)}3`],
  ]
  test.each(nets)('%j with batch norm after %j are read off', (widths, batchNormAfter, parameters, name) => {
    const { architecture, warnings } = networkOf(randomTensors(widths, batchNormAfter, 5))
    expect(architecture.name).toBe(name)
    expect(countParameters(architecture)).toBe(parameters)
    const linear = architecture.layers.flatMap(layer => (layer.kind === 'linear' ? [[layer.inDim, layer.outDim]] : []))
    const dims = [2, ...widths, 3]
    expect(linear).toEqual(dims.slice(1).map((outDim, i) => [dims[i], outDim]))
    const norms = architecture.layers.flatMap(layer => (layer.kind === 'batchNorm' ? [layer.name] : []))
    expect(norms).toEqual(batchNormAfter.map(k => `bn${k}`))
    expect(warnings).toEqual([])
  })

  test('a batch norm that has lost its fellows is refused by the first one missing', () => {
    const tensors = randomTensors([8, 8, 8, 8], [2, 4], 5).filter(tensor => !tensor.name.startsWith('bn2.'))
    expect(refusal(tensors)).toMatch(/^missing tensor bn2\.weight/)
  })

  test('the depth that a name claims makes no work, the depth that there is work in proportion', async () => {
    const { counted, count, stop } = await importCounted(async () => ({
      ...(await import('../../src/model/network.js')),
      ...(await import('../../src/model/state-dict.js')),
    }))
    const refusedOperations = (tensors: readonly NewTensor[]) => {
      const dict = counted.StateDict.create(tensors)
      return count(() => expect(() => counted.createNetwork(dict)).toThrow(/^missing tensor dense1\.weight/))
    }
    const operations = (depth: number) => {
      const widths = Array.from({ length: depth }, () => 1)
      const norms = Array.from({ length: depth / 2 }, (_, i) => 2 * i + 1)
      const dict = counted.StateDict.create(randomTensors(widths, norms, 1))
      return count(() => expect(counted.createNetwork(dict).architecture.layers).toHaveLength(2.5 * depth + 1))
    }
    const lone = (name: string) => [floatTensor(name, [1], [1])]
    expect(refusedOperations(lone('dense9999.bias'))).toBe(refusedOperations(lone('dense2.bias')))
    const norms = Array.from({ length: 4_999 }, (_, i) => floatTensor(`bn${i + 1}.weight`, [1], [1]))
    expect(refusedOperations([...norms, ...lone('dense9999.bias')])).toBeLessThan(100 * norms.length)
    const [shallow, deep] = [operations(200), operations(2_000)]
    expect(shallow).toBeGreaterThan(200)
    expect(deep / shallow).toBeLessThan(10.5)
    stop()
  })
})

test('the network holds copies: editing the state dict afterwards leaves it alone', () => {
  const dict = StateDict.create(oracleTensors('japan'))
  const network = createNetwork(dict)
  const before = structuredClone(network.layers)
  dict.setValues('dense1.bias', new Float64Array(16))
  expect(network.layers).toEqual(before)
})
