// Terms of the field: what they mean is told where they stand, by mouse, key and finger.

import { expect, test } from 'vitest'
import { decibelText } from '../../src/app/figures.js'
import { TERMS } from '../../src/app/terms/table.js'
import { expectAccessible } from './axe.js'
import { PageOfFile } from './one-page.js'

const pages = new PageOfFile({ renderer: 'cpu', width: 900, height: 700 })

test('each term is told in two sentences', () => {
  for (const { name, text } of Object.values(TERMS)) expect(text.match(/[.](?=\s|$)/g), name).toHaveLength(2)
})

test.each([
  [20, '20.0 dB, rough'],
  [30, '30.0 dB, good'],
  [40, '40.0 dB, hardly to be told from the flag'],
  [Number.POSITIVE_INFINITY, 'exact'],
  [Number.NaN, 'no number'],
])('%d dB are told as %s', (psnr, text) => {
  expect(decibelText(psnr)).toBe(text)
})

test('a press on a term opens what it means, which Escape and a press elsewhere close', async () => {
  const { page, errors } = await pages.flag()
  const shown = () => page.$$eval('.term-text.shown', all => all.map(text => text.textContent))
  const isPanelOpen = await page.$('#app.panel-open')
  if (!isPanelOpen) await page.click('.panel-toggle')
  await page.waitForSelector('#panel .term')
  await page.focus('#panel .term')
  await page.keyboard.press('Enter')
  expect(await shown()).toEqual([TERMS.plane.name + TERMS.plane.text])
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(TERMS.plane.name)
  await expectAccessible(page, 'open', '#panel')
  await page.keyboard.press('Escape')
  expect(await shown()).toEqual([])
  // The keyboard is where it was, and the flag is still open.
  expect(await page.evaluate(() => document.activeElement?.className)).toBe('term')
  expect(await page.evaluate(() => window.vexel.state().file)).toBe('flags/my.safetensors')
  await page.click('#panel .term')
  expect(await shown()).toHaveLength(1)
  await page.click('#panel .term')
  expect(await shown()).toEqual([])
  await page.click('#panel .term')
  await page.click('#panel h2')
  expect(await shown()).toEqual([])
  expect(errors).toEqual([])
})
