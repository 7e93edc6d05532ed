// The film of a training: stacked along a first axis, and taken apart again.

import { describe, expect, test } from 'vitest'
import { FormatError } from '../../src/model/errors.js'
import { floatTensor } from '../model/network-files.js'
import { StateDict } from '../../src/model/state-dict.js'
import { initialTensors } from '../../src/train/initial-weights.js'
import { type Snapshot, stackSnapshots, takeSnapshot, unstackSnapshots } from '../../src/train/snapshots.js'
import { SMALL_NET } from './run-fixture.js'

const STEPS = [0, 3, 20, 2 ** 40]
const tensorsAt = (index: number) => initialTensors(SMALL_NET, index, 3)
const snapshots: Snapshot[] = STEPS.map((step, index) => takeSnapshot(SMALL_NET, step, tensorsAt(index)))
const film = (prefix = '') => StateDict.create(stackSnapshots(SMALL_NET, snapshots, prefix))

describe('a film', () => {
  test('has every tensor with a leading axis: weights F16, statistics F32, steps I64', () => {
    const stateDict = film()
    const described = stateDict.names.map(
      name => `${name} ${stateDict.entry(name).dtype} ${stateDict.entry(name).shape}`,
    )
    expect(described.sort()).toEqual(
      [
        'dense1.weight F16 4,10,2',
        'dense1.bias F16 4,10',
        'dense2.weight F16 4,7,10',
        'dense2.bias F16 4,7',
        'bn2.weight F16 4,7',
        'bn2.bias F16 4,7',
        'bn2.running_mean F32 4,7',
        'bn2.running_var F32 4,7',
        'bn2.num_batches_tracked I64 4',
        'dense3.weight F16 4,6,7',
        'dense3.bias F16 4,6',
        'dense_head.weight F16 4,3,6',
        'dense_head.bias F16 4,3',
      ].sort(),
    )
  })

  test('holds the numbers of each moment, rounded to half precision, one after the other', () => {
    const stateDict = film()
    for (const name of ['dense1.weight', 'dense3.bias', 'bn2.running_var']) {
      const values = stateDict.values(name)
      const length = values.length / STEPS.length
      STEPS.forEach((_, index) =>
        tensorsAt(index)
          .get(name)!
          // Half precision has eleven significant bits.
          .forEach((value, i) =>
            expect(Math.abs(values[index * length + i] - value)).toBeLessThanOrEqual(Math.abs(value) / 2048),
          ),
      )
    }
    expect([...stateDict.values('bn2.num_batches_tracked')]).toEqual(STEPS)
  })

  test.each(['', 'snapshots.'])('is taken apart into the same snapshots, with names that begin with "%s"', prefix => {
    const read = StateDict.parse(film(prefix).serialize())
    expect(unstackSnapshots(SMALL_NET, STEPS, read, prefix)).toEqual(snapshots)
    const again = StateDict.create(stackSnapshots(SMALL_NET, unstackSnapshots(SMALL_NET, STEPS, read, prefix), prefix))
    expect(again.serialize()).toEqual(film(prefix).serialize())
  })

  test('of another number of snapshots, dtype or shape, or without a tensor, is refused', () => {
    const tensors = stackSnapshots(SMALL_NET, snapshots)
    const unstack = (changed: typeof tensors) => () => unstackSnapshots(SMALL_NET, STEPS, StateDict.create(changed))
    expect(() => unstackSnapshots(SMALL_NET, [1, 2], film())).toThrow(FormatError)
    const others = tensors.filter(({ name }) => name !== 'dense3.bias')
    expect(unstack(others)).toThrow(/^tensor "dense3.bias": not in the file$/)
    expect(unstack([...others, floatTensor('dense3.bias', [4, 6], new Float32Array(24))])).toThrow(
      /^dense3\.bias: expected F16 \[4, 6\], got F32 \[4, 6\]$/,
    )
    expect(unstack([...others, floatTensor('dense3.bias', [24], new Float32Array(24), 'F16')])).toThrow(
      /^dense3\.bias: expected F16 \[4, 6\], got F16 \[24\]$/,
    )
  })
})
