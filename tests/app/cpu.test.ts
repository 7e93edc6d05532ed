// The page without a GPU: the kernel in workers makes the tiles. The same pictures, the same scripting face.

import { readFileSync } from 'node:fs'
import type { Page } from 'puppeteer'
import { describe, expect, test } from 'vitest'
import { serveSite } from '../../src/cli/site/site.js'
import { DEFAULT_FRAME, type Frame } from '../../src/model/frame.js'
import { encodeValues } from '../../src/model/safetensors/dtype.js'
import { StateDict } from '../../src/model/state-dict.js'
import { hand } from '../browser/bytes.js'
import { answerWithFewFlags } from '../browser/few-flags.js'
import { isFull, ORACLE_NAMES, oracleFile } from '../browser/pages.js'
import {
  expectPictureOf,
  FLAG_HASH,
  largestDifference,
  openBytes,
  openExplorer,
  type OpenOptions,
  settledPixels,
  shippedFile,
} from './explorer-page.js'
import { PageOfFile } from './one-page.js'

const pages = new PageOfFile({ renderer: 'cpu' })
/** A page of its own, for what changes the browser before the page is there, or ends the page. */
const openAlone = (options: OpenOptions) => openExplorer(pages.browser, { renderer: 'cpu', motion: false, ...options })
const LARGER = { width: 400, height: 300 }

const setCamera = (page: Page, camera: object) =>
  page.evaluate(camera => void Object.assign(window.vexel, { camera }), camera)

const expectPicture = (page: Page, file: Uint8Array, frame: Frame, aspect: number) =>
  expectPictureOf(page, file, { ...frame, aspect })

describe('the picture at rest', () => {
  test.each(isFull ? ORACLE_NAMES : (['usa'] as const))('of %s is the reference in any view', async name => {
    const { page, errors } = await pages.flag()
    expect(await page.evaluate(() => window.vexel.stats().renderer)).toMatch(/^CPU, \d+ threads?$/)
    expect(await openBytes(page, oracleFile(name))).toBeNull()
    for (const view of [
      null,
      { x: -0.3, y: 0.2, zoom: 7.5 },
      { x: 0, y: 0, zoom: 0.2 },
      { x: 0.41, y: -0.13, zoom: 900 },
      { x: 1e9, y: 0, zoom: 1 },
    ]) {
      if (view) await setCamera(page, view)
      await expectPicture(page, oracleFile(name), DEFAULT_FRAME, 1.5)
    }
    expect(errors).toEqual([])
  })

  test('is that of any frame: ranges, flips, order, outputs', async () => {
    const { page } = await pages.flag()
    await openBytes(page, oracleFile('nepal'))
    const frames: Frame[] = [
      { ...DEFAULT_FRAME, x: [1, -1], aspect: 1 },
      { ...DEFAULT_FRAME, y: [0.5, -1], order: 'yx', aspect: 0.5 },
      { ...DEFAULT_FRAME, output: 'rgb11', channels: 'bgr', aspect: 2 },
      { ...DEFAULT_FRAME, output: 'logit', aspect: 2 },
      { ...DEFAULT_FRAME, output: 'rgb255', aspect: 2 },
    ]
    for (const frame of frames) {
      await page.evaluate(frame => void Object.assign(window.vexel, { frame }), frame)
      await expectPicture(page, oracleFile('nepal'), frame, frame.aspect as number)
    }
  })

  test.runIf(isFull)('with several samples is that of WebGL within a level', async () => {
    const options = { hash: '#samples=8&file=flags/my.safetensors', width: 120, height: 90 }
    const { page } = await pages.link(options.hash, options)
    const cpu = await settledPixels(page)
    const webgl = await openAlone({ ...options, renderer: 'webgl' })
    const { levels, at } = largestDifference(cpu, (await settledPixels(webgl.page)).data)
    expect(levels, at).toBeLessThanOrEqual(1)
    await webgl.close()
    await pages.link(FLAG_HASH)
  })

  test.runIf(isFull)('a million times deep is the original', async () => {
    const [depth, x, y] = [1e6, 0.234567891, -0.345678912]
    const source = StateDict.parse(oracleFile('malaysia'))
    const weight = source.values('dense1.weight')
    const tensors = source.names.map(name => {
      let values: Float64Array = source.values(name)
      if (name === 'dense1.weight') values = values.map(w => w * depth)
      if (name === 'dense1.bias') values = values.map((b, o) => b - depth * (weight[2 * o] * x + weight[2 * o + 1] * y))
      return { name, dtype: 'F64' as const, shape: source.entry(name).shape, bytes: encodeValues('F64', values) }
    })
    const { page } = await pages.flag(undefined, LARGER)
    await openBytes(page, oracleFile('malaysia'))
    const original = await settledPixels(page)
    expect(await openBytes(page, StateDict.create(tensors).serialize())).toBeNull()
    await setCamera(page, { x, y, zoom: depth })
    const { levels, at } = largestDifference(await settledPixels(page), original.data)
    expect(levels, at).toBeLessThanOrEqual(1)
  })

  test('is the same whatever the number of workers', async () => {
    const pictures = []
    for (const cores of [1, 6]) {
      const { page, close } = await openAlone({
        before: `Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => ${cores} })`,
      })
      expect(await page.evaluate(() => window.vexel.stats().liveObjects)).toBe(Math.max(1, cores - 1))
      await setCamera(page, { x: -0.2, y: 0.1, zoom: 1.7 })
      pictures.push(await settledPixels(page))
      await close()
    }
    expect(largestDifference(pictures[1], pictures[0].data).levels).toBe(0)
  })

  test.runIf(isFull)('follows the size of the page', async () => {
    const { page } = await pages.flag()
    await setCamera(page, { x: 0.2, y: 0.1, zoom: 3 })
    for (const viewport of [
      { width: 300, height: 150 },
      { width: 130, height: 260 },
      { width: 200, height: 150, deviceScaleFactor: 2 },
    ]) {
      await page.setViewport(viewport)
      const pixels = viewport.width * (viewport.deviceScaleFactor ?? 1)
      await page.waitForFunction(pixels => document.querySelector('canvas')?.width === pixels, {}, pixels)
      await expectPicture(page, shippedFile('my'), DEFAULT_FRAME, 2)
    }
  })
})

