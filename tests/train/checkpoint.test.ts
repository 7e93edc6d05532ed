// Checkpoints: read back exactly, and whatever is wrong with one is told in one line.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FormatError } from '../../src/model/errors.js'
import { encodeValues } from '../../src/model/safetensors/dtype.js'
import type { NewTensor } from '../../src/model/safetensors/write.js'
import { StateDict } from '../../src/model/state-dict.js'
import { type Checkpoint, decodeCheckpoint, digestOf, encodeCheckpoint } from '../../src/train/checkpoint.js'
import { initialState } from '../../src/train/trainer.js'
import { oracleBytes } from '../model/network-files.js'
import { discImage, SMALL_NET, smallSettings, startSmall } from './run-fixture.js'

const KEY = 'vexel.checkpoint'
const image = discImage()

/** A run in the middle: two threads, the best of two starts, snapshots, a curve. */
async function midRun(): Promise<Checkpoint> {
  const settings = smallSettings({ threads: 2, frames: 6, targetPsnr: 40, steps: 300, starts: 3 })
  const trainer = await startSmall(settings)
  // In the second start: the first is kept beside it.
  while (trainer.progress.done < 45) await trainer.advance(5)
  const state = await trainer.state()
  return { architecture: SMALL_NET, settings, state, imageDigest: digestOf(image), seconds: 12.25 }
}

const checkpoint = await midRun()
const bytes = encodeCheckpoint(checkpoint, image)

describe('a checkpoint', () => {
  test('is read back exactly', () => {
    expect(checkpoint.state.snapshots.length).toBeGreaterThan(2)
    expect(checkpoint.state.curve.length).toBeGreaterThan(2)
    expect(checkpoint.state.trials.best).not.toBeNull()
    expect(decodeCheckpoint(bytes)).toEqual(checkpoint)
    expect(encodeCheckpoint(decodeCheckpoint(bytes), image)).toEqual(bytes)
  })

  test('of the very beginning is read back exactly', () => {
    const settings = smallSettings({ threads: 3 })
    const begun = { ...checkpoint, settings, state: initialState(SMALL_NET, settings) }
    expect(decodeCheckpoint(encodeCheckpoint(begun, image))).toEqual(begun)
  })

  test('while landing, and of a picture that is hit exactly, is read back exactly', () => {
    const state = {
      ...checkpoint.state,
      schedule: { steps: 40, landing: { from: 20, factor: 0.1 + 0.2 } },
      landing: { gain: 1 / 3, batchPsnr: 31.7, begunAt: 30.1 },
      curve: [{ step: 1, loss: 0, psnr: Number.POSITIVE_INFINITY, psnrDetail: Number.POSITIVE_INFINITY }],
      pending: { loss: 1e-30, steps: 4 },
    }
    const landing = { ...checkpoint, state }
    expect(decodeCheckpoint(encodeCheckpoint(landing, image))).toEqual(landing)
  })

  test('is also a flag network, with its frame', () => {
    const stateDict = StateDict.parse(bytes)
    expect(stateDict.has('dense1.weight') && stateDict.metadata.has('vexel.frame')).toBe(true)
  })
})

/** The checkpoint's run with one change. */
function withRun(change: (run: Mutable) => unknown): Uint8Array {
  const stateDict = StateDict.parse(bytes)
  const run = JSON.parse(stateDict.metadata.get(KEY)!)
  const changed = change(run)
  stateDict.setMetadata(KEY, JSON.stringify(changed === undefined ? run : changed))
  return stateDict.serialize()
}

/** What the cases below change in a run. */
interface Mutable {
  step: number
  randomStates: number[][]
  snapshotSteps: number[]
  schedule: { steps: number }
  settings: { threads: number; recipe: { batch: number } }
}

/** The checkpoint with one tensor replaced, or taken out. */
function withTensor(name: string, replacement: NewTensor | null): Uint8Array {
  const stateDict = StateDict.parse(bytes)
  const tensors = stateDict.names.flatMap((own): NewTensor[] => {
    if (own === name) return replacement ? [replacement] : []
    const { dtype, shape } = stateDict.entry(own)
    return [{ name: own, dtype, shape, bytes: stateDict.bytes(own) }]
  })
  return StateDict.create(tensors, stateDict.metadata).serialize()
}

const tensor = (name: string, shape: readonly number[], dtype: 'F32' | 'F16' = 'F32'): NewTensor => ({
  name,
  dtype,
  shape,
  bytes: encodeValues(dtype, new Float32Array(shape.reduce((a, b) => a * b, 1))),
})

