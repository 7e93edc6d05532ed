// What vexel train is asked for, and what of it is refused.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { UsageError } from '../../src/cli/failure.js'
import { checkAgreement, newSettings, type TrainOptionTexts, wantedRun } from '../../src/cli/train/train-options.js'
import { FormatError } from '../../src/model/errors.js'
import { DEFAULT_RECIPE, parseRecipe, RECIPES } from '../../src/train/recipe.js'

const folder = mkdtempSync(join(tmpdir(), 'vexel-train-options-'))
afterAll(() => rmSync(folder, { recursive: true }))

function recipeFile(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('options', () => {
  test('that are not given leave the default run', async () => {
    const settings = newSettings(await wantedRun({}), { steps: 700, batch: 1024, starts: 1 })
    expect(settings).toMatchObject({ recipe: DEFAULT_RECIPE, seed: 1, frames: 0, targetPsnr: null, steps: 700 })
    expect(settings.threads).toBeGreaterThanOrEqual(1)
  })

  test('change what they name, and the recipe only where they say so', async () => {
    const texts = { recipe: 'three-stage', optimizer: 'adam', rate: '0.5', batch: '512', firstLayer: 'default' }
    const wanted = await wantedRun({ ...texts, seed: '9', threads: '3', frames: '12', targetPsnr: '38.5', steps: '40' })
    expect(newSettings(wanted, { steps: 40, batch: 512, starts: 1 })).toEqual({
      recipe: { ...RECIPES[2], optimizer: 'adam', rate: 0.5, batch: 512, firstLayer: 'default' },
      seed: 9,
      threads: 3,
      frames: 12,
      targetPsnr: 38.5,
      steps: 40,
      batch: 512,
      starts: 1,
    })
    expect(wanted.length).toEqual({ steps: 40 })
    expect((await wantedRun({ seconds: '90' })).length).toEqual({ seconds: 90 })
  })

  test.each<[TrainOptionTexts, RegExp]>([
    [{ steps: '0' }, /^--steps 0: expected a whole number from 1 to /],
    [{ steps: '1.5' }, /^--steps 1\.5: expected a whole number/],
    [{ steps: 'many' }, /^--steps many: /],
    [{ steps: '' }, /^--steps : /],
    [{ seconds: '0' }, /^--seconds 0: expected a number from 1 to /],
    [{ seconds: 'NaN' }, /^--seconds NaN: /],
    [{ steps: '5', seconds: '5' }, /^--steps and --seconds: say one of them$/],
    [{ seed: '-1' }, /^--seed -1: expected a whole number from 0 to 9007199254740991$/],
    [{ threads: '0' }, /^--threads 0: expected a whole number from 1 to 256$/],
    [{ threads: '257' }, /^--threads 257: /],
    [{ frames: '1' }, /^--frames 1: expected a whole number from 2 to 1000$/],
    [{ targetPsnr: '0' }, /^--target-psnr 0: expected a number from 1 to 200$/],
    [{ optimizer: 'sgd' }, /^--optimizer sgd: optimizer: expected one of adam, muon, got "sgd"$/],
    [{ rate: '-1' }, /^--rate -1: rate: expected a number from 0 to 10/],
    [{ batch: '100' }, /^--batch 100: batch: expected a multiple of 16, got 100$/],
    [{ firstLayer: 'wide' }, /^--first-layer wide: /],
    [{ recipe: 'four-stage' }, /^--recipe four-stage: expected sharp, direct, three-stage or a JSON file$/],
  ])('%j are a wrong call, told in one line', async (texts, line) => {
    const error: Error = await wantedRun(texts).then(
      () => new Error('taken'),
      (thrown: Error) => thrown,
    )
    expect(error.message).toMatch(line)
    expect(error).toBeInstanceOf(UsageError)
    expect(error.message).toMatch(/^[^\n]+$/)
  })
})

describe('a recipe file', () => {
  test('is a recipe, called as it says or else as its file', async () => {
    // What it leaves out is that of direct, as ever: recipes of files that are older than sharp mean what they meant.
    const direct = RECIPES.find(({ name }) => name === 'direct')!
    const named = recipeFile('a.json', '{"name": "mine", "rate": 0.1}')
    expect((await wantedRun({ recipe: named })).recipe).toEqual({ ...direct, name: 'mine', rate: 0.1 })
    const nameless = recipeFile('b.json', '{"rate": 0.1}')
    expect((await wantedRun({ recipe: nameless, rate: '0.2' })).recipe).toEqual({
      ...direct,
      name: 'b.json',
      rate: 0.2,
    })
  })

  test.each([
    ['no JSON', '{', /: not JSON$/],
    ['nothing', '', /: not JSON$/],
    ['null', 'null', /: recipe: expected an object$/],
    ['a number', '42', /: recipe: expected an object$/],
    ['a list', '[1, 2]', /: recipe: expected an object$/],
    ['an unknown field', '{"stagse": []}', /: recipe: unknown field "stagse", expected name, stages, /],
    [
      'shares that are no whole',
      '{"stages": [{"share": 0.5}]}',
      /: stages: expected shares that add up to 1, got 0\.5$/,
    ],
    ['a batch of 17', '{"batch": 17}', /: batch: expected a multiple of 16, got 17$/],
  ])('with %s is refused in one line that begins with its path', async (_, text, line) => {
    const path = recipeFile('wrong.json', text)
    const error: Error = await wantedRun({ recipe: path }).then(
      () => new Error('taken'),
      (thrown: Error) => thrown,
    )
    expect(error).toBeInstanceOf(FormatError)
    expect(error.message.startsWith(`${path}: `)).toBe(true)
    expect(error.message).toMatch(line)
  })
})

describe('a run that is gone on with', () => {
  const begun = newSettings({ ...nothingSaid(), seed: 4, targetPsnr: 30 }, { steps: 500, batch: 1024, starts: 1 })

  test('may be named again, and by its seconds, whatever steps they became', async () => {
    checkAgreement(await wantedRun({}), begun)
    checkAgreement(await wantedRun({ seed: '4', steps: '500', targetPsnr: '30', recipe: 'sharp' }), begun)
    checkAgreement(await wantedRun({ seconds: '90' }), begun)
    // As a checkpoint brings the recipe back.
    checkAgreement(await wantedRun({ recipe: 'sharp' }), { ...begun, recipe: parseRecipe({ ...begun.recipe }) })
  })

  test.each<[TrainOptionTexts, string]>([
    [
      { arithmetic: 'relaxed' },
      '--arithmetic: the run to be resumed was begun with "strict"; leave it out, or start anew without --resume',
    ],
    [{ seed: '5' }, '--seed: the run to be resumed was begun with 4; leave it out, or start anew without --resume'],
    [{ steps: '501' }, '--steps: the run to be resumed was begun with 500'],
    [{ frames: '7' }, '--frames: the run to be resumed was begun with 0'],
    [{ targetPsnr: '31' }, '--target-psnr: the run to be resumed was begun with 30'],
    [{ recipe: 'three-stage' }, 'the recipe: the run to be resumed was begun with {"name":"sharp"'],
    [{ rate: '0.5' }, 'the recipe: the run to be resumed was begun with {"name":"sharp"'],
  ])('does not become another by %j', async (texts, message) => {
    const wanted = await wantedRun(texts)
    expect(() => checkAgreement(wanted, begun)).toThrow(UsageError)
    expect(() => checkAgreement(wanted, begun)).toThrow(message)
  })
})

function nothingSaid() {
  return {
    recipe: undefined,
    seed: undefined,
    threads: undefined,
    frames: undefined,
    targetPsnr: undefined,
    length: undefined,
    arithmetic: undefined,
  }
}
