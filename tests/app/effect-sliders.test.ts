// The sliders as data: what a slider says goes into the edits and is read off them again.

import { describe, expect, test } from 'vitest'
import { NO_EDITS } from '../../src/edit/edits.js'
import {
  positionOf,
  type SliderPlace,
  SLIDERS,
  sliderValue,
  valueAt,
  withSlider,
} from '../../src/app/scrub/effect-sliders.js'
import { findChoice } from '../../src/app/scrub/morph-targets.js'
import { Sweep, SWEEP_MS } from '../../src/app/scrub/sweep.js'

const PLACE: SliderPlace = { layer: 1, seed: 5, target: 'jp', matched: true }

describe.each(SLIDERS.map(slider => [slider.label, slider] as const))('the slider %s', (_, slider) => {
  test('gives back every value that it takes, and at its neutral one there is no effect', () => {
    for (const position of [0, 0.1, 0.5, 0.77, 1]) {
      const value = valueAt(slider, position)
      const edits = withSlider(NO_EDITS, slider, PLACE, value)
      expect(sliderValue(edits, slider, PLACE)).toBe(value)
      expect(edits.effects).toHaveLength(value === slider.neutral ? 0 : 1)
      expect(withSlider(edits, slider, PLACE, slider.neutral).effects).toEqual([])
      expect(positionOf(slider, value)).toBeCloseTo(position, slider.kind === 'quantise' ? 1 : 2)
    }
    expect(valueAt(slider, 0)).toBe(slider.min)
    expect(valueAt(slider, 1)).toBe(slider.max)
  })

  test('replaces its own effect in its place and leaves those of other layers', () => {
    const other = { ...PLACE, layer: 2 }
    const value = valueAt(slider, 0.25)
    const first = withSlider(NO_EDITS, slider, PLACE, value)
    const both = withSlider(first, slider, other, valueAt(slider, 0.75))
    if (slider.layers === 'none') return expect(both.effects).toHaveLength(1)
    expect(both.effects).toHaveLength(2)
    expect(sliderValue(both, slider, PLACE)).toBe(value)
    const again = withSlider(both, slider, PLACE, valueAt(slider, 0.1))
    expect(again.effects[1]).toBe(both.effects[1])
    expect(withSlider(again, slider, PLACE, slider.neutral).effects).toEqual([both.effects[1]])
  })
})

test('effects come in one order, however they were made: the morph first, what rounds last', () => {
  const byReverse = SLIDERS.toReversed().reduce(
    (edits, slider) => withSlider(edits, slider, PLACE, valueAt(slider, 0.2)),
    NO_EDITS,
  )
  expect(byReverse.effects.map(({ kind }) => kind)).toEqual([
    'morph',
    'gain',
    'temperature',
    'noise',
    'prune',
    'quantise',
  ])
})

test('a sweep goes on to the end, or to and fro, as the time goes by', () => {
  const once = new Sweep(0.5, 100)
  expect(once.advance(100 + SWEEP_MS / 4, false)).toEqual({ position: 0.75, isOver: false })
  expect(once.advance(100 + 9 * SWEEP_MS, false)).toEqual({ position: 1, isOver: true })
  const anew = new Sweep(1, 0)
  expect(anew.advance(SWEEP_MS / 2, false)).toEqual({ position: 0.5, isOver: false })
  const loop = new Sweep(0, 0)
  expect(loop.advance(1.5 * SWEEP_MS, true).position).toBeCloseTo(0.5, 12)
  expect(loop.advance(2.25 * SWEEP_MS, true).position).toBeCloseTo(0.25, 12)
  expect(loop.advance(100 * SWEEP_MS, true)).toMatchObject({ isOver: false })
})

test('a flag is found by its name, its code, or a beginning that only it has', () => {
  const choices = [
    { key: 'jp', name: 'Japan' },
    { key: 'jm', name: 'Jamaica' },
    { key: 'gb', name: 'United Kingdom' },
  ]
  const found = (text: string) => findChoice(choices, text)?.key ?? null
  expect(found('Japan')).toBe('jp')
  expect(found(' jAPAN ')).toBe('jp')
  expect(found('JM')).toBe('jm')
  expect(found('uni')).toBe('gb')
  expect(found('ja')).toBe(null)
  expect(found('')).toBe(null)
  expect(found('film-3')).toBe('film-3')
  expect(found('film-0')).toBe(null)
})
