// Solving in the page: a file without a frame, its candidates, a file that is none that can be told, the keyboard.

import type { Page } from 'puppeteer'
import { describe, expect, test } from 'vitest'
import type { Solution } from '../../src/solve/solution.js'
import { isFull, oracleFile } from '../browser/pages.js'
import { nonsenseNet } from '../solve/nonsense-net.js'
import { openBytes, openExplorer, savedNow } from './explorer-page.js'
import { PageOfFile } from './one-page.js'

const pages = new PageOfFile({ renderer: 'cpu', solve: true, width: 800, height: 420 })

const frameOf = (page: Page) => page.evaluate(() => window.vexel.frame)

/** Waits until the note over the picture says this. */
const noteSays = (page: Page, text: string) =>
  page.waitForFunction(text => document.querySelector('.solve-note')?.textContent?.includes(text), {}, text)

const clickInNote = (page: Page, label: string) =>
  page.evaluate(label => {
    const buttons = [...document.querySelectorAll<HTMLElement>('.solve-note button')]
    buttons.find(button => button.textContent?.trim() === label)?.click()
  }, label)

describe('a file that states no frame', () => {
  test('is solved at once: the flag is named, its frame applied and in the link, and one click undoes it, Enter accepts it', async () => {
    const { page, errors } = await pages.flag()
    expect(await openBytes(page, oracleFile('malaysia'))).toBeNull()
    await noteSays(page, 'This is the flag of Malaysia')
    const { aspect, ...frame } = await frameOf(page)
    expect(Math.abs((aspect ?? 0) / 2 - 1)).toBeLessThan(0.02)
    expect(frame.order).toBe('xy')
    expect(Math.abs(frame.x[0] + 1) + Math.abs(frame.x[1] - 1)).toBeLessThan(0.04)
    expect(Math.abs(frame.y[0] + 1) + Math.abs(frame.y[1] - 1)).toBeLessThan(0.04)
    await page.waitForFunction(() => location.hash.includes('frame='))
    await clickInNote(page, 'Undo')
    await page.waitForFunction(() => window.vexel.frame.aspect === null)
    // What was chosen stays chosen: the link says so, though it is what the file would be taken for.
    await page.waitForFunction(() => decodeURIComponent(location.hash).includes('"aspect":null'))
    const unedited = await savedNow(page)
    expect(Buffer.from(unedited).equals(oracleFile('malaysia')), 'saved without edits: the same bytes').toBe(true)
    // The same again, from the list of candidates and by keyboard.
    await page.waitForSelector('.candidates [aria-pressed=false]')
    await page.focus('.candidates button')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.candidates li:first-child [aria-pressed=true]')
    expect(await frameOf(page)).toEqual({ ...frame, aspect })
    expect(errors).toEqual([])
  })

  test.runIf(isFull)('shows its candidates on a narrow screen, too, each with a picture of its own', async () => {
    const { page, errors } = await pages.flag(undefined, { width: 390, height: 844 })
    expect(await openBytes(page, oracleFile('malaysia'))).toBeNull()
    await noteSays(page, 'This is the flag of Malaysia')
    await page.evaluate(() => void Object.assign(window.vexel, { frame: { x: [0, 1], aspect: 1 } }))
    await page.click('.panel-toggle')
    await page.waitForSelector('.candidates [aria-pressed=false]')
    await page.waitForFunction(() => [...document.querySelectorAll('.candidates canvas')].every(c => c.clientWidth > 8))
    await page.focus('.candidates button')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.candidates li:first-child [aria-pressed=true]')
    const solution: Solution = await page.evaluate(() => window.vexel.solve())
    expect(await frameOf(page)).toEqual(solution.candidates[0].frame)
    expect(solution.flag?.code).toBe('my')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    expect(errors).toEqual([])
  })

  test.runIf(isFull)('has candidates that stay in their cards, portraits too', async () => {
    const { page } = await pages.flag(undefined, { width: 900, height: 700 })
    expect(await openBytes(page, oracleFile('nepal'))).toBeNull()
    await noteSays(page, 'This is the flag of Nepal')
    await page.waitForFunction(() =>
      [...document.querySelectorAll('.candidates canvas')].some(c => c.clientHeight > 40),
    )
    const beyond = await page.$$eval(
      '.candidates button',
      cards =>
        cards.filter(card => {
          const { left, right, top, bottom } = card.getBoundingClientRect()
          const picture = card.querySelector('canvas')?.getBoundingClientRect()
          return (
            picture && (picture.left < left || picture.right > right || picture.top < top || picture.bottom > bottom)
          )
        }).length,
    )
    expect(beyond).toBe(0)
  })

  test.runIf(isFull)('is said to be none that can be told where that is so, and its frame stays', async () => {
    const { page, errors } = await pages.flag()
    expect(await openBytes(page, nonsenseNet())).toBeNull()
    await noteSays(page, 'Cannot tell')
    expect(await frameOf(page)).toMatchObject({ x: [-1, 1], y: [-1, 1], aspect: null })
    expect((await page.evaluate(() => window.vexel.solve())).frame).toBeNull()
    await page.click('.solve-note .close')
    await page.waitForFunction(() => !document.querySelector('.solve-note'))
    expect(errors).toEqual([])
  })

  test.runIf(isFull)('keeps the frame that a person has set meanwhile', async () => {
    const { page } = await pages.flag()
    expect(await openBytes(page, oracleFile('malaysia'))).toBeNull()
    await noteSays(page, 'This is the flag of Malaysia')
    await page.evaluate(() => void Object.assign(window.vexel, { frame: { x: [0.25, 0.5] } }))
    await page.evaluate(() => window.vexel.solve())
    expect((await frameOf(page)).x).toEqual([0.25, 0.5])
  })

  test.runIf(isFull)(
    'is still looked at where the list of flags does not load, and a line says that none can be named',
    async () => {
      // The request is a worker's, which puppeteer does not intercept: it is sent to where there is nothing.
      const before = `
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = function (message, transfer) {
        const isSolving = message && message.catalogueUrl;
        postMessage.call(this, isSolving ? { ...message, catalogueUrl: location.origin + '/nowhere/' } : message, transfer);
      };`
      const { page, close } = await openExplorer(pages.browser, {
        renderer: 'cpu',
        width: 800,
        height: 420,
        solve: true,
        before,
      })
      expect(await openBytes(page, oracleFile('malaysia'))).toBeNull()
      await page.waitForFunction(() =>
        /no flag can be named/.test(document.querySelector('#solve-section')?.textContent ?? ''),
      )
      expect((await page.evaluate(() => window.vexel.solve())).flag).toBeNull()
      await close()
    },
  )
})

describe('a file that states its frame', () => {
  test.runIf(isFull)('is solved on demand, and its frame stays', async () => {
    const { page, errors } = await pages.flag()
    const before = await frameOf(page)
    expect(await page.$('.solve-note')).toBeNull()
    const button = await page.waitForSelector('::-p-text(Solve it anyway)')
    await button?.focus()
    await page.keyboard.press('Enter')
    await page.waitForFunction(() =>
      /flag of Malaysia, \d+ %/.test(document.querySelector('#solve-section')?.textContent ?? ''),
    )
    expect(await frameOf(page)).toEqual(before)
    // By key one goes on from there.
    await page.waitForFunction(() => document.activeElement?.id === 'solve-title')
    expect(errors).toEqual([])
  })
})

test('with no file open there is nothing to solve', async () => {
  const { page } = await pages.link('#samples=1', { width: 240, height: 180 })
  const line = await page.evaluate(() => window.vexel.solve().then(String, error => (error as Error).message))
  expect(line).toBe('there is nothing to solve: no file is open')
})
