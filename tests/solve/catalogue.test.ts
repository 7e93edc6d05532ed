// The flags that the solver knows: that the catalogue of the repository is that of the package's flags.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loadCatalogue } from '../../src/cli/solve/catalogue.js'
import { loadImage } from '../../src/cli/image/image.js'
import { formatCatalogue, parseCatalogue } from '../../src/solve/catalogue.js'
import { parseManifest } from '../../src/train/gallery/manifest.js'

const FLAGS = fileURLToPath(new URL('../../public/flags/', import.meta.url))
const SVG = fileURLToPath(new URL('../../node_modules/svg-country-flags/svg/', import.meta.url))

const catalogue = await loadCatalogue(FLAGS)
const pictureOf = (code: string) => catalogue.pictures.find(picture => picture.code === code)!

describe('the catalogue', () => {
  test('has the flags of the wall, in their order and under their names', () => {
    const wall = parseManifest(readFileSync(`${FLAGS}flags.json`, 'utf8'))
    expect(catalogue.pictures.map(({ code, name }) => ({ code, name }))).toEqual(
      wall.map(({ code, name }) => ({ code, name })),
    )
    // The wall's are rounded to whole pixels.
    for (const [i, { code, width, height }] of wall.entries())
      expect(Math.abs(width / catalogue.pictures[i].aspect - height), code).toBeLessThanOrEqual(0.5)
  })

  test('has the true proportions, Nepal taller than wide', () => {
    expect(pictureOf('my').aspect).toBe(2)
    expect(pictureOf('ch').aspect).toBe(1)
    expect(pictureOf('np').aspect).toBeCloseTo(0.8203, 3)
  })

  test('has the colours of the flags: France left to right, Japan in its middle and corner', () => {
    const { size } = catalogue
    const at = (code: string, row: number, column: number) => [
      ...pictureOf(code).pixels.subarray(3 * (row * size + column), 3 * (row * size + column) + 3),
    ]
    const [blue, white, red] = [4, 24, 44].map(column => at('fr', 24, column))
    expect(blue[2]).toBeGreaterThan(blue[0] + 50)
    expect(white).toEqual([255, 255, 255])
    expect(red[0]).toBeGreaterThan(red[2] + 100)
    expect(at('jp', 0, 0)).toEqual([255, 255, 255])
    expect(at('jp', 24, 24)[0]).toBeGreaterThan(at('jp', 24, 24)[1] + 100)
  })

  test('is the mean of the flags as they are trained', async () => {
    // Two levels: the one is drawn four times as large as needed, the other sixteen times.
    for (const code of ['us', 'mx']) {
      const { image } = await loadImage(`${SVG}${code}.svg`, { width: catalogue.size, height: catalogue.size })
      const { pixels } = pictureOf(code)
      const mean = image.data.reduce((sum, value, i) => sum + Math.abs(255 * value - pixels[i]), 0) / pixels.length
      expect(mean, code).toBeLessThan(2)
    }
  })

  test('is the same after it was written and read, whatever the number of pictures', () => {
    const few = { ...catalogue, pictures: catalogue.pictures.slice(0, 19) }
    const { list, sheet } = formatCatalogue(few)
    const comparable = ({ size, pictures }: typeof catalogue) => ({
      size,
      pictures: pictures.map(({ pixels, ...rest }) => ({ ...rest, pixels: Buffer.from(pixels).toString('base64') })),
    })
    expect(comparable(parseCatalogue(list, sheet))).toEqual(comparable(few))
  })

  test('that is broken is refused in one line', () => {
    const { list, sheet } = formatCatalogue(catalogue)
    expect(() => parseCatalogue('{', sheet)).toThrow('catalogue: expected JSON')
    expect(() => parseCatalogue('{"size": 48, "pictures": [{}]}', sheet)).toThrow('pictures[0].code: expected a text')
    expect(() => parseCatalogue(list, { ...sheet, width: 700 })).toThrow(
      'sheet of 256 pictures: expected 768 x 768 pixels, got 700 x 768',
    )
    expect(() => parseCatalogue(list, { ...sheet, data: new Uint8Array(9) })).toThrow('sheet: expected 8-bit')
  })
})
