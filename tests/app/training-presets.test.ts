// How long a training is to be, how large its picture is, and what a picture of letters is called: values, without a page.

import { describe, expect, test } from 'vitest'
import { MYSTERY_NET } from '../../src/model/architecture.js'
import { parseBlueprint } from '../../src/model/blueprint.js'
import { boundedWidth } from '../../src/app/training/bounded-width.js'
import { changePlan, defaultPlan } from '../../src/app/training/plan.js'
import { PRESETS, presetOf } from '../../src/app/training/presets.js'
import { fileName } from '../../src/app/training/text-picture.js'

test('a preset is told by the plan that it makes, and nothing else is one', () => {
  const plan = defaultPlan(2)
  expect(presetOf(plan)?.text).toBe('A minute')
  for (const preset of PRESETS) expect(presetOf(changePlan(plan, preset.options))).toBe(preset)
  expect(presetOf(changePlan(plan, { steps: 60 }))).toBeNull()
  expect(presetOf(changePlan(plan, { targetPsnr: 40 }))).toBeNull()
})

test('a plan has the net that is asked for; a new length or seed leaves it', () => {
  const plan = defaultPlan(2)
  expect(plan.net.architecture).toBe(MYSTERY_NET)
  const siren = changePlan(plan, { architecture: 'siren' })
  expect(siren.net).toEqual({ text: 'siren', architecture: parseBlueprint('siren') })
  expect(changePlan(siren, { steps: 60, seed: 2 }).net).toBe(siren.net)
  const like = changePlan(siren, { like: { name: 'my.safetensors', architecture: MYSTERY_NET } })
  expect(like.net).toEqual({ text: null, architecture: MYSTERY_NET })
})

describe('a picture is seen', () => {
  const picture = (width: number, height: number) => boundedWidth({ width, height, isDrawing: false }, 320)

  test('as wide as is wanted, but never wider than it is', () => {
    expect(picture(1280, 800)).toBe(320)
    expect(picture(64, 64)).toBe(64)
    expect(picture(1, 1)).toBe(1)
  })

  test('with no more pixels than one of 2:3, however tall', () => {
    for (const [width, height] of [
      [1000, 1500],
      [1000, 2000],
      [800, 8000],
    ]) {
      const seen = picture(width, height)
      expect((seen * seen * height) / width).toBeLessThanOrEqual(320 * 480 * 1.01)
      expect((seen * seen * height) / width).toBeGreaterThan(320 * 480 * 0.98)
    }
  })

  test('where it is a drawing, as finely as is wanted', () => {
    expect(boundedWidth({ width: 3, height: 2, isDrawing: true }, 320)).toBe(320)
  })
})

test.each([
  ['A', 'A'],
  ['C:\\a/b?', 'Cab'],
  ['...', 'text'],
])('a picture of %s is called %s', (text, name) => {
  expect(fileName(text)).toBe(name)
})
