// The one GL context: lost at any moment, restored, never restored, weak, or not there at all.

import type { Page } from 'puppeteer'
import { expect, test } from 'vitest'
import { encodeValues } from '../../src/model/safetensors/dtype.js'
import { StateDict } from '../../src/model/state-dict.js'
import { hand } from '../browser/bytes.js'
import { isFull, oracleFile } from '../browser/pages.js'
import {
  largestDifference,
  openBytes,
  openExplorer,
  type OpenOptions,
  settledPixels,
  shippedFile,
} from './explorer-page.js'
import { PageOfFile } from './one-page.js'

// Keeps hold of every context the page makes: window.contexts.
const RECORD_CONTEXTS = `
  window.contexts = [];
  const getContext = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (...args) {
    const context = getContext.apply(this, args);
    if (context && args[0] === 'webgl2') {
      window.contexts.push(context);
      window.loser ??= context.getExtension('WEBGL_lose_context');
      window.onContext?.(context);
    }
    return context;
  };
`

const pages = new PageOfFile({ renderer: 'webgl', width: 160, height: 120, before: RECORD_CONTEXTS })
/** A page of its own, for what changes the browser before the page is there, or ends the page. */
const openAlone = (options: OpenOptions) => openExplorer(pages.browser, { motion: false, ...options })

interface ContextWindow {
  contexts: WebGL2RenderingContext[]
  loser: WEBGL_lose_context
}

async function loseAndRestore(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { loser } = window as unknown as ContextWindow
    loser.loseContext()
    await new Promise(resolve => setTimeout(resolve, 50))
    loser.restoreContext()
  })
}

test('a context lost and restored at rest gives the same pixels, and leaks nothing', async () => {
  const { page, errors } = await pages.flag()
  await page.evaluate(() => void Object.assign(window.vexel, { camera: { x: -0.4, y: -0.3, zoom: 2 } }))
  const before = await settledPixels(page)
  const atFirst = await page.evaluate(() => window.vexel.stats().liveObjects)
  const objects: number[] = []
  for (let round = 0; round < (isFull ? 3 : 2); round++) {
    await loseAndRestore(page)
    expect(largestDifference(await settledPixels(page), before.data).levels).toBe(0)
    objects.push(await page.evaluate(() => window.vexel.stats().liveObjects))
  }
  // A picture that was moved keeps the texture of the one before for the next.
  expect(objects[0]).toBeLessThanOrEqual(atFirst)
  expect(new Set(objects).size).toBe(1)
  expect(await page.evaluate(() => (window as unknown as ContextWindow).contexts.length)).toBe(1)
  expect(errors).toEqual([])
})

test('a context lost in the middle of refining, opening or resizing comes back to the right picture', async () => {
  const { page, errors } = await pages.flag()
  const before = await settledPixels(page)
  for (let delayMs = 0; delayMs < (isFull ? 300 : 40); delayMs += 20) {
    // Mid-tile: the camera has just moved.
    await page.evaluate(async delayMs => {
      window.vexel.camera = { zoom: 3 }
      window.vexel.camera = { x: 0, y: 0, zoom: 1 }
      await new Promise(resolve => setTimeout(resolve, delayMs))
    }, delayMs)
    await loseAndRestore(page)
    expect(largestDifference(await settledPixels(page), before.data).levels, `mid-tile, ${delayMs} ms`).toBe(0)
  }
  // While a file opens, and opened while there is no context.
  await hand(page, shippedFile('jp'))
  await page.evaluate(async () => {
    const { loser } = window as unknown as ContextWindow
    const [japan] = window.handed
    const opened = window.vexel.open(japan)
    loser.loseContext()
    await opened
    await new Promise(resolve => setTimeout(resolve, 30))
    await window.vexel.open(japan)
    loser.restoreContext()
  })
  const after = await settledPixels(page)
  await page.evaluate(() => window.vexel.open('flags/jp.safetensors'))
  const shipped = await settledPixels(page)
  expect(largestDifference(after, shipped.data).levels).toBe(0)
  // While resizing.
  await page.setViewport({ width: 200, height: 120 })
  await loseAndRestore(page)
  const wide = await settledPixels(page)
  expect([wide.width]).toEqual([200])
  await page.setViewport({ width: 160, height: 120 })
  await page.waitForFunction(() => document.querySelector('canvas')?.width === 160)
  expect(largestDifference(await settledPixels(page), shipped.data).levels).toBe(0)
  expect(errors).toEqual([])
})

