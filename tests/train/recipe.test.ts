// Recipes: what JSON may say, and which stage a step belongs to.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FormatError } from '../../src/model/errors.js'
import {
  DEFAULT_RECIPE,
  lengthOfPixels,
  lengthOfSteps,
  parseBatch,
  parseRecipe,
  type Recipe,
  RECIPES,
  stageAt,
  withOptimizer,
} from '../../src/train/recipe.js'

const throughJson = (recipe: unknown): unknown => JSON.parse(JSON.stringify(recipe))

describe('a recipe', () => {
  test.each(RECIPES.map(recipe => [recipe.name, recipe] as const))('%s is read back from its JSON', (_, recipe) => {
    expect(parseRecipe(throughJson(recipe))).toEqual(recipe)
    // A resumed run compares the texts.
    expect(JSON.stringify(parseRecipe(throughJson(recipe)))).toBe(JSON.stringify(recipe))
  })

  test('takes from direct what it leaves out', () => {
    const direct = RECIPES.find(({ name }) => name === 'direct')!
    expect(parseRecipe({})).toEqual({ ...direct, name: 'own' })
    expect(parseRecipe({ stages: [{ share: 1 }] }).stages).toEqual([{ name: 'stage 1', share: 1, blur: 0, noise: 0 }])
  })

  const stage = { share: 1 }
  test.each<[unknown, RegExp]>([
    [null, /^recipe: expected an object$/],
    [[], /^recipe: expected an object$/],
    ['direct', /^recipe: expected an object$/],
    [42, /^recipe: expected an object$/],
    [{ stage: [] }, /^recipe: unknown field "stage", expected name, stages, /],
    [{ 'a\n\u001b[2J': 1 }, /^recipe: unknown field "a\\u\{a\}\\u\{1b\}\[2J"/],
    [{ name: 5 }, /^name: expected a short text$/],
    [{ name: 'x'.repeat(101) }, /^name: expected a short text$/],
    [{ name: 'two\nlines' }, /^name: expected a short text$/],
    [{ stages: {} }, /^stages: expected a list of 1 to 64 stages$/],
    [{ stages: [] }, /^stages: expected a list of 1 to 64 stages$/],
    [{ stages: Array.from({ length: 65 }, () => ({ share: 1 / 65 })) }, /^stages: expected a list of 1 to 64 stages$/],
    [{ stages: [3] }, /^stages\[0\]: expected an object$/],
    [{ stages: [{}] }, /^stages\[0\]\.share: expected a number from 0 to 1, got "undefined"$/],
    [{ stages: [{ ...stage, blurr: 1 }] }, /^stages\[0\]: unknown field "blurr"/],
    [{ stages: [{ ...stage, blur: -1 }] }, /^stages\[0\]\.blur: expected a number from 0 to 100, got "-1"$/],
    [{ stages: [{ ...stage, noise: '0' }] }, /^stages\[0\]\.noise: expected a number/],
    [{ stages: [{ ...stage, name: '\u001b[31m' }] }, /^stages\[0\]\.name: expected a short text$/],
    [{ stages: [{ share: 0.5 }, { share: 0.4 }] }, /^stages: expected shares that add up to 1, got 0\.9$/],
    [{ optimizer: 'sgd' }, /^optimizer: expected one of adam, muon, got "sgd"$/],
    [{ optimizer: ['adam'] }, /^optimizer: expected one of/],
    [{ rate: Number.NaN }, /^rate: expected a number from 0 to 10, got "NaN"$/],
    [{ rate: '0.1' }, /^rate: expected a number/],
    [{ adamRate: 11 }, /^adamRate: expected a number from 0 to 10, got "11"$/],
    [{ batch: 100 }, /^batch: expected a multiple of 16, got 100$/],
    [{ batch: 16.5 }, /^batch: expected a multiple of 16, got 16\.5$/],
    [{ batch: 0 }, /^batch: expected a number from 16 to 1048576, got "0"$/],
    [{ batch: 2 ** 20 + 16 }, /^batch: expected a number from 16 to 1048576/],
    [{ order: 'hilbert' }, /^order: expected one of random, cover, got "hilbert"$/],
    [{ importance: 1.01 }, /^importance: expected a number from 0 to 1, got "1\.01"$/],
    [{ importance: '0.5' }, /^importance: expected a number/],
    [{ whitening: 1 }, /^whitening: expected true or false$/],
    [{ optimizer: 'adam', whitening: true }, /^whitening: expected false, which is all that adam can do$/],
    [{ firstLayer: 'wide' }, /^firstLayer: expected a number from 0 to 1000, got "wide"$/],
    [{ firstLayer: -1 }, /^firstLayer: expected a number/],
    [{ loss: 'l1' }, /^loss: expected one of displayed, plain, got "l1"$/],
  ])('%j is refused', (json, message) => {
    expect(() => parseRecipe(json)).toThrow(FormatError)
    expect(() => parseRecipe(json)).toThrow(message)
  })

  test('of any JSON is a recipe or refused in one printable line', () => {
    const field = (name: keyof Recipe) => fc.option(fc.oneof(fc.jsonValue(), fc.constant(DEFAULT_RECIPE[name])))
    const nearly = fc.record(
      {
        name: field('name'),
        stages: fc.oneof(field('stages'), fc.array(fc.record({ share: fc.jsonValue(), blur: fc.jsonValue() }))),
        optimizer: field('optimizer'),
        rate: field('rate'),
        batch: field('batch'),
        order: field('order'),
        importance: field('importance'),
        whitening: field('whitening'),
        firstLayer: field('firstLayer'),
        loss: field('loss'),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), nearly), json => {
        try {
          const recipe = parseRecipe(json)
          expect(parseRecipe(throughJson(recipe))).toEqual(recipe)
          expect(recipe.stages.length).toBeGreaterThan(0)
          expect(recipe.batch === 'auto' || recipe.batch % 16 === 0).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError)
          expect((error as Error).message).toMatch(/^[^\p{C}]{1,200}$/u)
        }
      }),
      { seed: 1, numRuns: 2000 },
    )
  })
})

