// Variants of the shader in the page: the address decides; a GPU's own are timed at rest, and the choice is kept for the next visit.

import type { Browser, Page } from 'puppeteer'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { collectErrors, connect, isFull } from '../browser/pages.js'
import { expectedPixels, largestDifference, settledPixels, shippedFile } from './explorer-page.js'

let browser: Browser

beforeAll(async () => {
  browser = await connect()
})

afterAll(async () => {
  await browser?.disconnect()
})

const HASH = '#samples=1&file=flags/my.safetensors'

/** The flag, as the reference has it. */
async function expectFlag(page: Page): Promise<void> {
  const actual = await settledPixels(page)
  const view = await page.evaluate(() => window.vexel.camera)
  const expected = expectedPixels(shippedFile('my'), DEFAULT_FRAME, view, 2, actual)
  const { levels, at } = largestDifference(actual, expected)
  expect(levels, at).toBeLessThanOrEqual(1)
}

test('the address decides for a variant: the picture is the same, and the corner names it', async () => {
  const context = await browser.createBrowserContext()
  const page = await context.newPage()
  const errors = collectErrors(page)
  await page.setViewport({ width: 240, height: 180 })
  await page.goto(`${inject('siteUrl')}?renderer=webgl&shader=uniform-1&solve=no${HASH}`)
  await page.waitForFunction(() => 'vexel' in window)
  await page.evaluate(() => window.vexel.ready)
  await expectFlag(page)
  const { shader, rendererNote } = await page.evaluate(() => window.vexel.stats())
  expect(shader).toBe('uniform x 1')
  expect(rendererNote).toBeNull()
  expect(await page.$eval('.speed', element => element.textContent)).toMatch(/ · uniform x 1 · /)
  expect(await page.evaluate(() => localStorage.getItem('vexel.shader'))).toBeNull()
  expect(errors).toEqual([])
  await context.close()
})

// A clock that goes slowly, so that software GL counts as hardware, under the name of one.
const FAST_GPU = `
  const now = performance.now.bind(performance);
  performance.now = () => now() / 40;
  const { getParameter } = WebGL2RenderingContext.prototype;
  WebGL2RenderingContext.prototype.getParameter = function (name) {
    return name === 0x9246 || name === this.RENDERER ? 'Fast GPU' : getParameter.call(this, name);
  };`

test.runIf(isFull)(
  'a GPU’s variants are timed once the picture is there; the next visit begins with the choice',
  async () => {
    const context = await browser.createBrowserContext()
    const page = await context.newPage()
    const errors = collectErrors(page)
    await page.setViewport({ width: 240, height: 180 })
    await page.evaluateOnNewDocument(FAST_GPU)
    await page.goto(`${inject('siteUrl')}?renderer=webgl&solve=no${HASH}`)
    await page.waitForFunction(() => 'vexel' in window)
    await page.evaluate(() => window.vexel.ready)
    expect(await page.evaluate(() => window.vexel.stats().shader)).toBe('texture x 2')
    // Software GL takes its time for so many evaluations.
    await page.waitForFunction(() => /when timed here/.test(window.vexel.stats().rendererNote ?? ''), {
      timeout: 150_000,
    })
    const chosen = await page.evaluate(() => window.vexel.stats().shader)
    expect(chosen).toMatch(/^(texture|uniform) x [12], [\d.e+]+ Mpx\/s$/)
    await expectFlag(page)
    await page.reload()
    await page.waitForFunction(() => 'vexel' in window)
    await page.evaluate(() => window.vexel.ready)
    expect(await page.evaluate(() => window.vexel.stats().shader)).toBe(chosen)
    await expectFlag(page)
    expect(errors).toEqual([])
    await context.close()
  },
)
