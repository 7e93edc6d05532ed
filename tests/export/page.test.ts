// The page that is one file, opened from a disk by a browser that may ask nobody for anything, against the float64 reference.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makePage, packFilm } from '../../src/export/page/make-page.js'
import { pageScriptName } from '../../src/export/page/page-ids.js'
import { isDense } from '../../src/model/architecture.js'
import { Film } from '../../src/film/film.js'
import { foldNetwork } from '../../src/model/fold.js'
import { wholeFrame } from '../../src/model/view.js'
import { expectAccessible } from '../app/axe.js'
import { collectErrors, connect, isFull } from '../browser/pages.js'
import { smallFilm } from '../film/film-fixture.js'
import { givenNet, type GivenNet, largestDifference, NET_NAMES, referenceLevels, sizeOf } from './five-nets.js'
import { FAMILY_SIZE, fittedFrame, GIVEN_FAMILIES, givenFamily } from './given-families.js'
import { levelsOf } from './page-levels.js'

/** 80 KB. */
const MOST_BYTES = 80 * 1024
/** Of other kinds: their layers and what tells them apart come along. */
const MOST_BYTES_OF_ANY = 81 * 1024
const NETS = isFull ? NET_NAMES : (['sharp'] as const)
const SITE = fileURLToPath(new URL('../../dist', import.meta.url))
const NO_WEBGL = `
  const { getContext } = HTMLCanvasElement.prototype
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind.startsWith('webgl') ? null : getContext.call(this, kind, ...rest)
  }`

const folder = mkdtempSync(join(tmpdir(), 'vexel-page-'))
let browser: Browser

beforeAll(async () => {
  browser = await connect()
})

afterAll(async () => {
  await browser?.disconnect()
  rmSync(folder, { recursive: true })
})

const script = (name: string) => readFileSync(join(SITE, name), 'utf8')

/** Writes a net's page to the disk. @returns its address */
async function written({ subject }: GivenNet, film: Uint8Array | null = null): Promise<URL> {
  const path = join(folder, `${subject.title}.html`)
  const text = await makePage(
    subject,
    script(pageScriptName({ hasFilm: film !== null, isAny: !isDense(subject.network.architecture) })),
    film && (await packFilm(film)),
  )
  writeFileSync(path, text)
  return pathToFileURL(path)
}

interface Opened {
  readonly page: Page
  /** What was asked for besides the page, and what went wrong. */
  readonly problems: string[]
}

async function open(url: URL, size: { readonly width: number; readonly height: number }, before = ''): Promise<Opened> {
  const page = await browser.newPage()
  const problems = collectErrors(page)
  page.on('request', request => {
    if (!/^(?:file|blob|data):/.test(request.url())) problems.push(request.url())
  })
  await page.setViewport(size)
  if (before) await page.evaluateOnNewDocument(before)
  await page.goto(url.href)
  return { page, problems }
}

describe.each(NETS)('the page of a net that is %s', name => {
  const net = givenNet(name)
  const size = sizeOf(net)
  const expected = referenceLevels(net, size)

  test.each([
    ['WebGL', '?renderer=webgl', ''],
    ['no WebGL at all', '', NO_WEBGL],
  ])('is the reference within a level by %s', async (_, search, before) => {
    const url = await written(net)
    url.search = search
    url.hash = 'samples=1'
    const { page, problems } = await open(url, size, before)
    expect(largestDifference(await levelsOf(page), expected)).toBeLessThanOrEqual(1)
    expect(problems).toEqual([])
    await page.close()
  })

  test('is small', async () => {
    expect(gzipSync(readFileSync(await written(net)), { level: 9 }).length).toBeLessThanOrEqual(MOST_BYTES)
  })
})