test('the page is ready when there is something that draws, however late that comes', async () => {
  const site = await serveSite('dist', '/late/', true, (request, response) => {
    const [path] = (request.url ?? '').split('?')
    if (!path.includes('cpu-renderer')) return answerWithFewFlags(request, response)
    const answer = () => response.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(`dist${path}`))
    setTimeout(answer, 1000)
    return true
  })
  try {
    const { page, close } = await openAlone({ site: site.url })
    expect(await page.evaluate(() => window.vexel.camera.zoom)).toBe(1)
    await close()
  } finally {
    await site.close()
  }
})

test('a file opened while another is drawn, again and again, ends with the last one', async () => {
  const { page, errors } = await pages.flag(undefined, LARGER)
  await hand(page, oracleFile('japan'), oracleFile('nepal'), oracleFile('usa'))
  await page.evaluate(async () => {
    const { handed, vexel } = window
    for (let i = 0; i < 12; i++) {
      await vexel.open(handed[i % handed.length])
      vexel.camera = { zoom: 1 + (i % 5) }
      await new Promise(resolve => setTimeout(resolve, 7 * i))
    }
  })
  await expectPicture(page, oracleFile('usa'), DEFAULT_FRAME, 1.5)
  expect(errors).toEqual([])
})

test('while the camera moves something is always shown, and it comes to rest exact', async () => {
  const { page, errors } = await pages.flag(undefined, LARGER)
  await settledPixels(page)
  const shown = await page.evaluate(async () => {
    const shares: number[] = []
    for (let i = 0; i < 30; i++) {
      window.vexel.camera = { x: 0.01 * i, y: -0.005 * i, zoom: 1 + 0.1 * i }
      await new Promise(resolve => requestAnimationFrame(resolve))
      const { data } = window.vexel.readPixels()
      // The page's background, where nothing is drawn: that of the light theme, which a headless browser has.
      let empty = 0
      for (let at = 0; at < data.length; at += 4) if (data[at] === 0xf3 && data[at + 1] === 0xf4) empty++
      shares.push(1 - empty / (data.length / 4))
    }
    return shares
  })
  // A step of the way uncovers less than a tenth of the view.
  expect(Math.min(...shown)).toBeGreaterThan(0.85)
  await expectPicture(page, shippedFile('my'), DEFAULT_FRAME, 2)
  expect(errors).toEqual([])
})