test.runIf(isFull)('a context lost while it is created and its programs compile comes back', async () => {
  for (const delayMs of [0, 1, 2, 5, 10, 20, 40]) {
    const { page, errors, close } = await openAlone({
      before: `${RECORD_CONTEXTS}
        window.onContext = () => {
          window.onContext = null;
          const lose = () => {
            window.loser.loseContext();
            setTimeout(() => window.loser.restoreContext(), 60);
          };
          ${delayMs === 0 ? 'lose()' : `setTimeout(lose, ${delayMs})`};
        };`,
    })
    const { data } = await settledPixels(page)
    const reference = await openAlone({})
    expect(largestDifference(await settledPixels(reference.page), data).levels, `${delayMs} ms`).toBe(0)
    expect(errors).toEqual([])
    await reference.close()
    await close()
  }
})

test('a file of another shape opened while there is no context is seen whole when it is back', async () => {
  const { page } = await pages.flag()
  await settledPixels(page)
  await page.evaluate(async () => {
    const { loser } = window as unknown as ContextWindow
    loser.loseContext()
    await new Promise(resolve => setTimeout(resolve, 30))
    await window.vexel.open('flags/np.safetensors')
    loser.restoreContext()
  })
  const restored = await settledPixels(page)
  expect(await page.evaluate(() => window.vexel.camera)).toEqual({ x: 0, y: 0, zoom: 1 })
  await pages.flag('flags/np.safetensors')
  expect(largestDifference(await settledPixels(page), restored.data).levels).toBe(0)
})

test.runIf(isFull)('losing the context after dispose is harmless', async () => {
  const { page, errors, close } = await openAlone({ before: RECORD_CONTEXTS })
  await settledPixels(page)
  const objects = await page.evaluate(async () => {
    window.vexel.dispose()
    await new Promise(resolve => setTimeout(resolve, 20))
    const { liveObjects } = window.vexel.stats()
    const { loser } = window as unknown as ContextWindow
    loser.loseContext()
    loser.restoreContext()
    window.vexel.dispose()
    await new Promise(resolve => setTimeout(resolve, 100))
    return liveObjects
  })
  expect(objects).toBe(0)
  expect(errors).toEqual([])
  await close()
})

test('without the WebGL2 that was asked for the page says so with the reason and stays alive', async () => {
  const { page, close } = await openAlone({
    wait: false,
    before: `
      const getContext = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
        if (kind !== 'webgl2') return getContext.call(this, kind, ...rest);
        this.dispatchEvent(new WebGLContextEvent('webglcontextcreationerror', { statusMessage: 'blocked by a test' }));
        return null;
      };`,
  })
  const alert = await page.waitForSelector('.notice[role=alert]')
  expect(await alert?.evaluate(element => element.textContent)).toMatch(/no WebGL2 context: blocked by a test/)
  await page.evaluate(() => window.vexel.ready)
  await page.waitForFunction(() => /MysteryNet/.test(document.querySelector('.facts')?.textContent ?? ''))
  const settled = await page.evaluate(() =>
    window.vexel.settled().then(
      () => 'settled',
      (error: Error) => error.message,
    ),
  )
  expect(settled).toMatch(/no WebGL2/)
  await close()
})

test.runIf(isFull)('no extension is needed', async () => {
  const expected = await settledPixels((await pages.flag()).page)
  const { page, errors, close } = await openAlone({
    width: 160,
    height: 120,
    before: 'WebGL2RenderingContext.prototype.getExtension = () => null;',
  })
  expect(largestDifference(await settledPixels(page), expected.data).levels).toBe(0)
  const report = await page.evaluate(() => window.vexel.prove({ width: 32 }))
  expect(report.maxAbs).toBeLessThan(2e-4)
  expect(errors).toEqual([])
  await close()
})

test.runIf(isFull)('a canvas larger than what the GPU has is drawn with fewer pixels', async () => {
  const { page, errors, close } = await openAlone({
    before: `
      const getParameter = WebGL2RenderingContext.prototype.getParameter;
      WebGL2RenderingContext.prototype.getParameter = function (name) {
        if (name === this.MAX_RENDERBUFFER_SIZE) return 120;
        return getParameter.call(this, name);
      };`,
  })
  const { width, height, data } = await settledPixels(page)
  expect(Math.max(width, height)).toBeLessThanOrEqual(120)
  expect(new Set(data).size).toBeGreaterThan(10)
  expect(errors).toEqual([])
  await close()
})

test('a GPU without the memory for the picture gets a smaller one', async () => {
  const { page, errors, close } = await openAlone({
    before: `
      const texStorage2D = WebGL2RenderingContext.prototype.texStorage2D;
      const getError = WebGL2RenderingContext.prototype.getError;
      let isOut = false;
      WebGL2RenderingContext.prototype.texStorage2D = function (target, levels, format, width, height) {
        if (width > 150) isOut = true;
        else texStorage2D.call(this, target, levels, format, width, height);
      };
      WebGL2RenderingContext.prototype.getError = function () {
        if (!isOut) return getError.call(this);
        isOut = false;
        return this.OUT_OF_MEMORY;
      };`,
  })
  const { width, data } = await settledPixels(page)
  expect(width).toBe(120)
  expect(new Set(data).size).toBeGreaterThan(10)
  expect(errors).toEqual([])
  await close()
})

