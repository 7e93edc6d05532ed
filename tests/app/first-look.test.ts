// What one looks at is told in a line when one looks at it for the first time, and in the help; never twice, and never in a hand's way.

import { expect, test } from 'vitest'
import { CAPTIONS } from '../../src/app/terms/captions.js'
import { openExplorer } from './explorer-page.js'
import { PageOfFile } from './one-page.js'

const pages = new PageOfFile()

test('a flag, its parameters and its units are told of once, and all captions stand in the help', async () => {
  const { page, errors, close } = await openExplorer(pages.browser, {
    renderer: 'cpu',
    width: 900,
    height: 700,
    motion: false,
  })
  const told = (text: string) =>
    page.waitForFunction(text => document.querySelector('.first-look')?.textContent === text, {}, text)
  await told(CAPTIONS.flag.text)
  // What lies under it is pressed through it.
  const under = await page.$eval('.first-look', line => {
    const { x, y, width, height } = line.getBoundingClientRect()
    return document.elementFromPoint(x + width / 2, y + height / 2)?.closest('#stage') !== null
  })
  expect(under).toBe(true)
  await page.focus('#stage')
  await page.keyboard.press('e')
  await told(CAPTIONS.parameters.text)
  await page.keyboard.press('Escape')
  await page.waitForFunction(() => !document.querySelector('.first-look'))
  await page.evaluate(() => window.vexel.neurons.open())
  await told(CAPTIONS.units.text)
  await page.evaluate(() => window.vexel.neurons.close())
  await page.waitForFunction(() => !document.querySelector('.first-look'))
  await page.reload()
  await page.waitForFunction(() => 'vexel' in window)
  await page.evaluate(() => window.vexel.ready)
  await page.evaluate(() => window.vexel.settled())
  expect(await page.$('.first-look')).toBeNull()
  await page.keyboard.press('?')
  await page.waitForSelector('dialog.help[open]')
  const lines = await page.$$eval('dialog.help dd', all => all.map(line => line.textContent?.trim()))
  for (const { text } of Object.values(CAPTIONS)) expect(lines).toContain(text)
  expect(errors).toEqual([])
  await close()
})
