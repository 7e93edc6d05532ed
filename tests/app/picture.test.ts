// The picture in the page: what is drawn, however the page got there.

import type { Page } from 'puppeteer'
import { describe, expect, test } from 'vitest'
import { DEFAULT_FRAME, FRAME_KEY, type Frame } from '../../src/model/frame.js'
import { encodeValues } from '../../src/model/safetensors/dtype.js'
import { StateDict } from '../../src/model/state-dict.js'
import { isFull, ORACLE_NAMES, oracleFile } from '../browser/pages.js'
import {
  expectPictureOf,
  largestDifference,
  openBytes,
  settledPixels,
  shippedFile,
  twoFrames,
} from './explorer-page.js'
import { PageOfFile } from './one-page.js'

const pages = new PageOfFile({ renderer: 'webgl', width: 160, height: 120 })

const expectPicture = (page: Page, file: Uint8Array, frame: Frame, aspect: number) =>
  expectPictureOf(page, file, { ...frame, aspect })

describe('the picture at rest', () => {
  test('a flag is on screen at once, and it is the reference', async () => {
    const { page, errors } = await pages.link('#samples=1&file=flags/my.safetensors')
    expect(await page.evaluate(() => window.vexel.state().file)).toBe('flags/my.safetensors')
    await expectPicture(page, shippedFile('my'), DEFAULT_FRAME, 2)
    expect(errors).toEqual([])
  })

  test.each(isFull ? ORACLE_NAMES : (['nepal'] as const))(
    '%s opened as a file is the reference in any view',
    async name => {
      const { page, errors } = await pages.flag()
      expect(await openBytes(page, oracleFile(name))).toBeNull()
      // A foreign file has no aspect: 3:2.
      for (const view of [
        null,
        { x: -0.3, y: 0.2, zoom: 7.5 },
        { x: 0, y: 0, zoom: 0.2 },
        { x: 0.41, y: -0.13, zoom: 900 },
      ]) {
        if (view) await page.evaluate(view => void Object.assign(window.vexel, { camera: view }), view)
        await expectPicture(page, oracleFile(name), DEFAULT_FRAME, 1.5)
      }
      expect(errors).toEqual([])
    },
  )

  test('frames of other conventions are shown live: ranges, flips, order, aspect, outputs', async () => {
    const { page } = await pages.flag()
    await openBytes(page, oracleFile('usa'))
    const frames: Frame[] = [
      { ...DEFAULT_FRAME, x: [1, -1], aspect: 1 },
      { ...DEFAULT_FRAME, y: [0.5, -1], order: 'yx', aspect: 0.5 },
      { ...DEFAULT_FRAME, output: 'rgb11', channels: 'bgr', aspect: 2 },
    ]
    for (const frame of frames) {
      await page.evaluate(frame => void Object.assign(window.vexel, { frame }), frame)
      await expectPicture(page, oracleFile('usa'), frame, frame.aspect as number)
    }
  })

  test('a frame stated in the metadata is taken', async () => {
    const { page } = await pages.flag()
    const frame: Frame = { ...DEFAULT_FRAME, y: [1, -1], aspect: 0.8 }
    const stateDict = StateDict.parse(oracleFile('nepal'))
    stateDict.setMetadata(FRAME_KEY, JSON.stringify(frame))
    expect(await openBytes(page, stateDict.serialize())).toBeNull()
    await expectPicture(page, oracleFile('nepal'), frame, 0.8)
  })

  test('several samples a pixel smooth the picture and settle, too', async () => {
    const { page } = await pages.link('#samples=4&file=flags/my.safetensors')
    const smooth = await settledPixels(page)
    await page.evaluate(() => {
      location.hash = '#samples=1&file=flags/my.safetensors'
    })
    await page.waitForFunction(() => window.vexel.state().samples === 1)
    const sharp = await settledPixels(page)
    const differing = smooth.data.filter((value, i) => value !== sharp.data[i]).length
    expect(differing).toBeGreaterThan(100)
    expect(differing).toBeLessThan(smooth.data.length / 2)
  })

  test('the picture at rest says how many samples a pixel it has, which are several where nobody asks for a number', async () => {
    const file = 'file=flags/my.safetensors'
    const { page } = await pages.link(`#${file}`, { width: 120, height: 120 })
    const shown = () =>
      page.evaluate(() => ({ asked: window.vexel.state().samples, shows: window.vexel.stats().samples }))
    const auto = await settledPixels(page)
    expect(await shown()).toEqual({ asked: null, shows: 4 })
    const pixels = new Map<number, Uint8Array>()
    for (const samples of [16, 4, 1]) {
      await page.evaluate(hash => void (location.hash = hash), `#samples=${samples}&${file}`)
      await page.waitForFunction(samples => window.vexel.state().samples === samples, {}, samples)
      pixels.set(samples, (await settledPixels(page)).data)
      expect(await shown()).toEqual({ asked: samples, shows: samples })
    }
    expect([...auto.data]).toEqual([...(pixels.get(4) ?? [])])
    for (const samples of [1, 16]) expect([...auto.data]).not.toEqual([...(pixels.get(samples) ?? [])])
    // A camera that has just moved has no picture of its own yet.
    const moved = await page.evaluate(async () => {
      window.vexel.camera = { zoom: 2 }
      const before = window.vexel.stats().samples
      await window.vexel.settled()
      return [before, window.vexel.stats().samples]
    })
    expect(moved).toEqual([null, 1])
  })

  test('a page of another size shows the same view, sharp, and HiDPI doubles its pixels', async () => {
    const { page } = await pages.flag()
    await page.evaluate(() => void Object.assign(window.vexel, { camera: { x: 0.2, y: 0.1, zoom: 3 } }))
    await page.evaluate(() => window.vexel.settled())
    for (const viewport of [
      { width: 200, height: 100 },
      { width: 90, height: 180 },
      { width: 100, height: 75, deviceScaleFactor: 2 },
    ]) {
      await page.setViewport(viewport)
      const ratio = viewport.deviceScaleFactor ?? 1
      await page.waitForFunction(
        pixels => document.querySelector('canvas')?.width === pixels,
        {},
        viewport.width * ratio,
      )
      const view = await page.evaluate(() => window.vexel.camera)
      expect(view.x).toBeCloseTo(0.2, 12)
      expect(view.zoom).toBeCloseTo(3, 9)
      await expectPicture(page, shippedFile('my'), DEFAULT_FRAME, 2)
    }
  })
})

