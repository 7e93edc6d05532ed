// Scrubbing in the page: an edit is seen in the next animation frame, undone byte for byte, kept in the address, and works
// by keyboard and on a narrow page.

import type { Page } from 'puppeteer'
import { describe, expect, test } from 'vitest'
import { foldNetwork } from '../../src/model/fold.js'
import { parseFrame } from '../../src/model/frame.js'
import { createNetwork } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import type { View } from '../../src/model/view.js'
import { isFull } from '../browser/pages.js'
import { AXE_SIZES, expectAccessible } from './axe.js'
import {
  expectedPixels,
  expectPictureOf,
  FLAG_HASH,
  largestDifference,
  openExplorer,
  type OpenedPage,
  type OpenOptions,
  savedNow,
  settledPixels,
  shippedFile,
} from './explorer-page.js'
import { PageOfFile, type Situation } from './one-page.js'

const FLAG = 'flags/my.safetensors'
/** As wide as it takes for the panel to stand beside the picture. */
const SIZE = { width: 800, height: 420 }
const pages = new PageOfFile({ renderer: 'cpu', ...SIZE })

async function untilPanel(page: Page): Promise<void> {
  await page.evaluate(() => window.vexel.edits.show())
  await page.waitForSelector('#scrub [role=grid] canvas')
  // Nothing in the panel moves any more: the cells are painted, the canvases have their size, the first comparison is there.
  await page.waitForFunction(
    () =>
      document.querySelector('.psnr') !== null &&
      (document.querySelector('#scrub canvas') as HTMLCanvasElement).width > 1,
  )
}

/** The panel of a flag's parameters, open. */
async function openPanel(situation: Situation = {}) {
  const opened = await pages.flag(FLAG, situation)
  await untilPanel(opened.page)
  return opened
}

/** As {@link openPanel}, in a page of its own. */
async function openPanelAlone(options: OpenOptions): Promise<OpenedPage> {
  const opened = await openExplorer(pages.browser, { motion: false, ...options })
  await untilPanel(opened.page)
  return opened
}

const textOf = (page: Page) => page.evaluate(() => window.vexel.edits.text)
const readout = (page: Page) => page.$eval('.scrub-name', name => name.textContent?.trim())

describe.each(isFull ? (['webgl', 'cpu'] as const) : (['webgl'] as const))('drawn by %s', renderer => {
  test('an edit is on the canvas in the animation frame after the event, all over the view', async () => {
    const { page, errors, close } = await openPanelAlone({ renderer, width: 400, height: 400 })
    // Within the flag every colour is one: a bias of 4 more or less makes a channel full or nothing everywhere.
    await page.evaluate(() => {
      window.vexel.camera = { zoom: 8 }
    })
    await page.evaluate(() => window.vexel.settled())
    const frames = await page.evaluate(async () => {
      const canvas = document.querySelector('#scrub [data-block="8"] canvas') as HTMLCanvasElement
      const box = canvas.getBoundingClientRect()
      // The head's biases stand right of its 16 weights: one row a colour channel.
      const cell = box.height / 3
      const [clientX, clientY] = [box.right - cell / 2, box.top + cell / 2]
      const view = new OffscreenCanvas(32, 24)
      const context = view.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D
      /** What the canvas shows just now, in the very task; nothing where no picture was put on it in this frame. */
      const reds = () => {
        context.clearRect(0, 0, 32, 24)
        context.drawImage(document.querySelector('#canvas-host canvas') as HTMLCanvasElement, 0, 0, 32, 24)
        const { data } = context.getImageData(0, 0, 32, 24)
        const places = [0, 31, 32 * 23, 32 * 24 - 1, 32 * 12 + 16]
        return places.map(place => (data[4 * place + 3] === 255 ? data[4 * place] : Number.NaN))
      }
      const counted: number[] = []
      for (let turn = 0; turn < 6; turn++) {
        const deltaY = (turn % 2 === 0 ? 1 : -1) * (turn === 0 ? 100_000 : 200_000)
        canvas.dispatchEvent(new WheelEvent('wheel', { clientX, clientY, deltaY, bubbles: true, cancelable: true }))
        for (let frame = 1; frame <= 60; frame++) {
          // Asked for after the viewer has asked for its own: it comes after it, in the same frame.
          await new Promise(resolve => requestAnimationFrame(resolve))
          if (!reds().every(red => red === (turn % 2 === 0 ? 0 : 255))) continue
          counted.push(frame)
          break
        }
      }
      return counted
    })
    expect(frames).toEqual([1, 1, 1, 1, 1, 1])
    await page.evaluate(() => {
      window.vexel.camera = { zoom: 1 }
    })
    await expectPictureOf(page, await savedNow(page))
    expect(errors).toEqual([])
    await close()
  })
})

