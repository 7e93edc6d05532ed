// Every dialog at every size: all of it can be read and pressed, nothing lies over anything else or is cut off at its sides, and axe finds nothing in
// either theme. In the sample the help and what gives a flag away; all of them in full.

import type { Browser, Page } from 'puppeteer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, isFull, oracleFile } from '../browser/pages.js'
import { familyBytes } from '../model/family-files.js'
import { expectAccessibleInThemes } from './axe.js'
import { dropFiles, openExplorer } from './explorer-page.js'
import { dialogClashes, resize, SIZES } from './layout-check.js'
import { press, SMALL, train, tricolour } from './training-page.js'

let browser: Browser

beforeAll(async () => {
  browser = await connect()
})

afterAll(async () => {
  await browser?.disconnect()
})

interface Dialog {
  readonly name: string
  readonly hash: string
  /** How one comes there. */
  readonly enter: (page: Page) => Promise<unknown>
}

const FLAG = '#samples=1&file=flags/my.safetensors'
const WALL = '#samples=1'

const SAMPLED: readonly Dialog[] = [
  { name: 'help', hash: WALL, enter: page => page.keyboard.press('?') },
  {
    name: 'what gives a flag away',
    hash: '#samples=1&file=flags/jp.safetensors',
    enter: async page => {
      await page.click('#share button')
      await page.waitForSelector('dialog.share[open] img')
    },
  },
]

const OTHERS: readonly Dialog[] = [
  {
    name: 'the shelf, with a name as long as a name may be',
    hash: FLAG,
    enter: async page => {
      const name = `${'a name without an end '.repeat(9).trim()}.safetensors`
      await dropFiles(page, [name, oracleFile('nepal')])
      await page.waitForFunction(() => document.title.startsWith('a name'))
      await dropFiles(page, ['b.safetensors', oracleFile('usa')])
      await page.waitForFunction(() => document.title.startsWith('b.'))
      await page.waitForSelector('#yours button')
      await page.click('#yours button')
      await page.waitForFunction(() => document.querySelectorAll('dialog.yours[open] li').length === 2)
    },
  },
  {
    name: 'the sheet of mutants',
    hash: FLAG,
    enter: async page => {
      await page.focus('#stage')
      await page.keyboard.press('e')
      await press(page, 'Nine mutants…')
      await page.waitForSelector('.sheet[aria-busy=false]')
      await page.click('.sheet button')
      await page.waitForFunction(() => window.vexel.edits.text.startsWith('mutate'))
      await page.waitForSelector('.sheet[aria-busy=false]')
    },
  },
  {
    name: 'where a picture comes from',
    hash: WALL,
    enter: page => page.click('.train-picture'),
  },
  {
    name: 'the question what becomes of a training',
    hash: FLAG,
    enter: async page => {
      const call = { ...SMALL, steps: 1_000_000 }
      await train(page, tricolour(), `${'a long name '.repeat(6).trim()}.png`, call)
      // Whoever has waited for it is asked.
      await page.waitForFunction(() => (window.training.progress?.seconds ?? 0) > 6)
      await dropFiles(page, ['other.png', tricolour()])
      await page.waitForSelector('dialog.ask[open]')
      // What goes on is never settled.
      await page.evaluate(() => window.training.pause())
    },
  },
  {
    name: 'the question what stands between the layers',
    hash: FLAG,
    enter: async page => {
      await dropFiles(page, ['siren.safetensors', familyBytes('siren')])
      await page.waitForSelector('dialog.architecture[open] canvas')
    },
  },
  {
    name: 'what saves a film',
    hash: FLAG,
    enter: async page => {
      await page.evaluate(() => window.vexel.film.open().then(() => {}))
      await press(page, 'Save…')
    },
  },
]

/** The widest and the narrowest: what colours there are and what is named does not follow the size. */
const AXE_WIDTHS = new Set([1280, 390])

test.each([...SAMPLED, ...(isFull ? OTHERS : [])])(
  'all of $name can be read and pressed',
  async ({ name, hash, enter }) => {
    const { page, cdp, errors, close } = await openExplorer(browser, {
      renderer: 'cpu',
      hash,
      motion: false,
      width: 900,
      height: 700,
    })
    await enter(page)
    await page.waitForSelector('dialog[open]')
    const found: string[] = []
    for (const size of SIZES) {
      await resize(page, cdp, size)
      for (const problem of await dialogClashes(page)) found.push(`${size.width} x ${size.height}: ${problem}`)
      if (isFull && AXE_WIDTHS.has(size.width)) await expectAccessibleInThemes(page, `${name}, ${size.width} wide`)
    }
    expect(found).toEqual([])
    expect(errors).toEqual([])
    await close()
  },
)
