// Giving a net away by the real dialog, by mouse, by keys alone and by touch: the link, the page and the picture are really saved, and opened again.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ElementHandle, Page } from 'puppeteer'
import { afterAll, describe, expect, test } from 'vitest'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { referenceRows } from '../../src/model/picture.js'
import { StateDict } from '../../src/model/state-dict.js'
import { levelOf } from '../../src/model/tone.js'
import { wholeFrame } from '../../src/model/view.js'
import { ARCHITECTURE_KEY } from '../../src/model/wiring.js'
import { connect, isFull } from '../browser/pages.js'
import { givenNet, type GivenNet, largestDifference, referenceLevels } from '../export/five-nets.js'
import { givenFamily } from '../export/given-families.js'
import { levelsOf } from '../export/page-levels.js'
import { decodeLevels } from '../model/network-files.js'
import { expectAccessible } from './axe.js'
import { dropFiles, expectedPixels, openExplorer, settledPixels } from './explorer-page.js'

declare global {
  interface Window {
    copied: string
  }
}

const COPIED = `Object.defineProperty(navigator, 'clipboard', { value: { writeText: async text => { window.copied = text } } })`

/** A way to use a page. */
interface Way {
  readonly screen: { readonly width: number; readonly height: number; readonly touch?: boolean }
  press(page: Page, element: ElementHandle): Promise<void>
}

/** Goes on with Tab until something has the focus, as who has no mouse does. */
async function tabTo(page: Page, element: ElementHandle): Promise<void> {
  for (let turn = 0; turn < 150; turn++) {
    if (await element.evaluate(element => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`no Tab leads to ${await element.evaluate(element => element.outerHTML)}`)
}

/** What is scrolled until it is seen may still lie under the dialog's last row. */
const toTheMiddle = (element: ElementHandle) =>
  element.evaluate(element => element.scrollIntoView({ block: 'center', behavior: 'instant' }))

const WAYS: Readonly<Record<string, Way>> = {
  mouse: {
    screen: { width: 1280, height: 800 },
    press: async (_, element) => {
      await toTheMiddle(element)
      await element.click()
    },
  },
  keys: {
    screen: { width: 1280, height: 800 },
    press: async (page, element) => {
      await tabTo(page, element)
      await page.keyboard.press('Enter')
    },
  },
  touch: {
    screen: { width: 390, height: 844, touch: true },
    press: async (_, element) => {
      await toTheMiddle(element)
      await element.tap()
    },
  },
}

const NETS: Readonly<Record<string, () => GivenNet>> = {
  MysteryNet: () => givenNet('edited'),
  // Its file says neither what stands between its layers nor its frame.
  SIREN: () => givenFamily('siren', DEFAULT_FRAME),
}

/** A button that can be pressed, by its text. */
async function button(page: Page, text: string): Promise<ElementHandle> {
  const found = await page.waitForFunction(
    text =>
      [...document.querySelectorAll('button')].find(
        button => button.textContent?.trim() === text && !button.disabled && button.checkVisibility(),
      ),
    {},
    text,
  )
  return found.asElement() as ElementHandle
}

const folder = mkdtempSync(join(tmpdir(), 'vexel-share-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What was saved, once all of it is there. */
async function saved(downloads: string, name: string): Promise<string> {
  const path = join(downloads, name)
  await expect.poll(() => existsSync(path), { timeout: 60_000, interval: 100 }).toBe(true)
  return path
}

describe.runIf(isFull).each(Object.keys(NETS))('a %s', kind => {
  test.each(Object.keys(WAYS))('goes through a link, a page and a picture by %s', async name => {
    const { screen, press: pressIn } = WAYS[name]
    const { bytes, subject } = NETS[kind]()
    const { folded, frame } = subject
    const downloads = mkdtempSync(join(folder, 'saved-'))
    const browser = await connect()
    const opened = await openExplorer(browser, { ...screen, downloads, before: COPIED, renderer: 'cpu', motion: false })
    const { page, errors } = opened
    const press = async (text: string) => pressIn(page, await button(page, text))

    await dropFiles(page, ['gift.safetensors', bytes])
    if (kind === 'SIREN') {
      await page.waitForSelector('dialog.architecture[open] canvas')
      await press('sine 30')
    }
    await page.waitForFunction(() => document.title.startsWith('gift'))
    await press('Share…')
    await page.waitForSelector('dialog.share[open] img')
    await expectAccessible(page, 'the dialog', 'dialog.share')

    await press('Copy the link')
    await page.waitForFunction(
      () => document.querySelector('dialog.share [role=status]')?.textContent === 'link copied',
    )

    const width = (await page.$('#share-width')) as ElementHandle
    if (name === 'keys') await tabTo(page, width)
    else await pressIn(page, width)
    await page.keyboard.down('Control')
    await page.keyboard.press('a')
    await page.keyboard.up('Control')
    await page.keyboard.type('96')
    await press('Save the PNG')
    const { levels, ...size } = decodeLevels(readFileSync(await saved(downloads, 'gift.png')))
    expect(size).toEqual({ width: 96, height: 64 })
    // Pixels as coarse as these have four samples.
    const spec = { folded, frame, view: wholeFrame(frame), samples: 4, ...size } as const
    expect(Array.from(levels)).toEqual(Array.from(referenceRows(spec, 0, size.height), levelOf))

    await press('Save .html')
    const url = pathToFileURL(await saved(downloads, 'gift.html'))
    url.hash = 'samples=1'
    const file = await browser.newPage()
    await file.setViewport({ width: 48, height: 32 })
    await file.goto(url.href)
    const expected = referenceLevels(NETS[kind](), { width: 48, height: 32 })
    expect(largestDifference(await levelsOf(file), expected)).toBeLessThanOrEqual(1)
    await file.close()

    if (name === 'keys') await page.keyboard.press('Escape')
    else await press('Close')
    await page.waitForSelector('dialog.share:not([open])')
    const copied = await page.evaluate(() => window.copied)
    expect(copied).toMatch(/^http:.*\/#net=[\w-]+$/)
    expect(errors).toEqual([])
    await opened.close()

    const hash = `#samples=1&${copied.slice(copied.indexOf('#') + 1)}`
    const linked = await openExplorer(browser, { hash, renderer: 'cpu', motion: false, width: 240, height: 240 })
    await linked.page.waitForFunction(() => document.title.startsWith('gift'))
    const pixels = await settledPixels(linked.page)
    const told = StateDict.parse(bytes)
    if (kind === 'SIREN') told.setMetadata(ARCHITECTURE_KEY, 'siren')
    const given = expectedPixels(told.serialize(), frame, wholeFrame(frame), frame.aspect ?? 1.5, pixels)
    const error = given.reduce((sum, level, i) => sum + (level - pixels.data[i]) ** 2, 0) / given.length
    // What float16 costs is told beside the button: 57 dB and more of these two.
    expect(10 * Math.log10(255 ** 2 / error)).toBeGreaterThan(50)
    expect(linked.errors).toEqual([])
    await linked.close()
    await browser.disconnect()
  })
})