test('a thousand edits (in the sample a hundred), undone, give back the file byte for byte', async () => {
  const { page, errors } = await openPanel({ width: 420, height: 400 })
  const original = shippedFile('my')
  expect(Buffer.compare(await savedNow(page), original)).toBe(0)
  const count = isFull ? 1000 : 100
  const undone = await page.evaluate(async count => {
    const { edits } = window.vexel
    const tensors = await edits.start()
    let seed = 7
    // Park and Miller's generator: the same edits everywhere.
    const below = (limit: number) => (seed = (seed * 48271) % 2147483647) % limit
    for (let i = 0; i < count; i++) {
      const { name, shape } = tensors[below(tensors.length)]
      edits.set(
        name,
        shape.map(dim => below(dim)),
        below(2000) / 1000,
      )
    }
    let steps = 0
    while (edits.canUndo) {
      edits.undo()
      steps++
    }
    return { steps, text: edits.text }
  }, count)
  // Here and there a value is what it was already: no step.
  expect(undone.steps).toBeGreaterThan(count * 0.9)
  expect(undone.text).toBe('')
  expect(Buffer.compare(await savedNow(page), original)).toBe(0)
  expect(errors).toEqual([])
})

describe('by keyboard', () => {
  test('one tab stop, arrows from cell to cell and layer to layer, keys that change, undo and restore', async () => {
    const { page, errors } = await openPanel()
    expect(await page.$$eval('#scrub [role=grid][tabindex="0"]', all => all.length)).toBe(1)
    await page.focus('#scrub [role=grid][tabindex="0"]')
    const press = async (key: Parameters<Page['keyboard']['press']>[0], expected: string) => {
      await page.keyboard.press(key)
      await page.waitForFunction(
        name => document.querySelector('.scrub-name')?.textContent?.trim() === name,
        {},
        expected,
      )
    }
    expect(await readout(page)).toBe('dense1.weight[0, 0]')
    await press('ArrowRight', 'dense1.weight[0, 1]')
    await press('ArrowRight', 'dense1.bias[0]')
    await press('ArrowDown', 'dense1.bias[1]')
    await page.keyboard.down('Control')
    await press('ArrowDown', 'dense2.weight[0, 2]')
    await page.keyboard.up('Control')
    await press('End', 'bn2.running_var[0]')
    await press('ArrowUp', 'dense1.bias[15]')
    await press('ArrowDown', 'dense2.weight[0, 2]')
    // What a screen reader is told of is the cell that the focus is on.
    expect(
      await page.evaluate(() => {
        const grid = document.activeElement as HTMLElement
        const cell = document.getElementById(grid.getAttribute('aria-activedescendant') ?? '')
        return [grid.getAttribute('role'), cell?.getAttribute('aria-colindex'), cell?.textContent?.split(' = ')[0]]
      }),
    ).toEqual(['grid', '3', 'dense2.weight[0, 2]'])

    const value = () => page.evaluate(() => window.vexel.edits.get('dense2.weight', 0, 2))
    const own = await value()
    await page.keyboard.press('+')
    const step = (await value()) - own
    expect(step).toBeGreaterThan(0)
    await page.keyboard.down('Shift')
    await page.keyboard.press('PageUp')
    await page.keyboard.up('Shift')
    expect(((await value()) - own) / step).toBeCloseTo(11, 0)
    await page.keyboard.press('Backspace')
    expect(await value()).toBe(own)
    for (const [key, isShifted, isBack] of [
      ['z', false, false],
      ['z', true, true],
      ['y', false, true],
    ] as const) {
      await page.keyboard.down('Control')
      if (isShifted) await page.keyboard.down('Shift')
      await page.keyboard.press(key)
      if (isShifted) await page.keyboard.up('Shift')
      await page.keyboard.up('Control')
      expect((await value()) === own, `${key} ${isShifted}`).toBe(isBack)
    }
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => !window.vexel.edits.isShown && document.activeElement?.id === 'stage')
    await page.keyboard.press('e')
    await page.waitForFunction(() => window.vexel.edits.isShown && document.activeElement?.matches('[role=grid]'))
    expect(errors).toEqual([])
  })

  test('a value is typed; what is no finite number, or a negative variance, is refused in one line', async () => {
    const { page, errors } = await openPanel()
    await page.focus('#scrub [role=grid][tabindex="0"]')
    await page.keyboard.press('0')
    await page.waitForFunction(() => document.activeElement?.id === 'scrub-value')
    await page.keyboard.type('.25')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.matches('[role=grid]'))
    expect(await page.evaluate(() => window.vexel.edits.get('dense1.weight', 0, 0))).toBe(0.25)
    const text = await textOf(page)
    const problem = () => page.$eval('.scrub-problem', line => line.textContent ?? '')
    for (const [typed, says] of [
      ['NaN', 'dense1.weight[0, 0]: expected a finite number, got NaN'],
      ['Infinity', 'dense1.weight[0, 0]: expected a finite number, got Infinity'],
      ['-1e999', 'dense1.weight[0, 0]: expected a finite number, got -1e999'],
      // Beyond float16 and float32 alike.
      ['1e39', 'dense1.weight[0, 0]: 1e+39 does not fit the file'],
      ['soon', 'dense1.weight[0, 0]: expected a finite number, got soon'],
    ]) {
      await page.keyboard.press('Enter')
      await page.waitForFunction(() => document.activeElement?.id === 'scrub-value')
      await page.keyboard.down('Control')
      await page.keyboard.press('a')
      await page.keyboard.up('Control')
      await page.keyboard.type(typed)
      await page.keyboard.press('Enter')
      await page.waitForFunction(() => document.querySelector('.scrub-problem')?.textContent !== '')
      expect(await problem()).toContain(says)
      expect(await page.$eval('#scrub-value', field => field.getAttribute('aria-invalid'))).toBe('true')
      await page.keyboard.press('Escape')
      await page.waitForFunction(() => document.querySelector('.scrub-problem')?.textContent === '')
      expect(await textOf(page), typed).toBe(text)
    }
    const refused = await page.evaluate(() => {
      const lines: string[] = []
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1])
        try {
          window.vexel.edits.set('bn2.running_var', [3], value)
        } catch (error) {
          lines.push((error as Error).message)
        }
      return lines
    })
    expect(refused).toHaveLength(3)
    expect(refused[2]).toMatch(/^bn2\.running_var\[3\]: expected a variance >= 0/)
    expect(await textOf(page)).toBe(text)
    expect(errors).toEqual([])
  })
})