describe.runIf(isFull)('the page of a net of another kind', () => {
  test.each(GIVEN_FAMILIES)('is the reference within a level for the family %s, by WebGL and without', async name => {
    const net = givenFamily(name, fittedFrame(name))
    const expected = referenceLevels(net, FAMILY_SIZE)
    for (const [search, before] of [
      ['?renderer=webgl', ''],
      ['', NO_WEBGL],
    ]) {
      const url = await written(net)
      url.search = search
      url.hash = 'samples=1'
      const { page, problems } = await open(url, FAMILY_SIZE, before)
      expect(largestDifference(await levelsOf(page), expected)).toBeLessThanOrEqual(1)
      expect(problems).toEqual([])
      await page.close()
      expect(gzipSync(readFileSync(url), { level: 9 }).length).toBeLessThanOrEqual(MOST_BYTES_OF_ANY)
    }
  })
})

test('it is zoomed by wheel and keys, opens at the view of its address, and plays the film that it carries', async () => {
  const net = givenNet('easy')
  const bytes = await smallFilm({ steps: 40, frames: 4 })
  const film = Film.parse(bytes)
  const subject = { ...net.subject, network: film.network(film.steps.length - 1), title: 'A <film> & --> more' }
  const url = await written({ ...net, subject }, bytes)
  url.hash = 'samples=1&zoom=4&x=0.25&y=-0.5'
  const { page, problems } = await open(url, { width: 300, height: 240 }, NO_WEBGL)
  expect(await page.title()).toBe(subject.title)
  await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }])
  await page.reload()
  await page.waitForSelector('#film-bar:not([hidden])')
  const stage = await page.$eval('#stage', ({ clientWidth: width, clientHeight: height }) => ({ width, height }))
  expect(stage.height).toBeLessThan(200)
  const folded = foldNetwork(subject.network)
  const { frame } = net.subject
  const fitted = { ...wholeFrame(frame), x: 0.25, y: -0.5, zoom: 4 }
  // The frame is fitted into the stage: what lies beside it is seen, too.
  const share = stage.width / stage.height / 1.5
  const seen = share > 1 ? { ...frame, x: [-share, share] as const } : { ...frame, y: [-1 / share, 1 / share] as const }
  const wider = { ...net, subject: { ...subject, folded, frame: seen } }
  expect(largestDifference(await levelsOf(page), referenceLevels(wider, stage, fitted))).toBeLessThanOrEqual(1)
  await expectAccessible(page)

  await page.focus('#film-bar input')
  await page.keyboard.press('Home')
  await page.waitForFunction(() => document.querySelector('output')?.textContent === 'step 0')
  await page.focus('#stage')
  await page.keyboard.press('0')
  await page.waitForFunction(() => location.hash === '')
  await page.mouse.move(100, 80)
  await page.mouse.wheel({ deltaY: -300 })
  await page.waitForFunction(() => /zoom=[1-9]/.test(location.hash))
  // The picture follows the pointer; a double tap comes nearer; two fingers apart, too.
  const zoomed = () => page.evaluate(() => Number(new URLSearchParams(location.hash.slice(1)).get('zoom') ?? 1))
  const { x, zoom } = await page.evaluate(() => {
    const fields = new URLSearchParams(location.hash.slice(1))
    return { x: Number(fields.get('x')), zoom: Number(fields.get('zoom')) }
  })
  await page.mouse.down()
  await page.mouse.move(160, 80, { steps: 4 })
  await page.mouse.up()
  await page.waitForFunction(x => Number(new URLSearchParams(location.hash.slice(1)).get('x')) < x, {}, x)
  expect(await zoomed()).toBeCloseTo(zoom, 6)
  await page.mouse.click(120, 80, { count: 2 })
  await page.waitForFunction(
    zoom => Number(new URLSearchParams(location.hash.slice(1)).get('zoom')) > 1.9 * zoom,
    {},
    zoom,
  )
  const before = await zoomed()
  const [left, right] = [await page.touchscreen.touchStart(140, 80), await page.touchscreen.touchStart(160, 80)]
  await left.move(110, 80)
  await right.move(190, 80)
  await left.end()
  await right.end()
  await page.waitForFunction(
    zoom => Number(new URLSearchParams(location.hash.slice(1)).get('zoom')) > 2 * zoom,
    {},
    before,
  )
  expect(problems).toEqual([])
  await page.close()
})
