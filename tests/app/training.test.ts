// Training in the page, end to end: an image dropped, learned, flown into meanwhile, saved and opened again.

import type { Page } from 'puppeteer'
import { describe, expect, test } from 'vitest'
import { serveSite } from '../../src/cli/site/site.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { StateDict } from '../../src/model/state-dict.js'
import { AXE_SIZES, expectAccessible } from './axe.js'
import {
  dropFiles,
  expectPictureOf,
  largestDifference,
  openBytes,
  openExplorer,
  type OpenOptions,
  settledPixels,
} from './explorer-page.js'
import { PageOfFile } from './one-page.js'
import { isFull } from '../is-full.js'
import {
  commandLineNet,
  figure,
  press,
  resultOf,
  savedFile,
  SMALL,
  train,
  tricolour,
  untilDone,
  untilStep,
} from './training-page.js'

const SIZE = { width: 800, height: 420 }
const pages = new PageOfFile({ renderer: 'cpu', ...SIZE })
/** A page of its own, for what changes the browser before the page is there, or cannot be taken back. */
const openAlone = (options: OpenOptions) =>
  openExplorer(pages.browser, { renderer: 'cpu', motion: false, ...SIZE, ...options })

const TRICOLOUR = { ...DEFAULT_FRAME, aspect: 1.5 }

const stepOf = (page: Page) => page.evaluate(() => window.training.progress?.step ?? 0)

async function setField(page: Page, id: string, text: string): Promise<void> {
  // The panel is drawn in the animation frame after what changes it.
  await page.waitForSelector(`#${id}`)
  await page.$eval(`#${id}`, element => element.scrollIntoView({ block: 'center' }))
  await page.click(`#${id}`, { count: 3 })
  await page.type(`#${id}`, text)
  await page.keyboard.press('Tab')
}

