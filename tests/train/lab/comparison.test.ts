// Which verdicts a lab gives, on results made by hand.

import { describe, expect, test } from 'vitest'
import { compareVariants, psnrAt } from '../../../src/train/lab/comparison.js'
import type { LabPlan } from '../../../src/train/lab/plan.js'
import { reportOf } from '../../../src/train/lab/report.js'
import { parseLabResult } from '../../../src/train/lab/result.js'
import type { LabResult } from '../../../src/train/lab/runs.js'
import { csvOf, markdownOf } from '../../../src/train/lab/tables.js'
import { comparisonSentence } from '../../../src/train/lab/words.js'

const FLAGS = ['jp', 'my', 'np', 'br', 'us', 'ir']

/** A run that gained a decibel a megapixel, up to what it reached at ten. */
function resultOf(variant: string, flag: string, seed: number, psnr: number | null, seconds = 10): LabResult {
  return {
    variant,
    flag,
    seed,
    key: 'key',
    parameters: 6675,
    pixels: 10e6,
    psnr,
    psnrDetail: psnr,
    ssim: 0.9,
    ssimDetail: 0.9,
    seconds,
    bytes: 100,
    curve: psnr === null ? [] : [1, 5, 10].map(mpx => ({ pixels: mpx * 1e6, psnr: psnr - 10 + mpx, psnrDetail: psnr })),
  }
}

/** Both variants on all flags; the own one is by so much better with each seed. */
function resultsOf(gains: readonly (number | null)[], seconds = 10): LabResult[] {
  return FLAGS.flatMap((flag, f) =>
    gains.flatMap((gain, index) => [
      resultOf('base', flag, index + 1, 20 + f),
      resultOf('own', flag, index + 1, gain === null ? null : 20 + f + gain, seconds),
    ]),
  )
}

const compare = (results: readonly LabResult[]) => compareVariants('own', 'base', FLAGS, results)

describe('a comparison', () => {
  test('finds what is better in every pair better, and by how much', () => {
    const { all } = compare(resultsOf([1, 2, 3, 4, 5]))
    expect(all).toMatchObject({ pairs: 30, better: 30, worse: 0, verdict: 'better' })
    // Of each gain six: the quartiles of 1 to 5.
    expect(all.difference).toEqual({
      count: 30,
      lower: expect.closeTo(2),
      median: expect.closeTo(3),
      upper: expect.closeTo(4),
    })
    expect(all.p).toBeCloseTo(2 / 2 ** 30, 15)
  })

  test('of 30 pairs needs 21 to one side, as the table of the sign test has it', () => {
    const withBetter = (count: number) =>
      FLAGS.flatMap((flag, f) =>
        [1, 2, 3, 4, 5].flatMap((seed, s) => [
          resultOf('base', flag, seed, 20),
          resultOf('own', flag, seed, f * 5 + s < count ? 21 : 19),
        ]),
      )
    expect([8, 9, 10, 20, 21].map(count => compare(withBetter(count)).all.verdict)).toEqual([
      'worse',
      'worse',
      'open',
      'open',
      'better',
    ])
  })

  test('of fewer than 30 pairs decides nothing', () => {
    const results = resultsOf([1, 2, 3, 4, 5])
    const { all } = compare(results.slice(0, -1))
    expect(all).toMatchObject({ pairs: 29, better: 29, verdict: 'few' })
    expect(compare([]).all).toMatchObject({ pairs: 0, difference: null, verdict: 'few' })
  })

  test('on one flag decides from eight seeds on', () => {
    const verdicts = (seeds: number) =>
      compare(resultsOf(Array.from({ length: seeds }, () => 1))).byFlag.map(({ statistics }) => statistics.verdict)
    expect(new Set(verdicts(7))).toEqual(new Set(['few']))
    expect(new Set(verdicts(8))).toEqual(new Set(['better']))
  })

  test('pairs only what has the same flag and the same seed', () => {
    const results = [resultOf('own', 'jp', 1, 30), resultOf('base', 'jp', 2, 20), resultOf('base', 'my', 1, 20)]
    expect(compare(results).all.pairs).toBe(0)
  })

  test('takes a run that diverged for worse than any other', () => {
    const { all } = compare(resultsOf([null, null, null, null, 1]))
    expect(all).toMatchObject({ better: 6, worse: 24, verdict: 'worse' })
    expect(all.difference?.median).toBe(Number.NEGATIVE_INFINITY)
  })

  test('at equal time gives the slower one fewer pixels', () => {
    // Twice as long a pixel: at the end of the other it has seen five megapixels, and is five decibels behind its own end.
    const { all, equalTime } = compare(resultsOf([1, 1, 1, 1, 1], 20))
    expect(all.verdict).toBe('better')
    expect(equalTime).toMatchObject({ timeRatio: 2, pairs: 30, worse: 30, verdict: 'worse' })
    expect(equalTime?.difference?.median).toBeCloseTo(-4)
  })

  test('at equal time gives a faster one no more pixels than it saw, and the other fewer', () => {
    const { equalTime } = compare(resultsOf([1, 1, 1, 1, 1], 5))
    expect(equalTime).toMatchObject({ timeRatio: 0.5, verdict: 'better' })
    expect(equalTime?.difference?.median).toBeCloseTo(6)
  })

  test('takes times that differ by less than a tenth for equal', () => {
    expect(compare(resultsOf([1, 1, 1, 1, 1], 10.9)).equalTime).toMatchObject({ timeRatio: 1, verdict: 'better' })
    expect(compare(resultsOf([1, 1, 1, 1, 1], 9.2)).equalTime).toMatchObject({ timeRatio: 1, verdict: 'better' })
    expect(compare(resultsOf([1, 1, 1, 1, 1], 11.1)).equalTime?.timeRatio).toBeCloseTo(1.11)
  })

  test('says its figures in a sentence', () => {
    const sentence = comparisonSentence(compare(resultsOf([1, 2, 3, 4, 5])), name => `the ${name}`)
    expect(sentence).toBe(
      'the own against the base: +3.00\u00a0dB in the median (+2.00\u00a0dB to +4.00\u00a0dB), better in 30 of 30 pairs, p < 0.0001; a pixel takes as long.',
    )
  })
})