describe('depth', () => {
  // The net as F64 tensors with the whole picture hidden in one point: W1' = 1e6 W1, b1' = b1 - 1e6 W1 c.
  const DEPTH = 1e6
  const POINT = [0.234567891, -0.345678912] as const

  function deepFile(name: string): Uint8Array {
    const source = StateDict.parse(oracleFile(name))
    const tensors = source.names.map(tensor => {
      const { shape } = source.entry(tensor)
      let values: Float64Array = source.values(tensor)
      if (tensor === 'dense1.weight') values = values.map(w => w * DEPTH)
      if (tensor === 'dense1.bias') {
        const weight = source.values('dense1.weight')
        values = values.map((b, o) => b - DEPTH * (weight[2 * o] * POINT[0] + weight[2 * o + 1] * POINT[1]))
      }
      return { name: tensor, dtype: 'F64' as const, shape: [...shape], bytes: encodeValues('F64', values) }
    })
    return StateDict.create(tensors).serialize()
  }

  test('a million times deep the picture is the original, and moves by one pixel when panned by one', async () => {
    const { page } = await pages.flag()
    expect(await openBytes(page, oracleFile('malaysia'))).toBeNull()
    const original = await settledPixels(page)
    expect(await openBytes(page, deepFile('malaysia'))).toBeNull()
    await page.evaluate(camera => void Object.assign(window.vexel, { camera }), {
      x: POINT[0],
      y: POINT[1],
      zoom: DEPTH,
    })
    const deep = await settledPixels(page)
    const { levels, at } = largestDifference(deep, original.data)
    expect(levels, at).toBeLessThanOrEqual(1)

    const fittedWidth = Math.min(deep.width, deep.height * 1.5)
    const step = 2 / fittedWidth / DEPTH
    await page.evaluate(camera => void Object.assign(window.vexel, { camera }), { x: POINT[0] + step, y: POINT[1] })
    const panned = await settledPixels(page)
    let largest = 0
    for (let row = 0; row < deep.height; row++)
      for (let column = 0; column + 1 < deep.width; column++)
        for (let channel = 0; channel < 3; channel++) {
          const from = (row * deep.width + column) * 4 + channel
          largest = Math.max(largest, Math.abs(panned.data[from] - deep.data[from + 4]))
        }
    expect(largest).toBeLessThanOrEqual(1)
    expect(largestDifference(panned, deep.data).levels, 'it did move').toBeGreaterThan(20)
  })

  test('a plain middle with an edge in the corner is not called one colour, nor is the view far out', async () => {
    const { page } = await pages.flag()
    for (const camera of [
      { x: 0, y: 0, zoom: 1 },
      { x: 5, y: 5, zoom: 1 },
      { x: 0.5, y: 0.074, zoom: 120 },
    ]) {
      await page.evaluate(camera => void Object.assign(window.vexel, { camera }), camera)
      const { data } = await settledPixels(page)
      const isOneColour = data.every((value, i) => Math.abs(value - data[i % 4]) <= 1)
      await twoFrames(page)
      if (!isOneColour) expect(await page.$('.flat'), JSON.stringify(camera)).toBeNull()
    }
  })

  test('where the picture is one colour the page says so', async () => {
    const { page } = await pages.flag()
    expect(await page.$('.flat')).toBeNull()
    await page.evaluate(() => void Object.assign(window.vexel, { camera: { x: 0.3, y: 0.4, zoom: 1e6 } }))
    await page.waitForSelector('.flat')
    expect(await page.$eval('.flat', element => element.textContent)).toMatch(/One colour/)
    expect(await page.$eval('.zoom', element => element.textContent)).toBe('1.00 million×')
    const { data } = await settledPixels(page)
    for (let i = 4; i < data.length; i++) expect(Math.abs(data[i] - data[i % 4])).toBeLessThanOrEqual(1)
  })
})
