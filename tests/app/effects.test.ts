// The sliders in the page: what they say is drawn, undone, spelled in the address, and they move by themselves and stop.

import type { Page } from 'puppeteer'
import { expect, test } from 'vitest'
import { applyEdits } from '../../src/edit/edits.js'
import type { Effect } from '../../src/edit/effect.js'
import { precisionOf } from '../../src/edit/precision.js'
import { editedStateDict } from '../../src/edit/save.js'
import { Film } from '../../src/film/film.js'
import { createNetwork } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { isFull } from '../browser/pages.js'
import { expectAccessible } from './axe.js'
import { expectPictureOf, settledPixels, shippedFile, twoFrames } from './explorer-page.js'
import { PageOfFile } from './one-page.js'

const pages = new PageOfFile({ renderer: 'cpu', width: 420, height: 500 })

// The files of Malaysia and Cuba are of the same types, so that a morph ends at the very weights.
const FLAG = 'flags/my.safetensors'
const HASH = `#samples=1&file=${FLAG}`

/** Opens the sliders' tab. @param hash of a link that leads there; else the flag is opened alone */
async function openEffects(hash?: string) {
  const opened = await (hash === undefined ? pages.flag() : pages.link(hash))
  const { page } = opened
  await page.evaluate(() => window.vexel.edits.show())
  await page.waitForSelector('#scrub [role=tab]')
  await page.evaluate(() => {
    const tabs = [...document.querySelectorAll<HTMLElement>('#scrub [role=tab]')]
    tabs.find(tab => tab.textContent?.trim() === 'Effects')?.click()
  })
  await page.waitForSelector('[data-effect=noise]')
  return opened
}

const textOf = (page: Page) => page.evaluate(() => window.vexel.edits.text)

/** Moves a slider as a drag does: some inputs, one change. */
async function drag(page: Page, effect: string, ...values: number[]): Promise<void> {
  await page.$eval(
    `[data-effect=${effect}] input[type=range]`,
    (range, values) => {
      for (const value of values) {
        ;(range as HTMLInputElement).value = String(value)
        range.dispatchEvent(new InputEvent('input', { bubbles: true }))
      }
      range.dispatchEvent(new Event('change', { bubbles: true }))
    },
    values,
  )
}