test.runIf(isFull)('a hundred files opened one after the other leave no GPU object behind', async () => {
  const { page, errors } = await pages.flag()
  await settledPixels(page)
  const objects = await page.evaluate(() => window.vexel.stats().liveObjects)
  await hand(page, oracleFile('japan'), oracleFile('nepal'))
  const after = await page.evaluate(async () => {
    const { handed, vexel } = window
    for (let i = 0; i < 100; i++) await vexel.open(handed[i % handed.length])
    await vexel.settled()
    return vexel.stats().liveObjects
  })
  expect(after).toBe(objects)
  expect(errors).toEqual([])
})

test('a file this GPU cannot draw is refused in one line, and what was open stays', async () => {
  const { page } = await pages.flag()
  const before = await settledPixels(page)
  const oracle = StateDict.parse(oracleFile('japan'))
  for (const layer of ['dense1', 'dense5', 'dense_head']) {
    const tensors = oracle.names.map(name => {
      const { shape } = oracle.entry(name)
      const values = oracle.values(name).map(value => (name === `${layer}.weight` ? value * 1e60 : value))
      return { name, dtype: 'F64' as const, shape, bytes: encodeValues('F64', values) }
    })
    const line = await openBytes(page, StateDict.create(tensors).serialize())
    expect(line).toMatch(new RegExp(`^${layer}: .* beyond float32`))
  }
  expect(largestDifference(await settledPixels(page), before.data).levels).toBe(0)
})

test('nothing is drawn in a hidden tab, and the picture is completed when it is seen again', async () => {
  const { page } = await pages.flag()
  await settledPixels(page)
  const drawn = await page.evaluate(async () => {
    let draws = 0
    const { drawArrays } = WebGL2RenderingContext.prototype
    WebGL2RenderingContext.prototype.drawArrays = function (...args) {
      draws++
      drawArrays.apply(this, args)
    }
    Object.defineProperty(document, 'hidden', { value: true, configurable: true })
    // A hidden tab gets no animation frames.
    const { requestAnimationFrame: original } = window
    const waiting: FrameRequestCallback[] = []
    window.requestAnimationFrame = callback => waiting.push(callback)
    // One that was asked for before still comes, however late.
    await new Promise(resolve => original(() => original(resolve)))
    draws = 0
    document.dispatchEvent(new Event('visibilitychange'))
    window.vexel.camera = { zoom: 5 }
    await new Promise(resolve => setTimeout(resolve, 200))
    const whileHidden = draws
    window.requestAnimationFrame = original
    for (const callback of waiting) requestAnimationFrame(callback)
    Object.defineProperty(document, 'hidden', { value: false, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
    await window.vexel.settled()
    return { whileHidden, afterwards: draws }
  })
  expect(drawn.whileHidden).toBe(0)
  expect(drawn.afterwards).toBeGreaterThan(0)
  const { data } = await settledPixels(page)
  await pages.flag()
  await page.evaluate(() => void Object.assign(window.vexel, { camera: { zoom: 5 } }))
  expect(largestDifference(await settledPixels(page), data).levels).toBe(0)
})

test('at rest nothing is drawn at all', async () => {
  const { page } = await pages.flag()
  await settledPixels(page)
  const draws = await page.evaluate(async () => {
    let draws = 0
    const { drawArrays } = WebGL2RenderingContext.prototype
    WebGL2RenderingContext.prototype.drawArrays = function (...args) {
      draws++
      drawArrays.apply(this, args)
    }
    await new Promise(resolve => setTimeout(resolve, 400))
    return draws
  })
  expect(draws).toBe(0)
})

// The last one here: what the page draws with afterwards is another context than the one that was kept hold of.
test('a context that does not come back is told with a reason, and trying again draws once more', async () => {
  const { page, errors } = await pages.flag(undefined, { width: 320, height: 240 })
  const before = await settledPixels(page)
  await page.evaluate(() => (window as unknown as ContextWindow).loser.loseContext())
  await page.waitForSelector('.notice')
  expect(await page.$eval('canvas', canvas => getComputedStyle(canvas).visibility)).toBe('hidden')
  const alert = await page.waitForSelector('.notice[role=alert]', { timeout: 20_000 })
  expect(await alert?.evaluate(element => element.textContent)).toMatch(/lost and did not come back/)
  await page.click('.notice button')
  expect(largestDifference(await settledPixels(page), before.data).levels).toBe(0)
  expect(await page.$('.notice')).toBeNull()
  expect(errors).toEqual([])
})
