// The plan and the manifest of a gallery as data: what is written is what is read, what is wrong is told in one line, and
// any split of the work comes to the same.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FormatError } from '../../src/model/errors.js'
import {
  formatManifest,
  type ManifestFlag,
  mergeManifests,
  parseListing,
  parseManifest,
} from '../../src/train/gallery/manifest.js'
import { DEFAULT_PLAN, nextRound, parsePlan, roundSettings } from '../../src/train/gallery/plan.js'
import { DEFAULT_RECIPE } from '../../src/train/recipe.js'
import { isFull } from '../is-full.js'

const numRuns = isFull ? 2000 : 200

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })
const count = fc.nat({ max: 2 ** 31 })
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => (value === 0 ? 0 : value))

const REQUIRED = [
  ...(['code', 'name', 'file', 'width', 'height', 'psnr', 'ssim', 'bytes', 'seconds', 'seed'] as const),
  ...(['recipe', 'steps', 'rounds', 'target'] as const),
]

/** A line of a manifest, whatever can be in it. */
const flag: fc.Arbitrary<ManifestFlag> = fc.record(
  {
    code: text,
    name: text,
    file: text,
    width: count,
    height: count,
    psnr: number,
    ssim: number,
    bytes: count,
    seconds: number,
    seed: fc.maxSafeNat(),
    recipe: text,
    steps: count,
    rounds: fc.nat({ max: 5 }),
    target: text,
    detailWidth: count,
    detailHeight: count,
    psnrDetail: number,
    ssimDetail: number,
    film: text,
  },
  { requiredKeys: [...REQUIRED] },
)

const manifest = fc.uniqueArray(flag, { selector: ({ code }) => code, maxLength: 6 })
const byCode = (flags: readonly ManifestFlag[]) => [...flags].sort((a, b) => (a.code < b.code ? -1 : 1))

const LINE: ManifestFlag = {
  code: 'my',
  name: 'Malaysia',
  file: 'my.safetensors',
  width: 320,
  height: 160,
  psnr: 41.25,
  ssim: 0.98,
  bytes: 17534,
  seconds: 12.5,
  seed: 1,
  recipe: 'direct',
  steps: 6000,
  rounds: 2,
  target: '0123456789abcdef',
}

describe('a manifest', () => {
  test('that is written and read again is what it was, by code', () => {
    fc.assert(
      fc.property(manifest, flags => {
        expect(parseManifest(formatManifest(flags))).toEqual(byCode(flags))
      }),
      { numRuns },
    )
  })

  test('has a line a flag, and the same text whatever the order they come in', () => {
    fc.assert(
      fc.property(manifest, flags => {
        const written = formatManifest(flags)
        expect(formatManifest([...flags].reverse())).toBe(written)
        if (flags.length > 0) expect(written.split('\n')).toHaveLength(flags.length + 5)
      }),
      { numRuns },
    )
  })

  test('may have fields that this version does not know, and keeps them', () => {
    const known = { ...LINE, hue: 0.25 }
    expect(parseManifest(formatManifest([known]))).toEqual([known])
  })

  test.each([
    ['', 'expected JSON'],
    ['{"flags": [', 'expected JSON'],
    ['['.repeat(100_000), 'expected JSON'],
    ['null', 'flags: expected a list'],
    ['[]', 'flags: expected a list'],
    ['{"flags": {"length": 3}}', 'flags: expected a list'],
    ['{"flags": [null]}', 'flags[0]: expected an object'],
    ['{"flags": [[]]}', 'flags[0]: expected an object'],
    [lineWith({ name: 7 }), 'flags[0].name: expected a text'],
    [lineWith({ target: null }), 'flags[0].target: expected a text'],
    [lineWith({ psnr: '41.2' }), 'flags[0].psnr: expected a number'],
    [lineWith({ psnr: 0 }).replace('"psnr":0', '"psnr":1e999'), 'flags[0].psnr: expected a number'],
    [lineWith({ rounds: -1 }), 'flags[0].rounds: expected a whole number, got -1'],
    [lineWith({ width: 3.5 }), 'flags[0].width: expected a whole number, got 3.5'],
    [lineWith({ detailWidth: 3.5 }), 'flags[0].detailWidth: expected a whole number, got 3.5'],
    [lineWith({ psnrDetail: null }), 'flags[0].psnrDetail: expected a number'],
    [lineWith({ film: 1 }), 'flags[0].film: expected a text'],
  ])('that is none is refused in one line: %.40s', (broken, line) => {
    expect(() => parseManifest(broken)).toThrow(new FormatError(line))
  })

  test('of any JSON at all is read or refused in one line', () => {
    const hostile = fc.oneof(
      fc.json({ maxDepth: 4 }),
      fc.array(fc.oneof(fc.jsonValue({ maxDepth: 2 }), flag), { maxLength: 4 }).map(flags => JSON.stringify({ flags })),
    )
    fc.assert(
      fc.property(hostile, json => {
        for (const parse of [parseManifest, parseListing])
          try {
            parse(json)
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError)
            expect((error as Error).message).toMatch(/^[ -~]{1,200}$/)
          }
      }),
      { numRuns },
    )
  })
})

