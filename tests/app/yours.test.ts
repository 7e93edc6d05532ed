// The shelf: what a person dropped, trained or edited is there in the next visit, too, until it is removed. From the start screen.

import { unzipSync } from 'fflate'
import type { Page } from 'puppeteer'
import { expect, test } from 'vitest'
import { packArchive, unpackArchive } from '../../src/app/yours/archive.js'
import { oracleFile } from '../browser/pages.js'
import { dropFiles, KEEP_SAVED, largestDifference, settledPixels } from './explorer-page.js'
import { clickFlag, editByWheel, StartScreens, untilOpen, untilReady } from './start-page.js'
import { press, savedFile } from './training-page.js'
import { isFull } from '../is-full.js'

const screens = new StartScreens()

const titled = (page: Page, title: string) =>
  page.waitForFunction(title => document.title.startsWith(title) && !window.vexel.state().wall, {}, title)

const named = (page: Page) => page.$$eval('dialog.yours li input', fields => fields.map(field => field.value))

test('a dropped net is there after a reload and in another visit; named, exported, removed and imported again', async () => {
  const { page, errors, close } = await screens.open({ before: KEEP_SAVED })
  // Nothing of the shelf on the start screen.
  expect(await page.$eval('#yours', place => place.textContent?.trim())).toBe('')
  await clickFlag(page, 'jp')
  await untilOpen(page, 'flags/jp.safetensors')
  await dropFiles(page, ['nepal.safetensors', oracleFile('nepal')])
  await titled(page, 'nepal')
  await page.waitForFunction(() => /[#&]yours=[0-9a-f]{16},nepal/.test(location.hash))
  await page.waitForSelector('#yours button')
  const before = await settledPixels(page)
  await page.reload()
  await untilReady(page)
  await titled(page, 'nepal')
  await press(page, 'Hide details')
  await page.waitForSelector('#app:not(.panel-open)')
  expect(largestDifference(await settledPixels(page), before.data).levels).toBe(0)
  await page.goto(`${screens.url}#samples=1`)
  await untilReady(page)
  await press(page, 'Yours')
  await page.waitForSelector('dialog.yours[open] li')
  expect(await named(page)).toEqual(['nepal'])
  await page.click('dialog.yours li input', { count: 3 })
  await page.keyboard.type('Two triangles')
  await page.keyboard.press('Tab')
  await press(page, 'Export all')
  const zip = await savedFile(page, 'yours.vexel.zip')
  expect(Buffer.compare(unzipSync(zip)['Two triangles.safetensors'], oracleFile('nepal'))).toBe(0)
  await press(page, 'Remove')
  await page.waitForFunction(() => document.querySelectorAll('dialog.yours li').length === 0)
  await page.evaluate(base64 => {
    const input = document.querySelector('dialog.yours input[type=file]') as HTMLInputElement
    const transfer = new DataTransfer()
    transfer.items.add(new File([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], 'yours.vexel.zip'))
    input.files = transfer.files
    input.dispatchEvent(new Event('change', { bubbles: true }))
  }, Buffer.from(zip).toString('base64'))
  await page.waitForFunction(() => document.querySelectorAll('dialog.yours li').length === 1)
  expect(await named(page)).toEqual(['Two triangles'])
  await press(page, 'Open')
  await titled(page, 'Two triangles')
  expect(largestDifference(await settledPixels(page), before.data).levels).toBe(0)
  expect(errors).toEqual([])
  await close()
})

test.runIf(isFull)(
  'an edited flag is on the shelf, as it is seen; without its edits it is not there any more',
  async () => {
    const { page, errors, close } = await screens.open()
    await clickFlag(page, 'my')
    await untilOpen(page, 'flags/my.safetensors')
    await editByWheel(page)
    await page.keyboard.press('Escape')
    const edited = await settledPixels(page)
    await press(page, 'Yours')
    await page.waitForSelector('dialog.yours[open] li')
    expect(await named(page)).toEqual(['Malaysia edited'])
    await press(page, 'Open')
    await titled(page, 'Malaysia edited')
    expect(await page.evaluate(() => window.vexel.edits.text)).toBe('')
    expect(largestDifference(await settledPixels(page), edited.data).levels).toBeLessThanOrEqual(1)
    await page.goBack()
    await untilOpen(page, 'flags/my.safetensors')
    await press(page, 'Reset')
    await page.waitForFunction(() => !document.querySelector('header .edited'))
    await press(page, 'Yours')
    await page.waitForFunction(
      () => document.querySelector('dialog.yours[open]') && !document.querySelector('dialog.yours li'),
    )
    expect(errors).toEqual([])
    await close()
  },
)

test('where the browser keeps nothing one line says so, and the visit goes on: Back finds what was dropped', async () => {
  const { page, errors, close } = await screens.open({
    before: `IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }`,
  })
  await clickFlag(page, 'jp')
  await untilOpen(page, 'flags/jp.safetensors')
  await dropFiles(page, ['nepal.safetensors', oracleFile('nepal')])
  await titled(page, 'nepal')
  await page.waitForFunction(() => document.querySelector('.message')?.textContent?.includes('for this visit only'))
  await dropFiles(page, ['usa.safetensors', oracleFile('usa')])
  await titled(page, 'usa')
  await page.goBack()
  await titled(page, 'nepal')
  expect(errors).toEqual([])
  await close()
})

test.runIf(isFull)('where the browser has no room left one line says what helps, and the visit goes on', async () => {
  const { page, errors, close } = await screens.open({
    before: `IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') }`,
  })
  await clickFlag(page, 'jp')
  await untilOpen(page, 'flags/jp.safetensors')
  await dropFiles(page, ['nepal.safetensors', oracleFile('nepal')])
  await titled(page, 'nepal')
  await page.waitForFunction(() =>
    document.querySelector('.message')?.textContent?.includes('the shelf of this browser is full'),
  )
  await page.goBack()
  await untilOpen(page, 'flags/jp.safetensors')
  await page.goForward()
  await titled(page, 'nepal')
  expect(errors).toEqual([])
  await close()
})

test('an archive gives back what was packed, equal names too; what is none is one line', () => {
  const bytes = oracleFile('japan')
  const back = unpackArchive(packArchive(['a', 'a', 'b/../c'].map(name => ({ name, bytes }))))
  expect(back.map(({ name }) => name)).toEqual(['a', 'a 2', 'b-..-c'])
  for (const one of back) expect(Buffer.compare(one.bytes, bytes)).toBe(0)
  expect(() => unpackArchive(bytes)).toThrow('expected a zip archive of networks')
  expect(() => unpackArchive(packArchive([]))).toThrow('there is none in it')
})
