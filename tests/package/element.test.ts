// <vexel-flag> as it comes in the packed tarball, in pages of people who know nothing else of vexel: what it shows against the float64 reference,
// how it is led by mouse, wheel, fingers and keys, and what axe says of the page; in Chromium and in Firefox.

import puppeteer, { type Browser, type JSHandle, type Page } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { levelsOf, referenceRows } from '../../src/model/picture.js'
import { type View, wholeFrame } from '../../src/model/view.js'
import type { VexelFlagElement } from '../../src/element/flag-element.js'
import { expectAccessible } from '../app/axe.js'
import { collectErrors, connect, isFull } from '../browser/pages.js'
import { oracleNetwork } from '../model/network-files.js'
import { HUNDRED, NETS, type PackedPages, servePackedPages, SIZE } from './packed-pages.js'

const WHOLE = wholeFrame(DEFAULT_FRAME)
type Flag = JSHandle<VexelFlagElement>

/** An element of the page, wherever its root is. */
async function flagOf(page: Page, id = 'flag'): Promise<Flag> {
  return (await page.waitForFunction(
    id => {
      const roots = [document, document.getElementById('host')?.shadowRoot]
      const found = roots.map(root => root?.getElementById(id)).find(Boolean)
      return customElements.get('vexel-flag') && (found as VexelFlagElement | undefined)
    },
    {},
    id,
  )) as Flag
}

/** What an element shows when it has come to rest, against the reference in its view: the largest difference, levels. */
async function difference(flag: Flag, net: (typeof NETS)[number]): Promise<number> {
  const { levels, view } = await flag.evaluate(async element => {
    await element.settled()
    return { levels: [...element.readPixels().data], view: element.camera as View }
  })
  const spec = { folded: foldNetwork(oracleNetwork(net)), frame: DEFAULT_FRAME, view }
  const expected = levelsOf(referenceRows({ ...spec, ...SIZE, samples: 1 }, 0, SIZE.height))
  expect(levels.length).toBe(expected.length)
  return levels.reduce((most, level, i) => Math.max(most, Math.abs(level - expected[i])), 0)
}

const until = (page: Page, flag: Flag, holds: (view: View, before: View) => boolean, before: View = WHOLE) =>
  page.waitForFunction(`(flag, before) => (${holds})(flag.camera, before)`, {}, flag, before)

/** Where it is: its middle, CSS pixels of the window. */
async function middleOf(flag: Flag): Promise<readonly [x: number, y: number]> {
  return await flag.evaluate(element => {
    const { x, y, width, height } = element.getBoundingClientRect()
    return [x + width / 2, y + height / 2] as const
  })
}

const scrolled = (page: Page) => page.evaluate(() => scrollY)