describe('the address', () => {
  const SMALL = { width: 240, height: 180 }

  test('a link shows the same picture; back and forward lead to it and away; the wall knows nothing of it', async () => {
    const { page, errors } = await pages.flag(FLAG, SMALL)
    const original = await settledPixels(page)
    await page.evaluate(async () => {
      const { edits } = window.vexel
      await edits.start()
      edits.set('dense3.weight', [4, 7], 0.5)
      edits.set('bn2.weight', [3], 1.5)
    })
    const edited = await settledPixels(page)
    expect(largestDifference(edited, original.data).levels).toBeGreaterThan(20)
    await page.waitForFunction(() => location.hash.includes('edits='))
    const hash = await page.evaluate(() => location.hash)
    await page.evaluate(() => window.vexel.wall.home())
    expect(await page.evaluate(() => window.vexel.edits.text)).toBe('')
    await page.evaluate(() => history.back())
    await page.waitForFunction(() => window.vexel.edits.text !== '')
    expect(largestDifference(await settledPixels(page), edited.data).levels).toBe(0)
    await page.evaluate(() => history.forward())
    // Followed, and not only in the address: that stands there before.
    await page.waitForFunction(() => window.vexel.state().file === null)
    await page.evaluate(() => window.vexel.wall.fly('my'))
    await page.waitForFunction(() => window.vexel.state().file !== null)
    // Entered from there it is as it was left; another entry of the history has the file as it came.
    expect(largestDifference(await settledPixels(page), edited.data).levels).toBe(0)
    await page.evaluate(() => window.vexel.edits.reset())
    expect(largestDifference(await settledPixels(page), original.data).levels).toBeLessThanOrEqual(1)
    expect(errors).toEqual([])
    await pages.link(hash, SMALL)
    expect(largestDifference(await settledPixels(page), edited.data).levels).toBe(0)
    expect(errors).toEqual([])
  })

  test('edits that nobody understands are one line over the flag itself, in a link and typed into the address', async () => {
    const { page, errors } = await pages.link(`${FLAG_HASH}&edits=nonsense`, SMALL)
    for (const [text, says] of [
      ['nonsense', '"nonsense"'],
      ['%5B', '"["'],
      ['7'.repeat(20_000), 'characters'],
      // A parameter, a layer and a flag that there are not, and what is no number.
      ['@zzzz:1', '"@zzzz:1"'],
      ['@5:NaN', '"@5:NaN"'],
      ['gain:10:2', '"gain:10:2"'],
      ['morph:nowhere:0.5:naive', '"nowhere"'],
    ]) {
      await page.evaluate(hash => {
        location.hash = hash
      }, `${FLAG_HASH}&edits=${text}`)
      await page.waitForFunction(
        says => {
          const line = document.querySelector('.message')?.textContent ?? ''
          return line.includes('link: edits: ') && line.includes(says)
        },
        {},
        says,
      )
      expect(await page.evaluate(() => window.vexel.edits.text)).toBe('')
    }
    expect(errors).toEqual([])
  })
})

