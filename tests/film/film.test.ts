// The film: its networks against the snapshots as they stand in the file, moments between them, and hostile files.

import { describe, expect, test } from 'vitest'
import { createDenseArchitecture } from '../../src/model/architecture.js'
import { FormatError } from '../../src/model/errors.js'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork, type Network } from '../../src/model/network.js'
import { encodeValues } from '../../src/model/safetensors/dtype.js'
import { StateDict } from '../../src/model/state-dict.js'
import { Film } from '../../src/film/film.js'
import { stackSnapshots, takeSnapshot } from '../../src/train/snapshots.js'
import { initialTensors } from '../../src/train/initial-weights.js'
import { oracleBytes, randomTensors } from '../model/network-files.js'
import { smallFilm, tensorsOf, withMetadata, withTensors } from './film-fixture.js'

const bytes = await smallFilm()
const film = Film.parse(bytes)

/** A snapshot read by nothing of ours but the offsets of the file: [name, values]. */
function snapshotOf(file: Uint8Array, index: number): Map<string, number[]> {
  const view = new DataView(file.buffer, file.byteOffset)
  const headerBytes = Number(view.getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + headerBytes)))
  const values = new Map<string, number[]>()
  for (const [name, entry] of Object.entries<{ dtype: string; shape: number[]; data_offsets: number[] }>(header)) {
    if (name === '__metadata__') continue
    const size = { F16: 2, F32: 4, I64: 8, F64: 8 }[entry.dtype] as number
    const length = entry.shape.slice(1).reduce((a, b) => a * b, 1)
    const at = (i: number) => 8 + headerBytes + entry.data_offsets[0] + (index * length + i) * size
    const read = (i: number): number => {
      if (entry.dtype === 'F16') return half(view.getUint16(at(i), true))
      if (entry.dtype === 'F32') return view.getFloat32(at(i), true)
      return entry.dtype === 'F64' ? view.getFloat64(at(i), true) : Number(view.getBigInt64(at(i), true))
    }
    values.set(
      name,
      Array.from({ length }, (_, i) => read(i)),
    )
  }
  return values
}

/** IEEE 754 half precision, as its definition has it. */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15, (bits >> 10) & 31, bits & 1023]
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15)
  return sign ? -size : size
}

/** All values of a network by tensor. */
function valuesOf({ layers }: Network): Map<string, Float64Array> {
  const values = new Map<string, Float64Array>()
  for (const layer of layers) {
    if (layer.kind !== 'linear' && layer.kind !== 'batchNorm') continue
    values.set(`${layer.name}.weight`, layer.weight).set(`${layer.name}.bias`, layer.bias)
    if (layer.kind === 'batchNorm')
      values.set(`${layer.name}.running_mean`, layer.runningMean).set(`${layer.name}.running_var`, layer.runningVar)
  }
  return values
}