test('a curve is read between its points, and nowhere beyond them', () => {
  const run = resultOf('own', 'jp', 1, 30)
  expect([0.5, 1, 3, 5, 10, 12].map(mpx => psnrAt(run, mpx * 1e6))).toEqual([21, 21, 23, 25, 30, 30])
  expect(psnrAt(resultOf('own', 'jp', 1, null), 1e6)).toBeNull()
})

describe('a report', () => {
  const plan: LabPlan = {
    title: 'lab',
    note: '',
    images: 'flags',
    names: null,
    flags: FLAGS,
    seeds: [1, 2, 3],
    pixels: 10e6,
    width: 320,
    detail: 640,
    variants: ['base', 'own'].map(name => ({
      name,
      label: `the ${name}`,
      architecture: { name: 'net', layers: [] },
      parameters: 6675,
      recipe: { name: 'sharp' } as LabPlan['variants'][number]['recipe'],
    })),
    questions: [{ claim: 'it is better', variants: ['own'], base: 'base' }],
  }
  const report = reportOf(plan, new Map([['jp', 'Japan']]), resultsOf([1, 5, 2]))

  test('has in each cell the run in the middle, and medians of the curves', () => {
    const [cell] = report.rows[1].cells
    expect(cell).toMatchObject({ flag: 'jp', psnr: { count: 3, median: 22 }, middle: { seed: 3, psnr: 22 } })
    expect(cell.curve.map(({ pixels, psnr }) => [pixels, psnr])).toEqual([
      [1e6, 13],
      [5e6, 17],
      [10e6, 22],
    ])
    expect(report.runs).toEqual({ finished: 36, total: 36 })
  })

  test('as CSV has a line a run, with the columns named', () => {
    const lines = csvOf(report.results).trimEnd().split('\r\n')
    expect(lines).toHaveLength(37)
    expect(lines[0]).toBe('variant,flag,seed,parameters,pixels,psnr,psnrDetail,ssim,ssimDetail,seconds,bytes')
    expect(lines[1]).toBe('base,jp,1,6675,10000000,20,20,0.9,0.9,10,100')
    expect(csvOf([resultOf('own', 'a,"b"', 1, null)])).toContain('own,"a,""b""",1,6675,10000000,,,')
  })

  test('as Markdown has a row for each variant and each comparison', () => {
    const text = markdownOf(report)
    expect(text).toContain('| the own | 6,675 | 1.00 |')
    expect(text).toContain(
      '| it is better | the own | the base | +2.00\u00a0dB (+1.00\u00a0dB to +5.00\u00a0dB) | 18 of 18 |',
    )
    expect(text).toContain('too few pairs (18 of 30)')
  })

  test('is read again from JSON', () => {
    for (const result of report.results) expect(parseLabResult(JSON.parse(JSON.stringify(result)))).toEqual(result)
    expect(() => parseLabResult({ ...report.results[0], seconds: '1' })).toThrow(/^seconds: expected a number$/)
    expect(() => parseLabResult({ ...report.results[0], curve: [{}] })).toThrow(
      /^curve\[0\].pixels: expected a number$/,
    )
  })
})
