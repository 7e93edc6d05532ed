import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'puppeteer'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { compareOutputs, PARITY_TOLERANCE } from '../../src/gpu/parity.js'
import { SHADER_VARIANTS, variantKey } from '../../src/gpu/shader-variant.js'
import { createDenseArchitecture, parameterSpecs } from '../../src/model/architecture.js'
import { gelu } from '../../src/model/erf.js'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME, type Frame } from '../../src/model/frame.js'
import { createNetwork } from '../../src/model/network.js'
import { levelsOf, referenceRows } from '../../src/model/picture.js'
import { evaluateFolded } from '../../src/model/reference.js'
import type { SampleCount } from '../../src/model/samples.js'
import { encodeValues } from '../../src/model/safetensors/dtype.js'
import { StateDict } from '../../src/model/state-dict.js'
import { inputsOfPixels, samplingOf, type View, wholeFrame } from '../../src/model/view.js'
import { connect, isFull, openHarness, ORACLE_NAMES, oracleFile, oracleTruth } from '../browser/pages.js'

let browser: Browser
let page: Page
let errors: string[]

beforeAll(async () => {
  browser = await connect()
  ;({ page, errors } = await openHarness(browser))
})

afterAll(async () => {
  await page?.close()
  await browser?.disconnect()
})

afterEach(async () => {
  expect(errors, 'errors on the page').toEqual([])
  expect(await page.evaluate(() => window.harness.leftovers())).toEqual({ liveObjects: 0, error: 0 })
})

describe('GELU in GLSL', () => {
  // float32 rounding of x * Phi(x): half an ulp of the result, one of Phi times |x|, and the driver's exp (3 ulp).
  const atol = (x: number) => 4e-7 + 3e-7 * Math.min(Math.abs(x), 6)
  // Beyond the tail the result is x itself, or nothing.
  const rtol = 2.4e-7

  test('is exact GELU to float32 over the range where it bends', async () => {
    const xs = Array.from({ length: 8001 }, (_, i) => Math.fround((i - 4000) / 500))
    const ys = await page.evaluate(xs => window.harness.gelu(xs), xs)
    xs.forEach((x, i) => expect(Math.abs(ys[i] - gelu(x)), `gelu(${x}) = ${ys[i]}`).toBeLessThan(atol(x)))
  })

  test('neither overflows nor turns to NaN up to 10,000 on either side', async () => {
    const xs = [0, 1e-30, 5.9, 6, 8, 12.7, 13, 18.6, 19, 40, 88, 89, 1000, 9999, 1e4].flatMap(x => [x, -x])
    const xs32 = xs.map(Math.fround)
    const ys = await page.evaluate(xs => window.harness.gelu(xs), xs32)
    xs32.forEach((x, i) =>
      expect(Math.abs(ys[i] - gelu(x)), `gelu(${x}) = ${ys[i]}`).toBeLessThanOrEqual(1e-6 + rtol * Math.abs(x)),
    )
  })

  test('is so exact in its tail that batch norm may multiply it by 400', async () => {
    // A fiftieth of the tolerance of parity, divided by 400: the polynomial's own 7e-9, and what exp2 rounds.
    const xs = Array.from({ length: 7000 }, (_, i) => Math.fround(-3 - i / 1000))
    const ys = await page.evaluate(xs => window.harness.gelu(xs), xs)
    xs.forEach((x, i) => expect(Math.abs(ys[i] - gelu(x)), `gelu(${x}) = ${ys[i]}`).toBeLessThanOrEqual(1e-8))
  })

  test('lets NaN through', async () => {
    // As text: the browser's protocol has no NaN.
    const ys = await page.evaluate(async () => (await window.harness.gelu([Number.NaN, 1])).map(String))
    expect(ys[0]).toBe('NaN')
  })
})

// Of each way to feed it its weights, with different numbers of pixels an invocation.
const VARIANTS = isFull ? SHADER_VARIANTS.map(variantKey) : ['texture-4', 'uniform-1']
/** What the sample does not repeat for another variant: the text behind the net's outputs is the same. */
const isRepeated = (variant: string) => isFull || variant === 'texture-4'