describe('a film', () => {
  test('says its steps, curve, frame, size and name', () => {
    expect(film.steps).toHaveLength(6)
    expect([film.steps[0], film.steps[5]]).toEqual([0, 60])
    expect(film.frame.aspect).toBe(24 / 16)
    expect(film.size).toEqual({ width: 24, height: 16 })
    expect(film.name).toBe('disc')
    expect(film.warnings).toEqual([])
    const stated: number[][] = JSON.parse(StateDict.parse(bytes).metadata.get('vexel.curve')!)
    expect(film.curve.map(({ step, loss, psnr, psnrDetail }) => [step, loss, psnr, psnrDetail])).toEqual(stated)
  })

  test('from before there were two measures has one, and null for the other; an exact picture is infinite in either', () => {
    const curveOf = (curve: string) => Film.parse(withMetadata(bytes, { 'vexel.curve': curve })).curve
    expect(curveOf('[[1,0.1,20],[50,0,null]]')).toEqual([
      { step: 1, loss: 0.1, psnr: 20, psnrDetail: null },
      { step: 50, loss: 0, psnr: Number.POSITIVE_INFINITY, psnrDetail: null },
    ])
    expect(curveOf('[[1,0.1,20,10],[50,0,40,null]]')).toEqual([
      { step: 1, loss: 0.1, psnr: 20, psnrDetail: 10 },
      { step: 50, loss: 0, psnr: 40, psnrDetail: Number.POSITIVE_INFINITY },
    ])
  })

  test('gives the network of each snapshot exactly, by index and by position', () => {
    film.steps.forEach((_, index) => {
      const expected = snapshotOf(bytes, index)
      for (const network of [film.network(index), film.networkAt(film.positions[index])]) {
        const values = valuesOf(network)
        expect(values.size).toBe(expected.size - 1)
        // Object.is: -0 is not 0.
        for (const [name, numbers] of values) expect([...numbers], name).toEqual(expected.get(name))
      }
    })
  })

  test('runs in log time from 0 to 1', () => {
    const end = Math.log(61)
    film.steps.forEach((step, i) => {
      expect(film.positions[i]).toBeCloseTo(Math.log(step + 1) / end, 12)
      expect(film.stepAt(film.positions[i])).toBeCloseTo(step, 9)
    })
    expect([film.positions[0], film.positions[5]]).toEqual([0, 1])
    expect(film.stepAt(0.5)).toBeCloseTo(Math.sqrt(61) - 1, 9)
    expect([film.stepAt(-3), film.stepAt(7), film.positionOf(1000)]).toEqual([0, 60, 1])
  })

  test('goes in a straight line from one snapshot to the next, its variances as well', () => {
    const [from, to] = [snapshotOf(bytes, 3), snapshotOf(bytes, 4)]
    for (const share of [0.25, 0.5, 0.9]) {
      const position = film.positions[3] + share * (film.positions[4] - film.positions[3])
      for (const [name, values] of valuesOf(film.networkAt(position)))
        values.forEach((value, i) => {
          const [a, b] = [from.get(name)![i], to.get(name)![i]]
          expect(Math.abs(value - (a + share * (b - a))), `${name}[${i}]`).toBeLessThan(1e-12)
          if (name.endsWith('running_var')) expect(value).toBeGreaterThan(0)
        })
    }
  })

  test('stands still before its first and behind its last snapshot', () => {
    const copy = (network: Network) => structuredClone([...valuesOf(network)])
    expect(copy(film.networkAt(-1))).toEqual(copy(film.network(0)))
    expect(copy(film.networkAt(2))).toEqual(copy(film.network(5)))
  })

  test('takes its architecture from the file', () => {
    for (const [widths, norms] of [
      [[4], []],
      [
        [5, 3, 9],
        [1, 3],
      ],
    ] as const) {
      const architecture = createDenseArchitecture(widths, norms)
      const snapshots = [0, 9].map(step => takeSnapshot(architecture, step, initialTensors(architecture, step + 1, 3)))
      const other = Film.parse(
        StateDict.create(
          stackSnapshots(architecture, snapshots),
          new Map([['vexel.snapshotSteps', '[0,9]']]),
        ).serialize(),
      )
      expect(other.architecture).toEqual(architecture)
      expect({ ...other, curve: other.curve.length }).toMatchObject({ curve: 0, size: null, name: null })
      expect(foldNetwork(other.networkAt(0.3)).layers).toHaveLength(widths.length + 1)
    }
  })

  test('may have float64 tensors under a prefix, and keeps every digit', () => {
    const [first, second] = [1, 2].map(seed => randomTensors([4, 4], [2], seed))
    const stacked = first.map((tensor, i) => ({
      ...tensor,
      name: `module.${tensor.name}`,
      shape: [2, ...tensor.shape],
      bytes: new Uint8Array([...tensor.bytes, ...second[i].bytes]),
    }))
    const other = Film.parse(StateDict.create(stacked, new Map([['vexel.snapshotSteps', '[3, 8]']])).serialize())
    const expected = createNetwork(StateDict.create(second))
    expect([...valuesOf(other.network(1))]).toEqual([...valuesOf(expected)])
    expect([...valuesOf(other.networkAt(1))]).toEqual([...valuesOf(expected)])
  })

  test('of a single snapshot is a still', () => {
    const single = withMetadata(
      withTensors(bytes, tensor => ({
        ...tensor,
        shape: [1, ...tensor.shape.slice(1)],
        bytes: tensor.bytes.slice(0, tensor.bytes.length / 6),
      })),
      { 'vexel.snapshotSteps': '[0]' },
    )
    const still = Film.parse(single)
    expect([still.steps, still.positions]).toEqual([[0], [0]])
    for (const position of [0, 0.5, 1])
      expect([...valuesOf(still.networkAt(position))]).toEqual([...valuesOf(film.network(0))])
    expect(still.stepAt(0.7)).toBe(0)
  })

  test('with a broken frame or size in it has the default frame, no size and says so', () => {
    const odd = Film.parse(withMetadata(bytes, { 'vexel.frame': '{', 'vexel.width': 'wide', 'vexel.source': null }))
    expect(odd).toMatchObject({ size: null, name: null, frame: { aspect: null } })
    expect(odd.warnings).toHaveLength(2)
  })
})

/** Holds that a file is refused in one line. */
function expectRefused(file: Uint8Array, line: RegExp): void {
  let caught: unknown
  try {
    Film.parse(file)
  } catch (error) {
    caught = error
  }
  expect(caught).toBeInstanceOf(FormatError)
  expect((caught as Error).message).toMatch(line)
  expect((caught as Error).message).not.toContain('\n')
  expect((caught as Error).message.length).toBeLessThan(300)
}

