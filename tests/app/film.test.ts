// The film of a flag in the page, end to end: played, stepped through, flown into, seen as a strip, linked to and saved.

import { unzipSync } from 'fflate'
import { decode } from 'fast-png'
import type { Page } from 'puppeteer'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fetchBytes } from '../browser/bytes.js'
import { isFull } from '../browser/pages.js'
import { AXE_SIZES, expectAccessible } from './axe.js'
import {
  dropFiles,
  expectedPixels,
  expectPictureOf,
  largestDifference,
  openExplorer,
  type PixelData,
  settledPixels,
  twoFrames,
} from './explorer-page.js'
import { fileOf, type FilmSite, HOSTILE, serveFilm, untilPosition } from './film-page.js'
import { PageOfFile } from './one-page.js'
import { press, savedFile } from './training-page.js'

let served: FilmSite

beforeAll(async () => {
  served = await serveFilm()
})

afterAll(() => served?.site.close())

const FLAG = 'flags/my.safetensors'
const HASH = `#samples=1&file=${FLAG}`
const SIZE = { width: 420, height: 360 }
const pages = new PageOfFile({ renderer: 'cpu', ...SIZE }, () => served.site.url)

/** The weights of a snapshot, as a file. */
const snapshot = (index: number) => fileOf(served.film.network(index))
const positionOf = (page: Page) => page.evaluate(() => window.vexel.film.position)
const slider = '#film input[type=range]'

async function seek(page: Page, position: number): Promise<void> {
  await page.evaluate(position => {
    window.vexel.film.position = position
  }, position)
}

