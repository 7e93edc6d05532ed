// What the shader shows of units, against the layers run one by one in float64: raw values bit-exact from the GPU, and the
// coloured tiles.

import type { Browser, Page } from 'puppeteer'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { compareOutputs, PARITY_TOLERANCE } from '../../src/gpu/parity.js'
import { shaderLayout } from '../../src/gpu/shader-layout.js'
import { packWeightTexels, tapPlace } from '../../src/gpu/weight-texels.js'
import { applyDiverging } from '../../src/model/diverging.js'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME, type Frame } from '../../src/model/frame.js'
import { createNetwork } from '../../src/model/network.js'
import { levelsOf } from '../../src/model/picture.js'
import { StateDict } from '../../src/model/state-dict.js'
import { type Tap, tapName } from '../../src/model/tap.js'
import { inputsOfPixels, samplingOf, type View, wholeFrame } from '../../src/model/view.js'
import { connect, isFull, openHarness, ORACLE_NAMES, oracleFile } from '../browser/pages.js'
import { oracleNetwork, randomTensors } from '../model/network-files.js'
import { everyTap, largestShare, someTaps, toneFor, tracesAt, unitTruth } from '../model/tap-truth.js'

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

const SIZE = isFull ? { width: 48, height: 32 } : { width: 16, height: 11 }

/**
 * Holds raw values and levels of units over a view against the truth; the head is the same before and after.
 * @param taps with several samples a pixel where they say so
 */
async function expectUnits(
  file: Uint8Array,
  taps: readonly (Tap & { samples?: 4 })[],
  frame: Frame,
  view: View,
): Promise<void> {
  const network = createNetwork(StateDict.parse(file))
  const sampling = samplingOf(frame, view, SIZE.width, SIZE.height)
  const count = SIZE.width * SIZE.height
  const tracesOf = (offsetX = 0.5, offsetY = 0.5) => {
    const rect = { x: 0, y: 0, ...SIZE }
    const inputs = new Float64Array(count * 2)
    return tracesAt(network, inputsOfPixels(inputs, sampling, frame.order, SIZE, rect, offsetX, offsetY))
  }
  const traces = tracesOf()
  const wanted = taps.map(({ samples = 1, ...tap }) => {
    const truth = unitTruth(network, tap, traces)
    return { tap, truth, tone: toneFor(truth), samples: samples as 1 | 4 }
  })
  const { before, units, after } = await page.evaluate(
    (picture, units) => window.harness.units(picture, units),
    { file: [...file], frame, view, ...SIZE },
    wanted.map(({ tap, tone, samples }) => ({ tap, tone, samples })),
  )
  wanted.forEach(({ tap, truth, tone, samples }, i) => {
    const what = `${tapName(network.architecture, tap)}, ${tap.stage}, ${samples} samples`
    const { values, levels } = units[i]
    expect(largestShare(values, truth), what).toBeLessThanOrEqual(PARITY_TOLERANCE.maxAbs)
    // The positions of the standard patterns, in sixteenths of a pixel.
    const positions = samples === 1 ? [[0, 0]] : [[-2, -6], [6, -2], [-6, 2], [2, 6]] // prettier-ignore
    const mean = new Float64Array(count * 3)
    for (const [x, y] of positions) {
      const there = samples === 1 ? truth : unitTruth(network, tap, tracesOf(0.5 + x / 16, 0.5 + y / 16))
      const colours = applyDiverging(new Float64Array(count * 3), there, tone)
      colours.forEach((channel, k) => (mean[k] += channel / samples))
    }
    expect(compareOutputs(levels, levelsOf(mean)).maxAbs, what).toBeLessThanOrEqual(PARITY_TOLERANCE.maxLevel)
  })
  expect(after, 'the head behind the units').toEqual(before)
}

describe.each(isFull ? ['texture-4', 'uniform-1'] : ['uniform-1'])(
  'a unit’s picture is the reference’s, %s',
  variant => {
    beforeAll(() => page.evaluate(key => window.harness.use(key), variant))

    test.each(isFull ? ORACLE_NAMES : (['usa'] as const))('%s, in every layer, over the frame', async name => {
      const { architecture } = oracleNetwork(name)
      const taps = isFull ? everyTap(architecture) : someTaps(architecture)
      expect(new Set(taps.map(({ layer, stage }) => `${layer} ${stage}`)).size).toBe(17)
      const sampled = { layer: 3, unit: 6, stage: 'post', samples: 4 } as const
      await expectUnits(oracleFile(name), [...taps, sampled], DEFAULT_FRAME, wholeFrame(DEFAULT_FRAME))
    })

    const families: [number[], number[]][] = [[[7, 13, 13, 5], [1, 3]], [[8, 8], []], [[1], []]] // prettier-ignore
    test.each(isFull ? families : families.slice(0, 2))(
      'of other widths and depths (%j, batch norm after %j), in another frame and view',
      async (widths, norms) => {
        const frame: Frame = { ...DEFAULT_FRAME, order: 'yx', x: [1, -0.5] }
        const file = StateDict.create(randomTensors(widths, norms, 6)).serialize()
        const { architecture } = createNetwork(StateDict.parse(file))
        const taps = isFull ? everyTap(architecture) : someTaps(architecture)
        await expectUnits(file, taps, frame, { x: 0.1, y: -0.2, zoom: 3 })
      },
    )
  },
)

test('a tap’s quad begins with half its bias, wherever it lies in the texels', () => {
  const folded = foldNetwork(oracleNetwork('japan'))
  const texels = packWeightTexels(folded, shaderLayout(folded))
  for (const { layer, unit, stage } of everyTap(oracleNetwork('japan').architecture)) {
    if (layer === 0) continue
    const { texel } = tapPlace(folded, { layer, unit, stage })
    expect(texels[4 * texel + (unit % 4)]).toBe(Math.fround(folded.layers[layer].bias[unit]) / 2)
  }
})