test.runIf(isFull)(
  'the original is held up to compare with; the distance to it is that of the two pictures',
  async () => {
    const { page } = await openPanel({ width: 700, height: 420 })
    const original = await settledPixels(page)
    await page.evaluate(() => window.vexel.edits.set('dense_head.bias', [1], 0.2))
    const edited = await settledPixels(page)
    await page.focus('#stage')
    await page.keyboard.down('o')
    await page.waitForSelector('#scrub [aria-pressed=true]')
    expect(largestDifference(await settledPixels(page), original.data).levels).toBe(0)
    await page.keyboard.up('o')
    await page.waitForFunction(() => document.querySelector('#scrub .scrub-tools [aria-pressed=true]') === null)
    expect(largestDifference(await settledPixels(page), edited.data).levels).toBe(0)
    // By the definition, on the grid that the panel names: the middles of 128 x 64 equal parts of the frame.
    await page.waitForFunction(() => /\d dB/.test(document.querySelector('.psnr')?.textContent ?? ''))
    const told = await page.$eval('.scrub-distance', place => place.textContent ?? '')
    expect(await page.$eval('.scrub-distance p', line => line.title)).toContain('128 × 64')
    const frame = parseFrame(await page.evaluate(() => window.vexel.frame))
    const view: View = { x: (frame.x[0] + frame.x[1]) / 2, y: (frame.y[0] + frame.y[1]) / 2, zoom: 1 }
    const size = { width: 128, height: 64 }
    const [before, after] = [shippedFile('my'), await savedNow(page)].map(file =>
      expectedPixels(file, frame, view, 2, size),
    )
    let squares = 0
    for (let i = 0; i < before.length; i++) squares += ((after[i] - before[i]) / 255) ** 2
    const psnr = 10 * Math.log10(((before.length / 4) * 3) / squares)
    // There the colours are 8-bit levels, here they are not rounded.
    expect(Number(/([\d.]+) dB/.exec(told)?.[1])).toBeCloseTo(psnr, 0)
  },
)