describe('a flag with a film', () => {
  test('plays it when it is asked to, holds where it is paused, and is the very file again when it is closed', async () => {
    served.asked.length = 0
    const { page, errors } = await pages.flag(FLAG, { motion: true })
    const before = await settledPixels(page)
    expect(served.asked).not.toContain('my.film.safetensors')
    await press(page, 'How it was learned')
    await untilPosition(page, 0)
    const early = await positionOf(page)
    await untilPosition(page, early + 0.02)
    await page.click('[aria-label="Pause"]')
    const position = await positionOf(page)
    expect(position).toBeGreaterThan(early)
    expect(await page.evaluate(() => window.vexel.film.isPlaying)).toBe(false)
    await expectPictureOf(page, fileOf(served.film.networkAt(position)))
    await twoFrames(page)
    expect(await positionOf(page)).toBe(position)
    const step = await page.$eval('.moment dd', element => element.textContent)
    expect(Number(step?.replaceAll(',', ''))).toBe(Math.round(served.film.stepAt(position)))
    await page.waitForFunction(position => location.hash.includes(`film=${position}`), {}, position)
    await page.click('[aria-label="Close the film"]')
    await page.waitForFunction(() => !document.querySelector('#app.film'))
    expect(largestDifference(await settledPixels(page), before.data).levels).toBe(0)
    expect(await page.evaluate(() => window.vexel.state().film)).toBeNull()
    expect(errors).toEqual([])
  })

  test.each(['cpu', 'webgl'] as const)(
    'shows every snapshot as it was, at any zoom, and at the end the file itself, drawn by %s',
    async renderer => {
      const { page, errors, close } = await openExplorer(pages.browser, {
        motion: false,
        site: served.site.url,
        renderer,
        hash: HASH,
        ...SIZE,
      })
      await page.evaluate(() => window.vexel.film.open())
      expect(await page.evaluate(() => window.vexel.film.positions)).toEqual(served.film.positions)
      await expectPictureOf(page, served.flag)
      for (const index of [0, 3, 5]) {
        await seek(page, served.film.positions[index])
        await expectPictureOf(page, snapshot(index))
      }
      await page.evaluate(() => {
        window.vexel.camera = { x: 0.31, y: -0.2, zoom: 14 }
        window.vexel.film.position = 0.43
      })
      await expectPictureOf(page, fileOf(served.film.networkAt(0.43)))
      await seek(page, 1)
      await expectPictureOf(page, served.flag)
      expect(errors).toEqual([])
      await close()
    },
  )

  test('is stepped through by the keys of a slider; Space plays, Escape closes', async () => {
    const { page, errors } = await pages.flag()
    await press(page, 'How it was learned')
    await page.waitForSelector(slider)
    // No motion is wanted: it stands at its end.
    expect(await page.evaluate(() => [window.vexel.film.position, window.vexel.film.isPlaying])).toEqual([1, false])
    await page.focus(slider)
    const keys: readonly [string, number, boolean?][] = [
      ['Home', 0],
      ['ArrowRight', 0.01],
      ['ArrowUp', 0.02],
      ['PageUp', 0.12],
      ['ArrowRight', 0.22, true],
      ['ArrowLeft', 0.21],
      ['PageDown', 0.11],
      ['End', 1],
    ]
    for (const [key, position, isShifted] of keys) {
      if (isShifted) await page.keyboard.down('Shift')
      await page.keyboard.press(key as 'Home')
      if (isShifted) await page.keyboard.up('Shift')
      expect(await positionOf(page), key).toBeCloseTo(position, 9)
    }
    await page.keyboard.press('Home')
    await page.waitForFunction(
      selector => document.querySelector(selector)?.getAttribute('aria-valuetext')?.startsWith('step 0, '),
      {},
      slider,
    )
    await expectPictureOf(page, snapshot(0))
    await page.keyboard.press('Space')
    await untilPosition(page, 0.01)
    await page.keyboard.press('Space')
    expect(await page.evaluate(() => window.vexel.film.isPlaying)).toBe(false)
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => !document.querySelector('#app.film') && document.activeElement?.id === 'stage')
    await expectPictureOf(page, served.flag)
    expect(errors).toEqual([])
  })

  test('is dragged through, and ends by itself at the file; looped it begins anew', async () => {
    const { page } = await pages.flag(FLAG, { motion: true })
    await page.evaluate(() => window.vexel.film.open())
    const box = await (await page.waitForSelector(slider))?.boundingBox()
    if (!box) throw new Error('no slider')
    const at = (share: number) => [box.x + share * box.width, box.y + box.height / 2] as const
    await page.mouse.move(...at(0.2))
    await page.mouse.down()
    await page.mouse.move(...at(0.4), { steps: 4 })
    await page.mouse.up()
    const position = await positionOf(page)
    expect(Math.abs(position - 0.4)).toBeLessThan(0.02)
    await expectPictureOf(page, fileOf(served.film.networkAt(position)))
    await page.evaluate(() => {
      window.vexel.film.speed = 100
      void window.vexel.film.play()
    })
    await page.waitForFunction(() => window.vexel.film.position === 1 && !window.vexel.film.isPlaying)
    await expectPictureOf(page, served.flag)
    await page.evaluate(() => {
      window.vexel.film.speed = 20
      window.vexel.film.loop = true
      window.vexel.film.position = 0.9
      void window.vexel.film.play()
    })
    await page.waitForFunction(() => window.vexel.film.position < 0.5, { polling: 5 })
    expect(await page.evaluate(() => window.vexel.film.isPlaying)).toBe(true)
  })

  test('stands still in a hidden tab, and goes on when it is seen again', async () => {
    const { page } = await pages.flag(FLAG, { motion: true })
    await press(page, 'How it was learned')
    await untilPosition(page, 0)
    const hide = (isHidden: boolean) =>
      page.evaluate(isHidden => {
        Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
      }, isHidden)
    await hide(true)
    const position = await positionOf(page)
    await twoFrames(page)
    expect(await positionOf(page)).toBe(position)
    await hide(false)
    await untilPosition(page, position)
  })
})

describe('left while it plays', () => {
  test.runIf(isFull)('for the wall, which it shares its network with, the flag is the finished one', async () => {
    const { page, errors } = await pages.wall()
    await page.evaluate(() => window.vexel.wall.fly('my'))
    await page.waitForFunction(() => window.vexel.state().file === 'flags/my.safetensors')
    const before = await settledPixels(page)
    for (const leave of ['Escape', 'open'] as const) {
      await page.evaluate(async () => {
        await window.vexel.film.open()
        window.vexel.film.position = 0.2
        await window.vexel.film.play()
      })
      await untilPosition(page, 0.21)
      if (leave === 'Escape') {
        await page.focus('#stage')
        await page.keyboard.press('Escape')
      } else await page.evaluate(() => window.vexel.open('flags/np.safetensors'))
      await page.waitForFunction(() => !window.vexel.film.isOpen)
      if (leave === 'open') await page.evaluate(() => window.vexel.wall.home())
      const wall = await settledPixels(page)
      const box = await page.evaluate(() => window.vexel.wall.flags.find(({ code }) => code === 'my')?.box)
      if (!box) throw new Error('no such flag')
      expectSamples(wall, { name: leave, left: box.x, top: box.y, ...box }, served.flag)
      await page.evaluate(() => window.vexel.wall.fly('my'))
      await page.waitForFunction(() => window.vexel.state().file === 'flags/my.safetensors')
      expect(largestDifference(await settledPixels(page), before.data).levels, leave).toBe(0)
    }
    expect(errors).toEqual([])
  })
})

