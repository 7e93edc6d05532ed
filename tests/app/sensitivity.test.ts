// The overlay of sensitivities in the page: its order is that of src/explain for the view on the screen, whatever moves.

import type { Page } from 'puppeteer'
import { expect, test } from 'vitest'
import { listParameters, parameterName } from '../../src/edit/parameters.js'
import { perDeviation, rankParameters } from '../../src/explain/ranking.js'
import { measureSensitivities } from '../../src/explain/sensitivity.js'
import { parseFrame } from '../../src/model/frame.js'
import { createNetwork } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { FLAG_HASH, savedNow } from './explorer-page.js'
import { PageOfFile } from './one-page.js'

const pages = new PageOfFile({ renderer: 'cpu', width: 800, height: 420 })

/** The names of the ten that matter most, then of the ten that matter least. */
type Lists = readonly (readonly string[])[]

const LISTS = '.sensitivity-lists ol'

function shownLists(page: Page): Promise<Lists> {
  return page.$$eval(LISTS, lists =>
    lists.map(list =>
      [...list.querySelectorAll('button .sensitivity-name')].map(name => name.textContent?.trim() ?? ''),
    ),
  )
}

/**
 * What the lists must show, from the words of the design: 1x is the frame fitted into the viewport; the page's own grid, of
 * equal pixels over a viewport that the flag fills.
 */
async function expectedLists(page: Page, unit: 'unit' | 'deviation' = 'unit'): Promise<Lists> {
  const { camera, size, frame, grid } = await page.evaluate(() => {
    const { width, height } = window.vexel.readPixels()
    const grid = /(\d+)\s+×\s+(\d+)\s+points/.exec(document.querySelector('.sensitivity-note')?.textContent ?? '')
    return {
      camera: window.vexel.camera,
      size: { width, height },
      frame: window.vexel.frame,
      grid: { width: Number(grid?.[1]), height: Number(grid?.[2]) },
    }
  })
  const network = createNetwork(StateDict.parse(await savedNow(page)))
  const own = parseFrame(frame)
  const aspect = own.aspect ?? 1.5
  const fittedWidth = Math.min(size.width, size.height * aspect)
  const stepX = (((own.x[1] - own.x[0]) / fittedWidth / camera.zoom) * size.width) / grid.width
  const stepY = (((own.y[1] - own.y[0]) / (fittedWidth / aspect) / camera.zoom) * size.height) / grid.height
  const sampling = { x: camera.x, y: camera.y, stepX, stepY }
  expect(grid.width * grid.height).toBeGreaterThan(1400)
  const perUnit = measureSensitivities(network, { frame: own, sampling, ...grid })
  const order = rankParameters(unit === 'unit' ? perUnit : perDeviation(perUnit, network))
  const list = listParameters(network.architecture)
  const names = (indices: Uint32Array) => Array.from(indices, index => parameterName(list, index))
  return [names(order.subarray(0, 10)), names(order.subarray(-10).toReversed())]
}

/** Waits until the page shows what src/explain says. */
async function expectLists(page: Page, unit?: 'unit' | 'deviation'): Promise<Lists> {
  const expected = await expectedLists(page, unit)
  try {
    await page.waitForFunction(
      (selector, text) => {
        const shown = [...document.querySelectorAll(selector)].map(list =>
          [...list.querySelectorAll('button .sensitivity-name')].map(name => name.textContent?.trim()),
        )
        const isBusy = document.querySelector('.sensitivity-figures')?.getAttribute('aria-busy') !== 'false'
        return !isBusy && JSON.stringify(shown) === text
      },
      { timeout: 60_000 },
      LISTS,
      JSON.stringify(expected),
    )
  } catch {
    expect(await shownLists(page)).toEqual(expected)
    expect(await page.$eval('.sensitivity-figures', figures => figures.ariaBusy)).toBe('false')
  }
  return expected
}

/** Whether a colour, as bytes, is on any of the matrices. */
function isPainted(page: Page, colour: readonly number[]): Promise<boolean> {
  return page.$$eval(
    '#scrub [role=grid] canvas',
    (canvases, [r, g, b]) =>
      canvases.some(canvas => {
        const { width, height } = canvas as HTMLCanvasElement
        const context = (canvas as HTMLCanvasElement).getContext('2d') as CanvasRenderingContext2D
        const { data } = context.getImageData(0, 0, width, height)
        for (let i = 0; i < data.length; i += 4)
          if (data[i] === r && data[i + 1] === g && data[i + 2] === b) return true
        return false
      }),
    colour as number[],
  )
}

/** The bright end of viridis: the largest of all. */
const BRIGHTEST = [253, 231, 37]

test('the ten that matter most and least are those of the derivatives, for every view, weight and unit', async () => {
  const hash = `${FLAG_HASH}&x=-0.2&y=-0.3&zoom=4`
  const { page, errors } = await pages.link(hash)
  await page.evaluate(() => window.vexel.edits.show())
  await page.waitForSelector('#scrub [role=grid] canvas')
  expect(await isPainted(page, BRIGHTEST)).toBe(false)
  await page.waitForSelector('.sensitivity input[type=checkbox]')
  await page.focus('.sensitivity input[type=checkbox]')
  await page.keyboard.press('Space')
  await page.waitForSelector('.sensitivity-figures[aria-busy=false] .sensitivity-note')
  await page.focus('.sensitivity summary')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.sensitivity details[open]')
  const first = await expectLists(page)
  expect(await isPainted(page, BRIGHTEST)).toBe(true)

  await page.evaluate(() => {
    window.vexel.camera = { x: 0.3, y: 0.2, zoom: 12 }
  })
  const moved = await expectLists(page)
  expect(moved[0]).not.toEqual(first[0])

  await page.evaluate(() => window.vexel.edits.set('bn2.weight', [3], 4))
  await expectLists(page)

  await page.select('.sensitivity-unit select', 'deviation')
  const scaled = await expectLists(page, 'deviation')
  expect(scaled[0]).not.toEqual(moved[0])

  // Enter on one of them goes to its cell.
  await page.focus('.sensitivity-lists ol li:nth-child(3) button')
  await page.keyboard.press('Enter')
  await page.waitForFunction(
    name =>
      document.querySelector('.scrub-name')?.textContent?.trim() === name &&
      document.activeElement?.getAttribute('role') === 'grid',
    {},
    scaled[0][2],
  )
  expect(await page.$eval('.sensitivity-own', own => own.textContent)).toMatch(/rank 3 of 6,899/)

  await page.focus('.sensitivity input[type=checkbox]')
  await page.keyboard.press('Space')
  await page.waitForFunction(() => !document.querySelector('.sensitivity-figures'))
  await page.waitForFunction(() => document.querySelector('.scrub-legend')?.textContent?.includes('negative'))
  expect(await isPainted(page, BRIGHTEST)).toBe(false)
  expect(errors).toEqual([])
})