/** A person comes by: the page scrolls past the picture, Ctrl and the wheel, a drag and keys move it, and what is seen then is the reference. */
async function expectLed(page: Page): Promise<void> {
  const flag = await flagOf(page)
  expect(await difference(flag, 'usa')).toBeLessThanOrEqual(1)
  const [x, y] = await middleOf(flag)
  await page.mouse.move(x, y)
  // What listens is fetched once there is somebody: the line that says how tells that it is there.
  const hint = () =>
    flag.evaluate(element => element.shadowRoot?.querySelector<HTMLElement>('[part=hint]')?.textContent)
  for (let turn = 0; turn < 50 && !(await hint()); turn++) {
    await page.mouse.wheel({ deltaY: 4 })
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  expect(await hint()).toMatch(/wheel/)
  await page.waitForFunction(() => scrollY > 0)
  expect(await flag.evaluate(element => element.camera)).toEqual(WHOLE)
  await page.evaluate(() => scrollTo(0, 0))
  await page.waitForFunction(() => scrollY === 0)

  await page.keyboard.down('Control')
  await page.mouse.wheel({ deltaY: -100 })
  await page.keyboard.up('Control')
  await until(page, flag, ({ zoom }) => zoom > 1.3)
  expect(await scrolled(page)).toBe(0)
  await flag.evaluate(element => element.settled())

  const before = (await flag.evaluate(element => element.camera)) as View
  await page.mouse.down()
  await page.mouse.move(x + 14, y + 8, { steps: 4 })
  await page.mouse.up()
  await until(page, flag, ({ x, y }, before) => x < before.x && y < before.y, before)
  expect(await difference(flag, 'usa')).toBeLessThanOrEqual(1)

  await flag.evaluate(element => element.shadowRoot?.querySelector<HTMLElement>('[part=stage]')?.blur())
  await page.keyboard.press('Tab')
  await page.keyboard.press('0')
  await until(page, flag, ({ x, y, zoom }) => x === 0 && y === 0 && zoom === 1)
  await page.keyboard.press('+')
  await until(page, flag, ({ zoom }) => zoom > 1.4)
  await page.keyboard.press('ArrowRight')
  await until(page, flag, ({ x }) => x > 0)
  expect(await difference(flag, 'usa')).toBeLessThanOrEqual(1)
  await expectAccessible(page)
}

describe.runIf(isFull)('the element of the packed tarball', () => {
  let pages: PackedPages
  let browser: Browser
  let hasReact = false

  beforeAll(async () => {
    pages = await servePackedPages()
    browser = await connect()
    hasReact = await pages.buildReact()
    if (!hasReact) console.log('element.test.ts: no registry has React, its page is skipped')
  })

  afterAll(async () => {
    await browser?.disconnect()
    await pages?.close()
  })

  async function openIn(browser: Browser, name: string): Promise<{ page: Page; errors: string[] }> {
    const page = await browser.newPage()
    const errors = collectErrors(page)
    await page.setViewport({ width: 600, height: 400 })
    await page.goto(pages.url + name)
    return { page, errors }
  }

  async function expectHundred(browser: Browser, step: number): Promise<void> {
    const { page, errors } = await openIn(browser, 'hundred.html')
    for (let i = 0; i < HUNDRED; i += step)
      expect(await difference(await flagOf(page, `f${i}`), NETS[i % NETS.length]), `f${i}`).toBeLessThanOrEqual(1)
    await expectAccessible(page)
    expect(errors).toEqual([])
    await page.close()
  }

  async function expectLedIn(browser: Browser, name: string): Promise<void> {
    const { page, errors } = await openIn(browser, name)
    await expectLed(page)
    expect(errors).toEqual([])
    await page.close()
  }

  test('a hundred of them in a plain page are the reference', () => expectHundred(browser, 9))

  test.each([
    ['alone in a plain page', 'one.html'],
    ['in a shadow root', 'shadow.html'],
    ['from another host than the page is from', 'elsewhere.html'],
  ])('%s it is the reference, and is led by wheel, mouse and keys', (_, name) => expectLedIn(browser, name))

  test('two fingers on a phone come nearer, one scrolls past it', async () => {
    const { page, errors } = await openIn(browser, 'one.html')
    await page.setViewport({ width: 390, height: 600, isMobile: true, hasTouch: true })
    await page.reload()
    const flag = await flagOf(page)
    expect(await difference(flag, 'usa')).toBeLessThanOrEqual(1)
    const [x, y] = await middleOf(flag)
    const touchAction = () =>
      flag.evaluate(({ shadowRoot }) => shadowRoot?.querySelector<HTMLElement>('[part=stage]')?.style.touchAction)
    // What listens is fetched once there is somebody; one finger is the browser's from then on.
    await expect.poll(touchAction, { timeout: 60_000 }).toBe('pan-x pan-y')
    const [left, right] = [await page.touchscreen.touchStart(x - 6, y), await page.touchscreen.touchStart(x + 6, y)]
    await left.move(x - 16, y)
    await right.move(x + 16, y)
    await left.end()
    await right.end()
    await until(page, flag, ({ zoom }) => zoom > 1.8)
    expect(await difference(flag, 'usa')).toBeLessThanOrEqual(1)
    await expectAccessible(page)
    expect(errors).toEqual([])
    await page.close()
  })

  test('one that React renders is the reference, is led, and follows its state', async context => {
    context.skip(!hasReact, 'no registry has React')
    const { page, errors } = await openIn(browser, 'react.html')
    await expectLed(page)
    await page.click('button')
    await page.waitForSelector('vexel-flag[src="japan.safetensors"]')
    expect(await difference(await flagOf(page), 'japan')).toBeLessThanOrEqual(1)
    expect(errors).toEqual([])
    await page.close()
  })

  describe.skipIf(inject('firefox') === null)('in Firefox', () => {
    let firefox: Browser

    beforeAll(async () => {
      firefox = await puppeteer.launch({
        browser: 'firefox',
        executablePath: inject('firefox') as string,
        protocolTimeout: 170_000,
      })
    })

    afterAll(() => firefox?.close())

    test('a hundred of them are the reference', () => expectHundred(firefox, 25))

    test.for(['one.html', 'shadow.html', 'elsewhere.html', 'react.html'])(
      'that of %s is the reference, and is led by wheel, mouse and keys',
      async (name, context) => {
        context.skip(name === 'react.html' && !hasReact, 'no registry has React')
        await expectLedIn(firefox, name)
      },
    )
  })
})
