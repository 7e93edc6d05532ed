// A lab's plan as data: what is wrong in one is told in one line that names the field, and equal parameters are equal.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countParameters } from '../../../src/model/architecture.js'
import { FormatError } from '../../../src/model/errors.js'
import { parseLabArchitecture } from '../../../src/train/lab/architecture.js'
import { fitWidths } from '../../../src/train/lab/fit-widths.js'
import { parseLabPlan } from '../../../src/train/lab/plan.js'
import { runsOf, settingsOf } from '../../../src/train/lab/runs.js'

const PLAN = {
  images: 'flags',
  flags: ['my', 'us'],
  seeds: [1, 2],
  pixels: 2_000_000,
  variants: [{ name: 'clean', recipe: 'direct' }, { name: 'mysterynet' }],
  questions: [{ claim: 'it is better', variants: ['mysterynet'], base: 'clean' }],
}

describe('a plan', () => {
  test.each([
    [{ ...PLAN, images: undefined }, 'images: expected a text'],
    [{ ...PLAN, flags: [] }, 'flags: expected a list of 1 to 1000'],
    [{ ...PLAN, flags: ['my', 'my'] }, 'flags: "my" is there twice'],
    [{ ...PLAN, seeds: [1.5] }, 'seeds[0]: expected a whole number from 0 to 9007199254740991'],
    [{ ...PLAN, pixels: 0 }, 'pixels: expected a whole number from 1 to 1000000000000'],
    [{ ...PLAN, megapixels: 1 }, 'plan: unknown field "megapixels", expected title'],
    [{ ...PLAN, variants: [{ name: '../up' }] }, 'variants[0].name: expected small letters, digits and hyphens'],
    [{ ...PLAN, variants: [{ name: 'a', recipe: 'fast' }] }, 'variants[0].recipe: expected one of sharp, direct'],
    [{ ...PLAN, variants: [{ name: 'a' }, { name: 'a' }], questions: [] }, 'variants: "a" is there twice'],
    [{ ...PLAN, recipes: { odd: { rate: -1 } } }, 'recipes.odd: rate: expected a number'],
    [
      { ...PLAN, variants: [{ name: 'a', architecture: { activation: 'gelu', widths: [16, 0] } }] },
      'variants[0]: architecture widths: expected a whole number from 1 to 1024',
    ],
    [
      { ...PLAN, variants: [{ name: 'a', architecture: { widths: [8], activation: 'bend' } }] },
      'variants[0]: architecture activation: expected one of',
    ],
    [
      { ...PLAN, questions: [{ claim: 'x', variants: ['clean'], base: 'dirty' }] },
      'questions[0].base: there is no variant "dirty"',
    ],
    [
      { ...PLAN, questions: [{ claim: 'x', variants: ['clean'], base: 'clean' }] },
      'questions[0].variants: "clean" cannot be compared with itself',
    ],
    [[], 'plan: expected an object'],
  ])('that is wrong is refused by the name of the field (%#)', (plan, line) => {
    const error = (() => {
      try {
        parseLabPlan(JSON.parse(JSON.stringify(plan)))
      } catch (thrown) {
        return thrown
      }
    })()
    expect(error).toBeInstanceOf(FormatError)
    expect((error as Error).message).toContain(line)
    expect((error as Error).message).not.toContain('\n')
  })

  test('of whatever JSON is read, or refused as bad input', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(PLAN)), (value, key) => {
        try {
          parseLabPlan({ ...PLAN, [key]: value })
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError)
        }
      }),
    )
  })

  test('has every variant on every flag with the first seed before any has the second', () => {
    const runs = runsOf(parseLabPlan(PLAN)).map(({ variant, flag, seed }) => `${seed} ${flag} ${variant.name}`)
    expect(runs).toEqual([
      '1 my clean',
      '1 my mysterynet',
      '1 us clean',
      '1 us mysterynet',
      '2 my clean',
      '2 my mysterynet',
      '2 us clean',
      '2 us mysterynet',
    ])
  })

  test('shows each run as many pixels as it says, to less than a batch', () => {
    const plan = parseLabPlan(PLAN)
    for (const run of runsOf(plan)) {
      const { steps, batch } = settingsOf(run, plan.pixels)
      expect(Math.abs(steps * batch - plan.pixels)).toBeLessThan(batch)
    }
  })
})

test.each(['nine-questions', 'nine-questions-small'])('the plan %s asks nine questions of nets equally large', name => {
  const path = new URL(`../../../bench/lab/${name}.json`, import.meta.url)
  const plan = parseLabPlan(JSON.parse(readFileSync(path, 'utf8')))
  expect(plan.questions).toHaveLength(9)
  expect(plan.flags.length * plan.seeds.length).toBe(30)
  for (const { name, architecture, parameters } of plan.variants) {
    expect(parameters, name).toBe(countParameters(architecture))
    expect(Math.abs(parameters - 6675) / 6675, name).toBeLessThan(0.01)
  }
})

describe('widths', () => {
  /** MysteryNet's count by hand: a weight for each pair of units, a bias for each unit, two more numbers where there is batch norm. */
  const dense = (widths: readonly number[]) => {
    const chain = [2, ...widths, 3]
    const linear = chain.slice(1).reduce((sum, width, k) => sum + width * (chain[k] + 1), 0)
    return linear + widths.reduce((sum, width, k) => sum + (k % 2 === 1 ? 2 * width : 0), 0)
  }

  test('that have the parameters already stay as they are', () => {
    const widths = [16, 32, 32, 32, 32, 32, 32, 16]
    expect(dense(widths)).toBe(6675)
    expect(fitWidths(widths, dense, 6675)).toEqual(widths)
  })

  test('come within two per cent of any number that is not tiny, whatever their proportions', () => {
    const proportions = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(proportions, fc.integer({ min: 2000, max: 50_000 }), (proportions, parameters) => {
        const widths = fitWidths(proportions, dense, parameters)
        expect(widths).toHaveLength(proportions.length)
        expect(Math.abs(dense(widths) - parameters)).toBeLessThanOrEqual(0.02 * parameters)
      }),
      { numRuns: 50 },
    )
  })

  test('that cannot are refused with what comes nearest', () => {
    expect(() => parseLabArchitecture({ activation: 'gelu', widths: [8] }, 4)).toThrow(
      /none near 8 have 4 parameters; 1 have 9/,
    )
  })
})