test('a drag of the noise slider changes the picture and the address, and one undo takes all of it back', async () => {
  const { page, errors } = await openEffects()
  const before = await settledPixels(page)
  const state = await page.evaluate(() => window.vexel.state())
  await drag(page, 'noise', 0.1, 0.2, 0.3)
  expect(await textOf(page)).toMatch(/^noise:all:0\.3:\d+$/)
  await page.waitForFunction(() => /[#&]edits=noise:all:0\.3:/.test(location.hash))
  expect((await settledPixels(page)).data).not.toEqual(before.data)
  await page.evaluate(() => window.vexel.edits.undo())
  expect(await textOf(page)).toBe('')
  await page.waitForFunction(() => !location.hash.includes('edits='))
  expect(await page.evaluate(() => window.vexel.state())).toEqual(state)
  expect((await settledPixels(page)).data).toEqual(before.data)
  expect(errors).toEqual([])
})

test('a value is typed, refused in one line where it is none, and reset', async () => {
  const { page, errors } = await openEffects()
  const type = async (text: string) => {
    await page.click('#effect-quantise-value', { count: 3 })
    await page.keyboard.type(text)
    await page.keyboard.press('Enter')
  }
  await type('4')
  await page.waitForFunction(() => window.vexel.edits.text === 'bits:all:4')
  await type('2.5')
  await page.waitForFunction(() =>
    document.querySelector('.scrub-problem')?.textContent?.includes('whole number of bits'),
  )
  expect(await textOf(page)).toBe('bits:all:4')
  await page.click('[data-effect=quantise] [aria-label^=Reset]')
  await page.waitForFunction(() => window.vexel.edits.text === '')
  expect(errors).toEqual([])
})

test.runIf(isFull)(
  'a morph to another flag ends at the pixels of that flag, from the field as from the address',
  async () => {
    const { page, errors } = await openEffects()
    await page.click('#effect-morph-target')
    await page.keyboard.type('cuba')
    await page.keyboard.press('Enter')
    await page.waitForFunction(
      () => !(document.querySelector('[data-effect=morph] input[type=range]') as HTMLInputElement).disabled,
    )
    for (const way of ['matched', 'naive']) {
      if (way === 'naive') await page.click('.effect-ways label:nth-of-type(2) input')
      await drag(page, 'morph', 0.5, 1)
      await page.waitForFunction(way => window.vexel.edits.text === `morph:cu:1:${way}`, {}, way)
      await expectPictureOf(page, shippedFile('cu'))
    }
    expect(errors).toEqual([])
    await pages.link(`${HASH}&edits=morph:cu:1:matched`)
    await page.waitForFunction(() => window.vexel.edits.text === 'morph:cu:1:matched')
    await expectPictureOf(page, shippedFile('cu'))
    expect(errors).toEqual([])
  },
)

test.runIf(isFull)('a morph to the beginning of its own film ends at the first snapshot', async () => {
  const { page, errors } = await pages.link(`${HASH}&edits=morph:film-1:1:naive`)
  await page.waitForFunction(() => window.vexel.edits.text === 'morph:film-1:1:naive')
  const stateDict = StateDict.parse(shippedFile('my'))
  const network = createNetwork(stateDict)
  const film = Film.parse(shippedFile('my.film'))
  const effects: Effect[] = [{ kind: 'morph', target: 'film-1', amount: 1, matched: false }]
  const targets = new Map([['film-1', film.network(0)]])
  const edited = applyEdits(network, { effects, pins: new Map() }, targets, precisionOf(stateDict, network))
  await expectPictureOf(page, editedStateDict(stateDict, network, edited).serialize())
  expect(errors).toEqual([])
})

test.runIf(isFull)('nothing on the tab of the sliders is without a name or a role', async () => {
  const { page } = await openEffects(`${HASH}&edits=gain:3:1.2`)
  await expectAccessible(page, 'the sliders', '#scrub-tab')
})

test('a slider plays to its end, is one step to undo, and stops when the tab is hidden', async () => {
  const { page, errors } = await openEffects()
  const play = '[data-effect=temperature] .effect-play'
  // Near its end already: it comes there soon.
  await drag(page, 'temperature', 0.9)
  const begun = await textOf(page)
  await page.click(play)
  await page.waitForFunction(() => window.vexel.edits.text === 'temp:all:20')
  await page.waitForSelector(`${play}[aria-label^=Play]`)
  await page.evaluate(() => window.vexel.edits.undo())
  expect(await textOf(page)).toBe(begun)
  await page.click('.effects-loop input')
  await page.click(play)
  await page.waitForFunction(text => window.vexel.edits.text !== text, {}, begun)
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' })
    document.dispatchEvent(new Event('visibilitychange'))
    Reflect.deleteProperty(document, 'visibilityState')
  })
  await page.waitForSelector(`${play}[aria-label^=Play]`)
  const stopped = await textOf(page)
  await twoFrames(page)
  expect(await textOf(page)).toBe(stopped)
  expect(errors).toEqual([])
})

test('the frame is moved by its sliders, is in the address, and comes back', async () => {
  const { page, errors } = await openEffects()
  await drag(page, 'frame', -0.5)
  await page.waitForFunction(() => window.vexel.frame?.x[0] === -0.5 && location.hash.includes('frame='))
  await page.waitForSelector('[data-effect=frame] [aria-label^=Reset]:enabled')
  await page.click('[data-effect=frame] [aria-label^=Reset]')
  await page.waitForFunction(() => window.vexel.frame?.x[0] === -1 && !location.hash.includes('frame='))
  expect(errors).toEqual([])
})

test('both ways of a morph are shown side by side, with the measure named', async () => {
  const { page, errors } = await openEffects(`${HASH}&edits=morph:cu:0.5:matched`)
  await page.waitForFunction(
    () => !(document.querySelector('[data-effect=morph] input[type=range]') as HTMLInputElement).disabled,
  )
  await page.evaluate(() => document.querySelector<HTMLElement>('.effect-ways button')?.click())
  await page.waitForFunction(() => document.querySelectorAll('.morph-way img').length === 10)
  await page.waitForFunction(() =>
    /nearer to the cross-fade/.test(document.querySelector('[data-effect=morph]')?.textContent ?? ''),
  )
  await page.evaluate(() => document.querySelectorAll<HTMLElement>('.morph-way:first-child > div button')[1].click())
  await page.waitForFunction(() => window.vexel.edits.text === 'morph:cu:0.25:naive')
  expect(errors).toEqual([])
})