describe('an image that is dropped', () => {
  test('is trained to 30 dB from the panel, saved with film and curve, and opened again', async () => {
    const { page, errors } = await pages.flag()
    await page.evaluate(() => window.saved.clear())
    await dropFiles(page, ['tricolour.png', tricolour()])
    await page.waitForSelector('#app.training')
    expect(await page.title()).toMatch(/^tricolour\.safetensors/)
    expect(await figure(page, 'State')).toBe('ready')

    await page.click('section[aria-labelledby="train-title"] summary')
    await setField(page, 'train-width', '24')
    await page.select('[aria-label="Unit of the length"]', 'steps')
    await setField(page, 'train-length', '400')
    await setField(page, 'train-batch', '256')
    await setField(page, 'train-frames', '7')
    await press(page, 'Start')
    await page.waitForFunction(() => /finished/.test(document.querySelector('.figures')?.textContent ?? ''))
    const shown = [await figure(page, 'PSNR'), await figure(page, 'In detail')]
    expect(Number.parseFloat(shown[0])).toBeGreaterThan(25)
    expect(Number.parseFloat(shown[1])).toBeGreaterThan(30)
    // Target and difference have all the pixels that are learned, whatever the width is that it is seen at.
    expect(await page.$eval('.pane.target [role=img]', e => e.getAttribute('aria-label'))).toContain('48 × 32')
    const facts = await page.$eval('section[aria-labelledby="train-title"] .facts', e => e.textContent)
    expect(facts).toContain('48 × 32 pixels, seen at 24 × 16')

    const picture = await settledPixels(page)
    for (const name of ['Save the network', 'Save the snapshots', 'Save the curve']) await press(page, name)
    const file = await savedFile(page, 'tricolour.safetensors')
    await expectPictureOf(page, file, TRICOLOUR)
    const { metadata } = StateDict.parse(file)
    expect(metadata.get('vexel.source')).toBe('tricolour.png')
    expect(metadata.get('vexel.steps')).toBe('400')
    // What the page shows is what the file says.
    const said = ['vexel.psnr', 'vexel.psnrDetail'].map(key => `${Number(metadata.get(key)).toFixed(2)} dB`)
    expect(said).toEqual(shown)
    const film = StateDict.parse(await savedFile(page, 'tricolour.film.safetensors'))
    expect(film.entry('dense1.weight').shape).toEqual([7, 16, 2])
    const curve = Buffer.from(await savedFile(page, 'tricolour.curve.csv')).toString()
    expect(curve).toMatch(/^step,loss,psnr,psnr_detail\n1,/)
    expect(curve.trim().split('\n').at(-1)).toMatch(/^400,0\.\d+,\d\d\.\d{4},\d\d\.\d{4}$/)

    // Opened over it, the file is a flag like any other; the training waits in the panel.
    await page.evaluate(() => window.vexel.open('flags/jp.safetensors'))
    await page.waitForFunction(() => !document.querySelector('#app.training'))
    await press(page, 'Show the training')
    await page.waitForSelector('#app.training')
    expect(largestDifference(await settledPixels(page), picture.data).levels).toBe(0)
    await press(page, 'End')
    await page.waitForFunction(() => !document.querySelector('#app.training'))
    expect(await openBytes(page, file)).toBeNull()
    await expectPictureOf(page, file, TRICOLOUR)
    expect(errors).toEqual([])
  })

  test('is learned at the width that was typed just before the start', async () => {
    const { page, errors } = await pages.flag()
    await dropFiles(page, ['tricolour.png', tricolour()])
    await page.waitForSelector('#app.training')
    await page.click('section[aria-labelledby="train-title"] summary')
    await page.select('[aria-label="Unit of the length"]', 'steps')
    await setField(page, 'train-length', '20')
    await setField(page, 'train-batch', '256')
    // In one go: no time for the picture to be made at the new size.
    await page.$eval('#train-width', field => {
      ;(field as HTMLInputElement).value = '24'
      field.dispatchEvent(new Event('change', { bubbles: true }))
      const start = [...document.querySelectorAll('button')].find(({ textContent }) => textContent?.trim() === 'Start')
      start?.click()
    })
    await page.waitForFunction(() => /finished/.test(document.querySelector('.figures')?.textContent ?? ''))
    await page.evaluate(() => window.saved.clear())
    await press(page, 'Save the network')
    const { metadata } = StateDict.parse(await savedFile(page, 'tricolour.safetensors'))
    expect([metadata.get('vexel.width'), metadata.get('vexel.height')]).toEqual(['24', '16'])
    expect((await page.evaluate(() => window.vexel.frame)).aspect).toBe(1.5)
    expect(errors).toEqual([])
  })

  test('is flown into while it learns; paused, stepped and resumed, the picture is that of the weights', async () => {
    const { page, errors } = await pages.flag(undefined, { width: 900, height: 600 })
    expect(await train(page, tricolour(), 'tricolour.png', { ...SMALL, steps: 1_000_000 })).toBeNull()
    await untilStep(page, 50)
    const box = await (await page.$('#stage'))?.boundingBox()
    await page.mouse.move((box?.x ?? 0) + 40, (box?.y ?? 0) + 60)
    await page.mouse.wheel({ deltaY: -400 })
    await page.waitForFunction(() => window.vexel.camera.zoom > 2)
    const pixels = () => page.evaluate(() => [...window.vexel.readPixels().data].join())
    const before = { step: await stepOf(page), pixels: await pixels() }
    // New weights arrive in the picture without a camera that moves.
    await page.waitForFunction(
      step =>
        Number(
          /step ([\d,]+)/.exec(document.querySelector('#net-caption')?.textContent ?? '')?.[1].replaceAll(',', ''),
        ) > step,
      {},
      before.step + 200,
    )
    const { camera } = await page.evaluate(() => ({ camera: window.vexel.camera }))
    await expect.poll(pixels, { timeout: 20_000 }).not.toBe(before.pixels)

    await page.evaluate(() => window.training.pause())
    const paused = await stepOf(page)
    await expectPictureOf(page, await resultOf(page), TRICOLOUR)
    expect(await stepOf(page)).toBe(paused)
    expect(await page.evaluate(() => window.vexel.camera)).toEqual(camera)

    for (let step = 1; step <= 2; step++) {
      await page.evaluate(() => window.training.step())
      expect(await stepOf(page)).toBe(paused + step)
      await expectPictureOf(page, await resultOf(page), TRICOLOUR)
    }
    await page.evaluate(() => window.training.resume())
    await untilStep(page, paused + 50)
    await page.evaluate(() => window.training.pause())
    await page.evaluate(() => window.training.restart())
    expect(await stepOf(page)).toBeLessThan(paused)
    await page.evaluate(() => window.training.end())
    await page.waitForFunction(() => !document.querySelector('#app.training'))
    expect(errors).toEqual([])
  })

  test.runIf(isFull)('goes on in a hidden tab, where nothing is drawn', async () => {
    const { page, close } = await openAlone({})
    expect(await train(page, tricolour(), 'tricolour.png', { ...SMALL, steps: 1_000_000 })).toBeNull()
    await untilStep(page, 50)
    await page.evaluate(async () => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true })
      const nextFrame = window.requestAnimationFrame.bind(window)
      window.requestAnimationFrame = () => 0
      document.dispatchEvent(new Event('visibilitychange'))
      // A frame that was asked for before still comes, however late: two real ones later it has.
      await new Promise(resolve => nextFrame(() => nextFrame(resolve)))
    })
    const caption = await page.$eval('#net-caption', element => element.textContent)
    await untilStep(page, (await stepOf(page)) + 100)
    expect(await page.$eval('#net-caption', element => element.textContent)).toBe(caption)
    await close()
  })

  test('is not lost by closing the page without a question', async () => {
    const { page } = await pages.flag()
    await page.evaluate(() => window.saved.clear())
    expect(await train(page, tricolour(), 'tricolour.png', { ...SMALL, steps: 1_000_000, paused: true })).toBeNull()
    await press(page, 'Step')
    await page.waitForFunction(() => (window.training.progress?.step ?? 0) === 1)
    const isAsked = () => page.evaluate(() => !window.dispatchEvent(new Event('beforeunload', { cancelable: true })))
    expect(await isAsked()).toBe(true)
    await press(page, 'Save')
    await savedFile(page, 'tricolour.safetensors')
    expect(await isAsked()).toBe(false)
  })

  test('whose run diverges keeps the last good weights and says so', async () => {
    // Batch norm holds a run together at any rate that can be asked for; so a worker is told a rate that is no number.
    const { page, errors, close } = await openAlone({
      before: `
        const { postMessage } = Worker.prototype;
        Worker.prototype.postMessage = function (request, transfer) {
          const isLate = request.kind === 'run' && request.from >= 100;
          const schedule = { steps: NaN, landing: null };
          postMessage.call(this, isLate ? { ...request, schedule } : request, transfer);
        };`,
    })
    expect(await train(page, tricolour(), 'tricolour.png', { ...SMALL, steps: 1000 })).toBeNull()
    const { status, divergedAt, step } = await untilDone(page)
    expect(status).toBe('diverged')
    expect(step).toBeLessThan(divergedAt ?? 0)
    await page.waitForFunction(() => /Diverged at step/.test(document.querySelector('#panel')?.textContent ?? ''))
    await expectPictureOf(page, await resultOf(page), TRICOLOUR)
    expect(errors).toEqual([])
    await close()
  })
})

