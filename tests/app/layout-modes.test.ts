// The page in every mode at every size: nothing lies over anything else, nothing is cut off, nothing is wider than the page. In the sample some
// sizes; all of them in full, and the desk's at 200 %, which halves the page.

import type { Browser, Page } from 'puppeteer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type Evaluating, isFull, oracleFile } from '../browser/pages.js'
import { dropFiles, openExplorer, twoFrames, unreachable } from './explorer-page.js'
import { SMALL, train, tricolour } from './training-page.js'

let browser: Browser

beforeAll(async () => {
  browser = await connect()
})

afterAll(async () => {
  await browser?.disconnect()
})

interface Size {
  readonly width: number
  readonly height: number
  readonly touch?: boolean
}

const FULL_SIZES: readonly Size[] = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
  { width: 900, height: 700 },
  { width: 844, height: 390 },
  { width: 390, height: 844 },
  // 1280 x 800, 1920 x 1080 and 900 x 700 at 200 %.
  { width: 640, height: 400 },
  { width: 960, height: 540 },
  { width: 450, height: 350 },
]
const SIZES = isFull ? FULL_SIZES : FULL_SIZES.filter(({ width }) => [900, 390].includes(width))

/** Pairs of things that a person reads or presses and that lie over each other, and what is cut off at an edge of the page. */
async function clashes(page: Evaluating): Promise<string[]> {
  return await page.evaluate(() => {
    const kinds =
      'header > *, .kept-run > *, .toolbar > *, .ways > *, .leads > *, .readout, .welcome > *, .tour > *, .film-bar button, .film-bar select, .track, .ticks span, ' +
      '.neuron-bar button, .neuron-bar select, .legend, .unit-title, .transport button, .transport .ground, .pane-tabs button, .figures, .flat, .solve-note, .search, .sort, .back'
    const shown = [...document.querySelectorAll<HTMLElement>(kinds)].filter(
      element =>
        element.checkVisibility({ visibilityProperty: true }) &&
        !element.closest('.hidden') &&
        element.getClientRects().length > 0,
    )
    const nameOf = (element: HTMLElement) =>
      `${element.tagName.toLowerCase()}.${element.className} "${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 24)}"`
    const boxes = shown.map(element => ({ element, box: element.getBoundingClientRect() }))
    const problems = boxes.flatMap(({ element, box }) =>
      box.left < -0.5 || box.top < -0.5 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5
        ? [`${nameOf(element)} is cut off`]
        : [],
    )
    boxes.forEach((a, i) => {
      for (const b of boxes.slice(i + 1)) {
        if (a.element.contains(b.element) || b.element.contains(a.element)) continue
        const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left)
        const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top)
        if (across > 0.5 && down > 0.5) problems.push(`${nameOf(a.element)} and ${nameOf(b.element)} overlap`)
      }
    })
    if (document.documentElement.scrollWidth > innerWidth) problems.push('the page is wider than its window')
    return problems
  })
}

type Mode = readonly [name: string, hash: string, enter: (page: Page) => Promise<unknown>]

const FLAG = '#samples=1&file=flags/my.safetensors'
const WALL = '#samples=1'
const learn = (page: Page) => train(page, tricolour(), 'tricolour.png', { ...SMALL, steps: 20, paused: true })

/** What nobody opens by accident: in the full suite. */
const RARE_MODES: readonly Mode[] = [
  [
    'the wall, with a training to go on with',
    WALL,
    async page => {
      await learn(page)
      await page.evaluate(() => window.training.step())
      await page.evaluate(() => window.training.pause())
      await page.waitForFunction(() => localStorage.getItem('vexel-runs') !== null)
      await page.goto(`${page.url().replace(/#.*/, '')}${WALL}`)
      await page.reload()
      await page.waitForSelector('.kept-run')
      await page.evaluate(() => window.vexel.ready)
    },
  ],
  ['a flag beside another one', `${FLAG}&compare=jp`, page => page.waitForSelector('#compare-line')],
  [
    'the explanation of a colour',
    FLAG,
    async page => {
      await page.focus('#stage')
      await page.keyboard.press('y')
      await page.waitForSelector('.why')
    },
  ],
]

const MODES: readonly Mode[] = [
  ...(isFull ? RARE_MODES : []),
  ['the wall, on the first visit', WALL, async () => {}],
  ['the wall', WALL, page => page.click('.welcome .close')],
  ['a flag', FLAG, async () => {}],
  ['a film', FLAG, page => page.evaluate(() => window.vexel.film.open().then(() => {}))],
  ['a strip', FLAG, page => page.evaluate(() => window.vexel.film.open().then(() => window.vexel.film.showStrip()))],
  [
    'the units, one selected',
    FLAG,
    page =>
      page.evaluate(async () => {
        await window.vexel.neurons.open({})
        await window.vexel.neurons.silence({ layer: 7, unit: 3 })
      }),
  ],
  ['a training', FLAG, learn],
  [
    'a training from inside',
    FLAG,
    async page => {
      await learn(page)
      await page.evaluate(() => window.vexel.neurons.open({}))
    },
  ],
]

test.each(MODES)(
  'in %s nothing overlaps, is cut off or out of reach, with the details open and closed',
  async (_, hash, enter) => {
    const { page, errors, close } = await openExplorer(browser, {
      renderer: 'cpu',
      hash,
      motion: false,
      width: 900,
      height: 600,
    })
    await enter(page)
    const found: string[] = []
    for (const { width, height } of SIZES) {
      await page.setViewport({ width, height })
      // A button that is still on its way to its place is not hit.
      await page.evaluate(() => window.vexel.settled())
      for (const isOpen of [true, false]) {
        const isShown = await page.$eval('.panel-toggle', toggle => toggle.getAttribute('aria-expanded') === 'true')
        if (isShown !== isOpen) await page.click('.panel-toggle')
        await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))))
        await page.waitForFunction(open => document.querySelector('#app')?.matches('.panel-open') === open, {}, isOpen)
        const at = `${width} x ${height}${isOpen ? ', details' : ''}`
        for (const problem of await clashes(page)) found.push(`${at}: ${problem}`)
        for (const name of await unreachable(page)) found.push(`${at}: ${name} cannot be pressed`)
        const stage = await page.$eval('#stage', element => element.getBoundingClientRect().height)
        if (stage < 60) found.push(`${at}: the picture is ${Math.round(stage)} px high`)
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
