// The page in every mode at every size: nothing lies over anything else, nothing is cut off, nothing is wider than the page, and axe finds nothing in
// either theme. In the sample some modes and sizes, without axe.

import type { Browser, Page } from 'puppeteer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, isFull, oracleFile } from '../browser/pages.js'
import { expectAccessibleInThemes } from './axe.js'
import { dropFiles, openExplorer, twoFrames, unreachable } from './explorer-page.js'
import { clashes, resize, SIZES } from './layout-check.js'
import { SMALL, train, tricolour } from './training-page.js'

let browser: Browser

beforeAll(async () => {
  browser = await connect()
})

afterAll(async () => {
  await browser?.disconnect()
})

interface Mode {
  readonly name: string
  readonly hash: string
  /** How one comes there. */
  readonly enter: (page: Page) => Promise<unknown>
  /** Whether files that state no frame are solved. */
  readonly solve?: boolean
  /** A mode that the details would end, or that is told in them. */
  readonly hasNoDetails?: boolean
}

const FLAG = '#samples=1&file=flags/my.safetensors'
const WALL = '#samples=1'
const learn = (page: Page) => train(page, tricolour(), 'tricolour.png', { ...SMALL, steps: 20, paused: true })
const showParameters = async (page: Page) => {
  await page.focus('#stage')
  await page.keyboard.press('e')
  await page.waitForSelector('#scrub [role=grid] canvas')
}

/** What nobody opens by accident: in the full suite. */
const RARE_MODES: readonly Mode[] = [
  {
    name: 'the wall, with a training to go on with',
    hash: WALL,
    enter: async page => {
      await learn(page)
      await page.evaluate(() => window.training.step())
      await page.evaluate(() => window.training.pause())
      await page.waitForFunction(() => localStorage.getItem('vexel-runs') !== null)
      await page.goto(`${page.url().replace(/#.*/, '')}${WALL}`)
      await page.reload()
      await page.waitForSelector('.kept-run')
      await page.evaluate(() => window.vexel.ready)
    },
  },
  {
    name: 'a flag beside another one',
    hash: `${FLAG}&compare=jp`,
    enter: page => page.waitForSelector('#compare-line'),
  },
  {
    name: 'the explanation of a colour',
    hash: FLAG,
    enter: async page => {
      await page.focus('#stage')
      await page.keyboard.press('y')
      await page.waitForSelector('.why')
    },
  },
  { name: 'the parameters', hash: FLAG, enter: showParameters, hasNoDetails: true },
  {
    name: 'the sliders of effects',
    hash: FLAG,
    hasNoDetails: true,
    enter: async page => {
      await showParameters(page)
      await page.click('::-p-aria([name="Effects"][role="tab"])')
      await page.waitForSelector('[data-effect=noise]')
    },
  },
  {
    name: 'an edited flag',
    hash: `${FLAG}&edits=gain:3:1.5`,
    enter: page => page.waitForSelector('header .edited'),
  },
  {
    name: 'an edited flag beside itself as it came',
    hash: `${FLAG}&edits=gain:3:1.5`,
    enter: async page => {
      await page.waitForSelector('header .edited button')
      await page.focus('header .edited button')
      await page.keyboard.press('Enter')
      await page.waitForSelector('#compare-line')
    },
  },
  {
    name: 'a mystery that is solved',
    hash: WALL,
    solve: true,
    enter: async page => {
      await dropFiles(page, ['mystery.safetensors', oracleFile('malaysia')])
      await page.waitForFunction(() =>
        document.querySelector('.solve-note')?.textContent?.includes('the flag of Malaysia'),
      )
    },
  },
  {
    name: 'a unit of its own, silenced, with its wires',
    hash: FLAG,
    enter: async page => {
      await page.evaluate(async () => {
        await window.vexel.neurons.open({})
        await window.vexel.neurons.fly({ layer: 7, unit: 3 })
        await window.vexel.neurons.silence({ layer: 7, unit: 3 })
      })
      await page.waitForSelector('.worth')
    },
  },
  {
    name: 'a flag while a training goes on',
    hash: FLAG,
    enter: async page => {
      await train(page, tricolour(), 'tricolour.png', { ...SMALL, steps: 1_000_000 })
      await page.waitForFunction(() => (window.training.progress?.step ?? 0) > 0)
      await page.evaluate(() => window.vexel.wall.fly('jp'))
      await page.waitForSelector('.training-chip')
      await page.evaluate(() => window.training.pause())
    },
  },
]

const MODES: readonly Mode[] = [
  ...(isFull ? RARE_MODES : []),
  { name: 'the wall, on the first visit', hash: WALL, enter: async () => {} },
  { name: 'the wall', hash: WALL, enter: page => page.click('.welcome .close') },
  { name: 'a flag', hash: FLAG, enter: async () => {} },
  { name: 'a film', hash: FLAG, enter: page => page.evaluate(() => window.vexel.film.open().then(() => {})) },
  {
    name: 'a strip',
    hash: FLAG,
    enter: page => page.evaluate(() => window.vexel.film.open().then(() => window.vexel.film.showStrip())),
  },
  {
    name: 'the units, one selected',
    hash: FLAG,
    enter: page =>
      page.evaluate(async () => {
        await window.vexel.neurons.open({})
        await window.vexel.neurons.silence({ layer: 7, unit: 3 })
      }),
  },
  { name: 'a training', hash: FLAG, enter: learn },
  {
    name: 'a training from inside',
    hash: FLAG,
    enter: async page => {
      await learn(page)
      await page.evaluate(() => window.vexel.neurons.open({}))
    },
  },
]

/** The widest and the narrowest: what colours there are and what is named does not follow the size. */
const AXE_WIDTHS = new Set([1280, 390])

