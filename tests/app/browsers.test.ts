// What other browsers are like, made of the one that is here: what they lack, how they count, what they are called.

import type { Page } from 'puppeteer'
import { describe, expect, inject, test } from 'vitest'
import { isFull } from '../is-full.js'
import { openExplorer, type OpenOptions } from './explorer-page.js'
import { PageOfFile } from './one-page.js'
import { resultOf, SMALL, train, tricolour, untilDone } from './training-page.js'

const pages = new PageOfFile({ renderer: 'cpu' })
/** A page of its own, for what changes the browser before the page is there. */
const openAlone = (options: OpenOptions) => openExplorer(pages.browser, { renderer: 'cpu', motion: false, ...options })

/** How much nearer one turn of the wheel leads, in a mode that the browser counts in. */
async function zoomOf(page: Page, turn: { deltaY: number; deltaMode: number }): Promise<number> {
  return await page.evaluate(async turn => {
    window.vexel.camera = { zoom: 4 }
    const stage = document.querySelector('#stage') as HTMLElement
    const box = stage.getBoundingClientRect()
    const [clientX, clientY] = [box.left + box.width / 2, box.top + box.height / 2]
    stage.dispatchEvent(new WheelEvent('wheel', { ...turn, clientX, clientY, bubbles: true, cancelable: true }))
    await window.vexel.settled()
    return window.vexel.camera.zoom / 4
  }, turn)
}

describe('a wheel', () => {
  test('leads as far whether a notch is 100 pixels or three lines, and a page leads furthest', async () => {
    const { page } = await pages.flag()
    const [pixels, lines, whole] = [
      await zoomOf(page, { deltaY: -100, deltaMode: 0 }),
      await zoomOf(page, { deltaY: -3, deltaMode: 1 }),
      await zoomOf(page, { deltaY: -1, deltaMode: 2 }),
    ]
    expect(pixels).toBeCloseTo(1.35, 2)
    expect(lines).toBeCloseTo(pixels, 1)
    expect(whole).toBeGreaterThan(1.6)
  })

  test('is asked how far before it is asked in what: Firefox changes to lines otherwise', async () => {
    const { page, close } = await openAlone({
      before: `
        window.asked = [];
        for (const name of ['deltaY', 'deltaMode']) {
          const { get } = Object.getOwnPropertyDescriptor(WheelEvent.prototype, name);
          Object.defineProperty(WheelEvent.prototype, name, { get() { window.asked.push(name); return get.call(this); } });
        }`,
    })
    await zoomOf(page, { deltaY: -100, deltaMode: 0 })
    expect((await page.evaluate(() => (window as unknown as { asked: string[] }).asked))[0]).toBe('deltaY')
    await close()
  })
})

describe('in a page that embeds it', () => {
  const HOST = (url: string) => `<!doctype html><body style="margin:0;height:3000px">
    <iframe src="${url}?renderer=cpu&solve=no#samples=1&file=flags/my.safetensors" style="width:400px;height:300px;border:0"></iframe>`

  test('the wheel scrolls that page, with a hint, and zooms with Ctrl', async () => {
    const context = await pages.browser.createBrowserContext()
    const page = await context.newPage()
    await page.setViewport({ width: 500, height: 400 })
    await page.goto(inject('siteUrl'))
    await page.setContent(HOST(inject('siteUrl')))
    const frame = await page.waitForFrame(frame => frame.url().includes('file='))
    await frame.waitForFunction(() => 'vexel' in window && window.vexel.state().file !== null)
    await frame.evaluate(() => window.vexel.settled())
    await page.mouse.move(200, 120)
    await page.mouse.wheel({ deltaY: 100 })
    await page.waitForFunction(() => window.scrollY > 50)
    expect(await frame.evaluate(() => window.vexel.camera.zoom)).toBe(1)
    await frame.waitForFunction(() =>
      document.querySelector('.message')?.textContent?.includes('wheel zoom the picture'),
    )
    await page.evaluate(() => window.scrollTo(0, 0))
    await page.keyboard.down('Control')
    await page.mouse.wheel({ deltaY: -100 })
    await page.keyboard.up('Control')
    await frame.waitForFunction(() => window.vexel.camera.zoom > 1.3)
    expect(await page.evaluate(() => window.scrollY)).toBe(0)
    expect(await frame.$eval('#stage', stage => getComputedStyle(stage).touchAction)).toBe('pan-x pan-y')
    await context.close()
  })

  test('but on its own it takes the wheel and every finger, as it always did', async () => {
    const { page } = await pages.flag()
    expect(await page.$eval('#stage', stage => getComputedStyle(stage).touchAction)).toBe('none')
    expect(await zoomOf(page, { deltaY: -100, deltaMode: 0 })).toBeCloseTo(1.35, 2)
  })
})