test('a net beyond float32 is refused in one line, and what was open stays', async () => {
  const { page } = await pages.flag()
  const before = await settledPixels(page)
  const oracle = StateDict.parse(oracleFile('japan'))
  const tensors = oracle.names.map(name => {
    const values = oracle.values(name).map(value => (name === 'dense5.weight' ? value * 1e60 : value))
    return { name, dtype: 'F64' as const, shape: oracle.entry(name).shape, bytes: encodeValues('F64', values) }
  })
  expect(await openBytes(page, StateDict.create(tensors).serialize())).toMatch(/^dense5: .* beyond float32/)
  expect(largestDifference(await settledPixels(page), before.data).levels).toBe(0)
})

test('the proof is of the kernel', async () => {
  const { page } = await pages.flag()
  const report = await page.evaluate(() => window.vexel.prove({ width: 64 }))
  expect(report.renderer).toMatch(/^CPU/)
  expect(report.maxAbs).toBeGreaterThan(0)
  expect(report.maxAbs).toBeLessThanOrEqual(2e-4)
  expect(report.maxLevel).toBeLessThanOrEqual(1)
  expect(report.deepMaxAbs).toBeLessThanOrEqual(1e-3)
})

test('dispose ends the workers', async () => {
  const { page, errors, close } = await openAlone({})
  await settledPixels(page)
  const count = await page.evaluate(() => Math.max(1, navigator.hardwareConcurrency - 1))
  expect(await page.evaluate(() => window.vexel.stats().liveObjects)).toBe(count)
  expect(page.workers()).toHaveLength(count)
  // In the middle of drawing.
  const left = await page.evaluate(async () => {
    window.vexel.camera = { zoom: 2 }
    await new Promise(resolve => requestAnimationFrame(resolve))
    window.vexel.dispose()
    window.vexel.dispose()
    return window.vexel.stats().liveObjects
  })
  expect(left).toBe(0)
  await expect.poll(() => page.workers().length).toBe(0)
  expect(errors).toEqual([])
  await close()
})

const WITHOUT_WEBGL = `
  const getContext = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    if (kind !== 'webgl2') return getContext.call(this, kind, ...rest);
    this.dispatchEvent(new WebGLContextEvent('webglcontextcreationerror', { statusMessage: 'blocked by a test' }));
    return null;
  };`

test('without WebGL2 the CPU draws, and the page says why', async () => {
  const { page, errors, close } = await openAlone({ renderer: null, before: WITHOUT_WEBGL })
  await expectPicture(page, shippedFile('my'), DEFAULT_FRAME, 2)
  const { renderer, rendererNote } = await page.evaluate(() => window.vexel.stats())
  expect(renderer).toMatch(/^CPU/)
  expect(rendererNote).toMatch(/no WebGL2 context: blocked by a test/)
  expect(await page.$eval('.speed', element => element.textContent)).toMatch(/^CPU/)
  expect(errors).toEqual([])
  await close()
})

test('software WebGL is timed against the CPU once the first picture is there, and the faster one draws on', async () => {
  const { page, errors, close } = await openAlone({ renderer: null })
  await settledPixels(page)
  await page.waitForFunction(() => /times as fast/.test(window.vexel.stats().rendererNote ?? ''))
  const { renderer, rendererNote } = await page.evaluate(() => window.vexel.stats())
  expect(rendererNote).toMatch(
    renderer.startsWith('CPU') ? /^drawn by the CPU, .* the software WebGL/ : /the CPU here$/,
  )
  await expectPicture(page, shippedFile('my'), DEFAULT_FRAME, 2)
  expect(errors).toEqual([])
  await close()
})