describe.each(VARIANTS)('the network in GLSL, %s', variant => {
  beforeAll(() => page.evaluate(key => window.harness.use(key), variant))

  test('one hidden layer, and widths that are no multiple of four, agree with the reference', async () => {
    for (const widths of [
      [1],
      [5, 7],
      [6, 32, 2],
      // Too wide for the second layer's bias to be a uniform.
      [200, 90],
      ...(isFull ? [[3], [16, 16, 16], [64, 33], [9, 9, 9, 9, 9]] : []),
    ]) {
      const batchNorms = widths.map((_, i) => i + 1).filter(k => k % 2 === 0)
      const file = randomFile(widths, batchNorms, 7)
      const view = { x: 0.1, y: -0.2, zoom: 1.3 }
      await expectParity(file, DEFAULT_FRAME, view, { width: 37, height: 11 }, `widths ${widths}`)
    }
  })

  const names = isRepeated(variant) ? ORACLE_NAMES : (['usa'] as const)
  test.each(names.map((name, i) => [name, i] as const))(
    '%s agrees with the reference in any frame and view',
    async (name, i) => {
      const frames: Frame[] = [
        DEFAULT_FRAME,
        { ...DEFAULT_FRAME, x: [1, -1], y: [-0.5, 0.9] },
        { ...DEFAULT_FRAME, order: 'yx' },
      ]
      const size = isFull ? { width: 161, height: 97 } : { width: 45, height: 29 }
      const cases = frames.flatMap(frame => [
        { frame, view: wholeFrame(frame) },
        { frame, view: { x: 0.3, y: 0.1, zoom: 40 } },
      ])
      // In the sample two a net, of all nets together every one.
      const chosen = isFull ? cases : [cases[i], cases[(i + 3) % cases.length]]
      for (const { frame, view } of chosen)
        await expectParity(oracleFile(name), frame, view, size, JSON.stringify({ frame, view }))
    },
  )

  test.runIf(isRepeated(variant))('a sharply trained net leaves most of the tolerance unused', async () => {
    // tests/gpu/made-with/train-sharp.py. A shader that rounds units of the first layer as they come is off by 1e-4 here.
    const file = readFileSync(new URL('nets/sharp-iran.safetensors', import.meta.url))
    const size = isFull ? { width: 480, height: 320 } : { width: 120, height: 80 }
    const views = [
      [wholeFrame(DEFAULT_FRAME), 0.25],
      [{ x: -0.7, y: 0.5, zoom: 16 }, 0.25],
    ] as const
    for (const [view, share] of views) {
      const picture = { frame: DEFAULT_FRAME, view, ...size }
      const raw = await page.evaluate(picture => window.harness.rawOutputs(picture), { file: [...file], ...picture })
      const { maxAbs } = compareOutputs(raw, referenceOutputs(file, DEFAULT_FRAME, view, size))
      expect(maxAbs, JSON.stringify(view)).toBeLessThan(share * PARITY_TOLERANCE.maxAbs)
    }
  })

  test.runIf(isRepeated(variant))('raw outputs at single points agree with PyTorch itself', async () => {
    for (const name of ORACLE_NAMES) {
      const { points, rgb_float64 } = oracleTruth(name)
      const chosen = isFull ? [...points.keys()] : [17, 101]
      const raw = await page.evaluate(
        (file, frame, points) => window.harness.rawAtPoints(file, frame, points),
        [...oracleFile(name)],
        DEFAULT_FRAME,
        chosen.map(i => points[i]),
      )
      chosen.forEach((i, k) =>
        expect(compareOutputs(raw[k], rgb_float64[i]).maxAbs, `${name} point ${i}`).toBeLessThan(
          PARITY_TOLERANCE.maxAbs,
        ),
      )
    }
  })

  test.runIf(isRepeated(variant))(
    'every output convention shows the reference within one level, with several samples a pixel, too',
    async () => {
      const file = oracleFile('malaysia')
      const folded = foldNetwork(createNetwork(StateDict.parse(file)))
      const conventions = [
        { ...DEFAULT_FRAME },
        { ...DEFAULT_FRAME, output: 'rgb11', channels: 'bgr' },
        { ...DEFAULT_FRAME, output: 'logit' },
        { ...DEFAULT_FRAME, output: 'rgb255' },
      ] as const
      for (const [i, frame] of conventions.entries())
        for (const samples of isFull ? ([1, 4, 16] as const) : ([[16, 4, 1, 4][i]] as SampleCount[])) {
          const picture = { frame, view: { x: -0.2, y: -0.3, zoom: 2 }, width: 40, height: 20 }
          const levels = await page.evaluate(
            (picture, samples) => window.harness.levels(picture, samples),
            { file: [...file], ...picture },
            samples,
          )
          const expected = levelsOf(referenceRows({ folded, samples, ...picture }, 0, picture.height))
          expect(compareOutputs(levels, expected).maxAbs, JSON.stringify({ frame, samples })).toBeLessThanOrEqual(1)
        }
    },
  )

  test.runIf(isRepeated(variant))('many networks share one texture, and freed places are used again', async () => {
    const file = oracleFile('japan')
    const picture = { frame: DEFAULT_FRAME, view: wholeFrame(DEFAULT_FRAME), width: 8, height: 4 }
    const count = isFull ? 200 : 70
    const results = await page.evaluate(
      (file, picture, count) => window.harness.crowd(file, picture, count),
      [...file],
      picture,
      count,
    )
    const expected = referenceOutputs(file, DEFAULT_FRAME, picture.view, picture)
    const shifts = [0, 1, Math.floor(count / 2), count - 1]
    shifts.forEach((shift, i) => {
      const shifted = expected.map(value => value + shift)
      // A shift of 100 costs float32 7 bits: 1e-5.
      expect(compareOutputs(results[i], shifted).maxAbs, `net ${shift}`).toBeLessThan(PARITY_TOLERANCE.maxAbs + 2e-5)
    })
  })

  test.each(isFull ? names : names.filter(name => name === 'usa'))(
    '%s is within the tolerances of parity over its frame',
    async name => {
      const { width, height } = oracleTruth(name)
      const size = isFull ? { width, height } : { width: 80, height: Math.round((80 * height) / width) }
      const report = await page.evaluate(
        (file, frame, size) => window.harness.parity(file, frame, size),
        [...oracleFile(name)],
        DEFAULT_FRAME,
        size,
      )
      expect(report.maxAbs).toBeLessThanOrEqual(PARITY_TOLERANCE.maxAbs)
      expect(report.maxAbs, 'a shader in float32 is never exact').toBeGreaterThan(0)
      expect(report.maxLevel).toBeLessThanOrEqual(PARITY_TOLERANCE.maxLevel)
      expect(report.deepMaxAbs).toBeLessThanOrEqual(PARITY_TOLERANCE.deepMaxAbs)
    },
  )
})