describe('a link', () => {
  test('to a moment shows that moment, and back and forward lead through the history', async () => {
    const { page, errors } = await pages.link(`${HASH}&film=0.42&x=0.1&y=0.2&zoom=3`, { motion: true })
    expect(await page.evaluate(() => window.vexel.camera)).toEqual({ x: 0.1, y: 0.2, zoom: 3 })
    expect(await positionOf(page)).toBe(0.42)
    await expectPictureOf(page, fileOf(served.film.networkAt(0.42)))
    const state = await page.evaluate(() => window.vexel.state())
    expect([state.film, state.strip]).toEqual([0.42, false])
    await page.evaluate(() => {
      location.hash = location.hash.replace('film=0.42', 'film=0.6')
    })
    await page.waitForFunction(() => window.vexel.film.position === 0.6)
    await page.evaluate(() => history.back())
    await page.waitForFunction(() => window.vexel.film.position === 0.42)
    await page.evaluate(() => {
      location.hash = '#samples=1&file=flags/my.safetensors&film=7'
    })
    await page.waitForFunction(() =>
      /film: expected 0 to 1/.test(document.querySelector('.message')?.textContent ?? ''),
    )
    await page.waitForFunction(() => !window.vexel.film.isOpen)
    expect(errors).toEqual([])
  })

  test('to a strip shows the strip', async () => {
    const { page } = await pages.link(`${HASH}&film=0.5&strip=1`)
    await page.waitForFunction(() => window.vexel.film.isOpen && window.vexel.film.strip)
    await page.waitForSelector('#names .name')
    const state = await page.evaluate(() => window.vexel.state())
    expect([state.file, state.film, state.strip]).toEqual(['flags/my.safetensors', 0.5, true])
  })
})

describe('the strip', () => {
  test('shows every snapshot under its step; diving into one opens that moment, Escape leads back', async () => {
    const { page, errors } = await pages.flag(FLAG, { width: 560, height: 420 })
    await page.evaluate(async () => {
      await window.vexel.film.open()
      window.vexel.film.position = 0.55
    })
    await press(page, 'Strip')
    await page.waitForFunction(() => window.vexel.film.strip)
    const { film } = served
    const places = await stripPlaces(page)
    expect(places.map(({ name }) => name)).toEqual(film.steps.map(step => `step ${step}`))
    const picture = await settledPixels(page)
    for (const [index, place] of places.entries()) expectSamples(picture, place, snapshot(index))

    const { left, top, width, height } = places[2]
    const stage = await (await page.$('#stage'))?.boundingBox()
    await page.mouse.click((stage?.x ?? 0) + left + width / 2, (stage?.y ?? 0) + top + height / 2)
    await page.waitForFunction(() => !window.vexel.film.strip)
    expect(await positionOf(page)).toBe(film.positions[2])
    await expectPictureOf(page, snapshot(2))
    expect(await page.evaluate(() => window.vexel.state().strip)).toBe(false)
    await page.focus('#stage')
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => window.vexel.film.strip)
    // The keyboard goes from moment to moment as on the wall.
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => !window.vexel.film.strip)
    expect(await positionOf(page)).toBe(film.positions[3])
    await expectPictureOf(page, snapshot(3))
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => window.vexel.film.strip)
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => !window.vexel.film.strip)
    expect(await positionOf(page)).toBe(film.positions[3])
    await expectPictureOf(page, snapshot(3))
    await page.evaluate(() => window.vexel.film.close())
    await expectPictureOf(page, served.flag)
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => window.vexel.state().file === null)
    expect(errors).toEqual([])
  })
})