test('the page makes the file that the command line makes, with shared memory and without', async () => {
  const expected = commandLineNet(60, 2)
  const plain = await serveSite('dist', '/plain/', false)
  for (const site of [undefined, plain.url]) {
    const { page, errors, close } = await openAlone({ site })
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(site === undefined)
    expect(await train(page, tricolour(), 'tricolour.png', { ...SMALL, width: 24, threads: 2, steps: 60 })).toBeNull()
    await untilDone(page)
    expect(Buffer.compare(await resultOf(page), expected), site ?? 'isolated').toBe(0)
    expect(errors).toEqual([])
    await close()
  }
  await plain.close()
})

describe('the page of a training', () => {
  test.each(AXE_SIZES)(
    'is clean for axe at %i x %i, nothing is wider than it, Tab reaches every control',
    async (width, height) => {
      const { page, close } = await openAlone({ width, height, touch: width < 500 })
      expect(await train(page, tricolour(), 'tricolour.png', { ...SMALL, steps: 20, recipe: 'three-stage' })).toBeNull()
      await untilDone(page)
      for (const isOpen of [true, false]) {
        const isShown = await page.$eval('.panel-toggle', toggle => toggle.getAttribute('aria-expanded') === 'true')
        if (isShown !== isOpen) await page.click('.panel-toggle')
        await page.waitForFunction(open => document.querySelector('#app')?.matches('.panel-open') === open, {}, isOpen)
        await expectAccessible(page, isOpen ? 'panel open' : 'panel closed')
      }
      const controls = await page.$$eval('.transport button:not(:disabled)', all => all.map(e => e.textContent?.trim()))
      const reached = new Set<string>()
      await page.focus('#stage')
      for (let i = 0; i < 20; i++) {
        await page.keyboard.press('Tab')
        reached.add(await page.evaluate(() => document.activeElement?.textContent?.trim() ?? ''))
      }
      for (const name of controls) expect([...reached]).toContain(name)
      await close()
    },
  )

  test('refuses nonsense in its fields, and what was right stays', async () => {
    const { page } = await pages.flag()
    expect(await train(page, tricolour(), 'tricolour.png', { ...SMALL, steps: 20, paused: true })).toBeNull()
    for (const [id, text, line] of [
      ['train-seed', '-1', 'seed: expected a whole number'],
      ['train-detail', '1e9', 'detail: expected a whole number from 1 to 4096'],
      ['train-length', 'soon', 'steps: expected a whole number'],
    ]) {
      await setField(page, id, text)
      await page.waitForFunction(
        line => document.querySelector('section[aria-labelledby="train-title"]')?.textContent?.includes(line),
        {},
        line,
      )
      expect(await page.$eval(`#${id}`, field => field.getAttribute('aria-invalid'))).toBe('true')
    }
    await page.evaluate(() => window.training.resume())
    expect((await untilDone(page)).steps).toBe(20)
  })
})