test('variants take over from each other in place, with every net and its changes; one that fits no uniform blocks keeps the texture', async () => {
  // 101 units wide: 2,704 texels and more.
  const files = [oracleFile('japan'), oracleFile('usa'), randomFile([101, 101], [2], 3)]
  const picture = { frame: DEFAULT_FRAME, view: wholeFrame(DEFAULT_FRAME), width: 23, height: 9 }
  const expected = files.map(file => referenceOutputs(file, DEFAULT_FRAME, picture.view, picture))
  const keys = isFull ? ['uniform-2', 'texture-1', 'uniform-1', 'texture-2', 'texture-4'] : ['uniform-1', 'texture-4']
  const results = await page.evaluate(
    (files, picture, keys) => window.harness.takeovers(files, picture, keys),
    files.map(file => [...file]),
    picture,
    keys,
  )
  expect(results.map(({ key }) => key)).toEqual(keys.flatMap(key => [key, key, key, `${key}, red + 1`]))
  results.forEach(({ key, isAsWanted, raw }, i) => {
    const isChanged = i % 4 === 3
    const truth = isChanged ? expected[1].map((value, k) => value + (k % 3 === 0 ? 1 : 0)) : expected[i % 4]
    expect(compareOutputs(raw, truth).maxAbs, key).toBeLessThan(PARITY_TOLERANCE.maxAbs)
    expect(isAsWanted, key).toBe(i % 4 !== 2 || key.startsWith('texture'))
  })
})

function referenceOutputs(
  file: Uint8Array,
  frame: Frame,
  view: View,
  size: { width: number; height: number },
): Float64Array {
  const folded = foldNetwork(createNetwork(StateDict.parse(file)))
  const inputs = new Float64Array(size.width * size.height * 2)
  inputsOfPixels(inputs, samplingOf(frame, view, size.width, size.height), frame.order, size, { x: 0, y: 0, ...size })
  return evaluateFolded(new Float64Array(size.width * size.height * 3), folded, inputs)
}

async function expectParity(
  file: Uint8Array,
  frame: Frame,
  view: View,
  size: { width: number; height: number },
  what: string,
): Promise<void> {
  const raw = await page.evaluate(picture => window.harness.rawOutputs(picture), {
    file: [...file],
    frame,
    view,
    ...size,
  })
  expect(compareOutputs(raw, referenceOutputs(file, frame, view, size)).maxAbs, what).toBeLessThan(
    PARITY_TOLERANCE.maxAbs,
  )
}

/** A file of random weights, scaled as PyTorch initialises them, batch norm statistics included. */
function randomFile(widths: readonly number[], batchNorms: readonly number[], seed: number): Uint8Array {
  let state = seed
  const random = () => {
    // Park and Miller's minimal standard generator.
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  const tensors = createDenseArchitecture(widths, batchNorms).layers.flatMap(layer =>
    parameterSpecs(layer).map(({ name, shape }) => {
      const count = shape.reduce((a, b) => a * b, 1)
      const bound = 2 / Math.sqrt(shape.at(-1) ?? 1)
      const values = Array.from({ length: count }, () =>
        name.endsWith('running_var') ? 0.05 + random() : (2 * random() - 1) * bound,
      )
      return { name, dtype: 'F32' as const, shape, bytes: encodeValues('F32', values) }
    }),
  )
  return StateDict.create(tensors).serialize()
}
