// A network of four channels in the page: straight alpha over a checkerboard, the same by WebGL and by the processor, at any zoom and on the wall.

import type { Browser, Page } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checksOf, DARK_CHECK, isDark } from '../../src/model/checks.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { connect } from '../browser/pages.js'
import { transparentFile } from '../model/transparent-net.js'
import { dropFiles, expectedPixels, openBytes, openExplorer, settledPixels } from './explorer-page.js'

let browser: Browser
beforeAll(async () => (browser = await connect()))
afterAll(() => browser.disconnect())

const ASPECT = 1.5
// A level of the white picture's, and a rounding of what is taken from it.
const LEVELS = 1.2

/** How far the picture at rest is from the reference over the checks, in levels; and the dark checks' largest part of it. */
async function offOf(page: Page): Promise<{ off: number; darkened: number }> {
  const pixels = await settledPixels(page)
  const { width, height } = pixels
  const view = await page.evaluate(() => window.vexel.camera)
  const [white, shares] = [false, true].map(isBlack =>
    expectedPixels(transparentFile(isBlack), DEFAULT_FRAME, view, ASPECT, pixels),
  )
  const fittedWidth = Math.min(width, height * ASPECT)
  const [stepX, stepY] = [2 / (fittedWidth * view.zoom), (2 * ASPECT) / (fittedWidth * view.zoom)]
  const checks = checksOf(DEFAULT_FRAME, { x: view.x, y: view.y, stepX, stepY }, pixels)
  let [off, darkened] = [0, 0]
  for (let pixel = 0; pixel < width * height; pixel++)
    for (let channel = 0; channel < 3; channel++) {
      const i = 4 * pixel + channel
      const dark = isDark(checks, (pixel % width) + 0.5, Math.floor(pixel / width) + 0.5)
      const taken = dark ? (1 - DARK_CHECK) * shares[i] : 0
      off = Math.max(off, Math.abs(pixels.data[i] - (white[i] - taken)))
      darkened = Math.max(darkened, taken)
    }
  return { off, darkened }
}

describe.each(['webgl', 'cpu'] as const)('by %s', renderer => {
  test('it is seen over checks at 1x, at a thousand times, and on the wall', async () => {
    const { page, errors, close } = await openExplorer(browser, { renderer, motion: false, width: 480, height: 400 })
    expect(await openBytes(page, transparentFile())).toBeNull()
    const whole = await offOf(page)
    expect(whole.off).toBeLessThan(LEVELS)
    expect(whole.darkened).toBeGreaterThan(25)
    await page.evaluate(() => {
      window.vexel.camera = { x: 0.313, y: -0.271, zoom: 1000 }
    })
    expect((await offOf(page)).off).toBeLessThan(LEVELS)
    // The proof is of the network, over white.
    expect((await page.evaluate(() => window.vexel.prove({ width: 48 }))).maxAbs).toBeLessThan(2e-4)
    await page.evaluate(() => window.vexel.wall.home())
    await dropFiles(page, ['glass.safetensors', transparentFile()], ['pane.safetensors', transparentFile(true)])
    await page.waitForFunction(() =>
      window.vexel.wall.flags.some(({ name, state }) => name.includes('pane') && state === 'ready'),
    )
    await page.evaluate(() => window.vexel.wall.home())
    await page.evaluate(() => window.vexel.settled())
    // Where a check ends what is behind black is darker by a fifth, and black is as smooth as it was.
    const ends = await page.evaluate(() => {
      const { width, data } = window.vexel.readPixels()
      const { box } = window.vexel.wall.flags.find(({ name }) => name.includes('pane'))!
      let count = 0
      for (let y = Math.ceil(box.y); y < box.y + box.height - 1; y++)
        for (let x = Math.ceil(box.x); x < box.x + box.width - 2; x++) {
          const [left, right] = [data[4 * (y * width + x)], data[4 * (y * width + x + 1)]]
          if (left > 100 && Math.abs(right / left - 0.8) < 0.03) count++
        }
      return count
    })
    expect(ends).toBeGreaterThan(10)
    expect(errors).toEqual([])
    await close()
  })
})
