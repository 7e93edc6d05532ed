// Whatever way a flag was opened, what is edited of it is seen: the pixels decide, before, after and undone. People start at the
// wall; a test that opens by link sees another path through the page.

import type { Page } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Site } from '../../src/cli/site/site.js'
import { isFull, oracleFile } from '../browser/pages.js'
import {
  dropFiles,
  expectPictureOf,
  largestDifference,
  openBytes,
  savedNow,
  settledPixels,
  twoFrames,
  untilReady,
} from './explorer-page.js'
import { PageOfFile } from './one-page.js'
import { serveOracleWall } from './oracle-wall.js'

let site: Site

const MALAYSIA = 'flags/my.safetensors'

beforeAll(async () => {
  site = await serveOracleWall('/routes/')
})

afterAll(() => site?.close())

const pageOn = (renderer: 'cpu' | 'webgl') => new PageOfFile({ renderer, width: 420, height: 300 }, () => site.url)

async function untilOpen(page: Page): Promise<void> {
  await page.waitForFunction(file => window.vexel.state().file === file, {}, MALAYSIA)
}

/** The middle of Malaysia on the wall, in the page's coordinates. */
async function middleOfFlag(page: Page): Promise<readonly [number, number]> {
  return await page.evaluate(() => {
    const { box } = window.vexel.wall.flags.find(({ code }) => code === 'my')!
    const stage = document.querySelector('#stage')!.getBoundingClientRect()
    return [stage.x + box.x + box.width / 2, stage.y + box.y + box.height / 2] as const
  })
}

const byClick = async (page: Page) => {
  // Where a flag hangs while the page is still taking its shape is not where it is a moment later.
  await page.evaluate(() => window.vexel.settled())
  await page.mouse.click(...(await middleOfFlag(page)))
  await untilOpen(page)
}

/** From the start screen to Malaysia. */
const ROUTES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  'by a click on the wall': byClick,
  'by the wheel over the wall': async page => {
    await page.mouse.move(...(await middleOfFlag(page)))
    const isOpen = () => page.evaluate(() => window.vexel.state().file !== null)
    for (let i = 0; i < 200 && !(await isOpen()); i++) {
      await page.mouse.wheel({ deltaY: -120 })
      await page.evaluate(() => new Promise(resolve => requestAnimationFrame(resolve)))
    }
    await untilOpen(page)
  },
  'by the search and Enter': async page => {
    await page.focus('#stage')
    await page.keyboard.type('mala')
    await page.waitForFunction(() => document.querySelector('#wall-finds li')?.textContent?.trim() === 'Malaysia')
    await page.keyboard.press('Enter')
    await untilOpen(page)
  },
  'by arrows and Enter': async page => {
    await page.focus('#stage')
    const marked = async (key: 'ArrowLeft' | 'ArrowRight') => {
      await page.keyboard.press(key)
      // The label is rendered in the next frame; before that it is of the flag before.
      await twoFrames(page)
      return await page.$eval('#stage', stage => stage.getAttribute('aria-label') ?? '')
    }
    // Three flags in a row or two: there and back again one comes by it.
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft'] as const)
      if ((await marked(key)).endsWith('Malaysia')) break
    await page.keyboard.press('Enter')
    await untilOpen(page)
  },
  'by a script from the wall': async page => {
    await page.evaluate(() => window.vexel.wall.fly('my'))
    await untilOpen(page)
  },
  'by a link': async page => {
    await page.evaluate(hash => {
      location.hash = hash
    }, `#samples=1&file=${MALAYSIA}`)
    await untilOpen(page)
  },
  'by Back, after it was left for the wall': async page => {
    await byClick(page)
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => window.vexel.state().file === null)
    await page.goBack()
    await untilOpen(page)
  },
  'by a click, after another one was edited and left': async page => {
    await page.evaluate(() => window.vexel.wall.fly('us'))
    await page.waitForFunction(() => window.vexel.state().file === 'flags/us.safetensors')
    await editHead(page, 0.3)
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => window.vexel.state().file === null)
    await page.evaluate(() => window.vexel.wall.home())
    await byClick(page)
  },
  'by a reload, after it was entered from the wall': async page => {
    await byClick(page)
    await page.waitForFunction(() => location.hash.includes('file='))
    await page.reload()
    await untilReady(page)
    await untilOpen(page)
  },
  'from its bytes': async page => {
    expect(await openBytes(page, oracleFile('malaysia'))).toBeNull()
  },
  'by a drop on the wall, and a click where it hangs': async page => {
    await dropFiles(page, ['dropped.safetensors', oracleFile('malaysia')])
    await page.waitForFunction(() => window.vexel.wall.flags.some(({ code }) => code === 'dropped'))
    await page.evaluate(() => window.vexel.wall.fly('dropped'))
    await page.waitForFunction(() => document.title.startsWith('dropped'))
  },
}

/** Makes the head's first bias another one. */
async function editHead(page: Page, value: number): Promise<void> {
  await page.evaluate(async value => {
    const tensors = await window.vexel.edits.start()
    window.vexel.edits.set(tensors[tensors.length - 1].name, [0], value)
  }, value)
}

/** Another picture than before, that of the file; undone it is the one before. */
async function expectSeen(page: Page, edit: () => Promise<void>, undo: () => Promise<void>): Promise<void> {
  const before = await settledPixels(page)
  await edit()
  const after = await expectPictureOf(page, await savedNow(page))
  expect(largestDifference(after, before.data).levels).toBeGreaterThan(20)
  await undo()
  expect(largestDifference(await settledPixels(page), before.data).levels).toBe(0)
}

