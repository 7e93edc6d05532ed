// What a run leaves behind: the file that PyTorch loads, its metadata, the film.

import { describe, expect, test } from 'vitest'
import { MYSTERY_NET } from '../../src/model/architecture.js'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME, frameFromMetadata } from '../../src/model/frame.js'
import { createNetwork } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { networkFromTensors } from '../../src/train/inference.js'
import { trainedDetail, trainedSize } from '../../src/train/metadata.js'
import { measureQuality } from '../../src/train/quality.js'
import { DEFAULT_RECIPE, parseRecipe } from '../../src/train/recipe.js'
import { createFilm, createResult, curveJson } from '../../src/train/result.js'
import { rememberPicture } from '../../src/train/remember.js'
import { Trainer } from '../../src/train/trainer.js'
import { ORACLE_NAMES, oracleBytes } from '../model/network-files.js'
import { referencePsnr, referencePsnrSeen } from './reference-psnr.js'
import { discImage, runToEnd, smallSettings, startLocal } from './run-fixture.js'

const image = discImage(20, 30)
const target = { detail: discImage(40, 61), seen: image }
const settings = smallSettings({ steps: 120, frames: 7, threads: 2, recipe: { ...DEFAULT_RECIPE, batch: 128 } })
const trainer = await runToEnd(await Trainer.start(MYSTERY_NET, settings, target, startLocal))
const provenance = { sourceName: 'disc.png', version: '1.2.3' }
const { step } = trainer.progress
const tensors = await trainer.tensors()

/** As somebody else reads it. */
const quality = measureQuality(foldNetwork(networkFromTensors(MYSTERY_NET, tensors)), DEFAULT_FRAME, target)
const result = StateDict.parse(
  createResult(MYSTERY_NET, tensors, target, settings, step, quality, provenance).serialize(),
)
const film = StateDict.parse(
  createFilm(MYSTERY_NET, trainer.snapshots, trainer.curve, target, settings, provenance).serialize(),
)

const described = (stateDict: StateDict) =>
  stateDict.names.map(name => ({ name, dtype: stateDict.entry(name).dtype, shape: stateDict.entry(name).shape }))

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)

describe('the result', () => {
  test.each(ORACLE_NAMES)("has names, dtypes and shapes of the file PyTorch's %s was saved to", name => {
    // The order in a file is the writer's: load_state_dict goes by names.
    expect(described(result).sort(byName)).toEqual(described(StateDict.parse(oracleBytes(name))).sort(byName))
  })

  test('is a network that vexel opens, without a warning', () => {
    const network = createNetwork(result)
    expect(network.architecture.name).toBe('MysteryNet')
    expect(network.warnings).toEqual([])
  })

  test('holds the float32 of the network bit for bit, and counts its steps', () => {
    for (const [name, values] of tensors) expect(Float32Array.from(result.values(name)), name).toEqual(values)
    for (const k of [2, 4, 6, 8]) expect([...result.values(`bn${k}.num_batches_tracked`)]).toEqual([120])
  })

  test('says how it was made', () => {
    const { metadata } = result
    expect([...metadata.keys()].sort()).toEqual(
      [
        'vexel.detailHeight',
        'vexel.detailWidth',
        'vexel.frame',
        'vexel.height',
        'vexel.psnr',
        'vexel.psnrDetail',
        'vexel.recipe',
        'vexel.seed',
        'vexel.source',
        'vexel.steps',
        'vexel.version',
        'vexel.width',
      ].sort(),
    )
    expect(trainedSize(metadata)).toEqual({ width: 20, height: 30 })
    expect(trainedDetail(metadata)).toEqual({ width: 40, height: 61 })
    expect(metadata.get('vexel.source')).toBe('disc.png')
    expect(metadata.get('vexel.seed')).toBe('5')
    expect(metadata.get('vexel.steps')).toBe('120')
    expect(metadata.get('vexel.version')).toBe('1.2.3')
    expect(parseRecipe(JSON.parse(metadata.get('vexel.recipe')!))).toEqual({
      ...settings.recipe,
      starts: settings.starts,
    })
    expect(frameFromMetadata(metadata)).toEqual({ ...DEFAULT_FRAME, aspect: 20 / 30 })
  })

  test('says two PSNRs that are those of the file by the float64 reference', () => {
    const folded = foldNetwork(createNetwork(result))
    const said = (key: string) => Number(result.metadata.get(key))
    expect(Math.abs(said('vexel.psnrDetail') - referencePsnr(folded, target.detail))).toBeLessThan(0.01)
    expect(Math.abs(said('vexel.psnr') - referencePsnrSeen(folded, target.seen))).toBeLessThan(0.01)
  })
})

describe('the film', () => {
  test('has the tensors of the result with a leading axis: weights in half precision, statistics not', () => {
    const stacked = described(result).map(({ name, dtype, shape }) => ({
      name,
      dtype: dtype === 'F32' && !name.includes('running') ? 'F16' : dtype,
      shape: [7, ...shape],
    }))
    expect(described(film).sort(byName)).toEqual(stacked.sort(byName))
  })

  test('says its steps, from the first to the last, which its counters repeat', () => {
    const steps = JSON.parse(film.metadata.get('vexel.snapshotSteps')!)
    expect(steps).toHaveLength(7)
    expect([steps[0], steps[6]]).toEqual([0, 120])
    expect([...film.values('bn2.num_batches_tracked')]).toEqual(steps)
  })

  test('ends with the result, which remembers the picture, rounded to half precision', () => {
    for (const [name, values] of rememberPicture(MYSTERY_NET, tensors, target.detail)) {
      const last = film.values(name).slice(-values.length)
      last.forEach((value, i) =>
        expect(Math.abs(value - values[i])).toBeLessThanOrEqual(Math.abs(values[i]) / 2048 + 1e-7),
      )
    }
  })

  test('has the curve: step, loss, PSNR, PSNR in detail', () => {
    const curve: number[][] = JSON.parse(film.metadata.get('vexel.curve')!)
    expect(film.metadata.get('vexel.curve')).toBe(curveJson(trainer.curve))
    expect(curve).toHaveLength(trainer.curve.length)
    curve.forEach(([at, loss, dB, dBDetail], i) => {
      const point = trainer.curve[i]
      expect(at).toBe(point.step)
      expect(Math.abs(loss / point.loss - 1)).toBeLessThan(1e-6)
      expect(Math.abs(dB / point.psnr - 1)).toBeLessThan(1e-4)
      expect(Math.abs(dBDetail / point.psnrDetail - 1)).toBeLessThan(1e-4)
    })
  })
})
