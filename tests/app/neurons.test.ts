// The units of a net in the page, end to end: every picture, what is done to units, the keyboard, the explanation of a colour.

import type { Page } from 'puppeteer'
import { describe, expect, test } from 'vitest'
import { divergingColour } from '../../src/model/diverging.js'
import { foldNetwork } from '../../src/model/fold.js'
import type { Frame } from '../../src/model/frame.js'
import { createNetwork, type Network } from '../../src/model/network.js'
import { evaluateFolded, traceNetwork } from '../../src/model/reference.js'
import { StateDict } from '../../src/model/state-dict.js'
import type { NeuronPicture } from '../../src/app/neurons/scripting.js'
import { AXE_SIZES, expectAccessible } from './axe.js'
import { openExplorer, type PixelData, settledPixels, shippedFile, twoFrames } from './explorer-page.js'
import { serveFilm } from './film-page.js'
import { PageOfFile } from './one-page.js'
import { isFull } from '../is-full.js'

const FLAG = '#samples=1&file=flags/my.safetensors'
const network = createNetwork(StateDict.parse(shippedFile('my')))

/** Software GL takes ten times as long as the kernel for so many pictures; that the shader draws units is proved elsewhere, too. */
const RENDERER = process.env.VEXEL_FULL ? 'webgl' : 'cpu'

const SIZE = { width: 560, height: 460 }
const pages = new PageOfFile({ renderer: RENDERER, ...SIZE })

/** The units of a flag, each seen after it was run through. */
const openUnits = () => pages.link(`${FLAG}&neurons=post,mean`)

/** The picture at rest, in the colours of the weights that are drawn. */
async function drawn(page: Page): Promise<{ pixels: PixelData; pictures: readonly NeuronPicture[]; frame: Frame }> {
  await page.waitForFunction(() => window.vexel.neurons.isOpen && window.vexel.neurons.isUpToDate, { polling: 20 })
  await twoFrames(page)
  const pixels = await settledPixels(page)
  const { pictures, frame } = await page.evaluate(() => {
    return { pictures: window.vexel.neurons.pictures, frame: window.vexel.frame }
  })
  return { pixels, pictures, frame }
}

/** The pixel under a share of a picture, and the plane point at its centre. */
function pixelIn({ box }: NeuronPicture, { x, y }: Frame, u: number, v: number) {
  const column = Math.floor(box.x + u * box.width)
  const row = Math.floor(box.y + v * box.height)
  const at = (range: readonly [number, number], share: number) => range[0] + share * (range[1] - range[0])
  const point = { x: at(x, (column + 0.5 - box.x) / box.width), y: at(y, (row + 0.5 - box.y) / box.height) }
  return { column, row, point }
}

function colourAt({ width, data }: PixelData, column: number, row: number): number[] {
  return [...data.subarray(4 * (row * width + column), 4 * (row * width + column) + 3)]
}

/** What a unit gives: of the layers run one by one, those with units in order. */
function stageValue(net: Network, layer: number, unit: number, stage: 'pre' | 'post', x: number, y: number): number {
  const linear = net.layers.flatMap(({ kind }, i) => (kind === 'linear' ? [i] : []))
  return traceNetwork(net, x, y)[linear[layer] + (stage === 'post' ? 1 : 0)].values[unit]
}

/** A colour map's kink and float32 through nine layers. */
const LEVELS = 4

function expectUnits(net: Network, { pixels, pictures, frame }: Awaited<ReturnType<typeof drawn>>, shares: number[]) {
  for (const picture of pictures) {
    const { tap, tone, name } = picture
    if (!tap || !tone) continue
    for (const share of shares) {
      const { column, row, point } = pixelIn(picture, frame, share, 1 - share)
      const value = stageValue(net, tap.layer, tap.unit, tap.stage, point.x, point.y)
      const expected = divergingColour((value - tone.offset) / tone.scale).map(channel => 255 * channel)
      const actual = colourAt(pixels, column, row)
      actual.forEach((level, c) =>
        expect(Math.abs(level - expected[c]), `${name} at ${column}, ${row}: ${actual} for ${expected}`).toBeLessThan(
          LEVELS,
        ),
      )
    }
  }
}

/** The net whose unit gives nothing to what stands behind it. */
function without(net: Network, norm: string, unit: number): Network {
  const layers = net.layers.map((layer, i) => {
    const before = net.layers[i - 1]
    if (layer.kind !== 'linear' || before?.kind !== 'batchNorm' || before.name !== norm) return layer
    const deviation = Math.sqrt(before.runningVar[unit] + before.eps)
    const nothing = (-before.runningMean[unit] / deviation) * before.weight[unit] + before.bias[unit]
    const bias = layer.bias.map((value, o) => value + layer.weight[o * layer.inDim + unit] * nothing)
    const weight = layer.weight.map((value, w) => (w % layer.inDim === unit ? 0 : value))
    return { ...layer, weight, bias }
  })
  return { ...net, layers }
}