test('the folded view shows what batch norm comes to, and cannot be changed', async () => {
  const { page } = await openPanel()
  await page.click('.scrub-matrices-head input')
  await page.waitForFunction(() => document.querySelectorAll('#scrub [aria-readonly=true]').length === 9)
  const { layers } = foldNetwork(createNetwork(StateDict.parse(shippedFile('my'))))
  await page.focus('#scrub [data-block="2"]')
  await page.waitForFunction(() =>
    document.querySelector('.scrub-name')?.textContent?.includes('dense3.weight[0, 0], folded'),
  )
  const value = await page.$eval('#scrub-value', field => (field as HTMLInputElement).value)
  expect(Number(value.replace('−', '-'))).toBeCloseTo(layers[2].weight[0], 5)
  await page.keyboard.press('+')
  await page.waitForFunction(() =>
    document.querySelector('.scrub-problem')?.textContent?.includes('folded view is for reading'),
  )
  expect(await textOf(page)).toBe('')
})

test.each(AXE_SIZES)(
  'the panel is clean for axe at %i x %i, nothing is wider than it, the picture stays in sight',
  async (width, height) => {
    const { page, errors, close } = await openPanelAlone({ width, height, touch: width < 500, renderer: 'cpu' })
    await page.evaluate(() => window.vexel.edits.set('dense2.weight', [4, 7], 0.5))
    await page.waitForSelector('#scrub h3 b')
    await expectAccessible(page)
    const boxes = await page.evaluate(() => {
      const box = (selector: string) => {
        const { left, top, right, bottom } = (document.querySelector(selector) as Element).getBoundingClientRect()
        return { left, top, right, bottom }
      }
      return { stage: box('#stage'), panel: box('#scrub'), cells: box('#scrub [data-block="1"] canvas') }
    })
    expect(boxes.stage.bottom - boxes.stage.top).toBeGreaterThan(250)
    if (width < 500) expect(boxes.panel.top).toBeGreaterThanOrEqual(boxes.stage.bottom)
    else expect(boxes.panel.left).toBeGreaterThanOrEqual(boxes.stage.right)
    // A word beside its mark, not beneath it.
    expect(await page.$eval('.scrub-mark', mark => mark.getClientRects().length)).toBe(1)
    expect(await page.$eval('.scrub-mark', mark => mark.getBoundingClientRect().height)).toBeLessThan(28)
    // Cells that can be hit.
    expect((boxes.cells.bottom - boxes.cells.top) / 32).toBeGreaterThanOrEqual(6)
    expect(errors).toEqual([])
    await close()
  },
)

