// Giving the open flag away from the page: a link that opens it again, a picture, a page; and what a bad link leaves as it was.

import { expect, test } from 'vitest'
import { readNet } from '../../src/export/packed/link.js'
import { referenceRows } from '../../src/model/picture.js'
import { levelOf } from '../../src/model/tone.js'
import { wholeFrame } from '../../src/model/view.js'
import { givenNet } from '../export/five-nets.js'
import { decodeLevels } from '../model/network-files.js'
import { expectAccessible } from './axe.js'
import { dropFiles, expectPictureOf, shippedFile } from './explorer-page.js'
import { PageOfFile } from './one-page.js'
import { press, savedFile } from './training-page.js'

declare global {
  interface Window {
    copied: string
  }
}

const COPIED = `Object.defineProperty(navigator, 'clipboard', { value: { writeText: async text => { window.copied = text } } })`
const PHONE = { width: 390, height: 700 }

const pages = new PageOfFile({ before: COPIED, renderer: 'cpu' })

test('a net goes through a link, a picture and a page by the buttons of one dialog, on a phone', async () => {
  const { page, errors } = await pages.flag('flags/jp.safetensors', PHONE)
  const { bytes, subject } = givenNet('otherwise built')
  await dropFiles(page, ['small one.safetensors', bytes])
  await page.waitForFunction(() => document.title.startsWith('small one'))
  await press(page, 'Share…')
  await page.waitForSelector('dialog.share[open] img')
  await expectAccessible(page, 'the dialog', 'dialog.share')
  await press(page, 'Copy the link')
  await page.waitForFunction(() => document.querySelector('dialog.share [role=status]')?.textContent === 'link copied')
  const copied = await page.evaluate(() => window.copied)
  expect(copied).toMatch(/^http:.*\/#net=[\w-]+$/)

  // Fine enough for one sample a pixel.
  await page.focus('#share-width')
  await page.$eval('#share-width', field => (field as HTMLInputElement).select())
  await page.keyboard.type('2000')
  await press(page, 'Save the PNG')
  const { levels, ...size } = decodeLevels(await savedFile(page, 'small one.png'))
  expect(size).toEqual({ width: 2000, height: 2667 })
  const { folded, frame } = subject
  const rows = referenceRows({ folded, frame, view: wholeFrame(frame), samples: 1, ...size }, 1000, 1)
  expect(Array.from(levels.subarray(3 * 2000 * 1000, 3 * 2000 * 1001))).toEqual(Array.from(rows, levelOf))

  await press(page, 'Save .html')
  const saved = await savedFile(page, 'small one.html')
  expect(Buffer.from(saved).toString('utf8')).toContain('<title>small one</title>')
  await press(page, 'Close')
  expect(errors).toEqual([])

  const net = copied.slice(copied.indexOf('#net=') + 5)
  const { page: opened, errors: later } = await pages.link(`#samples=1&net=${net}`, PHONE)
  await opened.waitForFunction(() => document.title.startsWith('small one'))
  await expectPictureOf(opened, await readNet(net))
  expect(await opened.evaluate(() => window.vexel.state().yours)).toBeNull()
  expect(later).toEqual([])
})

test('it is opened and left by keys; a bad link is one line, and what was open stays', async () => {
  const { page, errors } = await pages.flag('flags/jp.safetensors', PHONE)
  await page.focus('#share button')
  await page.keyboard.press('Enter')
  await page.waitForSelector('dialog.share[open]')
  await page.keyboard.press('Escape')
  await page.waitForSelector('dialog.share:not([open])')
  expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Share…')
  await page.evaluate(() => {
    location.hash = '#samples=1&net=AQUAAABhbm90aGVy'
  })
  await page.waitForSelector('.message[role=alert]')
  expect(await page.$eval('.message span', message => message.textContent)).toMatch(/^link: net: /)
  await expectPictureOf(page, shippedFile('jp'), await page.evaluate(() => window.vexel.frame))
  expect(errors).toEqual([])
})
