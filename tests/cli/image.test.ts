// Loading images: every kind that vexel reads becomes the colours it was made of, at the sizes that were asked for. What is
// broken or hostile is refused by the command line itself: tests/cli/hostile-images.test.ts.

import { decode } from 'fast-png'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, describe, expect, test } from 'vitest'
import { type ImageOptions, loadImage, loadTarget } from '../../src/cli/image/image.js'
import type { RgbImage } from '../../src/train/rgb-image.js'
import { oraclePath } from '../model/network-files.js'

/** Half a level: what rounding to 8 bits costs. */
const LEVEL = 0.5 / 255 + 1e-6
/** What JPEG at quality 100 costs in flat areas. */
const JPEG_ATOL = 3 / 255

const folder = mkdtempSync(join(tmpdir(), 'vexel-image-'))
afterAll(() => rmSync(folder, { recursive: true }))

function given(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const load = async (name: string, content: string | Uint8Array, options?: ImageOptions): Promise<RgbImage> =>
  (await loadImage(given(name, content), options)).image

function pixel({ width, data }: RgbImage, x: number, y: number): number[] {
  return [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)]
}

function expectColour(image: RgbImage, x: number, y: number, levels: readonly number[], atol = LEVEL): void {
  pixel(image, x, y).forEach((value, channel) =>
    expect(Math.abs(value - levels[channel] / 255), `(${x}, ${y}): ${pixel(image, x, y)}`).toBeLessThanOrEqual(atol),
  )
}

/** Four colours in four quarters, 16 x 8 pixels: red, green over blue, yellow. */
const QUARTERS = { tl: [204, 0, 0], tr: [0, 153, 0], bl: [0, 0, 255], br: [255, 204, 0] } as const
const quartersRgb = Uint8Array.from({ length: 16 * 8 * 3 }, (_, i) => {
  const [x, y] = [Math.floor(i / 3) % 16, Math.floor(i / 48)]
  return QUARTERS[y < 4 ? (x < 8 ? 'tl' : 'tr') : x < 8 ? 'bl' : 'br'][i % 3]
})
const quarters = () => sharp(quartersRgb, { raw: { width: 16, height: 8, channels: 3 } })

function expectQuarters(image: RgbImage, atol = LEVEL): void {
  expect([image.width, image.height]).toEqual([16, 8])
  expectColour(image, 1, 1, QUARTERS.tl, atol)
  expectColour(image, 14, 1, QUARTERS.tr, atol)
  expectColour(image, 1, 6, QUARTERS.bl, atol)
  expectColour(image, 14, 6, QUARTERS.br, atol)
}

describe('an image at its own size', () => {
  test.each([
    ['PNG', () => quarters().png()],
    ['PNG of 16 bits', () => quarters().toColourspace('rgb16').png()],
    ['PNG with a palette', () => quarters().png({ palette: true })],
    ['interlaced PNG', () => quarters().png({ progressive: true })],
    ['lossless WebP', () => quarters().webp({ lossless: true })],
    ['GIF', () => quarters().gif()],
  ] as const)('that is a %s is what it was made of', async (name, encode) => {
    expectQuarters(await load(name, await encode().toBuffer(), { width: 'own' }))
  })

  test.each([
    ['JPEG', () => quarters().jpeg({ quality: 100, chromaSubsampling: '4:4:4' })],
    ['progressive JPEG', () => quarters().jpeg({ quality: 100, chromaSubsampling: '4:4:4', progressive: true })],
    ['WebP', () => quarters().webp({ quality: 100 })],
  ] as const)('that is a %s is nearly what it was made of', async (name, encode) => {
    expectQuarters(await load(name, await encode().toBuffer(), { width: 'own' }), name === 'WebP' ? 0.08 : JPEG_ATOL)
  })

  test('is exactly byte / 255', async () => {
    const path = fileURLToPath(oraclePath('usa.source.png'))
    const { image, sourceName } = await loadImage(path, { width: 'own' })
    const { width, height, data } = decode(readFileSync(path))
    expect([image.width, image.height, sourceName]).toEqual([width, height, 'usa.source.png'])
    expect(image.data).toEqual(Float32Array.from(data, level => level / 255))
  })

  test('that is grey, in 8 or 16 bits, has three equal channels', async () => {
    for (const space of ['b-w', 'grey16']) {
      const grey = sharp({ create: { width: 3, height: 2, channels: 3, background: '#777777' } }).toColourspace(space)
      const image = await load(`${space}.png`, await grey.png().toBuffer(), { width: 'own' })
      expectColour(image, 2, 1, [0x77, 0x77, 0x77])
    }
  })

  test('in CMYK is turned into sRGB', async () => {
    const cmyk = await quarters().toColourspace('cmyk').jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer()
    const image = await load('cmyk.jpg', cmyk, { width: 'own' })
    // Inks cannot print all of these: the right one of the four is the nearest.
    const names = [
      [1, 1],
      [14, 1],
      [1, 6],
      [14, 6],
    ].map(([x, y]) => {
      const distance = (colour: readonly number[]) =>
        Math.hypot(...pixel(image, x, y).map((value, channel) => value - colour[channel] / 255))
      return Object.entries(QUARTERS).toSorted(([, a], [, b]) => distance(a) - distance(b))[0][0]
    })
    expect(names).toEqual(['tl', 'tr', 'bl', 'br'])
  })

  test('in a wide gamut is turned into sRGB, whatever its numbers are', async () => {
    const p3 = await quarters().withIccProfile('p3').png().toBuffer()
    // The numbers in the file are others.
    expect([...decode(p3).data.subarray(0, 3)]).not.toEqual(QUARTERS.tl)
    expectQuarters(await load('p3.png', p3, { width: 'own' }), 2 / 255)
  })

  test('is turned upright as its EXIF says', async () => {
    // 6: what was the left edge is the top.
    const turned = await quarters().withMetadata({ orientation: 6 }).jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    const image = await load('turned.jpg', await turned.toBuffer(), { width: 'own' })
    expect([image.width, image.height]).toEqual([8, 16])
    expectColour(image, 1, 1, QUARTERS.bl, JPEG_ATOL)
    expectColour(image, 6, 1, QUARTERS.tl, JPEG_ATOL)
    expectColour(image, 1, 14, QUARTERS.br, JPEG_ATOL)
    expectColour(image, 6, 14, QUARTERS.tr, JPEG_ATOL)
  })

  test.each(['webp', 'gif'] as const)('that moves, in %s, is its first picture', async format => {
    const frames = [await quarters().png().toBuffer(), await quarters().negate().png().toBuffer()]
    const moving = sharp(frames, { join: { animated: true } }).toFormat(format, { lossless: true })
    expectQuarters(await load(`moving.${format}`, await moving.toBuffer(), { width: 'own' }))
  })
})

