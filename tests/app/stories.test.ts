// What people come for, each a way through the whole page from the start screen by real input. In full only: every step of them is tested by itself
// elsewhere.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StateDict } from '../../src/model/state-dict.js'
import { connect, oracleFile } from '../browser/pages.js'
import { isFull } from '../is-full.js'
import { openExplorer, type OpenedPage, type OpenOptions, twoFrames } from './explorer-page.js'
import { clickFlag, untilOpen } from './start-page.js'
import { press, savedFile } from './training-page.js'

let browser: Browser
let folder: string

beforeAll(async () => {
  if (!isFull) return
  browser = await connect()
  folder = mkdtempSync(join(tmpdir(), 'vexel-stories-'))
})

afterAll(async () => {
  if (!isFull) return
  await browser.disconnect()
  rmSync(folder, { recursive: true })
})

/** The start screen. */
async function begin(options: OpenOptions = {}): Promise<OpenedPage> {
  const usual = { hash: '#samples=1', renderer: 'cpu', motion: false, width: 1100, height: 760 } as const
  return await openExplorer(browser, { ...usual, ...options })
}

const atWall = (page: Page) => page.waitForSelector('#app.wall')
const untilSaid = (page: Page, selector: string, text: string) =>
  page.waitForFunction(
    (selector, text) => document.querySelector(selector)?.textContent?.replace(/\s+/g, ' ').includes(text),
    {},
    selector,
    text,
  )
/** What the keyboard is at. */
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute('aria-label') || '')
/** Where a part of the page is, its middle. */
async function middleOf(page: Page, selector: string): Promise<readonly [number, number]> {
  const { x, y, width, height } = await page.$eval(selector, part => part.getBoundingClientRect().toJSON() as DOMRect)
  return [x + width / 2, y + height / 2]
}
const stateText = (page: Page) => page.$eval('.figures', figures => figures.textContent ?? '')
const untilFinished = (page: Page) =>
  page.waitForFunction(() => document.querySelector('.figures')?.textContent?.includes('finished'))

/** Says in the details how many steps a training is to have. */
async function setSteps(page: Page, steps: number): Promise<void> {
  if (!(await page.$('#app.panel-open'))) await page.click('.panel-toggle')
  await page.waitForSelector('#train-length')
  await page.select('[aria-label="Unit of the length"]', 'steps')
  await page.click('#train-length', { count: 3 })
  await page.type('#train-length', String(steps))
  await page.keyboard.press('Tab')
}

