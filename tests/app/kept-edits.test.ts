// Nobody loses edits: what a person made of a flag is there again, however the flag was left and however one comes back. From the start screen, by
// mouse and keyboard.

import type { Page } from 'puppeteer'
import { expect, test } from 'vitest'
import { isFull } from '../browser/pages.js'
import { largestDifference, settledPixels } from './explorer-page.js'
import { clickFlag, editByWheel, StartScreens, untilOpen, untilReady } from './start-page.js'

const MALAYSIA = 'flags/my.safetensors'

const screens = new StartScreens()

/** Malaysia, opened by a click and changed by the wheel, its panel closed. */
async function openEdited() {
  const { page, errors, close } = await screens.open()
  await clickFlag(page, 'my')
  await untilOpen(page, MALAYSIA)
  const original = await settledPixels(page)
  await editByWheel(page)
  const text = await page.evaluate(() => window.vexel.edits.text)
  await page.keyboard.press('Escape')
  await page.waitForFunction(() => !document.querySelector('#app.scrub-open'))
  expect(await page.evaluate(() => window.vexel.state().file)).toBe(MALAYSIA)
  const edited = await settledPixels(page)
  expect(largestDifference(edited, original.data).levels).toBeGreaterThan(5)
  const expectEdited = async () => {
    await untilOpen(page, MALAYSIA)
    await page.waitForFunction(text => window.vexel.edits.text === text, {}, text)
    await page.waitForSelector('header .edited')
    expect(largestDifference(await settledPixels(page), edited.data).levels).toBe(0)
  }
  return { page, errors, close, original, edited, expectEdited }
}

const press = async (page: Page, name: string) => {
  const button = await page.waitForSelector(`::-p-aria([name="${name}"][role="button"])`)
  await button?.click()
}

test('Escape closes the panel first, then leaves; the edits are there after Escape and a click, Find, Back and a reload', async () => {
  const { page, errors, close, expectEdited } = await openEdited()
  await page.keyboard.press('Escape')
  await untilOpen(page, null)
  // On the wall the flag hangs as it came, with a mark.
  await page.waitForSelector('#names .wall-mark')
  expect(await page.$$eval('#names .wall-mark', marks => marks.length)).toBe(1)
  await clickFlag(page, 'my')
  await expectEdited()
  // Another flag is as it came, and its title says nothing.
  await page.focus('#wall-search')
  await page.keyboard.type('japan')
  await page.keyboard.press('Enter')
  await untilOpen(page, 'flags/jp.safetensors')
  await page.waitForFunction(() => !document.querySelector('header .edited'))
  await page.focus('#wall-search')
  await page.keyboard.type('mala')
  await page.keyboard.press('Enter')
  await expectEdited()
  await page.waitForFunction(() => location.hash.includes('edits='))
  await page.goBack()
  await page.waitForFunction(() => window.vexel.state().file !== 'flags/my.safetensors')
  await page.goForward()
  await expectEdited()
  await page.reload()
  await untilReady(page)
  // What a link names has its details open.
  await press(page, 'Hide details')
  await page.waitForSelector('#app:not(.panel-open)')
  await expectEdited()
  expect(errors).toEqual([])
  await close()
})

test.runIf(isFull)(
  'beside the title are comparison, undo and reset, and undo works after the flag was left',
  async () => {
    const { page, errors, close, original, edited, expectEdited } = await openEdited()
    await page.keyboard.press('Escape')
    await untilOpen(page, null)
    await clickFlag(page, 'my')
    await expectEdited()
    const compare = await page.waitForSelector('::-p-aria([name="Compare"][role="button"])')
    const box = await compare?.boundingBox()
    if (!box) throw new Error('the button has no place')
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await page.mouse.down()
    await page.waitForSelector('.edited [aria-pressed=true]')
    expect(largestDifference(await settledPixels(page), original.data).levels).toBe(0)
    await page.mouse.up()
    await page.waitForSelector('.edited [aria-pressed=false]')
    expect(largestDifference(await settledPixels(page), edited.data).levels).toBe(0)
    await press(page, 'Reset')
    await page.waitForFunction(() => !document.querySelector('header .edited'))
    expect(largestDifference(await settledPixels(page), original.data).levels).toBe(0)
    await page.keyboard.down('Control')
    await page.keyboard.press('z')
    await page.keyboard.up('Control')
    await expectEdited()
    while (await page.evaluate(() => window.vexel.edits.canUndo)) await press(page, 'Undo')
    await page.waitForFunction(() => !document.querySelector('header .edited'))
    expect(largestDifference(await settledPixels(page), original.data).levels).toBe(0)
    expect(errors).toEqual([])
    await close()
  },
)

test.runIf(isFull)(
  'edits that no link can hold come back by Back, and elsewhere the link says where they are',
  async () => {
    const { page, errors, close } = await screens.open()
    await clickFlag(page, 'my')
    await untilOpen(page, MALAYSIA)
    await page.evaluate(async () => {
      await window.vexel.edits.start()
      for (let i = 0; i < 32; i++)
        for (let k = 0; k < 32; k++) window.vexel.edits.set('dense3.weight', [i, k], 0.12345 + i / 9 - k / 7, 'all')
    })
    const edited = await settledPixels(page)
    await page.waitForFunction(() => location.hash.includes('edits=here'))
    const link = await page.evaluate(() => location.href)
    await page.focus('#stage')
    await page.keyboard.press('Escape')
    await untilOpen(page, null)
    await page.goBack()
    await page.waitForSelector('header .edited')
    expect(largestDifference(await settledPixels(page), edited.data).levels).toBe(0)
    const elsewhere = await screens.open()
    await elsewhere.page.goto(link)
    await elsewhere.page.waitForFunction(() =>
      document.querySelector('.message')?.textContent?.includes('more than a link holds'),
    )
    expect([...errors, ...elsewhere.errors]).toEqual([])
    await elsewhere.close()
    await close()
  },
)