describe('an image made a target', () => {
  test('is 320 wide in its own proportions', async () => {
    const png = await sharp({ create: { width: 900, height: 475, channels: 3, background: '#123456' } })
      .png()
      .toBuffer()
    const image = await load('wide.png', png)
    expect([image.width, image.height, image.data.length]).toEqual([320, 169, 320 * 169 * 3])
    expectColour(image, 319, 168, [0x12, 0x34, 0x56])
  })

  test('takes another width, and stays tall when it is', async () => {
    const png = await sharp({ create: { width: 10, height: 25, channels: 3, background: '#123456' } })
      .png()
      .toBuffer()
    expect(await load('tall.png', png, { width: 64 })).toMatchObject({ width: 64, height: 160 })
  })

  test('is stretched to a width and a height', async () => {
    const image = await load('stretched.png', await quarters().png().toBuffer(), { width: 6, height: 30 })
    expect([image.width, image.height]).toEqual([6, 30])
    expectColour(image, 0, 0, QUARTERS.tl)
    expectColour(image, 5, 29, QUARTERS.br)
  })

  test('lies over white where it is transparent, or over the background', async () => {
    const half = {
      create: { width: 4, height: 2, channels: 4 as const, background: { r: 255, g: 0, b: 0, alpha: 0.2 } },
    }
    const png = await sharp(half).png().toBuffer()
    expectColour(await load('clear.png', png), 0, 0, [255, 204, 204])
    expectColour(await load('clear.png', png, { background: [0, 0, 1] }), 0, 0, [51, 0, 204])
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"/>'
    expectColour(await load('clear.svg', svg, { background: [0.2, 0.4, 0.6] }), 319, 212, [51, 102, 153])
  })
})