interface StripPlace {
  readonly name: string
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Where the snapshots are, once camera and viewport have come to rest, and their names stand beneath them. */
async function stripPlaces(page: Page): Promise<StripPlace[]> {
  await page.waitForFunction(count => document.querySelectorAll('#names .name').length === count, {}, 7)
  await page.evaluate(() => window.vexel.settled())
  await twoFrames(page)
  const names = await page.$$eval('#names .name', elements => {
    const stage = document.querySelector('#stage')?.getBoundingClientRect() ?? new DOMRect()
    return elements.map(element => {
      const { x, y, width } = element.getBoundingClientRect()
      return { name: element.textContent ?? '', middle: x + width / 2 - stage.x, top: y - stage.y }
    })
  })
  const places = await page.evaluate(() => window.vexel.film.places)
  return places.map(({ name, box }, i) => {
    expect(names[i].name).toBe(name)
    expect(Math.abs(names[i].middle - box.x - box.width / 2), name).toBeLessThan(1)
    expect(Math.abs(names[i].top - box.y - box.height), name).toBeLessThan(1)
    return { name, left: box.x, top: box.y, ...box }
  })
}

/** Pixels of a place, on a grid, are the reference at the very points that they stand for. */
function expectSamples(picture: PixelData, place: StripPlace, file: Uint8Array): void {
  const frame = { x: [-1, 1], y: [-1, 1], order: 'xy', aspect: 1.5, output: 'rgb01', channels: 'rgb' } as const
  for (const u of [0.2, 0.5, 0.8])
    for (const v of [0.25, 0.5, 0.75]) {
      const column = Math.floor(place.left + u * place.width)
      const row = Math.floor(place.top + v * place.height)
      const x = -1 + (2 * (column + 0.5 - place.left)) / place.width
      const y = -1 + (2 * (row + 0.5 - place.top)) / place.height
      const expected = expectedPixels(file, frame, { x, y, zoom: 1 }, 1.5, { width: 1, height: 1 })
      const actual = picture.data.subarray(4 * (row * picture.width + column)).subarray(0, 4)
      for (let c = 0; c < 3; c++)
        expect(Math.abs(actual[c] - expected[c]), `${place.name} at ${u}, ${v}`).toBeLessThanOrEqual(2)
    }
}

describe('saved', () => {
  test('from the dialog as a GIF it has the frames, the size and the time that were asked for', async () => {
    const { page, errors } = await pages.flag()
    await page.evaluate(() => window.saved.clear())
    await page.evaluate(() => window.vexel.film.open())
    await press(page, 'Save…')
    await page.waitForSelector('dialog[open]')
    await page.select('#save-picture', 'whole')
    for (const [id, text] of [
      ['save-width', '60'],
      ['save-seconds', '1.2'],
      ['save-fps', '10'],
    ]) {
      await page.click(`#${id}`, { count: 3 })
      await page.type(`#${id}`, text)
    }
    await page.waitForFunction(() =>
      /60 × 40 pixels, 12 frames/.test(document.querySelector('dialog')?.textContent ?? ''),
    )
    await press(page, 'Save')
    const bytes = await savedFile(page, 'my.gif')
    const { pages: count, width, pageHeight, delay, loop } = await sharp(bytes, { pages: -1 }).metadata()
    expect([count, width, pageHeight, loop]).toEqual([12, 60, 40, 0])
    expect(delay).toEqual(Array.from({ length: 12 }, () => 100))
    const size = { width: 60, height: 40 }
    const view = { x: 0, y: 0, zoom: 1 }
    const frame = await page.evaluate(() => window.vexel.frame)
    for (const [index, file] of [
      [0, snapshot(0)],
      [11, snapshot(served.film.steps.length - 1)],
    ] as const) {
      const shown = await sharp(bytes, { page: index }).removeAlpha().raw().toBuffer()
      expect(meanDifference(shown, expectedPixels(file, frame, view, 1.5, size)), `frame ${index}`).toBeLessThan(6)
    }
    await page.waitForFunction(() => !document.querySelector('dialog[open]'))
    expect(errors).toEqual([])
  })

  test('it can be cancelled, and nonsense is refused in one line', async () => {
    const { page } = await pages.flag()
    await page.evaluate(() => window.saved.clear())
    await page.evaluate(() => window.vexel.film.open())
    await press(page, 'Save…')
    await page.waitForSelector('dialog[open]')
    for (const [id, text] of [
      ['save-width', '3000'],
      ['save-seconds', '8'],
    ]) {
      await page.click(`#${id}`, { count: 3 })
      await page.type(`#${id}`, text)
    }
    await press(page, 'Save')
    await press(page, 'Cancel')
    await page.waitForSelector('#save-width')
    await page.click('#save-width', { count: 3 })
    await page.type('#save-width', '-3')
    await press(page, 'Save')
    await page.waitForFunction(() =>
      /width: expected a whole number of pixels/.test(document.querySelector('dialog .warning')?.textContent ?? ''),
    )
    expect(await page.evaluate(() => window.saved.size)).toBe(0)
  })

  test.each(['webm', 'mp4'] as const)(
    'as %s it plays in the browser, as long and as large as it was asked for',
    async format => {
      const { page, errors } = await pages.flag()
      const video = await page.evaluate(async format => {
        await window.vexel.film.open()
        const file = await window.vexel.film.save({ format, picture: 'whole', width: 96, seconds: 1.6, fps: 20 })
        const video = document.createElement('video')
        video.src = URL.createObjectURL(file)
        await new Promise((resolve, reject) => {
          video.onloadeddata = resolve
          video.onerror = () => reject(new Error(video.error?.message))
        })
        return { name: file.name, duration: video.duration, width: video.videoWidth, height: video.videoHeight }
      }, format)
      expect([video.name, video.width, video.height]).toEqual([`my.${format}`, 96, 64])
      expect(video.duration).toBeCloseTo(1.6, 2)
      expect(errors).toEqual([])
    },
  )

  test('as PNG frames of the view it is a zip of exactly these pixels', async () => {
    const { page } = await pages.flag()
    await page.evaluate(() => window.vexel.film.open())
    // The bar takes some of the view's height.
    await page.waitForSelector(slider)
    await twoFrames(page)
    const { bytes, name, view, size } = await fetchBytes(page, async () => {
      window.vexel.camera = { x: 0.2, y: 0.1, zoom: 2 }
      const bytes = await window.vexel.film.save({ format: 'png', picture: 'view', width: 64, seconds: 0.5, fps: 10 })
      const { width, height } = window.vexel.readPixels()
      return { bytes, name: bytes.name, view: window.vexel.camera, size: { width, height } }
    })
    expect(name).toBe('my.view.frames.zip')
    const files = unzipSync(bytes)
    expect(Object.keys(files)).toEqual([1, 2, 3, 4, 5].map(i => `my.view-000${i}.png`))
    const { width, height, channels, data } = decode(files['my.view-0001.png'])
    expect([width, height, channels]).toEqual([64, Math.round((64 * size.height) / size.width), 3])
    const frame = await page.evaluate(() => window.vexel.frame)
    const expected = expectedPixels(snapshot(0), frame, view, 1.5, { width, height })
    expect(meanDifference(data as Uint8Array, expected)).toBeLessThan(2)
  })
})

/** Of pictures with three and with four channels, in levels. */
function meanDifference(rgb: Uint8Array, rgba: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < rgb.length; i++) sum += Math.abs(rgb[i] - rgba[4 * Math.floor(i / 3) + (i % 3)])
  return sum / rgb.length
}