describe.runIf(isFull)('the story of', () => {
  test('a student with a mystery: what flag it is, how that is known, and a file that says so', async () => {
    const { page, errors, close } = await begin({ solve: true })
    const path = join(folder, 'gift.safetensors')
    writeFileSync(path, oracleFile('malaysia'))
    const [chooser] = await Promise.all([page.waitForFileChooser(), page.click('.open-network')])
    await chooser.accept([path])
    await untilSaid(page, '#solve-note', 'This is the flag of Malaysia, 99 %')
    await press(page, 'How do we know?')
    await untilSaid(page, '#solve-section', 'Batch norm remembers')
    // A word that is new is told where it stands.
    const term = await page.waitForSelector('#panel .term')
    await term?.click()
    await untilSaid(page, '.term-text.shown', 'x and y')
    await page.keyboard.press('Escape')
    await press(page, 'Save the file with this frame')
    const { metadata } = StateDict.parse(await savedFile(page, 'gift.safetensors'))
    expect(metadata.get('vexel.frame')).toContain('"aspect":')
    await page.focus('#stage')
    await page.keyboard.press('Escape')
    await atWall(page)
    const names = await page.evaluate(() => window.vexel.wall.flags.map(({ name }) => name))
    expect(names).toContain('Malaysia · gift')
    expect(errors).toEqual([])
    await close()
  })

  test('a teacher: a flag by its name, inside it, a unit silenced and what it is worth, its wires, why a pixel is red', async () => {
    const { page, errors, close } = await begin()
    await page.focus('#stage')
    await page.keyboard.type('malaysia')
    await page.keyboard.press('Enter')
    await untilOpen(page, 'flags/my.safetensors')
    await press(page, 'Look inside')
    await page.waitForSelector('.neuron-bar')
    await twoFrames(page)
    await page.evaluate(() => window.vexel.settled())
    const box = await page.evaluate(() => {
      const picture = window.vexel.neurons.pictures.find(({ unit }) => unit?.layer === 7 && unit.unit === 3)
      const stage = (document.querySelector('#stage') as Element).getBoundingClientRect()
      return (
        picture && [stage.x + picture.box.x + picture.box.width / 2, stage.y + picture.box.y + picture.box.height / 2]
      )
    })
    await page.mouse.click(box?.[0] as number, box?.[1] as number)
    await untilSaid(page, '.unit-title', 'dense8 unit 3')
    await page.evaluate(() => window.vexel.settled())
    await press(page, 'Silence')
    await untilSaid(page, '.worth figcaption', 'Without it: 18')
    await page.click('.worth .term')
    await untilSaid(page, '.term-text.shown', '20 dB is rough')
    await page.keyboard.press('Escape')
    await press(page, 'Wires')
    // Silenced, it leads nowhere: there are those into it alone.
    await page.waitForFunction(() => document.querySelectorAll('#marks .wire').length === 8)
    await press(page, 'Why?')
    await page.waitForSelector('.why tbody tr')
    await page.focus('#stage')
    await page.keyboard.press('u')
    await page.waitForFunction(() => !document.querySelector('.worth'))
    await page.keyboard.press('?')
    await untilSaid(page, 'dialog.help', 'Batch norm')
    expect(errors).toEqual([])
    await close()
  })

  test('an artist: mutants of a flag, one after the other, held against the flag beside a line, saved, and there again later', async () => {
    const { page, errors, close } = await begin()
    await clickFlag(page, 'jp')
    await untilOpen(page, 'flags/jp.safetensors')
    await page.click('.scrub-button')
    await page.waitForSelector('.scrub-chance')
    await press(page, 'Nine mutants…')
    for (const picks of [1, 2]) {
      await page.waitForSelector('.sheet[aria-busy=false]')
      await page.click(`.sheet button:nth-child(${4 * picks})`)
      await page.waitForFunction(picks => window.vexel.edits.text.split('mutate').length === picks + 1, {}, picks)
    }
    await press(page, 'Back')
    await page.waitForFunction(() => window.vexel.edits.text.split('mutate').length === 2)
    await press(page, 'Done')
    await page.click('.edited button')
    await page.waitForSelector('#compare-line')
    const [x, y] = await middleOf(page, '#compare-line')
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x - 150, y, { steps: 4 })
    await page.mouse.up()
    await page.waitForFunction(
      () => Number(document.querySelector('#compare-line')?.getAttribute('aria-valuenow')) < 40,
    )
    await page.click('#scrub [title^="Save"]')
    const saved = StateDict.parse(await savedFile(page, 'jp.safetensors'))
    expect(saved.serialize()).not.toEqual(StateDict.parse(oracleFile('japan')).serialize())
    await page.waitForFunction(() => document.querySelector('#yours button'))
    await page.click('#yours button')
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLInputElement>('dialog.yours li input')].some(({ value }) =>
        value.endsWith('edited'),
      ),
    )
    expect(errors).toEqual([])
    await close()
  })

  test('a logo maker: letters that are typed become a net over the ground that was chosen, which is saved and hangs on the wall', async () => {
    const { page, errors, close } = await begin()
    await page.click('.train-picture')
    await page.waitForSelector('#picture-text')
    await page.type('#picture-text', 'V')
    await page.keyboard.press('Enter')
    await page.waitForSelector('#app.training .ground')
    // The browser's own chooser of colours is not the page's: its field is set as that sets it.
    await page.$eval('.ground input', field => {
      ;(field as HTMLInputElement).value = '#ffcc00'
      field.dispatchEvent(new Event('change', { bubbles: true }))
    })
    await press(page, 'Five minutes')
    await page.waitForSelector('.plan [aria-pressed=true]')
    await setSteps(page, 60)
    await untilSaid(page, '.plan', '60 steps')
    await press(page, 'Start')
    await untilFinished(page)
    expect(await stateText(page)).toMatch(/dB\s+(rough|fair|good|very good|nearly exact)/)
    await press(page, 'Save')
    const { metadata } = StateDict.parse(await savedFile(page, 'V.safetensors'))
    expect(metadata.get('vexel.source')).toBe('V.png')
    await press(page, 'All flags')
    await atWall(page)
    await page.waitForFunction(() => window.vexel.wall.flags.some(({ code }) => code === 'V'))
    expect(errors).toEqual([])
    await close()
  })

  test('a phone: a flag that is tapped, a unit, and a picture that is trained, seen one of three at a time', async () => {
    const { page, errors, close } = await begin({ width: 390, height: 844, touch: true })
    const tapFlag = await page.evaluate(() => {
      const { x, y } = (document.querySelector('#stage') as Element).getBoundingClientRect()
      const box = window.vexel.wall.flags.find(({ code }) => code === 'my')?.box
      return [x + (box?.x ?? 0) + (box?.width ?? 0) / 2, y + (box?.y ?? 0) + (box?.height ?? 0) / 2] as const
    })
    await page.touchscreen.tap(...tapFlag)
    await untilOpen(page, 'flags/my.safetensors')
    expect(await page.$('#app.panel-open')).toBeNull()
    await page.tap('.inside')
    await page.waitForSelector('.neuron-bar')
    await twoFrames(page)
    await page.evaluate(() => window.vexel.settled())
    const beside = await page.evaluate(() => {
      const { x, y } = (document.querySelector('#stage') as Element).getBoundingClientRect()
      const { box } = window.vexel.neurons.pictures[0]
      return [x + box.x + box.width / 2, y + box.y - 6] as const
    })
    await page.touchscreen.tap(...beside)
    await untilSaid(page, '.unit-title', 'dense1 unit 0')
    await page.tap('.leave [aria-label="Back to the flag"]')
    await page.waitForFunction(() => !window.vexel.neurons.isOpen)
    await press(page, 'All flags')
    await atWall(page)
    await page.tap('.train-picture')
    await page.waitForSelector('dialog.choose-picture[open]')
    await page.tap('.choose-picture .samples button')
    await page.waitForSelector('#app.training .pane-tabs')
    for (const name of ['Target', 'Difference', 'Net']) {
      await press(page, name)
      await page.waitForFunction(
        name => document.querySelector('.pane-tabs [aria-selected=true]')?.textContent?.trim() === name,
        {},
        name,
      )
      const seen = await page.$$eval('.pane', panes =>
        panes.filter(pane => pane.checkVisibility({ visibilityProperty: true })).map(({ className }) => className),
      )
      expect(seen.join()).toContain(name === 'Net' ? '' : name.toLowerCase())
      expect(seen).toHaveLength(name === 'Net' ? 0 : 1)
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    expect(errors).toEqual([])
    await close()
  })

  test('the keyboard alone: help, a flag, a line between two flags, an edit and its undo, and back to the wall', async () => {
    const { page, errors, close } = await begin()
    const { keyboard } = page
    await keyboard.press('?')
    await page.waitForSelector('dialog.help[open]')
    await keyboard.press('Escape')
    await page.waitForFunction(() => !document.querySelector('dialog[open]'))
    // To the picture, as far as the tab key has to go.
    for (let i = 0; i < 20 && (await focused(page)) !== 'stage'; i++) await keyboard.press('Tab')
    await keyboard.type('japan')
    await keyboard.press('Enter')
    await untilOpen(page, 'flags/jp.safetensors')
    await page.waitForFunction(() => document.activeElement?.id === 'stage' || document.activeElement === document.body)
    await keyboard.press('c')
    await page.waitForFunction(() => document.activeElement?.id === 'compare-with')
    await keyboard.type('United States')
    await page.waitForSelector('#compare-line')
    for (let i = 0; i < 80 && (await focused(page)) !== 'compare-line'; i++) {
      await keyboard.down('Shift')
      await keyboard.press('Tab')
      await keyboard.up('Shift')
    }
    expect(await focused(page)).toBe('compare-line')
    await keyboard.press('End')
    await page.waitForFunction(() => document.querySelector('#compare-line')?.getAttribute('aria-valuenow') === '100')
    await keyboard.press('Escape')
    await page.waitForFunction(() => !document.querySelector('#compare-line'))
    expect(await focused(page)).toBe('stage')
    await keyboard.press('e')
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'grid')
    await keyboard.press('+')
    await page.waitForFunction(() => window.vexel.edits.text !== '')
    await keyboard.down('Control')
    await keyboard.press('z')
    await keyboard.up('Control')
    await page.waitForFunction(() => window.vexel.edits.text === '')
    await keyboard.press('Escape')
    await page.waitForFunction(() => !document.querySelector('#app.scrub-open'))
    await keyboard.press('Escape')
    await atWall(page)
    expect(errors).toEqual([])
    await close()
  })
})
