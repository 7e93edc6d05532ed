// The nine families, trained from nothing on what each draws: as near as that, and in files that their own classes load. Full suite only.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { createNetwork } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { train } from '../../src/train/train.js'
import { isFull } from '../is-full.js'
import {
  FAMILY_NAMES,
  familyBytes,
  familyExpected,
  familyNetwork,
  familyPath,
  familyPicture,
} from '../model/family-files.js'

const folder = mkdtempSync(join(tmpdir(), 'vexel-families-'))
afterAll(() => rmSync(folder, { recursive: true }))

const python = ['/usr/bin/python3', 'python3'].find(
  command => isFull && spawnSync(command, ['-c', 'import torch']).status === 0,
)
if (isFull && !python) console.log('families.test.ts: loading is skipped, there is no python3 with torch')

/** Enough for 25 dB, in some seconds. */
const STEPS = 2000
/** The step of all these at which a picture is told from noise, dB. */
const WANTED_PSNR = 25
/** A net of 2,243 numbers without biases has zero crossings through the origin alone: 5 dB above what its own class reached. */
const WITHOUT_BIASES = 'tanh-radius'

const pathOf = (name: string) => join(folder, `${name}.safetensors`)

describe.skipIf(!isFull).each(FAMILY_NAMES)('%s', name => {
  test('is trained on its own picture, and loaded by its class with strict=True', async () => {
    const { width, height, levels } = familyPicture(name)
    const { architecture } = familyNetwork(name)
    const image = { width, height, data: Float32Array.from(levels, level => level / 255) }
    const { network, progress } = await train(image, { steps: STEPS, architecture })
    const { psnr_db } = familyExpected(name)
    expect(progress.psnrDetail).toBeGreaterThan(name === WITHOUT_BIASES ? psnr_db + 5 : WANTED_PSNR)
    const bytes = network.serialize()
    writeFileSync(pathOf(name), bytes)
    const made = StateDict.parse(bytes)
    expect(made.names.toSorted()).toEqual(StateDict.parse(familyBytes(name)).names.toSorted())
    expect(createNetwork(made).architecture.layers).toEqual(architecture.layers)
    if (!python) return
    const script = fileURLToPath(new URL('made-with/load_family.py', import.meta.url))
    const families = fileURLToPath(familyPath('made-with/families.py'))
    const expected = fileURLToPath(familyPath(`${name}.expected.json`))
    const { status, stdout, stderr } = spawnSync(python, [script, families, expected, pathOf(name)], { maxBuffer: 1e8 })
    expect(status, stderr.toString()).toBe(0)
    const levelsOfTorch = Float64Array.from(JSON.parse(stdout.toString()) as number[])
    let squares = 0
    levelsOfTorch.forEach((level, i) => (squares += ((level - levels[i]) / 255) ** 2))
    // The class draws what vexel measured, in float64.
    expect(-10 * Math.log10(squares / levels.length)).toBeCloseTo(progress.psnrDetail!, 2)
  })
})

test('the script that loads them is there', () => {
  expect(readFileSync(new URL('made-with/load_family.py', import.meta.url), 'utf8')).toContain('strict=True')
})