/** Mean difference of the flag's own picture from a net's, in levels, over a few points. */
function flagDifference(net: Network, { pixels, pictures, frame }: Awaited<ReturnType<typeof drawn>>): number {
  const flag = pictures.find(({ unit }) => unit === null) as NeuronPicture
  let sum = 0
  for (let i = 0; i < 48; i++) {
    const { column, row, point } = pixelIn(flag, frame, (i % 8) / 8 + 0.06, Math.floor(i / 8) / 6 + 0.08)
    const raw = traceNetwork(net, point.x, point.y).at(-1)?.values ?? new Float64Array(3)
    const actual = colourAt(pixels, column, row)
    raw.forEach((value, c) => {
      sum += Math.abs(actual[c] - 255 * Math.min(1, Math.max(0, value))) / 3 / 48
    })
  }
  return sum
}

/** By the definition, over a coarse grid of the frame. */
function psnrBetween(a: Network, b: Network, { x, y }: Frame): number {
  const grid = Float64Array.from({ length: 2 * 80 * 40 }, (_, i) => {
    const [column, row] = [(i >> 1) % 80, Math.floor((i >> 1) / 80)]
    const [[start, end], share] = i % 2 === 0 ? [x, (column + 0.5) / 80] : [y, (row + 0.5) / 40]
    return start + share * (end - start)
  })
  const [before, after] = [a, b].map(net =>
    evaluateFolded(new Float64Array(3 * 80 * 40), foldNetwork(net), grid).map(value => Math.min(1, Math.max(0, value))),
  )
  return -10 * Math.log10(before.reduce((sum, value, i) => sum + (after[i] - value) ** 2, 0) / before.length)
}

describe('inside', () => {
  test('all units and outputs are seen as the layers run one by one give them, and the flag with them', async () => {
    const { page, errors } = await openUnits()
    const post = await drawn(page)
    expect(post.pictures.filter(({ unit }) => unit !== null)).toHaveLength(227)
    expectUnits(network, post, process.env.VEXEL_FULL ? [0.2, 0.5, 0.7] : [0.4])
    expect(flagDifference(network, post)).toBeLessThan(1)
    await page.select('[aria-label="Shown"]', 'norm')
    await page.select('[aria-label="White is"]', 'zero')
    await page.waitForFunction(() => location.hash.includes('neurons=norm,zero'))
    const norm = await drawn(page)
    const normed = norm.pictures.find(({ tap }) => tap?.layer === 3 && tap.unit === 5)
    // White is where batch norm puts out zero: at a value of its own, in a span of its own.
    expect(normed?.tone).not.toEqual(post.pictures.find(({ tap }) => tap?.layer === 3 && tap.unit === 5)?.tone)
    expectUnits(network, norm, [0.45])
    expect(errors).toEqual([])
  })

  test('a unit is silenced by keys, the flag is the one without it, and undo brings it back', async () => {
    const { page, errors } = await openUnits()
    const unit = { layer: 7, unit: 3 }
    await page.evaluate(unit => {
      window.vexel.neurons.selected = unit
    }, unit)
    await page.focus('#stage')
    await page.keyboard.press('s')
    await page.waitForFunction(() => window.vexel.state().edits !== null)
    const silenced = without(network, 'bn8', unit.unit)
    const picture = await drawn(page)
    expect(flagDifference(silenced, picture)).toBeLessThan(1)
    expect(flagDifference(network, picture)).toBeGreaterThan(2)
    expectUnits(silenced, picture, [0.5])
    expect(picture.pictures.filter(({ gain }) => gain === 0).map(({ unit }) => unit)).toEqual([unit])
    // Enlarged, it has beside it what it is worth: the flag without it against the flag with it.
    await page.keyboard.press('Enter')
    const worth = async (start: string) => {
      const words = () =>
        page.$$eval('.worth figcaption', all => all[0]?.textContent?.replace(/\s+/g, ' ').trim() ?? '')
      await page.waitForFunction(
        start => document.querySelector('.worth figcaption')?.textContent?.trim().startsWith(start),
        {},
        start,
      )
      return await words()
    }
    expect(Number(/([\d.]+) dB/.exec(await worth('Without it: '))?.[1])).toBeCloseTo(
      psnrBetween(network, silenced, picture.frame),
      0,
    )
    await page.keyboard.press('i')
    await page.waitForFunction(() => window.vexel.neurons.pictures.filter(({ gain }) => gain === 0).length === 15)
    expect(await worth('Without the 15 others: ')).toMatch(/rough$/)
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => !document.querySelector('.worth'))
    await page.keyboard.press('u')
    await page.keyboard.press('u')
    await page.waitForFunction(() => window.vexel.state().edits === null)
    expect(flagDifference(network, await drawn(page))).toBeLessThan(1)
    expect(errors).toEqual([])
  })
})