describe('a film of one’s own', () => {
  test('is dropped on the page like a network, and is the flag that it ends at', async () => {
    const { page, errors } = await pages.flag()
    await dropFiles(page, ['disc.film.safetensors', served.filmBytes])
    await page.waitForFunction(() => window.vexel.film.isOpen && document.title.startsWith('disc.film.safetensors'))
    await expectPictureOf(page, snapshot(served.film.steps.length - 1))
    await seek(page, served.film.positions[2])
    await expectPictureOf(page, snapshot(2))
    expect(errors).toEqual([])
  })

  // What Film.parse refuses is among its own tests: of a page it is enough to see one line of it, and what only a page can refuse.
  const hostile = isFull ? HOSTILE : HOSTILE.filter(({ code }) => ['missing', 'other', 'nan'].includes(code))
  test.each(hostile)('$code is refused in one line, and what was open stays', async ({ code, says }) => {
    const { page } = await pages.flag(`flags/${code}.safetensors`)
    const before = await settledPixels(page)
    await press(page, 'How it was learned')
    await page.waitForFunction(
      pattern => new RegExp(pattern, 'i').test(document.querySelector('.message[role=alert]')?.textContent ?? ''),
      {},
      says.source,
    )
    const line = await page.$eval('.message[role=alert] span', element => element.textContent)
    expect(line).not.toContain('\n')
    expect(await page.evaluate(() => window.vexel.film.isOpen)).toBe(false)
    expect(largestDifference(await settledPixels(page), before.data).levels).toBe(0)
  })
})

describe('the page of a film', () => {
  test.runIf(isFull).each(AXE_SIZES)('is clean for axe at %i x %i, nothing is wider than it', async (width, height) => {
    const { page, close } = await openExplorer(pages.browser, {
      site: served.site.url,
      renderer: 'cpu',
      hash: HASH,
      width,
      height,
      touch: width < 500,
      motion: false,
    })
    await page.evaluate(() => window.vexel.film.open())
    await page.waitForSelector(slider)
    const check = async (what: string) => {
      await twoFrames(page)
      await expectAccessible(page, what)
      const isCut = await page.$$eval('#film button, #film select', elements =>
        elements.some(element => element.getBoundingClientRect().right > innerWidth),
      )
      expect(isCut, what).toBe(false)
    }
    await check('bar')
    await press(page, 'Save…')
    await page.waitForSelector('dialog[open]')
    await check('dialog')
    await press(page, 'Close')
    await press(page, 'Strip')
    await page.waitForSelector('#names .name')
    await check('strip')
    await close()
  })
})