function lineWith(fields: object): string {
  return JSON.stringify({ flags: [{ ...LINE, ...fields }] })
}

describe('a listing', () => {
  test('of a whole manifest has every line, and nothing to tell', () => {
    fc.assert(
      fc.property(manifest, flags => {
        expect(parseListing(formatManifest(flags))).toEqual({ flags: byCode(flags), problems: [] })
      }),
      { numRuns },
    )
  })

  test('leaves out what is broken and tells of it in a line each, and the good ones stay', () => {
    const broken = fc.constantFrom<unknown>(null, 3, [], {}, { ...LINE, code: '' }, { ...LINE, name: 5 }, { code: 'x' })
    fc.assert(
      fc.property(manifest, fc.array(broken, { maxLength: 4 }), fc.nat(), (flags, others, seed) => {
        const mixed: unknown[] = [...flags]
        others.forEach((other, i) => mixed.splice((seed + i * 7) % (mixed.length + 1), 0, other))
        const listing = parseListing(JSON.stringify({ flags: mixed }))
        expect(listing.flags).toEqual(flags)
        expect(listing.problems).toHaveLength(others.length)
        for (const problem of listing.problems)
          expect(problem).toMatch(/^flags\[\d\](\.(code|name|file))?: expected [a-z ]+$/)
      }),
      { numRuns },
    )
  })

  test('takes the first of two with one code, and numbers that are none for missing', () => {
    const lines = [{ ...LINE, psnr: 'high', ssim: null, film: 3 }, LINE, { ...LINE, code: 'jp' }]
    const { flags, problems } = parseListing(JSON.stringify({ flags: lines }))
    const { psnr: _psnr, ssim: _ssim, ...rest } = LINE
    expect(flags).toEqual([rest, { ...LINE, code: 'jp' }])
    expect(problems).toEqual(['flags[1].code: "my" is there twice'])
  })
})

describe('joining manifests', () => {
  test('takes of each flag the line that has come furthest, however they are split and in whatever order', () => {
    fc.assert(
      fc.property(fc.array(manifest, { maxLength: 4 }), parts => {
        const merged = mergeManifests(parts)
        const all = parts.flat()
        expect(new Set(merged.keys())).toEqual(new Set(all.map(({ code }) => code)))
        for (const { code, rounds, psnr } of all) {
          const kept = merged.get(code) as ManifestFlag
          expect(kept.rounds > rounds || (kept.rounds === rounds && kept.psnr >= psnr)).toBe(true)
        }
        const again = mergeManifests([[...merged.values()], ...parts])
        expect(formatManifest(again.values())).toBe(formatManifest(merged.values()))
      }),
      { numRuns },
    )
  })

  test('takes a line that is preferred before one that has come further', () => {
    const [old, now] = [
      { ...LINE, rounds: 3, target: 'old' },
      { ...LINE, rounds: 1, target: 'now' },
    ]
    for (const parts of [
      [[old], [now]],
      [[now], [old]],
    ]) {
      expect(mergeManifests(parts).get('my')).toBe(old)
      expect(mergeManifests(parts, ({ target }) => target === 'now').get('my')).toBe(now)
    }
  })
})