describe('by keyboard alone', () => {
  test('one goes in, from unit to unit, nearer, and back to the flag as it was', async () => {
    const { page, errors } = await pages.link(FLAG)
    await page.evaluate(() => {
      window.vexel.camera = { x: 0.2, y: -0.1, zoom: 3 }
    })
    await page.focus('#stage')
    await page.keyboard.press('n')
    await page.waitForFunction(() => window.vexel.neurons.isOpen && location.hash.includes('neurons='))
    await stands(page)
    await page.keyboard.press('ArrowLeft')
    await stands(page)
    const before = await page.evaluate(() => window.vexel.neurons.selected)
    expect(before).not.toBeNull()
    const width = () =>
      page.evaluate(({ layer, unit } = { layer: 0, unit: 0 }) => {
        const found = window.vexel.neurons.pictures.find(p => p.unit?.layer === layer && p.unit.unit === unit)
        return found?.box.width ?? 0
      }, before ?? undefined)
    const small = await width()
    await page.keyboard.press('Enter')
    await page.waitForFunction(
      (small, { layer, unit }) => {
        const found = window.vexel.neurons.pictures.find(p => p.unit?.layer === layer && p.unit.unit === unit)
        return (found?.box.width ?? 0) > 3 * small
      },
      {},
      small,
      before ?? { layer: 0, unit: 0 },
    )
    // Enter where it is large pins the point in the middle: once the flight has ended, and the panel has its room.
    await stands(page)
    await page.keyboard.press('y')
    await page.waitForSelector('.why')
    await stands(page)
    await page.keyboard.press('Enter')
    await page.waitForSelector('.why .at [aria-pressed=true]')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => !window.vexel.neurons.isOpen)
    expect(await page.evaluate(() => window.vexel.camera)).toEqual({ x: 0.2, y: -0.1, zoom: 3 })
    expect(errors).toEqual([])
  })
})

describe('why a pixel has its colour', () => {
  test('is told without the units, too: the last layer and a constant add up to it', async () => {
    const { page, errors } = await pages.flag()
    const point = { x: 0.31, y: -0.42 }
    const explanation = await page.evaluate(point => window.vexel.neurons.why(point, 'green', 7), point)
    const values = traceNetwork(network, point.x, point.y)
    expect(explanation.value).toBeCloseTo(values.at(-1)?.values[1] as number, 9)
    const sum = explanation.rows.reduce((sum, { contribution }) => sum + contribution, 0)
    expect(sum + explanation.sums[7].remainder).toBeCloseTo(explanation.value, 9)
    // The constant is the same wherever one looks.
    const other = await page.evaluate(() => window.vexel.neurons.why({ x: -0.7, y: 0.1 }, 'green', 7))
    expect(other.sums[7].remainder).toBeCloseTo(explanation.sums[7].remainder, 9)
    const sizes = explanation.rows.map(({ contribution }) => Math.abs(contribution))
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
    await page.waitForFunction(() =>
      document.querySelector('#why-title')?.textContent?.trim().startsWith('Why is this pixel'),
    )
    await page.waitForFunction(() => document.querySelectorAll('.why tbody tr').length === 16)
    expect(errors).toEqual([])
  })
})

describe('the page', () => {
  test.runIf(isFull).each(AXE_SIZES)('is clean for axe at %i x %i, nothing is wider than it', async (width, height) => {
    const { page, errors, close } = await openExplorer(pages.browser, {
      hash: `${FLAG}&neurons=post,mean`,
      renderer: RENDERER,
      width,
      height,
      touch: width < 500,
      motion: false,
    })
    await page.waitForSelector('.neuron-bar')
    const check = async (what: string) => {
      await twoFrames(page)
      await expectAccessible(page, what)
      const cut = await page.$$eval('.neuron-bar button, .neuron-bar select, .why button, .toolbar button', elements =>
        elements.flatMap(element => {
          const { right, left } = element.getBoundingClientRect()
          return right > innerWidth || left < 0 ? [element.outerHTML] : []
        }),
      )
      expect(cut, what).toEqual([])
    }
    await check('units')
    await page.evaluate(() => window.vexel.neurons.why({ x: 0, y: 0 }).then(() => {}))
    await page.waitForSelector('.why')
    await check('why')
    await page.evaluate(() => window.vexel.neurons.close())
    await page.waitForFunction(() => !document.querySelector('.neuron-bar'))
    await check('flag')
    expect(errors).toEqual([])
    await close()
  })

  test.runIf(isFull)('units follow a film, at every moment of it', async () => {
    const served = await serveFilm()
    const { page, errors, close } = await openExplorer(pages.browser, {
      width: 760,
      height: 620,
      site: served.site.url,
      hash: `${FLAG}&neurons=post,mean`,
    })
    await page.evaluate(() => window.vexel.film.open())
    for (const position of [0.2, 0.43, 0.9]) {
      await page.evaluate(position => {
        window.vexel.film.position = position
      }, position)
      const picture = await drawn(page)
      expectUnits(served.film.networkAt(position), picture, [0.4])
      expect(flagDifference(served.film.networkAt(position), picture)).toBeLessThan(1)
    }
    expect(errors).toEqual([])
    await close()
    await served.site.close()
  })
})

/** Waits until the units have stood where they are for a dozen frames: no flight is under way, no room changes. */
async function stands(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>(resolve => {
        let last = ''
        let frames = 0
        const look = () => {
          const now = JSON.stringify(window.vexel.neurons.pictures[0]?.box)
          frames = now === last ? frames + 1 : 0
          last = now
          if (frames >= 12) resolve()
          else requestAnimationFrame(look)
        }
        look()
      }),
  )
}
