// Comparing beside a line: which part of another net's plane is drawn, as values; and the line itself, by key and pointer.

import { describe, expect, test } from 'vitest'
import { filling, viewIn } from '../../src/app/compare/beside.js'
import { DEFAULT_FRAME, type Frame } from '../../src/model/frame.js'
import { samplingOf } from '../../src/model/view.js'
import { cameraFromView, type Item, itemSampling } from '../../src/world/item.js'
import { expectAccessible } from './axe.js'
import { PageOfFile } from './one-page.js'

const wide: Frame = { ...DEFAULT_FRAME, aspect: 2 }
const upwards: Frame = { ...DEFAULT_FRAME, x: [0, 3], y: [5, -5], order: 'yx', aspect: 0.8 }

describe('what is drawn beside the line', () => {
  test.each([
    [wide, { width: 640, height: 480 }],
    [wide, { width: 300, height: 900 }],
    [upwards, { width: 1280, height: 400 }],
  ])('has its pixels where the viewer has those of the same net: %j in %j', (frame, viewport) => {
    const view = { x: frame.x[0] + 0.3, y: 0.2, zoom: 3.5 }
    const item = { frame, rect: { x: 10, y: -4, width: frame.aspect ?? 1, height: 1 } } as Item
    const seen = itemSampling(item, cameraFromView(item, view, viewport))
    const drawn = samplingOf(filling(frame, viewport), view, viewport.width, viewport.height)
    for (const key of ['x', 'y', 'stepX', 'stepY'] as const) expect(drawn[key]).toBeCloseTo(seen[key], 12)
  })

  test('is the same part of another frame, whatever its ranges', () => {
    expect(viewIn({ x: 0, y: 0, zoom: 2 }, wide, upwards)).toEqual({ x: 1.5, y: 0, zoom: 2 })
    expect(viewIn({ x: 1, y: -1, zoom: 1 }, wide, upwards)).toEqual({ x: 3, y: 5, zoom: 1 })
    const there = viewIn({ x: 0.37, y: -0.61, zoom: 9 }, wide, upwards)
    const back = viewIn(there, upwards, wide)
    expect(back.x).toBeCloseTo(0.37, 12)
    expect(back.y).toBeCloseTo(-0.61, 12)
  })
})

const pages = new PageOfFile({ renderer: 'cpu', width: 420, height: 360 })

test('a short press on Compare draws the line, which keys and the pointer move; Escape ends it', async () => {
  const { page, errors } = await pages.flag()
  await page.evaluate(async () => {
    await window.vexel.edits.start()
    window.vexel.edits.set('bn8.weight', [3], 0.1)
    await window.vexel.settled()
  })
  await page.waitForSelector('.edited button')
  await page.focus('.edited button')
  await page.keyboard.press('Enter')
  await page.waitForSelector('#compare-line')
  const at = () => page.$eval('#compare-line', line => Number(line.getAttribute('aria-valuenow')))
  await page.focus('#compare-line')
  await page.keyboard.press('End')
  await page.waitForFunction(() => document.querySelector('#compare-line')?.getAttribute('aria-valuenow') === '100')
  // All of it is the file as it came by now: the star's pixels are those of the net before.
  await page.waitForFunction(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.beside canvas')
    const data = canvas?.getContext('2d')?.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data
    return data?.[3] === 255
  })
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowRight')
  await page.waitForFunction(() => document.querySelector('#compare-line')?.getAttribute('aria-valuenow') === '2')
  const stage = await page.$eval('#stage', stage => stage.getBoundingClientRect().toJSON() as DOMRect)
  const [x, y] = [stage.x + 0.02 * stage.width, stage.y + 60]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x + stage.width / 2, y, { steps: 3 })
  await page.mouse.up()
  await page.waitForFunction(() => Number(document.querySelector('#compare-line')?.getAttribute('aria-valuenow')) > 40)
  expect(await at()).toBeLessThan(60)
  await expectAccessible(page, 'with the line', '#net')
  await page.focus('#compare-line')
  await page.keyboard.press('Escape')
  await page.waitForFunction(() => !document.querySelector('#compare-line'))
  expect(await page.evaluate(() => window.vexel.state().file)).toBe('flags/my.safetensors')
  expect(errors).toEqual([])
})

test('a link shows a comparison with another flag, its line where it was; what cannot be compared is told', async () => {
  const { page, errors } = await pages.flag()
  const link = await page.evaluate(() => location.hash)
  const follow = (more: string) =>
    page.evaluate(hash => {
      location.hash = hash
    }, `${link}${more}`)
  await follow('&compare=jp,30')
  await page.waitForSelector('#compare-line[aria-valuenow="30"]')
  // Japan's disc is where the line has it on its left; it is drawn to its last pixel by several workers.
  await page.focus('#compare-line')
  await page.keyboard.press('End')
  const [width, height] = await page.$eval('#stage canvas', canvas => [canvas.width, canvas.height])
  const disc = await page.waitForFunction(
    (width, height) => {
      const canvas = document.querySelector<HTMLCanvasElement>('.beside canvas')
      const data = canvas?.getContext('2d')?.getImageData(width / 2, height / 2, 1, 1).data
      return data && data[3] === 255 && data[0] > 150 && data[1] < 60 ? [...data] : null
    },
    {},
    width,
    height,
  )
  expect(await disc.jsonValue()).toHaveLength(4)
  await page.waitForFunction(() => location.hash.endsWith('&compare=jp,100'))
  await page.focus('#compare-line')
  await page.keyboard.press('Escape')
  await page.waitForFunction(() => !location.hash.includes('compare'))
  await follow('&compare=@original')
  await page.waitForFunction(() =>
    document.body.textContent?.includes('link: compare: there is nothing to be compared'),
  )
  await follow('&compare=zz')
  await page.waitForFunction(() => document.body.textContent?.includes('link: compare: there is no flag "zz"'))
  expect(errors).toEqual([])
})
