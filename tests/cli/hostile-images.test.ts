// Images that are broken or made to hurt: the command line refuses each in one line that names the file, exit 1, and
// neither hangs nor fills the memory.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadImage } from '../../src/cli/image/image.js'
import { FormatError } from '../../src/model/errors.js'
import { isFull } from '../is-full.js'
import { createRandom, oraclePath } from '../model/network-files.js'
import { pngSaying } from './png-chunks.js'
import { escaped, expectRefused, spawnVexel } from './run-vexel.js'

const NET = fileURLToPath(oraclePath('japan.safetensors'))

const folder = mkdtempSync(join(tmpdir(), 'vexel-hostile-'))
afterAll(() => rmSync(folder, { recursive: true }))

function given(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

// The decoder keeps one text of errors for all that is decoded at once, in which it may be missing.
const JPEG_CUT = /cannot be decoded as JPEG: (?:premature end|Unknown error)/

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2">'

/** Entities of entities: ten to the ninth of the first. */
function laughs(first: string): string {
  const names = [...'abcdefghij']
  const entities = names.map((name, i) => `<!ENTITY ${name} "${i === 0 ? first : `&${names[i - 1]};`.repeat(10)}">`)
  return `<!DOCTYPE svg [${entities.join('')}]>${SVG}<text>&j;</text></svg>`
}

/** Ten uses of ten uses of ...: ten to the eleventh of nothing. */
function uses(): string {
  const groups = Array.from({ length: 11 }, (_, i) => `<g id="g${i + 1}">${`<use href="#g${i}"/>`.repeat(10)}</g>`)
  return `${SVG}<defs><g id="g0"/>${groups.join('')}</defs><use href="#g11"/></svg>`
}

const random = createRandom(3)
const noise = Uint8Array.from({ length: 64 * 48 * 3 }, () => Math.floor(256 * random()))
const picture = () => sharp(noise, { raw: { width: 64, height: 48, channels: 3 } })

describe('an image', () => {
  const broken: readonly (readonly [
    what: string,
    content: () => Promise<Uint8Array> | Uint8Array | string,
    line: RegExp,
  ])[] = [
    ['empty', () => '', /the file is empty/],
    ['a text', () => 'hello', /expected an image: PNG, JPEG, WebP, AVIF, GIF or SVG/],
    ['a TIFF', () => picture().tiff().toBuffer(), /expected an image: PNG, JPEG, WebP, AVIF, GIF or SVG/],
    ['a web page', () => '<!DOCTYPE html><html><svg/></html>', /expected an SVG whose outermost element is <svg>/],
    ['a PNG cut short', async () => (await picture().png().toBuffer()).subarray(0, 3000), /cannot be decoded as PNG/],
    ['a PNG cut after its name', () => Buffer.from('89504e470d0a1a0a', 'hex'), /cannot be decoded as PNG/],
    ['a JPEG cut short', async () => (await picture().jpeg().toBuffer()).subarray(0, 2000), JPEG_CUT],
    [
      'a JPEG cut in its header',
      async () => (await picture().jpeg().toBuffer()).subarray(0, 100),
      /cannot be decoded as JPEG/,
    ],
    [
      'a progressive JPEG cut short',
      async () => (await picture().jpeg({ progressive: true }).toBuffer()).subarray(0, 2000),
      JPEG_CUT,
    ],
    ['a WebP cut short', async () => (await picture().webp().toBuffer()).subarray(0, 500), /cannot be decoded as WebP/],
    ['a GIF cut short', async () => (await picture().gif().toBuffer()).subarray(0, 1500), /cannot be decoded as GIF/],
    [
      'a PNG with a flipped byte',
      async () => (await picture().png().toBuffer()).map((byte, i) => (i === 4000 ? byte ^ 0x55 : byte)),
      /cannot be decoded as PNG/,
    ],
    ['a PNG of nothing', () => pngSaying(0, 10, deflateSync(new Uint8Array(100))), /cannot be decoded as PNG/],
    [
      'a PNG bomb',
      () => pngSaying(60_000, 60_000, deflateSync(new Uint8Array(1000))),
      /60000 x 60000: more than 64 megapixels/,
    ],
    [
      'a PNG bomb of 31 bits',
      () => pngSaying(0x7fffffff, 0x7fffffff, deflateSync(new Uint8Array(1000))),
      /cannot be decoded as PNG|megapixels/,
    ],
    [
      'a PNG with too little in it',
      () => pngSaying(8000, 8000, deflateSync(new Uint8Array(1000))),
      /cannot be decoded as PNG/,
    ],
    [
      'a strip',
      () => pngSaying(1, 30_000, deflateSync(new Uint8Array(120_000))),
      /size: expected edges of 1 to 4096 pixels, got 1 x 30000/,
    ],
    [
      'a strip of 64 megapixels',
      // It is refused by its header, also where all of it is there.
      () => pngSaying(2 ** 26, 1, deflateSync(new Uint8Array(isFull ? 3 * 2 ** 26 + 1 : 1000))),
      /cannot be decoded as PNG: 67108864 x 1: more than 64 megapixels, or 32768 pixels an edge|67108864 x 1: more than/,
    ],
    ['an SVG cut short', () => `${SVG}<rect width="1" `, /cannot be drawn as SVG: /],
    ['an SVG cut in its root', () => SVG.slice(0, -5), /the SVG breaks off/],
    [
      'an SVG without a size',
      () => '<svg xmlns="http://www.w3.org/2000/svg"/>',
      /the SVG says no size: give it a viewBox/,
    ],
    [
      'an SVG as high as a tower',
      () => '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1000000"/>',
      /size: expected edges of 1 to 4096 pixels/,
    ],
    ['an SVG of a billion laughs', () => laughs('lol'), /cannot be drawn as SVG: .*amplification/],
    [
      'an SVG of one long laugh',
      () => `<!DOCTYPE svg [<!ENTITY a "${'ha'.repeat(50_000)}">]>${SVG}<text>${'&a;'.repeat(50_000)}</text></svg>`,
      /cannot be drawn as SVG: .*amplification/,
    ],
    ['an SVG of uses of uses', uses, /cannot be drawn as SVG: exceeded more than 500000 referenced elements/],
    [
      'an SVG as deep as a well',
      () => SVG + '<g>'.repeat(100_000) + '</g>'.repeat(100_000) + '</svg>',
      /cannot be drawn as SVG/,
    ],
    [
      'an SVG that reads a file',
      () => `<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>${SVG}<text>&a;</text></svg>`,
      /cannot be drawn as SVG: .*'a' not defined/,
    ],
    ['an SVG of 17 MB', () => `${SVG}<!--${' '.repeat(17 * 2 ** 20)}--></svg>`, /an SVG of more than 16 MB of text/],
    ['a packed SVG of 32 MB', () => gzipSync(Buffer.alloc(2 ** 25, ' ')), /an SVG of more than 16 MB of text/],
    ['a packed SVG cut short', () => gzipSync(`${SVG}</svg>`).subarray(0, 30), /cannot be unpacked as svgz/],
    [
      'an SVG in no encoding',
      () => `<?xml version="1.0" encoding="klingon"?>${SVG}</svg>`,
      /an SVG in the unknown encoding "klingon"/,
    ],
    ['an SVG that is no text', () => Buffer.from(`${SVG}\xff\xfe</svg>`, 'latin1'), /an SVG that is not utf-8 text/],
  ]

  test.concurrent.each(broken)('that is %s is refused in one line', async (what, content, line) => {
    const path = given(what, await content())
    await expectRefused(['compare', NET, path], 1, new RegExp(`^vexel: ${escaped(path)}: ${line.source}`, 'm'), {
      cwd: folder,
    })
  })

  beforeAll(() => {
    given('large', '')
    truncateSync(join(folder, 'large'), 65 * 2 ** 20)
    mkdirSync(join(folder, 'a folder'))
  })
  test.concurrent.each([
    ['not there', 'nowhere.png', /no such file$/m],
    ['a folder', 'a folder', /is a folder$/m],
    ['65 MB', 'large', /65 MB is more than the 64 MB an image may have$/m],
    ...(existsSync('/dev/zero')
      ? [['without an end', '/dev/zero', /this is more than the 64 MB an image may have$/m] as const]
      : []),
  ] as const)('that is %s is refused in one line', async (_, path, line) => {
    await expectRefused(['compare', NET, path], 1, new RegExp(`^vexel: ${escaped(path)}: ${line.source}`, 'm'), {
      cwd: folder,
    })
  })
})

test('an image with any byte changed or anything cut off is read, or refused in one line', async () => {
  const whole = await Promise.all([
    picture().png().toBuffer(),
    picture().jpeg().toBuffer(),
    picture().webp().toBuffer(),
    picture().gif().toBuffer(),
    Buffer.from(`<?xml version="1.0"?>${SVG}<rect width="1" height="1" fill="#f00"/></svg>`),
  ])
  const harm = fc.record({
    image: fc.constantFrom(...whole),
    // Most of what can go wrong stands in the first bytes.
    at: fc.oneof(fc.integer({ min: 0, max: 99 }), fc.nat()),
    byte: fc.option(fc.integer({ min: 0, max: 255 })),
  })
  await fc.assert(
    fc.asyncProperty(harm, async ({ image, at, byte }) => {
      const harmed = Buffer.from(byte === null ? image.subarray(0, at % image.length) : image)
      if (byte !== null) harmed[at % image.length] = byte
      const path = given('harmed', harmed)
      try {
        const { image } = await loadImage(path)
        expect(image.data.every(value => value >= 0 && value <= 1)).toBe(true)
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError)
        expect((error as FormatError).message).toMatch(new RegExp(`^${escaped(path)}: [^\\p{C}]+$`, 'u'))
      }
    }),
    // One in five is an SVG, which is drawn in a process of its own.
    { numRuns: isFull ? 300 : 25 },
  )
})