const undo = (page: Page) => () => page.evaluate(() => window.vexel.edits.undo())

/** Every way of its own to an open file; the others end in one of these. */
const SAMPLED_ROUTES = new Set([
  'by a click on the wall',
  'by a link',
  'by Back, after it was left for the wall',
  'by a click, after another one was edited and left',
  'by a drop on the wall, and a click where it hangs',
])

describe.each(isFull ? (['cpu', 'webgl'] as const) : (['cpu'] as const))('drawn by %s', renderer => {
  const pages = pageOn(renderer)

  test.each(Object.entries(ROUTES).filter(([name]) => isFull || SAMPLED_ROUTES.has(name)))(
    'an edit is seen of a flag that was opened %s',
    async (_, go) => {
      const { page, errors } = await pages.wall()
      await go(page)
      await expectSeen(page, () => editHead(page, 0.3), undo(page))
      expect(errors).toEqual([])
    },
  )
})

/** What changes a picture, by hand. */
const CHANGES: Readonly<
  Record<string, readonly [edit: (page: Page) => Promise<void>, undo: (page: Page) => Promise<void>]>
> = {
  'a cell, by the wheel over it': [
    async page => {
      await page.mouse.move(...(await headCell(page)))
      for (let i = 0; i < 8; i++) await page.mouse.wheel({ deltaY: 400 })
      await page.waitForFunction(() => window.vexel.edits.canUndo)
    },
    async page => page.evaluate(() => window.vexel.edits.reset()),
  ],
  'a cell, by keyboard': [
    async page => {
      await page.mouse.click(...(await headCell(page)))
      await page.keyboard.down('Shift')
      for (let i = 0; i < 6; i++) await page.keyboard.press('PageUp')
      await page.keyboard.up('Shift')
    },
    async page => {
      await page.keyboard.down('Control')
      while (await page.evaluate(() => window.vexel.edits.canUndo)) await page.keyboard.press('z')
      await page.keyboard.up('Control')
    },
  ],
  'an effect': [
    page => page.evaluate(() => window.vexel.edits.setText('gain:3:2.5')),
    page => page.evaluate(() => window.vexel.edits.undo()),
  ],
  'a morph': [
    page => page.evaluate(() => window.vexel.edits.setText('morph:jp:0.5:naive')),
    page => page.evaluate(() => window.vexel.edits.undo()),
  ],
}

/** The head's first bias in the panel, in the page's coordinates. */
async function headCell(page: Page): Promise<readonly [number, number]> {
  const grid = await page.waitForSelector('#scrub [data-block="8"] canvas')
  await grid?.scrollIntoView()
  const box = (await grid?.boundingBox())!
  const cell = box.height / 3
  return [box.x + box.width - cell / 2, box.y + cell / 2]
}

describe('of a flag that was entered from the wall', () => {
  const pages = pageOn('cpu')
  // The panel stands under the picture and leaves it some room.
  const withPanel = { width: 420, height: 500 }

  test.each(Object.entries(CHANGES).filter((_, i) => isFull || i % 2 === 0))('%s is seen', async (_, [edit, undo]) => {
    const { page, errors } = await pages.wall(withPanel)
    await byClick(page)
    await page.evaluate(() => window.vexel.edits.show())
    await page.waitForFunction(() => document.querySelector('.psnr') !== null)
    await expectSeen(
      page,
      () => edit(page),
      () => undo(page),
    )
    expect(errors).toEqual([])
  })

  test('a silenced unit is missing in the flag, after one has come back from the units, and there again when undone', async () => {
    const { page, errors } = await pages.wall()
    await byClick(page)
    await expectSeen(
      page,
      async () => {
        await page.evaluate(() => window.vexel.neurons.open())
        await page.evaluate(() => window.vexel.neurons.silence({ layer: 7, unit: 3 }))
        await page.evaluate(() => window.vexel.neurons.close())
        await page.waitForFunction(() => !window.vexel.neurons.isOpen)
      },
      undo(page),
    )
    expect(errors).toEqual([])
  })

  test('an edit is not on the wall, and there when one comes back; the frame of one flag is not that of the next', async () => {
    const { page, errors } = await pages.wall()
    const wall = await settledPixels(page)
    await byClick(page)
    const before = await settledPixels(page)
    await editHead(page, 0.3)
    await page.evaluate(() => {
      window.vexel.frame = { order: 'yx' }
    })
    expect(largestDifference(await settledPixels(page), before.data).levels).toBeGreaterThan(20)
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => window.vexel.state().file === null)
    await page.evaluate(() => window.vexel.wall.home())
    await page.waitForSelector('.wall-mark')
    expect(largestDifference(await settledPixels(page), wall.data).levels).toBeLessThanOrEqual(1)
    await page.evaluate(() => window.vexel.wall.fly('us'))
    await page.waitForFunction(() => window.vexel.state().file === 'flags/us.safetensors')
    expect(await page.evaluate(() => window.vexel.state().frame)).toBeNull()
    expect(await page.evaluate(() => window.vexel.edits.text)).toBe('')
    await byClickHome(page)
    expect(await page.evaluate(() => window.vexel.edits.text)).not.toBe('')
    await page.evaluate(() => window.vexel.edits.reset())
    expect(largestDifference(await settledPixels(page), before.data).levels).toBe(0)
    expect(errors).toEqual([])
  })
})

async function byClickHome(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await page.waitForFunction(() => window.vexel.state().file === null)
  await page.evaluate(() => window.vexel.wall.home())
  await byClick(page)
}
