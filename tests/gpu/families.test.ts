// The shader against the float64 reference, on nine kinds of networks that people save and on random ones, whole and a million times deep.

import type { Browser, Page } from 'puppeteer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compareOutputs, PARITY_TOLERANCE } from '../../src/gpu/parity.js'
import { SHADER_VARIANTS, variantKey } from '../../src/gpu/shader-variant.js'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME, type Frame } from '../../src/model/frame.js'
import { createNetwork } from '../../src/model/network.js'
import { evaluateFolded } from '../../src/model/reference.js'
import { StateDict } from '../../src/model/state-dict.js'
import { inputsOfPixels, samplingOf, type View, wholeFrame } from '../../src/model/view.js'
import { ARCHITECTURE_KEY, parseWiring } from '../../src/model/wiring.js'
import { connect, isFull, openHarness } from '../browser/pages.js'
import { FAMILIES, FAMILY_NAMES, familyBytes, familyFrame } from '../model/family-files.js'
import { randomNet } from '../model/random-nets.js'

let browser: Browser
let page: Page

beforeAll(async () => {
  browser = await connect()
  ;({ page } = await openHarness(browser))
})

afterAll(async () => {
  await page?.close()
  await browser?.disconnect()
})

/** A file that says what stands between its layers. */
function stated(dict: StateDict, architecture: string): StateDict {
  dict.setMetadata(ARCHITECTURE_KEY, architecture)
  return dict
}

async function errorOf(dict: StateDict, frame: Frame, view: View, size: { width: number; height: number }) {
  const raw = await page.evaluate(picture => window.harness.rawOutputs(picture), {
    file: [...dict.serialize()],
    frame,
    view,
    ...size,
  })
  const inputs = inputsOfPixels(
    new Float64Array(size.width * size.height * 2),
    samplingOf(frame, view, size.width, size.height),
    frame.order,
    size,
    { x: 0, y: 0, ...size },
  )
  const folded = foldNetwork(createNetwork(dict))
  return compareOutputs(raw, evaluateFolded(new Float64Array(size.width * size.height * 3), folded, inputs)).maxAbs
}

const VARIANTS = isFull ? SHADER_VARIANTS.map(variantKey) : ['texture-4']
// Compiling takes longest: in the sample one each of what is done about the first layer, and one net of everything else.
const NAMES = isFull ? FAMILY_NAMES : (['siren', 'sum-of-subnets'] as const)
const ALL_SEEDS = Array.from({ length: 60 }, (_, seed) => seed)
const isAlpha = (seed: number) => {
  const { tensors, wiring } = randomNet(seed)
  return createNetwork(StateDict.create(tensors), parseWiring(wiring)).layers.some(({ kind }) => kind === 'alpha')
}
const SEEDS = isFull ? ALL_SEEDS : ALL_SEEDS.filter(isAlpha).slice(0, 1)
const SIZE = { width: 37, height: 23 }

test.each(VARIANTS)('every family is what the reference says, %s', async variant => {
  await page.evaluate(key => window.harness.use(key), variant)
  for (const name of NAMES) {
    const dict = stated(StateDict.parse(familyBytes(name)), FAMILIES[name])
    const frame = familyFrame(name)
    for (const view of [wholeFrame(frame), { x: 0.43, y: 0.29, zoom: 1e6 }]) {
      const error = await errorOf(dict, frame, view, SIZE)
      expect(error, `${name} at ${view.zoom}x`).toBeLessThanOrEqual(PARITY_TOLERANCE.maxAbs)
    }
  }
})

test('so are random networks of every kind', async () => {
  await page.evaluate(() => window.harness.use('texture-4'))
  for (const seed of SEEDS) {
    const { tensors, wiring } = randomNet(seed)
    const dict = stated(StateDict.create(tensors), JSON.stringify(wiring))
    const view = { x: 0.1, y: -0.2, zoom: seed % 2 === 0 ? 1 : 1e6 }
    const frame: Frame = seed % 3 === 0 ? { ...DEFAULT_FRAME, order: 'yx' } : DEFAULT_FRAME
    const error = await errorOf(dict, frame, view, { width: 12, height: 5 })
    expect(error, `seed ${seed}`).toBeLessThanOrEqual(PARITY_TOLERANCE.maxAbs)
  }
})