test('a refused image leaves no picture of differences behind', async () => {
  const path = given('refused.png', 'hello')
  await expectRefused(['compare', NET, path, '--diff', 'left-behind.png'], 1, /expected an image/, { cwd: folder })
  expect(readdirSync(folder).filter(file => file.includes('left-behind'))).toEqual([])
})

test('a net that cannot be opened is named before the image is looked at', async () => {
  await expectRefused(
    ['compare', 'nowhere.safetensors', 'nowhere.png'],
    1,
    /^vexel: nowhere\.safetensors: no such file$/m,
    { cwd: folder },
  )
})

test('a machine without sharp is told so, exit 3; commands that need no image still run', async () => {
  const hook = `export async function resolve(specifier, context, next) {
    if (specifier === 'sharp') throw new Error('Could not load the "sharp" module using the ... runtime')
    return next(specifier, context)
  }`
  const register = `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)})`
  const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(register)}`]
  const image = given('fine.png', await picture().png().toBuffer())
  const line = /^vexel: sharp, which reads images, cannot be loaded on .*npm ci/
  await expectRefused(['compare', NET, image], 3, line, { cwd: folder, nodeArgs }, spawnVexel)
  expect(await spawnVexel(['info', NET], { cwd: folder, nodeArgs })).toMatchObject({ code: 0, stderr: '' })
})