describe('an SVG', () => {
  const NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
  /** Left half red, right half green; a diagonal white line as thin as nothing at 1 px a unit. */
  const content = '<rect width="19" height="10" fill="#f00"/><rect x="9.5" width="9.5" height="10" fill="#0f0"/>'
  const svg = `<svg ${NAMESPACE} viewBox="0 0 19 10">${content}</svg>`

  test('is drawn at the target size, sharp, however small it says it is', async () => {
    const image = await load(
      'small.svg',
      `<svg ${NAMESPACE} width="1.9px" height="1px" viewBox="0 0 19 10">${content}</svg>`,
    )
    expect([image.width, image.height]).toEqual([320, 168])
    // An enlarged drawing of 2 x 1 pixels would be a ramp.
    for (const y of [0, 84, 167]) {
      for (const x of [0, 80, 159]) expectColour(image, x, y, [255, 0, 0])
      for (const x of [160, 240, 319]) expectColour(image, x, y, [0, 255, 0])
    }
  })

  test('has the exact share of each pixel that it covers', async () => {
    // A line of an eighth of a pixel's height and an edge a quarter into a pixel: 4 x 4 drawn pixels, each with its coverage.
    const thin =
      '<rect width="10" height="10"/><rect y="2" width="10" height="0.125" fill="#fff"/><rect x="4.25" width="10" height="2" fill="#fff"/>'
    const image = await load('thin.svg', `<svg ${NAMESPACE} viewBox="0 0 10 10">${thin}</svg>`, { width: 10 })
    expectColour(image, 0, 2, [255 / 8, 255 / 8, 255 / 8], 2 / 255)
    expectColour(image, 4, 0, [255 * 0.75, 255 * 0.75, 255 * 0.75], 2 / 255)
    expectColour(image, 5, 1, [255, 255, 255])
    expectColour(image, 0, 3, [0, 0, 0])
  })

  test.each([
    ['packed', gzipSync(svg)],
    ['in UTF-16', Buffer.from(`\uFEFF<?xml version="1.0" encoding="UTF-16"?>${svg}`, 'utf16le')],
    ['in Latin-1', Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?><!-- \xe9 -->${svg}`, 'latin1')],
    ['after a long comment', `<!-- ${'licence '.repeat(500)} -->\n${svg}`],
    [
      'with a prefix',
      `<s:svg xmlns:s="http://www.w3.org/2000/svg" viewBox="0 0 19 10">${content.replaceAll('<rect', '<s:rect')}</s:svg>`,
    ],
  ])('%s is read', async (name, text) => {
    const image = await load(`${name}.svg`, text, { width: 38 })
    expect([image.width, image.height]).toEqual([38, 20])
    expectColour(image, 0, 0, [255, 0, 0])
    expectColour(image, 37, 19, [0, 255, 0])
  })

  test('is two rasters of one drawing: what is seen is the mean of whole blocks of the detail', async () => {
    const circle = `<svg ${NAMESPACE} viewBox="0 0 30 20"><circle cx="11" cy="9" r="7.3" fill="#c09"/></svg>`
    const { target } = await loadTarget(given('circle.svg', circle), { width: 50, detail: 200 })
    const { seen, detail } = target
    expect([seen.width, seen.height, detail.width, detail.height]).toEqual([50, 33, 200, 132])
    let [worst, shades] = [0, 0]
    for (let i = 0; i < seen.data.length; i++) {
      const [x, y, channel] = [Math.floor(i / 3) % 50, Math.floor(i / 150), i % 3]
      let sum = 0
      for (let k = 0; k < 16; k++)
        sum += detail.data[3 * ((4 * y + Math.floor(k / 4)) * 200 + 4 * x + (k % 4)) + channel]
      worst = Math.max(worst, Math.abs(sum / 16 - seen.data[i]))
      if (channel === 1 && seen.data[i] > 0.05 && seen.data[i] < 0.95) shades++
    }
    expect(worst).toBeLessThan(1e-6)
    // Edges are shades: a raster of nothing but its two colours would be sampled, not averaged.
    expect(shades).toBeGreaterThan(40)
  })

  test('is one raster where no more detail is wanted than is seen', async () => {
    const { target } = await loadTarget(given('plain.svg', svg), { detail: 320 })
    expect(target.detail).toBe(target.seen)
    expect(target.seen).toEqual((await loadImage(given('plain.svg', svg))).image)
  })

  test('has no size of its own: it is 320 wide', async () => {
    const text = `<svg ${NAMESPACE} width="1900" height="1000" viewBox="0 0 19 10">${content}</svg>`
    expect(await load('own.svg', text, { width: 'own' })).toMatchObject({ width: 320, height: 168 })
  })

  test('fetches nothing: not a file beside it, not from the net, not by entity or style', async () => {
    const red = given(
      'red.png',
      await sharp({ create: { width: 2, height: 1, channels: 3, background: '#f00' } })
        .png()
        .toBuffer(),
    )
    given('red.css', 'rect { fill: #f00 }')
    given('red.svg', svg)
    const outside = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY red SYSTEM "file://${folder}/red.css">]>
      <?xml-stylesheet href="file://${folder}/red.css" type="text/css"?>
      <svg ${NAMESPACE} xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xi="http://www.w3.org/2001/XInclude" viewBox="0 0 2 1">
        <style>@import url("file://${folder}/red.css"); @import "red.css";</style>
        <rect width="2" height="1" fill="#00f"/>
        ${[red, `file://${red}`, 'red.png', 'red.svg', 'http://127.0.0.1:9/red.png']
          .map(href => `<image width="2" height="1" href="${href}"/><image width="2" height="1" xlink:href="${href}"/>`)
          .join('\n')}
        <use href="red.svg#a"/>
        <xi:include href="file://${folder}/red.svg" parse="xml"/>
      </svg>`
    const image = await load('outside.svg', outside, { width: 4 })
    for (const [x, y] of [
      [0, 0],
      [3, 1],
    ])
      expectColour(image, x, y, [0, 0, 255])
  })

  test('may hold an image within itself', async () => {
    const png = await sharp({ create: { width: 2, height: 1, channels: 3, background: '#f00' } })
      .png()
      .toBuffer()
    const text = `<svg ${NAMESPACE} viewBox="0 0 2 1"><image width="2" height="1" href="data:image/png;base64,${png.toString('base64')}"/></svg>`
    expectColour(await load('within.svg', text, { width: 4 }), 2, 1, [255, 0, 0])
  })
})