describe('refused in one line is', () => {
  test('an ordinary flag network', () => {
    expectRefused(oracleBytes('japan'), /^not a film of a training: no vexel\.snapshotSteps/)
  })

  test.each<[what: string, steps: string, RegExp]>([
    ['no JSON', '[0, 1', /expected a JSON list, got "\[0, 1"$/],
    ['no list', '{"0":1}', /expected a JSON list, got "\{\\"0\\":1\}"$/],
    ['no steps', '[]', /at least one snapshot, got none$/],
    ['equal steps', '[0,1,1,3,4,5]', /\[2\]: expected more than the 1 before it, got 1$/],
    ['falling steps', '[0,5,3,6,7,8]', /\[2\]: expected more than the 5 before it, got 3$/],
    ['a negative step', '[-1,1,2,3,4,5]', /\[0\]: expected a whole number from 0 to 2\^40, got -1$/],
    ['half a step', '[0,0.5,2,3,4,5]', /\[1\]: expected a whole number/],
    ['a word', '[0,"one",2,3,4,5]', /\[1\]: expected a whole number from 0 to 2\^40, got "one"$/],
    ['an endless step', '[0,1,2,3,4,1e300]', /\[5\]: expected a whole number/],
    ['too few', '[0,1,2]', /expected a first axis of 3, one for each snapshot, got shape \[6/],
    ['too many', JSON.stringify(Array.from({ length: 5000 }, (_, i) => i)), /at most 4096 entries, got 5000$/],
    ['a long text', `"${'\u202e\n'.repeat(5000)}"`, /expected a JSON list/],
  ])('a film whose steps are %s', (_, steps, line) => {
    expectRefused(withMetadata(bytes, { 'vexel.snapshotSteps': steps }), line)
  })

  test.each([
    ['no JSON', '[[', /^vexel\.curve: expected a JSON list/],
    ['numbers', '[1,2]', /^vexel\.curve\[0\]: expected \[step, loss, PSNR, PSNR in detail\], got 1$/],
    ['of five numbers', '[[1,1,1,1,1]]', /^vexel\.curve\[0\]: expected \[step, loss, PSNR, PSNR in detail\], got "/],
    [
      'with a word for a PSNR',
      '[[1,1,1,"x"]]',
      /^vexel\.curve\[0\]: expected \[step, loss, PSNR, PSNR in detail\], got "/,
    ],
    ['out of order', '[[3,1,1],[3,1,1]]', /^vexel\.curve\[1\]: expected a step above 3, got 3$/],
    [
      'without a loss',
      '[[3,null,1]]',
      /^vexel\.curve\[0\]: expected \[step, loss, PSNR, PSNR in detail\], got "\[3,null,1\]"$/,
    ],
  ])('a film whose curve is %s', (_, curve, line) => {
    expectRefused(withMetadata(bytes, { 'vexel.curve': curve }), line)
  })

  test('a film with a number that is none, naming snapshot and step', () => {
    const spoil = (name: string, value: number) =>
      withTensors(bytes, tensor => {
        if (tensor.name !== name) return tensor
        const copy = tensor.bytes.slice()
        const one = encodeValues(tensor.dtype, [value])
        copy.set(one, (copy.length / 6) * 4)
        return { ...tensor, bytes: copy }
      })
    const step = film.steps[4]
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
      expectRefused(
        spoil('dense2.weight', value),
        new RegExp(`^snapshot 5 \\(step ${step}\\), dense2\\.weight: expected finite numbers, got ${value}$`),
      )
    expectRefused(spoil('bn2.running_var', -1), /^snapshot 5 .*, bn2\.running_var: expected variances >= 0, got -1$/)
  })

  test('a film without a tensor, or with one of other length, shape or dtype', () => {
    const without = (name: string) => withTensors(bytes, tensor => (tensor.name === name ? null : tensor))
    expectRefused(without('dense2.weight'), /^missing tensor dense2\.weight/)
    expectRefused(without('dense_head.bias'), /^missing tensor dense_head\.bias/)
    const shaped = (name: string, shape: number[]) =>
      withTensors(bytes, tensor => (tensor.name === name ? { ...tensor, shape } : tensor))
    expectRefused(shaped('dense1.bias', [60]), /^"dense1\.bias": expected a first axis of 6, .* got shape \[60\]$/)
    expectRefused(shaped('dense2.weight', [6, 10, 7]), /^dense2\.weight: expected shape \[7, 10\], got \[10, 7\]$/)
    expectRefused(
      withTensors(bytes, tensor => (tensor.name === 'dense1.bias' ? { ...tensor, dtype: 'I16' } : tensor)),
      /^dense1\.bias: expected F64, F32, F16 or BF16, got I16$/,
    )
    expectRefused(
      withTensors(bytes, tensor =>
        tensor.name === 'dense1.bias' ? { ...tensor, dtype: 'F4', shape: [6, 40] } : tensor,
      ),
      /^"dense1\.bias": expected plain numbers, got F4$/,
    )
    const scalar = { name: 'scalar', dtype: 'F32' as const, shape: [], bytes: new Uint8Array(4) }
    expectRefused(
      StateDict.create([...tensorsOf(bytes), scalar], StateDict.parse(bytes).metadata).serialize(),
      /^"scalar": expected a first axis of 6, one for each snapshot, got shape \[\]$/,
    )
  })

  test('what is cut short, no safetensors file at all, or larger than any film', () => {
    expectRefused(bytes.subarray(0, bytes.length - 1), /cut short/)
    expectRefused(new Uint8Array(), /the file is empty$/)
    expectRefused(new TextEncoder().encode('GIF89a and so on'), /^not a safetensors file/)
    expectRefused(new Uint8Array(65 * 2 ** 20), /at most 67108864 bytes/)
  })
})
