// An entry of the history belongs to one file: whatever was opened, by whatever way, Back leads to it, seen as it was, and puts nothing of it upon
// another. From the start screen, by drops and clicks.

import type { Page } from 'puppeteer'
import { expect, test } from 'vitest'
import { oracleFile } from '../browser/pages.js'
import { largestDifference, settledPixels, dropFiles } from './explorer-page.js'
import { clickFlag, editByWheel, StartScreens, untilOpen } from './start-page.js'

const screens = new StartScreens()

const titled = (page: Page, title: string) =>
  page.waitForFunction(title => document.title.startsWith(title) && !window.vexel.state().wall, {}, title)

test('back to a dropped net: its own frame and edits come with it and land on no other', async () => {
  const { page, errors, close } = await screens.open()
  await clickFlag(page, 'jp')
  await untilOpen(page, 'flags/jp.safetensors')
  await dropFiles(page, ['nepal.safetensors', oracleFile('nepal')])
  await titled(page, 'nepal')
  await page.evaluate(() => void Object.assign(window.vexel, { frame: { x: [-1, 0.5], aspect: 0.82 } }))
  await editByWheel(page)
  await page.keyboard.press('Escape')
  await page.waitForFunction(() => /frame=.*edits=/.test(location.hash))
  const nepal = await settledPixels(page)
  const state = await page.evaluate(() => window.vexel.state())
  await dropFiles(page, ['usa.safetensors', oracleFile('usa')])
  await titled(page, 'usa')
  const usa = await settledPixels(page)
  const usaState = await page.evaluate(() => window.vexel.state())
  expect(usaState).toMatchObject({ frame: null, edits: null })
  await page.goBack()
  await titled(page, 'nepal')
  await page.waitForFunction(() => window.vexel.edits.text !== '')
  expect(largestDifference(await settledPixels(page), nepal.data).levels).toBe(0)
  expect(await page.evaluate(() => window.vexel.state())).toEqual(state)
  await page.goForward()
  await titled(page, 'usa')
  expect(largestDifference(await settledPixels(page), usa.data).levels).toBe(0)
  expect(await page.evaluate(() => window.vexel.state())).toEqual(usaState)
  await page.goBack()
  await titled(page, 'nepal')
  await page.goBack()
  await untilOpen(page, 'flags/jp.safetensors')
  expect(await page.evaluate(() => window.vexel.state())).toMatchObject({ yours: null, frame: null, edits: null })
  expect(errors).toEqual([])
  await close()
})

test('no entry is made in the middle of a flight: Back from a flag leads to the wall as it was seen before', async () => {
  const { page, errors, close } = await screens.open({ motion: true })
  const before = await page.evaluate(() => location.hash)
  const widthOf = () => window.vexel.wall.flags.find(({ code }) => code === 'my')?.box.width ?? 0
  const width = await page.evaluate(widthOf)
  await clickFlag(page, 'my')
  // Another flag is asked for on the way: at once, since a busy machine has arrived before a name is typed.
  const onTheWay = await page.waitForFunction(
    width => {
      const { wall } = window.vexel
      if ((wall.flags.find(({ code }) => code === 'my')?.box.width ?? 0) <= 1.1 * width) return null
      void wall.fly('jp')
      return { file: window.vexel.state().file }
    },
    {},
    width,
  )
  expect(await onTheWay.jsonValue()).toEqual({ file: null })
  await untilOpen(page, 'flags/jp.safetensors')
  await page.goBack()
  await untilOpen(page, null)
  expect(await page.evaluate(() => location.hash)).toBe(before)
  // Out by Escape, and on at once: the wall's entry is the whole wall, where that flight led.
  await clickFlag(page, 'us')
  await untilOpen(page, 'flags/us.safetensors')
  await page.focus('#stage')
  await page.keyboard.press('Escape')
  await untilOpen(page, null)
  await page.focus('#wall-search')
  await page.keyboard.type('mala')
  await page.keyboard.press('Enter')
  await untilOpen(page, 'flags/my.safetensors')
  await page.goBack()
  await untilOpen(page, null)
  expect(await page.evaluate(() => window.vexel.state().wall)).toBeNull()
  await page.goBack()
  await untilOpen(page, 'flags/us.safetensors')
  expect(errors).toEqual([])
  await close()
})

test('a link to a net of somebody else says that the link only names it, and the wall is there', async () => {
  const { page, errors, close } = await screens.open()
  await page.evaluate(() => {
    location.hash = '#yours=3f2a9c1b04de7788,logo'
  })
  await page.waitForFunction(() =>
    document.querySelector('.message')?.textContent?.includes('which this link only names'),
  )
  expect(await page.$eval('.message', message => message.textContent)).toContain('logo')
  expect(await page.$('#app.wall')).not.toBeNull()
  expect(errors).toEqual([])
  await close()
})