// As WebKit says of whatever draws; and a GPU whose batches take 60 ms each.
const SLOW_BY_ANOTHER_NAME = `
  const { getParameter, fenceSync, clientWaitSync } = WebGL2RenderingContext.prototype;
  const issuedMs = new WeakMap();
  Object.assign(WebGL2RenderingContext.prototype, {
    getParameter(name) {
      return name === 0x9246 || name === this.RENDERER ? 'Apple GPU' : getParameter.call(this, name);
    },
    fenceSync(...args) {
      const sync = fenceSync.apply(this, args);
      issuedMs.set(sync, performance.now());
      return sync;
    },
    clientWaitSync(sync, ...args) {
      if (performance.now() - issuedMs.get(sync) < 60) return this.TIMEOUT_EXPIRED;
      return clientWaitSync.call(this, sync, ...args);
    },
  });`

// The whole wall is the longer way to the same choice.
test.each(isFull ? ['#samples=1', FLAG_HASH] : [FLAG_HASH])(
  'WebGL that is slow under whatever name leaves %s to the CPU',
  async hash => {
    const { page, errors, close } = await openAlone({ renderer: null, hash, before: SLOW_BY_ANOTHER_NAME })
    await page.waitForFunction(() => window.vexel.stats().renderer.startsWith('CPU'))
    await page.evaluate(() => window.vexel.settled())
    if (hash !== FLAG_HASH) {
      expect(await page.evaluate(() => window.vexel.stats().rendererNote)).toBe('drawn by the CPU: WebGL is slow here')
      await page.evaluate(() => window.vexel.wall.fly('my'))
    }
    await page.waitForFunction(() =>
      /^drawn by the CPU, .* the WebGL here$/.test(window.vexel.stats().rendererNote ?? ''),
    )
    await expectPicture(page, shippedFile('my'), DEFAULT_FRAME, 2)
    expect(await page.$$eval('canvas.picture', canvases => canvases.map(({ style }) => style.visibility))).toEqual([
      'visible',
    ])
    expect(errors).toEqual([])
    await close()
  },
)

test.runIf(isFull).each([
  ['software', ''],
  ['slow', SLOW_BY_ANOTHER_NAME],
])('a %s WebGL that is the faster one takes over without a gap, and keeps the picture', async (_, named) => {
  const { page, errors, close } = await openAlone({
    renderer: null,
    width: 320,
    height: 240,
    // A kernel that takes its time.
    before: `${named}
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = function (...args) {
        // One after the other, as messages come.
        const dueMs = performance.now() + (args[0].kind === 'draw' ? 250 : 0);
        const wait = () => new Promise(resolve => setTimeout(resolve, dueMs - performance.now()));
        this.last = (this.last ?? Promise.resolve()).then(wait).then(() => postMessage.apply(this, args));
      };`,
  })
  await settledPixels(page)
  const blank = await page.evaluate(async () => {
    let blank = 0
    while (window.vexel.stats().renderer.startsWith('CPU')) await new Promise(resolve => setTimeout(resolve, 5))
    // The old canvas stays on top until the new one has a picture.
    for (;;) {
      const canvases = document.querySelectorAll<HTMLCanvasElement>('.picture')
      if (![...canvases].some(canvas => canvas.style.visibility === 'visible')) blank++
      if (canvases.length === 1) return blank
      await new Promise(resolve => requestAnimationFrame(resolve))
    }
  })
  expect(blank).toBe(0)
  expect(await page.evaluate(() => window.vexel.stats().rendererNote)).toMatch(/times as fast as the CPU here/)
  await expectPicture(page, shippedFile('my'), DEFAULT_FRAME, 2)
  await expect.poll(() => page.workers().length).toBe(0)
  expect(errors).toEqual([])
  await close()
})