test.each([16, 4096, 2 ** 20, 'auto'])('a batch may be %s', batch => expect(parseBatch(batch)).toBe(batch))

describe('the stage of a step', () => {
  const threeStage = RECIPES.find(({ name }) => name === 'three-stage')!

  test('is the one whose share of the run the step lies in', () => {
    const shown = (progress: number) => stageAt(threeStage, progress)
    expect([0, 0.2499, 0.25, 0.5999, 0.61, 0.999, 1].map(shown)).toEqual([0, 0, 1, 1, 2, 2, 2])
  })

  test('never falls, begins with the first and ends with the last, over any run', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: 64 }),
        fc.integer({ min: 1, max: 300 }),
        (shares, steps) => {
          const sum = shares.reduce((a, b) => a + b)
          const stages = shares.map(share => ({ name: '', share: share / sum, blur: 0, noise: 0 }))
          const recipe = { ...DEFAULT_RECIPE, stages }
          const shown = Array.from({ length: steps }, (_, step) => stageAt(recipe, step / steps))
          expect(shown[0]).toBe(0)
          expect(shown.every((stage, i) => i === 0 || stage >= shown[i - 1])).toBe(true)
          expect(stageAt(recipe, 1)).toBe(stages.length - 1)
        },
      ),
      { seed: 2 },
    )
  })
})

describe('the length of a run', () => {
  const named = (name: string) => RECIPES.find(recipe => recipe.name === name)!

  test('has smaller batches and one start where it is short, by its steps or by its pixels', () => {
    const sharp = named('sharp')
    expect(lengthOfSteps(sharp, 19_999)).toEqual({ steps: 19_999, batch: 1024, starts: 1 })
    expect(lengthOfSteps(sharp, 20_000)).toEqual({ steps: 20_000, batch: 2048, starts: 4 })
    expect(lengthOfPixels(sharp, 12e6)).toEqual({ steps: 11_719, batch: 1024, starts: 1 })
    expect(lengthOfPixels(sharp, 48e6)).toEqual({ steps: 23_438, batch: 2048, starts: 4 })
    // A length in seconds is one in pixels: between the two batches it must not lose half of them.
    expect(lengthOfPixels(sharp, 30e6)).toEqual({ steps: 14_648, batch: 2048, starts: 4 })
  })

  test('has the starts that were said', () => {
    expect(lengthOfSteps({ ...named('sharp'), starts: 7 }, 5)).toEqual({ steps: 5, batch: 1024, starts: 7 })
    expect(lengthOfPixels({ ...named('direct'), starts: 'auto' }, 30e6).starts).toBe(4)
    expect(parseRecipe({ starts: 'auto' }).starts).toBe('auto')
    for (const wrong of [0, 65, 1.5, '4', true])
      expect(() => parseRecipe({ starts: wrong })).toThrow(/^starts: expected a (whole )?number/)
  })

  test('keeps a batch that was said, and is at least a step', () => {
    expect(lengthOfSteps(named('direct'), 5)).toEqual({ steps: 5, batch: 2048, starts: 1 })
    expect(lengthOfPixels(named('direct'), 1)).toEqual({ steps: 1, batch: 2048, starts: 1 })
  })
})

test('another optimizer comes with its own rate, and only Muon whitens', () => {
  const sharp = RECIPES.find(({ name }) => name === 'sharp')!
  expect(withOptimizer(sharp, 'muon')).toBe(sharp)
  const adam = withOptimizer(sharp, 'adam')
  expect(adam).toEqual({ ...sharp, optimizer: 'adam', rate: 0.005, whitening: false })
  expect(parseRecipe(throughJson(adam))).toEqual(adam)
})
