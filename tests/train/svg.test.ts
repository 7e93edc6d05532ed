// The size an SVG says it has, and that the SVG made for a size is drawn at it and fills it: librsvg draws, through sharp.

import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { parseSvg } from '../../src/train/svg.js'

const NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
const RED_GREEN = '<rect width="5" height="10" fill="#f00"/><rect x="5" width="5" height="10" fill="#0f0"/>'
const svg = (attributes: string, content = RED_GREEN) => `<svg ${NAMESPACE} ${attributes}>${content}</svg>`

/** What librsvg draws, at 1 px a CSS pixel. */
async function draw(text: string): Promise<{ width: number; height: number; at(x: number, y: number): number[] }> {
  const { data, info } = await sharp(Buffer.from(text)).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  const { width, height } = info
  return { width, height, at: (x, y) => [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4)] }
}

const RED = [255, 0, 0, 255]
const GREEN = [0, 255, 0, 255]
const CLEAR = [0, 0, 0, 0]

describe('the size of an SVG', () => {
  test.each([
    ['width="30" height="20"', 30, 20],
    ['width="30.5px" height="2e1"', 30.5, 20],
    ['width=" .5in " height="1cm"', 48, 960 / 25.4],
    ['width="210mm" height="297mm"', (210 * 96) / 25.4, (297 * 96) / 25.4],
    ['width="72pt" height="2pc"', 96, 32],
    ['viewBox="0 0 1.9 1"', 1.9, 1],
    ['viewBox="-5,-5 , 10,4"', 10, 4],
    ['width="100%" height="100%" viewBox="0 0 7 4"', 7, 4],
    ['width="auto" viewBox="0 0 7 4"', 7, 4],
    ['width="70" viewBox="0 0 7 4"', 70, 40],
    ['height="8" viewBox="0 0 7 4"', 14, 8],
    ['width="30" height="20" viewBox="0 0 7 4"', 30, 20],
    ['width="0" height="-2" viewBox="0 0 7 4"', 7, 4],
    ['width="1e9" height="5e8"', 1e9, 5e8],
    ["height='10' viewBox='0 0 1 1' width='30'", 30, 10],
  ])('that says %s is %d x %d', (attributes, width, height) => {
    const size = parseSvg(svg(attributes))
    expect(size.width).toBeCloseTo(width, 9)
    expect(size.height).toBeCloseTo(height, 9)
  })

  test.each([
    '',
    'width="30"',
    'width="30" height="100%"',
    'viewBox="0 0 0 4"',
    'viewBox="0 0 7"',
    'width="1e999" height="1"',
  ])('that says only "%s" is asked for in one line', attributes => {
    expect(() => parseSvg(svg(attributes))).toThrow(
      /^the SVG says no size: give it a viewBox, or a width and a height$/,
    )
  })

  test('is found after a declaration, comments, instructions and a document type', () => {
    const prolog = `\uFEFF<?xml version="1.0" encoding="ISO-8859-1"?>
      <!-- <svg width="1" height="1"> > ]> -->
      <?xml-stylesheet href="none.css" ?>
      <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
        <!ENTITY a "]><svg>"> <!-- it's "open -->
      ]>`
    expect(parseSvg(prolog + svg('width="30" height="20"'))).toMatchObject({ width: 30, height: 20 })
    expect(parseSvg('<s:svg xmlns:s="http://www.w3.org/2000/svg"\n\twidth = "3"\n height="2" />')).toMatchObject({
      width: 3,
      height: 2,
    })
  })

  test.each([
    ['', 'outermost'],
    ['<html><svg width="3" height="2"/></html>', 'outermost'],
    ['<!DOCTYPE html><p>', 'outermost'],
    ['<svgs width="3" height="2"/>', 'outermost'],
    ['<svg width="3" height="2"', 'breaks off'],
    ['<svg width="3" height=2>', 'breaks off, or is wrong'],
    ['<svg width="3', 'breaks off'],
    ['<!-- <svg width="3" height="2"/>', 'breaks off'],
    ['<!DOCTYPE svg [ <!ENTITY a "b"> <svg/>', 'breaks off'],
    ['<?xml <svg/>', 'breaks off'],
  ])('of %j is refused in one line', (text, reason) => {
    expect(() => parseSvg(text)).toThrow(new RegExp(`^[^\\n]*${reason}[^\\n]*$`))
  })

  // Linear: milliseconds. A pattern that steps back for every character would take minutes.
  test('is found or refused in a moment, whatever stands there', { timeout: 30_000 }, () => {
    const texts = ['1', ' ', '<', '"', "'", '<!--', '<?', '[', ']', '>', 'a="', '/', '<svg ', '<!DOCTYPE ']
    for (const text of texts) {
      const long = text.repeat(200_000)
      for (const whole of [long, `<svg ${long}`, `<svg width="${long}`, `<svg width="${long}" `, `<!DOCTYPE ${long}`])
        expect(() => parseSvg(whole)).toThrow(/^.{1,100}$/)
    }
  })
})

