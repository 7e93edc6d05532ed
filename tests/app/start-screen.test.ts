// The start screen says what this is and what can be done; help is everywhere; both themes can be read.

import type { Browser } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { KEYS, type KeyCommand } from '../../src/app/keys.js'
import { connect } from '../browser/pages.js'
import { expectAccessible } from './axe.js'
import { hoverUntil, openExplorer } from './explorer-page.js'
import { isFull } from '../is-full.js'

let browser: Browser

beforeAll(async () => {
  browser = await connect()
})

afterAll(async () => {
  await browser?.disconnect()
})

/** Before the page could open networks of other kinds. */
const MOST_SCRIPT_BYTES = 248_000

const WALL = { hash: '#samples=1', width: 900, height: 700, renderer: 'cpu' } as const

describe.each([
  [900, 700, ''],
  [390, 844, ''],
  [
    900,
    700,
    'window.fetch = (real => (url, ...rest) => String(url).includes("flags.json") ? Promise.reject(new Error()) : real(url, ...rest))(window.fetch);',
  ],
])('at %i x %i, %s', (width, height, before) => {
  test('it says what a flag is, and offers a network, a picture and help', async () => {
    const { page, close } = await openExplorer(browser, { ...WALL, width, height, before, touch: width < 500 })
    expect(await page.$eval('.tagline', line => line.textContent)).toContain('a tiny neural network: 6,675 numbers')
    const shown = await page.$$eval('#foot button', all =>
      all.filter(button => button.checkVisibility()).map(button => button.textContent?.trim()),
    )
    for (const name of ['Open a network…', 'Train a picture…', '?']) expect(shown).toContain(name)
    await page.click('.train-picture')
    await page.waitForSelector('dialog.choose-picture[open]')
    await expectAccessible(page, 'the dialog', 'dialog.choose-picture')
    const [chooser] = await Promise.all([page.waitForFileChooser(), page.click('.choose-picture .primary')])
    expect(chooser.isMultiple()).toBe(true)
    await close()
  })
})

test('what the page begins with is no larger than it was: the kernel, the tour, the shelf and their like come when they are needed', async () => {
  const site = inject('siteUrl')
  const text = async (path: string) => await (await fetch(new URL(path, site))).text()
  const [own = '', ...shared] = (await text('')).match(/assets\/[\w-]+\.js/g) ?? []
  expect((await text(own)).length, own).toBeLessThanOrEqual(MOST_SCRIPT_BYTES)
  for (const path of [own, ...shared]) expect(await text(path), path).not.toMatch(/AGFzbQ/)
  const { page, close } = await openExplorer(browser, WALL)
  const fetched = await page.evaluate(() =>
    performance.getEntriesByType('resource').flatMap(({ name }) => /[\w-]+(?=-[\w-]{8}\.js$)/.exec(name) ?? []),
  )
  expect(fetched).toContain('index')
  for (const name of ['tour', 'shelf', 'archive', 'training', 'panel', 'session', 'solve-worker', 'sheet', 'why'])
    expect(fetched).not.toContain(name)
  await close()
})

test('the line of the first visit, once closed, is gone for good', async () => {
  const { page, close } = await openExplorer(browser, WALL)
  await page.click('.welcome .close')
  await page.waitForFunction(() => !document.querySelector('.welcome'))
  await page.reload()
  await page.waitForFunction(() => 'vexel' in window)
  await page.evaluate(() => window.vexel.ready)
  expect(await page.$('.welcome')).toBeNull()
  await close()
})

test.runIf(isFull)('where the browser keeps nothing, the line is there and can be closed all the same', async () => {
  const before =
    'Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied", "SecurityError") } });'
  const { page, errors, close } = await openExplorer(browser, { ...WALL, before })
  await page.click('.welcome .close')
  await page.waitForFunction(() => !document.querySelector('.welcome'))
  expect(errors).toEqual([])
  await close()
})

test('a flag under the pointer is outlined, named in full, its quality told in words, and the pointer shows that it can be clicked', async () => {
  const { page, close } = await openExplorer(browser, WALL)
  const place = () =>
    page.evaluate((): [number, number] => {
      const stage = (document.querySelector('#stage') as Element).getBoundingClientRect()
      const box = window.vexel.wall.flags.find(({ code }) => code === 'ag')?.box ?? stage
      return [stage.x + box.x + 8, stage.y + box.y + 8]
    })
  await hoverUntil(page, place, () =>
    /Antigua and Barbuda, .*(good|fair|rough|told from)/.test(document.querySelector('.readout')?.textContent ?? ''),
  )
  expect(await page.$('.outline.hovered')).not.toBeNull()
  expect(await page.$eval('#stage', element => getComputedStyle(element).cursor)).toBe('pointer')
  await close()
})