describe('by mouse', () => {
  test('a cell is dragged, with Shift coarser and with Alt finer; a drag is one step; a double click restores', async () => {
    const { page, errors } = await openPanel({ width: 800, height: 600 })
    const at = await page.$eval('#scrub [data-block="0"] canvas', canvas => {
      const { left, top, width } = canvas.getBoundingClientRect()
      const block = { columns: 3, gap: 6 }
      const cell = (width - block.gap) / block.columns
      return { x: left + 1.5 * cell, y: top + 2.5 * cell }
    })
    const value = () => page.evaluate(() => window.vexel.edits.get('dense1.weight', 2, 1))
    const own = await value()
    const dragBy = async (dx: number, key: 'Shift' | 'Alt' | null) => {
      await page.mouse.move(at.x, at.y)
      await page.mouse.down()
      if (key) await page.keyboard.down(key)
      await page.mouse.move(at.x + dx / 2, at.y + 3)
      await page.mouse.move(at.x + dx, at.y - 2)
      if (key) await page.keyboard.up(key)
      await page.mouse.up()
      const moved = (await value()) - own
      await page.evaluate(() => window.vexel.edits.undo())
      expect(await value(), 'a drag is one step').toBe(own)
      return moved
    }
    const plain = await dragBy(60, null)
    expect(plain).toBeGreaterThan(0)
    expect((await dragBy(60, 'Shift')) / plain).toBeCloseTo(10, 0)
    expect((await dragBy(60, 'Alt')) / plain).toBeCloseTo(0.1, 1)
    expect(await dragBy(-60, null)).toBeCloseTo(-plain, 2)
    await page.evaluate(() => window.vexel.edits.set('dense1.weight', [2, 1], 0.5))
    await page.mouse.click(at.x, at.y, { count: 2 })
    await page.waitForFunction(own => window.vexel.edits.get('dense1.weight', 2, 1) === own, {}, own)
    expect(await textOf(page)).toBe('')
    expect(errors).toEqual([])
  })

  test('of nine mutants one is picked, nine are of that, and a step back leads to the nine before', async () => {
    const { page, errors } = await openPanel({ width: 700, height: 420 })
    await page.$$eval('.scrub-chance button', all => all.find(({ textContent }) => /Nine/.test(textContent))?.click())
    const names = async () => {
      await page.waitForSelector('.sheet[aria-busy=false]')
      return await page.$$eval('.sheet button', all => all.map(button => button.getAttribute('aria-label')))
    }
    const first = await names()
    expect(first).toHaveLength(9)
    for (const name of first) expect(name).toMatch(/^Mutant \d, [\d.]+ dB, \w+/)
    await page.focus('.sheet button')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => window.vexel.edits.text.startsWith('mutate:0.1:'))
    expect(await names()).not.toEqual(first)
    await page.click('.sheet button:last-child')
    await page.waitForFunction(() => window.vexel.edits.text.split('mutate').length === 3)
    await names()
    for (const left of [2, 1]) {
      await page.click('.mutants .buttons button')
      await page.waitForFunction(left => window.vexel.edits.text.split('mutate').length === left, {}, left)
    }
    expect(await names()).toEqual(first)
    expect(errors).toEqual([])
  })

  test('mutate and randomise show their seeds, are in the link, and are taken back', async () => {
    const { page } = await openPanel({ width: 700, height: 420 })
    await page.click('.scrub-chance button')
    await page.select('.scrub-chance select', '3')
    await page.waitForFunction(() => document.querySelectorAll('.chips li').length === 2)
    const chips = await page.$$eval('.chips li', all => all.map(chip => chip.textContent?.replace(/\s+/g, ' ').trim()))
    const seeds = chips.map(chip => Number(/seed (\d+)/.exec(chip ?? '')?.[1]))
    expect(await textOf(page)).toBe(`mutate:0.1:${seeds[0]},random:4:${seeds[1]}`)
    await page.click('.chips li button')
    await page.waitForFunction(() => document.querySelectorAll('.chips li').length === 1)
    expect(await textOf(page)).toBe(`random:4:${seeds[1]}`)
    await page.evaluate(() => {
      window.vexel.edits.undo()
      window.vexel.edits.undo()
      window.vexel.edits.undo()
    })
    expect(await textOf(page)).toBe('')
  })
})

test.runIf(isFull)(
  'while a film is open nothing is scrubbed, in one line; when it closes the edits are seen again',
  async () => {
    const { page, errors } = await openPanel({ width: 700, height: 420 })
    await page.evaluate(() => window.vexel.edits.set('dense3.weight', [4, 7], 0.5))
    const edited = await settledPixels(page)
    await page.evaluate(async () => {
      await window.vexel.film.open()
      window.vexel.film.position = 0.3
    })
    await page.waitForFunction(() =>
      document.querySelector('.scrub-problem')?.textContent?.includes('the film shows other weights'),
    )
    expect(
      await page.evaluate(() => {
        try {
          window.vexel.edits.set('dense3.weight', [4, 7], 0.6)
          return null
        } catch (error) {
          return (error as Error).message
        }
      }),
    ).toMatch(/^the film shows other weights/)
    await page.evaluate(() => window.vexel.film.close())
    await page.waitForFunction(() => document.querySelector('.scrub-problem')?.textContent === '')
    // The bar under the picture is gone.
    await page.waitForFunction(() => document.querySelector('#film .film-bar') === null)
    expect(largestDifference(await settledPixels(page), edited.data).levels).toBe(0)
    expect(errors).toEqual([])
  },
)