test('on a small page with the parameters open an image takes their place, and the net is seen', async () => {
  const { page, errors } = await pages.flag(undefined, { width: 480, height: 360 })
  await page.evaluate(() => window.vexel.edits.show())
  await page.waitForSelector('#scrub [role=grid] canvas')
  await dropFiles(page, ['stripes.png', tricolour()])
  await page.waitForSelector('.pane.target canvas')
  await page.waitForFunction(() => !window.vexel.edits.isShown)
  await page.evaluate(() => window.vexel.settled())
  const { width, height } = await page.evaluate(() => window.vexel.readPixels())
  expect(Math.min(width, height)).toBeGreaterThan(60)
  expect(errors).toEqual([])
})

test('where the page has no room for a picture, none is waited for', async () => {
  const { page } = await pages.flag(undefined, { width: 480, height: 360 })
  await page.evaluate(async () => {
    const host = document.querySelector('#canvas-host') as HTMLElement
    host.style.display = 'none'
    for (let i = 0; i < 3; i++) await new Promise(resolve => requestAnimationFrame(resolve))
    await window.vexel.settled()
    host.style.display = ''
    for (let i = 0; i < 3; i++) await new Promise(resolve => requestAnimationFrame(resolve))
    await window.vexel.settled()
  })
  expect((await page.evaluate(() => window.vexel.readPixels())).width).toBeGreaterThan(60)
})
