// What a PNG says of its colours means the same in the page and on the command line. Chromium decodes in the page, so it is the
// truth here; the page's own code asks it.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import type { Browser, Page } from 'puppeteer'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadImage } from '../../src/cli/image/image.js'
import { connect, openHarness } from '../browser/pages.js'
import { PAGE_TARGET_MODULE } from './page-target.js'
import { chunk } from './png-chunks.js'

let browser: Browser
let page: Page
const folder = mkdtempSync(join(tmpdir(), 'vexel-png-colour-'))

beforeAll(async () => {
  browser = await connect()
  page = (await openHarness(browser)).page
  await page.addScriptTag({ type: 'module', content: PAGE_TARGET_MODULE })
  await page.waitForFunction(() => 'targetOf' in window)
})

afterAll(async () => {
  await page?.close()
  await browser?.disconnect()
  rmSync(folder, { recursive: true })
})

/** Levels, not rounded, of the target that a training in the page would have; or why there is none. */
async function inPage(png: Uint8Array): Promise<number[] | string> {
  return await page.evaluate(async base64 => {
    const blob = new Blob([Uint8Array.from(atob(base64), c => c.charCodeAt(0))])
    try {
      return Array.from((await window.targetOf(blob)).seen.data, value => 255 * value)
    } catch (error) {
      return String(error)
    }
  }, Buffer.from(png).toString('base64'))
}

async function onCommandLine(png: Uint8Array): Promise<number[]> {
  const path = join(folder, 'a.png')
  writeFileSync(path, png)
  return Array.from((await loadImage(path, { width: 'own' })).image.data, value => 255 * value)
}

/** Colours from all over the cube, black, white and greys among them; alpha where it is wanted. */
const SIZE = 32
const levelsOf = (channels: 3 | 4) =>
  Uint8Array.from({ length: SIZE * SIZE * channels }, (_, i) => {
    const pixel = Math.floor(i / channels)
    const [x, y] = [pixel % SIZE, Math.floor(pixel / SIZE)]
    const ramp = (k: number) => Math.round((255 * k) / (SIZE - 1))
    return [ramp(x), ramp(y), x === y ? ramp(x) : (35 * x + 65 * y) & 255, (37 * pixel) & 255][i % channels]
  })
const colours = (channels: 3 | 4 = 3) => sharp(levelsOf(channels), { raw: { width: SIZE, height: SIZE, channels } })

const words = (...values: number[]) =>
  Buffer.concat(values.map(value => Buffer.from(Uint32Array.of(value).buffer).swap32()))
const gAMA = (value: number) => chunk('gAMA', words(value))
const cHRM = (...values: number[]) => chunk('cHRM', words(...values))
const sRGB = chunk('sRGB', Uint8Array.of(0))
const cICP = (...codes: number[]) => chunk('cICP', Uint8Array.from(codes))
const iCCP = (profile: Uint8Array) => chunk('iCCP', Buffer.concat([Buffer.from('a\0\0'), deflateSync(profile)]))
const REC709 = cHRM(31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
const P3 = cHRM(31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
/** White far from sRGB's: it has to be adapted. */
const D50 = cHRM(34570, 35850, 64000, 33000, 30000, 60000, 15000, 6000)
const broken = (whole: Buffer) => Buffer.concat([whole.subarray(0, -1), Uint8Array.of(whole[whole.length - 1] ^ 1)])

/** Chunks go behind the header, 33 bytes of signature and IHDR. */
const saying = (png: Uint8Array, ...chunks: Uint8Array[]) =>
  Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)])
const given = async (image: ReturnType<typeof colours>, ...chunks: Uint8Array[]) =>
  saying(await image.png().toBuffer(), ...chunks)
const p3Profile = async () => {
  const { icc } = await sharp(await colours().withIccProfile('p3').png().toBuffer()).metadata()
  return iCCP(icc as Buffer)
}
const caseFile = (name: string) => readFileSync(new URL(`cases/${name}`, import.meta.url))

/** Expects what the page gives; returns how far its numbers are from those in the file, levels. */
async function expectAgreement(png: Uint8Array): Promise<number> {
  const [seen, read] = [await inPage(png), await onCommandLine(png)]
  if (typeof seen === 'string') throw new Error(seen)
  expect(read.length).toBe(seen.length)
  const worst = read.reduce((most, value, i) => Math.max(most, Math.abs(value - seen[i])), 0)
  expect(worst).toBeLessThanOrEqual(1 + 1e-3)
  const plain = await sharp(png, { ignoreIcc: true })
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer()
  return read.reduce((most, value, i) => Math.max(most, Math.abs(value - plain[i])), 0)
}