async function showDetails(page: Page, isOpen: boolean): Promise<void> {
  const isShown = await page.$eval('.panel-toggle', toggle => toggle.getAttribute('aria-expanded') === 'true')
  if (isShown !== isOpen) await page.click('.panel-toggle')
  await twoFrames(page)
  await page.waitForFunction(open => document.querySelector('#app')?.matches('.panel-open') === open, {}, isOpen)
}

test.each(MODES)(
  'in $name nothing overlaps, is cut off or out of reach, with the details open and closed',
  async ({ hash, enter, solve, hasNoDetails }) => {
    const { page, cdp, errors, close } = await openExplorer(browser, {
      renderer: 'cpu',
      hash,
      solve,
      motion: false,
      width: 900,
      height: 600,
    })
    await enter(page)
    const found: string[] = []
    for (const size of SIZES) {
      await resize(page, cdp, size)
      for (const isOpen of hasNoDetails ? [false] : [true, false]) {
        if (!hasNoDetails) await showDetails(page, isOpen)
        const at = `${size.width} x ${size.height}${isOpen ? ', details' : ''}`
        for (const problem of await clashes(page)) found.push(`${at}: ${problem}`)
        for (const name of await unreachable(page)) found.push(`${at}: ${name} cannot be pressed`)
        const stage = await page.$eval('#stage', element => element.getBoundingClientRect().height)
        if (stage < 60) found.push(`${at}: the picture is ${Math.round(stage)} px high`)
        if (isFull && AXE_WIDTHS.has(size.width)) await expectAccessibleInThemes(page, at)
      }
    }
    expect(found).toEqual([])
    expect(errors).toEqual([])
    await close()
  },
)

test.each([
  [900, 700],
  [390, 844],
])('at %i x %i the picture stays as high as it is while a unit is selected and silenced', async (width, height) => {
  const { page, close } = await openExplorer(browser, { width, height, hash: FLAG, renderer: 'cpu', motion: false })
  await page.evaluate(() => window.vexel.neurons.open({}))
  await page.evaluate(() => window.vexel.settled())
  const heightOf = () => page.$eval('#stage', element => element.getBoundingClientRect().height)
  const before = await heightOf()
  await page.evaluate(() => window.vexel.neurons.fly({ layer: 7, unit: 3 }))
  await page.evaluate(() => window.vexel.settled())
  expect(await heightOf(), 'selected').toBe(before)
  await page.focus('#stage')
  await page.keyboard.press('s')
  await page.waitForFunction(() => document.querySelector('#live')?.textContent?.includes('silenced, times 0'))
  expect(await heightOf(), 'silenced').toBe(before)
  await page.keyboard.press('b')
  await page.waitForFunction(() => document.querySelector('#live')?.textContent?.includes('times 2'))
  await close()
})

test('a finger that misses a unit by a little selects it all the same', async () => {
  const { page, close } = await openExplorer(browser, {
    width: 390,
    height: 844,
    touch: true,
    hash: FLAG,
    renderer: 'cpu',
    motion: false,
  })
  await page.evaluate(() => window.vexel.neurons.open({}))
  await page.evaluate(() => window.vexel.settled())
  const stage = await page.$eval('#stage', element => element.getBoundingClientRect().toJSON() as DOMRect)
  const first = await page.evaluate(() => window.vexel.neurons.pictures[0])
  await page.touchscreen.tap(stage.x + first.box.x + first.box.width / 2, stage.y + first.box.y - 6)
  await page.waitForFunction(name => document.querySelector('.unit-title')?.textContent === name, {}, first.name)
  await close()
})

test.runIf(isFull)('on a phone all of what is said of a solved mystery is seen, and can be pressed', async () => {
  const { page, errors, close } = await openExplorer(browser, {
    renderer: 'cpu',
    solve: true,
    width: 390,
    height: 844,
    touch: true,
    hash: WALL,
    motion: false,
  })
  await page.click('.panel-toggle')
  await page.waitForSelector('#app.panel-open')
  await dropFiles(page, ['mystery.safetensors', oracleFile('malaysia')])
  await page.waitForFunction(() => document.querySelector('.solve-note')?.textContent?.includes('the flag of Malaysia'))
  // What was open over the wall covers nothing of it.
  expect(await page.$('#app.panel-open')).toBeNull()
  await twoFrames(page)
  const beyond = await page.$$eval('.solve-note, .solve-note *', parts =>
    parts
      .map(part => part.getBoundingClientRect())
      .filter(({ left, right }) => left < 0 || right > innerWidth)
      .map(({ left, right }) => `${left} to ${right}`),
  )
  expect(beyond).toEqual([])
  expect(await unreachable(page)).toEqual([])
  expect(errors).toEqual([])
  await close()
})

test('on a phone what fingers press is 44 px high and wide', async () => {
  const { page, close } = await openExplorer(browser, {
    renderer: 'cpu',
    width: 390,
    height: 844,
    touch: true,
    hash: FLAG,
    motion: false,
  })
  const small = () =>
    page.$$eval(':is(header, main) :is(button:not(.term), input, select)', controls =>
      controls.flatMap(control => {
        const { width, height } = control.getBoundingClientRect()
        return width > 0 && (width < 43.5 || height < 43.5)
          ? [`${control.textContent?.trim()} ${width} x ${height}`]
          : []
      }),
    )
  expect(await small(), 'flag').toEqual([])
  await page.evaluate(() => window.vexel.neurons.open({}))
  await page.waitForSelector('.neuron-bar')
  expect(await small(), 'units').toEqual([])
  await page.evaluate(() => window.vexel.wall.home())
  await page.waitForSelector('.welcome')
  expect(await small(), 'wall').toEqual([])
  await close()
})