describe('a plan', () => {
  test('that says only its steps has the default recipe, for all, and a seed of its own for each round', () => {
    expect(parsePlan({ rounds: [{ steps: 10 }, { steps: 20, below: 30 }] })).toEqual([
      { recipe: DEFAULT_RECIPE, steps: 10, seed: 1, below: null },
      { recipe: DEFAULT_RECIPE, steps: 20, seed: 2, below: 30 },
    ])
  })

  test('that vexel has gives hard pictures more: each round is longer, for fewer, with another seed', () => {
    const pairs = DEFAULT_PLAN.slice(1).map((round, i) => [DEFAULT_PLAN[i], round])
    for (const [before, after] of pairs) {
      expect(after.steps).toBeGreaterThanOrEqual(before.steps)
      expect(after.seed).not.toBe(before.seed)
      expect(after.below ?? Number.POSITIVE_INFINITY).toBeLessThan(before.below ?? Number.POSITIVE_INFINITY)
    }
  })

  test.each([
    [null, 'plan: expected an object'],
    [[], 'plan: expected an object'],
    [{}, 'rounds: expected a list of 1 to 100 rounds'],
    [{ rounds: [] }, 'rounds: expected a list of 1 to 100 rounds'],
    [{ rounds: [{ steps: 1 }], width: 3 }, 'plan: unknown field "width", expected rounds'],
    [{ rounds: [[]] }, 'rounds[0]: expected an object'],
    [
      { rounds: [{ steps: 1 }, { stepz: 1 }] },
      'rounds[1]: unknown field "stepz", expected architecture, recipe, steps, seed, below',
    ],
    [{ rounds: [{}] }, 'rounds[0].steps: expected a whole number from 1 to 1000000000'],
    [{ rounds: [{ steps: 1.5 }] }, 'rounds[0].steps: expected a whole number from 1 to 1000000000'],
    [
      { rounds: [{ steps: 1, seed: -1 }] },
      `rounds[0].seed: expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`,
    ],
    [{ rounds: [{ steps: 1, below: '42' }] }, 'rounds[0].below: expected decibels or null'],
    [{ rounds: [{ steps: 1, recipe: { batch: 7 } }] }, /^rounds\[0\]\.recipe: batch: /],
  ])('that is none is refused in one line: %j', (json, line) => {
    expect(() => parsePlan(json)).toThrow(FormatError)
    expect(() => parsePlan(json)).toThrow(line)
  })

  test('leads every picture through the rounds that its own results call for, wherever it is interrupted', () => {
    const round = fc.record({
      steps: fc.integer({ min: 1, max: 9 }),
      below: fc.option(fc.integer({ min: 20, max: 60 })),
    })
    const psnrs = fc.array(fc.integer({ min: 15, max: 65 }), { minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(fc.array(round, { minLength: 1, maxLength: 8 }), psnrs, (rounds, reached) => {
        const plan = parsePlan({ rounds })
        const had: number[] = []
        let best: number | null = null
        for (let next = nextRound(plan, 0, null); next < plan.length; next = nextRound(plan, next + 1, best)) {
          had.push(next)
          best = Math.max(best ?? 0, reached[next])
        }
        // The first is for all; of the others those whose limit the best net until then is below.
        expect(had[0]).toBe(0)
        for (let index = 1; index < plan.length; index++) {
          const before = Math.max(...had.filter(i => i < index).map(i => reached[i]))
          const { below } = plan[index]
          expect(had.includes(index), `round ${index}`).toBe(below === null || before < below)
        }
      }),
      { numRuns },
    )
  })

  test('trains a picture on one thread, without an early end, so that its files depend on the plan alone', () => {
    expect(roundSettings(DEFAULT_PLAN[0], 32)).toEqual({
      recipe: DEFAULT_RECIPE,
      steps: DEFAULT_PLAN[0].steps,
      batch: 1024,
      starts: 1,
      seed: 1,
      frames: 32,
      threads: 1,
      targetPsnr: null,
    })
  })
})