describe('a PNG that says what its numbers mean has the colours that the page gives it', () => {
  test.each<[string, () => Promise<Uint8Array> | Uint8Array]>([
    ['gamma 1, from a file that was sent to us', () => caseFile('gama-100000.png')],
    ['gamma 1/2.2 and chromaticities, another', () => caseFile('gama-45455-chrm.png')],
    ['gamma alone', () => given(colours(), gAMA(55_556))],
    ['gamma of a palette', () => given(colours().png({ palette: true, colours: 64 }), gAMA(100_000))],
    ['gamma of a grey picture', () => given(colours().toColourspace('b-w'), gAMA(100_000))],
    ['gamma of 16 bits', () => given(colours().toColourspace('rgb16'), gAMA(100_000))],
    ['gamma of grey in 16 bits', () => given(colours().toColourspace('grey16'), gAMA(100_000))],
    ['gamma under alpha', () => given(colours(4), gAMA(100_000))],
    ['gamma and chromaticities', () => given(colours(), gAMA(100_000), P3)],
    ['gamma and chromaticities under alpha', () => given(colours(4), gAMA(45_455), P3)],
    ['gamma and chromaticities of a palette', () => given(colours().png({ palette: true }), gAMA(45_455), P3)],
    ['gamma and chromaticities of a grey picture', () => given(colours().toColourspace('b-w'), gAMA(45_455), D50)],
    ['gamma and chromaticities of 16 bits', () => given(colours().toColourspace('rgb16'), gAMA(45_455), P3)],
    ['another white', () => given(colours(), gAMA(45_455), D50)],
    ['a profile', async () => given(colours(), await p3Profile())],
    ['a profile of 16 bits', async () => given(colours().toColourspace('rgb16'), await p3Profile())],
    ['a profile under alpha', async () => given(colours(4), await p3Profile())],
    ['a profile before sRGB and gamma', async () => given(colours(), sRGB, gAMA(100_000), REC709, await p3Profile())],
    ['no readable profile, but gamma', () => given(colours(), iCCP(Buffer.from('nothing')), gAMA(100_000))],
    ['Display P3 as cICP', () => given(colours(), cICP(12, 13, 0, 1))],
    ['BT.2020 as cICP, before sRGB', () => given(colours(), cICP(9, 14, 0, 1), sRGB)],
    ['linear light as cICP', () => given(colours(), cICP(1, 8, 0, 1))],
    ['cICP of an unknown kind, but gamma', () => given(colours(), cICP(2, 2, 0, 1), gAMA(100_000))],
    ['gamma, and chromaticities with a wrong checksum', () => given(colours(), gAMA(100_000), broken(P3))],
  ])('%s', async (_, png) => {
    expect(await expectAgreement(await png())).toBeGreaterThan(3)
  })
})

describe('a PNG that is in sRGB keeps its numbers', () => {
  test.each<[string, () => Promise<Uint8Array>]>([
    ['as nothing says otherwise', () => given(colours())],
    ['as sRGB says, before gamma and chromaticities', () => given(colours(), gAMA(100_000), P3, sRGB)],
    ['as cICP says, before a profile', async () => given(colours(), cICP(1, 13, 0, 1), await p3Profile())],
    ['as gamma says alone, being that of a screen', () => given(colours(), gAMA(45_455))],
    ['since chromaticities alone say nothing', () => given(colours(), P3)],
    [
      'since chromaticities on a line say nothing',
      () => given(colours(), gAMA(100_000), cHRM(31270, 32900, 64000, 33000, 64000, 33000, 15000, 6000)),
    ],
    ['since no gamma is 0', () => given(colours(), gAMA(0), P3)],
    ['since a wrong checksum says nothing', () => given(colours(), broken(gAMA(100_000)))],
    ['since a chunk of another length says nothing', () => given(colours(), chunk('gAMA', words(100_000, 0)))],
  ])('%s', async (_, png) => {
    expect(await expectAgreement(await png())).toBeCloseTo(0, 3)
  })
})

test('a PNG of 16 bits with a profile is turned upright all the same', async () => {
  const image = colours().extract({ left: 24, top: 4, width: 2, height: 1 }).toColourspace('rgb16')
  const path = join(folder, 'turned.png')
  writeFileSync(path, await image.clone().withIccProfile('p3').withMetadata({ orientation: 6 }).png().toBuffer())
  expect(await sharp(path).metadata()).toMatchObject({ depth: 'ushort', orientation: 6, hasProfile: true })
  const { image: turned } = await loadImage(path, { width: 'own' })
  expect(turned).toMatchObject({ width: 1, height: 2 })
  // Its profile counts all the same: the same pixels, lying as they are in the file.
  const lying = join(folder, 'lying.png')
  writeFileSync(lying, await image.withIccProfile('p3').png().toBuffer())
  const { image: plain } = await loadImage(lying, { width: 'own' })
  turned.data.forEach((value, i) => expect(255 * Math.abs(value - plain.data[i]), `value ${i}`).toBeLessThan(1.01))
})

test('colours of high dynamic range are refused on the command line, in words that say what to do', async () => {
  await expect(given(colours(), cICP(9, 16, 0, 1)).then(onCommandLine)).rejects.toThrow(
    /a\.png: colours in PQ are not read: save it in sRGB$/,
  )
})

test('a cICP that is no RGB is refused in both', async () => {
  const png = await given(colours(), cICP(9, 14, 9, 1))
  expect(await inPage(png)).toMatch(/a\.png: cannot be decoded as PNG$/)
  await expect(onCommandLine(png)).rejects.toThrow(/a\.png: cICP: expected RGB/)
})