describe('the SVG made for a size', () => {
  test.each([
    'width="10" height="10"',
    'viewBox="0 0 10 10"',
    'width="100%" height="100%" viewBox="0 0 10 10"',
    'width="3mm" height="3mm" viewBox="0 0 10 10"',
    'width="1e9" height="1e9" viewBox="0 0 10 10"',
    'width="10" height="10" style="width:7px; height: 3em"',
    'width="10" height="10" style=\'font-family:"x"\'',
    'viewBox="0 0 10 10" x="4px" y="4px" enable-background="new 0 0 10 10"',
  ])('is drawn at that size and filled to the edges, of %s', async attributes => {
    const picture = await draw(parseSvg(svg(attributes)).at(39, 17))
    expect([picture.width, picture.height]).toEqual([39, 17])
    for (const y of [0, 8, 16]) {
      expect([0, 18].map(x => picture.at(x, y))).toEqual([RED, RED])
      expect([20, 38].map(x => picture.at(x, y))).toEqual([GREEN, GREEN])
    }
  })

  test('has no seam of background where the proportions are no whole pixels', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.5, max: 900, noNaN: true }),
        fc.double({ min: 0.5, max: 900, noNaN: true }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        async (width, height, pixelWidth, pixelHeight) => {
          const whole = svg(
            `viewBox="0 0 ${width} ${height}"`,
            `<rect width="${width}" height="${height}" fill="#f00"/>`,
          )
          const picture = await draw(parseSvg(whole).at(pixelWidth, pixelHeight))
          expect([picture.width, picture.height]).toEqual([pixelWidth, pixelHeight])
          for (const x of [0, pixelWidth - 1])
            for (const y of [0, pixelHeight - 1]) expect(picture.at(x, y)).toEqual(RED)
        },
      ),
      { numRuns: 30 },
    )
  })

  // A square in a viewport twice as wide: SVG 2, 8.2.
  test.each([
    ['', [CLEAR, RED, GREEN, CLEAR]],
    ['xMidYMid meet', [CLEAR, RED, GREEN, CLEAR]],
    ['xMinYMin', [RED, GREEN, CLEAR, CLEAR]],
    ['xMaxYMid meet', [CLEAR, CLEAR, RED, GREEN]],
    ['none', [RED, RED, GREEN, GREEN]],
    ['xMidYMid slice', [RED, RED, GREEN, GREEN]],
  ])('keeps what preserveAspectRatio="%s" shows', async (preserveAspectRatio, expected) => {
    const attributes = `width="20" height="10" viewBox="0 0 10 10" preserveAspectRatio="${preserveAspectRatio}"`
    const [plain, ours] = await Promise.all([svg(attributes), parseSvg(svg(attributes)).at(20, 10)].map(draw))
    for (const picture of [plain, ours]) expect([2, 7, 12, 17].map(x => picture.at(x, 5))).toEqual(expected)
  })

  test('keeps its entities and the rest of its root', async () => {
    const text = `<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/2000/svg">
      <!ENTITY red "#f00">]><svg xmlns="&ns;" fill="&red;" viewBox="0 0 1 1"><rect width="1" height="1"/></svg>`
    const picture = await draw(parseSvg(text).at(4, 3))
    expect([picture.width, picture.height, picture.at(3, 2)]).toEqual([4, 3, RED])
  })
})