test('a drag whose release was missed is over with the next move', async () => {
  const { page, close } = await openAlone({ motion: false })
  const cameraAfter = () =>
    page.evaluate(async () => {
      await new Promise(resolve => requestAnimationFrame(resolve))
      return window.vexel.camera
    })
  const move = (type: string, clientX: number, buttons: number) =>
    page.evaluate(
      (type, clientX, buttons) => {
        const event = { pointerId: 7, pointerType: 'mouse', clientX, clientY: 90, buttons, bubbles: true, button: 0 }
        document.querySelector('#stage')?.dispatchEvent(new PointerEvent(type, event))
      },
      type,
      clientX,
      buttons,
    )
  await page.evaluate(() => {
    // A pointer that is none cannot be captured.
    Element.prototype.setPointerCapture = () => {}
  })
  await move('pointerdown', 100, 1)
  for (const x of [110, 120, 130]) await move('pointermove', x, 1)
  // A busy page takes more than a frame.
  await page.waitForFunction(() => window.vexel.camera.x !== 0)
  const dragged = await cameraAfter()
  expect(dragged.x).not.toBe(0)
  for (const x of [140, 160, 180]) await move('pointermove', x, 0)
  await page.evaluate(() => window.vexel.settled())
  const released = await cameraAfter()
  await move('pointermove', 220, 0)
  expect(await cameraAfter()).toEqual(released)
  expect(Math.abs(released.x - dragged.x)).toBeLessThan(0.5)
  await close()
})

// The sample asks the same of training.test.ts' page.
test.runIf(isFull)(
  'a training runs where a page is isolated and has no shared memory all the same, and gives the same bytes',
  async () => {
    const run = async (before?: string) => {
      const { page, errors, close } = await openAlone({ before })
      expect(await train(page, tricolour(), 'stripes.png', { ...SMALL, width: 24, threads: 2, steps: 10 })).toBeNull()
      await untilDone(page)
      const bytes = await resultOf(page)
      expect(errors).toEqual([])
      await close()
      return bytes
    }
    expect(await run('delete window.SharedArrayBuffer')).toEqual(await run())
  },
)

test('the trainer opens in a locale that is no language', async () => {
  const { page, errors, close } = await openAlone({
    before: "Object.defineProperty(Navigator.prototype, 'language', { get: () => 'c', configurable: true })",
  })
  expect(await train(page, tricolour(), 'stripes.png', { ...SMALL, width: 24, steps: 5 })).toBeNull()
  await untilDone(page)
  await page.waitForSelector('.uplot canvas')
  expect(errors).toEqual([])
  await close()
})

describe('a browser that is too old', () => {
  test('is told so, with what it lacks', async () => {
    const { page, close } = await openAlone({
      before: 'delete Array.prototype.toSorted; WebAssembly.validate = () => false',
      wait: false,
    })
    expect(await page.$eval('#old-browser', note => note.textContent)).toMatch(
      /older than vexel needs: it lacks WebAssembly SIMD, Array\.prototype\.toSorted\. .*Firefox 115/,
    )
    await close()
  })

  test('is not this one', async () => {
    const { page } = await pages.flag()
    expect(await page.$('#old-browser')).toBeNull()
  })
})

test('a canvas at a fractional place has the pixels between its rounded edges, where the browser does not tell them', async () => {
  const { page, close } = await openAlone({
    width: 500,
    height: 400,
    before: `
      const { observe } = ResizeObserver.prototype;
      ResizeObserver.prototype.observe = function (target, options) {
        if (options?.box === 'device-pixel-content-box') throw new TypeError('no such box');
        return observe.call(this, target, options);
      };
      Object.defineProperty(ResizeObserverEntry.prototype, 'devicePixelContentBoxSize', { get: () => undefined });`,
  })
  for (const [top, height] of [
    [0, 180.5],
    [0.4, 180.5],
    [0.6, 181.2],
  ]) {
    const { canvas, edges } = await page.evaluate(
      async (top, height) => {
        const host = document.querySelector('#canvas-host') as HTMLElement
        Object.assign(host.style, {
          position: 'absolute',
          inset: 'auto',
          top: `${top}px`,
          left: '0',
          height: `${height}px`,
          width: '300px',
        })
        for (let i = 0; i < 5; i++) await new Promise(resolve => requestAnimationFrame(resolve))
        await window.vexel.settled()
        const box = host.getBoundingClientRect()
        return { canvas: window.vexel.readPixels().height, edges: Math.round(box.bottom) - Math.round(box.top) }
      },
      top,
      height,
    )
    expect(canvas, `${height} at ${top}`).toBe(edges)
  }
  await close()
})