/** Refused with a FormatError of one line. */
function expectRefused(damaged: Uint8Array, message: RegExp = /^[^\p{C}]{1,300}$/u): void {
  let error: unknown = null
  try {
    decodeCheckpoint(damaged)
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(FormatError)
  expect((error as Error).message).toMatch(/^[^\p{C}]{1,300}$/u)
  expect((error as Error).message).toMatch(message)
}

describe('a damaged checkpoint is refused in one line:', () => {
  test('cut short anywhere', () => {
    for (let length = 0; length < bytes.length; length += 97) expectRefused(bytes.slice(0, length))
    expectRefused(bytes.slice(0, -1))
  })

  test('another file', () => {
    expectRefused(new Uint8Array())
    expectRefused(new TextEncoder().encode('{"a": 1}'.repeat(50)))
    expectRefused(oracleBytes('japan'), /^not a checkpoint: a safetensors file without a run in its metadata$/)
  })

  test('another version, or no JSON', () => {
    expectRefused(
      withRun(run => ({ ...run, version: 1 })),
      /^vexel\.checkpoint: expected version 3, got "1"$/,
    )
    expectRefused(withRun(run => ({ ...run, version: 'x\n'.repeat(1000) })))
    const stateDict = StateDict.parse(bytes)
    stateDict.setMetadata(KEY, '{')
    expectRefused(stateDict.serialize(), /^vexel\.checkpoint: expected JSON$/)
  })

  test.each([null, 5, 'run', [], {}])('%j instead of a run', value => expectRefused(withRun(() => value)))

  test('any field missing or of another type', () => {
    const run = JSON.parse(StateDict.parse(bytes).metadata.get(KEY)!)
    /** Every path of the JSON, lists by their first item. */
    const paths = (value: unknown): string[][] => {
      if (typeof value !== 'object' || value === null) return []
      const keys = Array.isArray(value) ? ['0'] : Object.keys(value)
      return keys.flatMap(key => [[key], ...paths((value as Record<string, unknown>)[key]).map(rest => [key, ...rest])])
    }
    const all = paths(run)
    expect(all.length).toBeGreaterThan(40)
    for (const path of all) {
      for (const wrong of [undefined, true, 'text', { a: 1 }, [[[]]]]) {
        const copy = structuredClone(run)
        const parent = path.slice(0, -1).reduce((value, key) => value[key], copy)
        const key = path[path.length - 1]
        const isText = typeof parent[key] === 'string'
        // A recipe may leave out what has a default; a text may be another text, and a switch be on.
        const isOptional = path.includes('recipe') && path.length > 2 && key !== 'share' && wrong === undefined
        const isAnother = isText && wrong === 'text' && !['optimizer', 'loss', 'order', 'starts'].includes(key)
        if (isOptional || isAnother || (['whitening', 'isOver'].includes(key) && wrong === true)) continue
        if (wrong !== undefined) parent[key] = wrong
        else if (Array.isArray(parent)) parent[0] = null
        else delete parent[key]
        expectRefused(withRun(() => copy))
      }
    }
  })

  test.each<[string, (run: Mutable) => unknown]>([
    ['a negative step', run => (run.step = -1)],
    ['a step beyond the end', run => (run.step = run.schedule.steps + 1)],
    ['half a step', run => (run.step = 0.5)],
    ['no threads', run => ((run.settings.threads = 0), (run.randomStates = []))],
    ['more threads than random states', run => run.settings.threads++],
    ['a random state of three words', run => run.randomStates[0].pop()],
    ['a random state of zeros, which would stay zeros', run => run.randomStates[1].fill(0)],
    ['a random word beyond 32 bits', run => (run.randomStates[0][0] = 2 ** 32)],
    ['a schedule of no steps', run => (run.schedule.steps = 0)],
    ['another number of snapshots', run => run.snapshotSteps.pop()],
    ['a batch of 17', run => (run.settings.recipe.batch = 17)],
  ])('%s', (_, change) =>
    expectRefused(
      withRun(run => {
        change(run)
      }),
    ),
  )

  test.each<[string, string, NewTensor | null]>([
    ['a weight is missing', 'dense2.weight', null],
    ['a weight of another shape', 'dense2.weight', tensor('dense2.weight', [10, 7])],
    ['a bias of another length', 'dense3.bias', tensor('dense3.bias', [5])],
    ['a weight of half precision', 'dense2.weight', tensor('dense2.weight', [7, 10], 'F16')],
    ['running statistics are missing', 'bn2.running_var', null],
    ['optimizer state is missing', 'optimizer.first_moments', null],
    ['a weight of the best start is missing', 'best.dense2.weight', null],
    ['the error map of the best start is missing', 'best.sampler.errors', null],
    ['optimizer state that is too short', 'optimizer.second_moments', tensor('optimizer.second_moments', [5])],
    ['optimizer state that is too long', 'optimizer.first_moments', tensor('optimizer.first_moments', [5000])],
    ['a snapshot tensor is missing', 'snapshots.dense1.bias', null],
    ['a snapshot tensor of another length', 'snapshots.dense1.bias', tensor('snapshots.dense1.bias', [2, 10], 'F16')],
  ])('%s', (_, name, replacement) => expectRefused(withTensor(name, replacement)))

  test('any byte of its header changed, or else it is a checkpoint still', () => {
    const headerBytes = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
    fc.assert(
      fc.property(fc.nat(headerBytes - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice()
        damaged[at] ^= change
        try {
          decodeCheckpoint(damaged)
        } catch (error) {
          expect(error, String(error)).toBeInstanceOf(FormatError)
        }
      }),
      { seed: 6, numRuns: 1500 },
    )
  })
})

describe('the digest of a picture', () => {
  test('is sixteen hexadecimal digits that depend on every pixel and on the size', () => {
    const { data } = image
    const digests = new Set([digestOf(image)])
    expect(digestOf(image)).toMatch(/^[0-9a-f]{16}$/)
    for (let i = 0; i < data.length; i++) {
      const changed = data.slice()
      changed[i] = Math.fround(changed[i] + 1 / 255)
      digests.add(digestOf({ ...image, data: changed }))
    }
    digests.add(digestOf({ width: 16, height: 24, data }))
    digests.add(digestOf({ width: 48, height: 8, data }))
    expect(digests.size).toBe(data.length + 3)
  })

  test('is the same for equal pictures wherever they lie in memory', () => {
    const shifted = new Float32Array(image.data.length + 1)
    shifted.set(image.data, 1)
    expect(digestOf({ ...image, data: shifted.subarray(1) })).toBe(digestOf(image))
  })
})