test('a name that people say finds the flag: holland and Enter, typed on the wall, fly to the Netherlands', async () => {
  const { page, close } = await openExplorer(browser, WALL)
  await page.keyboard.type('holland')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.title === 'Netherlands – vexel')
  await close()
})

test('what is misspelled is asked back', async () => {
  const { page, close } = await openExplorer(browser, WALL)
  await page.keyboard.type('malasia')
  await page.waitForFunction(() => document.querySelector('#wall-finds')?.textContent?.includes('did you mean'))
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.title === 'Malaysia – vexel')
  await close()
})

test('? is help on the wall, in a flag and inside, with every key of the table; Escape closes it and nothing else', async () => {
  const { page, errors, close } = await openExplorer(browser, { renderer: 'cpu', width: 900, height: 700 })
  const shown = (Object.values(KEYS) as KeyCommand[]).map(({ does }) => does)
  for (const enter of ['flag', 'inside', 'wall'] as const) {
    if (enter === 'inside') await page.evaluate(() => window.vexel.neurons.open({}).then(() => {}))
    if (enter === 'wall') await page.evaluate(() => window.vexel.wall.home())
    const before = await page.evaluate(() => window.vexel.state())
    await page.keyboard.press('?')
    await page.waitForSelector('dialog.help[open]')
    const lines = await page.$$eval('dialog.help dd', all => all.map(element => element.textContent?.trim()))
    for (const line of shown) expect(lines, enter).toContain(line)
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => !document.querySelector('dialog.help[open]'))
    expect(await page.evaluate(() => window.vexel.state()), enter).toEqual(before)
  }
  expect(errors).toEqual([])
  await close()
})

test('F leaves the picture alone on the screen, and gives all back', async () => {
  const { page, close } = await openExplorer(browser, { renderer: 'cpu', width: 600, height: 500 })
  await page.keyboard.press('f')
  await page.waitForFunction(() => document.querySelector('#app')?.matches('.bare'))
  const { header, stage } = await page.evaluate(() => ({
    header: document.querySelector('header')?.checkVisibility(),
    stage: document.querySelector('#stage')?.getBoundingClientRect().height === innerHeight,
  }))
  expect([header, stage]).toEqual([false, true])
  await page.keyboard.press('f')
  await page.waitForFunction(() => !document.querySelector('#app')?.matches('.bare'))
  await close()
})

test.each(isFull ? ['dark', 'light'] : ['light'])(
  'in the %s theme the wall, a flag, its details and the help are clean for axe',
  async theme => {
    const { page, close } = await openExplorer(browser, { renderer: 'cpu', width: 900, height: 700 })
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }])
    await expectAccessible(page, 'flag')
    await page.evaluate(() => window.vexel.wall.home())
    await page.waitForSelector('.welcome')
    await expectAccessible(page, 'wall')
    const ground = await page.evaluate(async () => {
      await window.vexel.settled()
      return [...window.vexel.readPixels().data.subarray(0, 3)]
    })
    expect(ground).toEqual(theme === 'dark' ? [0x14, 0x16, 0x1a] : [0xf3, 0xf4, 0xf6])
    await page.keyboard.press('?')
    await page.waitForSelector('dialog.help[open]')
    await expectAccessible(page, 'help')
    await close()
  },
)

describe('the tour', () => {
  test.runIf(isFull)('without motion is its end: three pictures to train, and one of them is taken', async () => {
    const { page, errors, close } = await openExplorer(browser, WALL)
    await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }])
    await page.click('.show-me')
    await page.waitForFunction(() => document.querySelectorAll('.samples img').length === 3)
    await page.click('.samples button')
    await page.waitForSelector('#app.training')
    expect(errors).toEqual([])
    await close()
  })

  test('is skipped by any key, and leaves nothing behind', async () => {
    const { page, errors, close } = await openExplorer(browser, WALL)
    await page.click('.show-me')
    await page.waitForFunction(() => document.querySelector('.tour')?.textContent?.includes('Into a star'))
    await page.keyboard.press('x')
    await page.waitForFunction(() => !document.querySelector('.tour'))
    await page.waitForFunction(() => document.querySelector('#app')?.matches('.wall'))
    expect(await page.evaluate(() => window.vexel.state().file)).toBeNull()
    expect(await page.$eval('#wall-search', field => (field as HTMLInputElement).value)).toBe('')
    expect(errors).toEqual([])
    await close()
  })
})
