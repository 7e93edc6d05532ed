// The explorer in the shared browser, small and with one sample a pixel, so that it is complete at once; and what it must show.

import { readFileSync } from 'node:fs'
import type { Browser, CDPSession, Page } from 'puppeteer'
import { expect, inject } from 'vitest'
import type { Frame } from '../../src/model/frame.js'
import { parseFrame } from '../../src/model/frame.js'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork } from '../../src/model/network.js'
import { applyTone, levelOf, toneOf } from '../../src/model/tone.js'
import { evaluateFolded } from '../../src/model/reference.js'
import { StateDict } from '../../src/model/state-dict.js'
import type { View } from '../../src/model/view.js'
import { fetchBytes, hand } from '../browser/bytes.js'
import { collectErrors, type Evaluating } from '../browser/pages.js'
import { beUnhurried } from './telling-waits.js'

export interface PixelData {
  readonly width: number
  readonly height: number
  /** RGBA, row 0 at the top. */
  readonly data: Uint8Array
}

export interface OpenOptions {
  /** The site's address; default the one that all tests are served. */
  readonly site?: string
  readonly hash?: string
  readonly width?: number
  readonly height?: number
  /** Runs in the page before anything of it. */
  readonly before?: string
  readonly touch?: boolean
  /** Whether the camera takes its time; else a person wants no motion. */
  readonly motion?: boolean
  /** What draws; null leaves it to the page. */
  readonly renderer?: 'webgl' | 'cpu' | null
  /** Whether the page solves files that state no frame by itself. */
  readonly solve?: boolean
  /** Whether the page's first file is waited for. */
  readonly wait?: boolean
  /** A folder that what is saved goes into, as it does for people; else the page keeps it, in `saved`. */
  readonly downloads?: string
}

export interface OpenedPage {
  readonly page: Page
  readonly cdp: CDPSession
  /** What the page threw and what it logged as an error, so far. */
  readonly errors: string[]
  readonly close: () => Promise<void>
}

/** What most tests open: one flag, one sample a pixel. */
export const FLAG_HASH = '#samples=1&file=flags/my.safetensors'

/** A net of the gallery, as the page serves it. */
export function shippedFile(code: string): Uint8Array {
  return readFileSync(new URL(`../../public/flags/${code}.safetensors`, import.meta.url))
}

// What the page saves is kept instead, unless a folder is named: a headless browser's downloads are nobody's.
export const KEEP_SAVED = `
  window.saved = new Map();
  const { createObjectURL } = URL;
  URL.createObjectURL = file => { if (file.name) window.saved.set(file.name, file); return createObjectURL(file); };
  HTMLAnchorElement.prototype.click = function () {};`

declare global {
  interface Window {
    /** What the page has saved, by name. */
    saved: Map<string, File>
  }
}

/** Opens the explorer in a context of its own. */
export async function openExplorer(browser: Browser, options: OpenOptions = {}): Promise<OpenedPage> {
  const { width = 240, height = 180, before = '', touch = false, motion = true, downloads } = options
  const context = await browser.createBrowserContext(
    downloads ? { downloadBehavior: { policy: 'allow', downloadPath: downloads } } : {},
  )
  const page = await context.newPage()
  const errors = collectErrors(page)
  beUnhurried(page)
  await page.setViewport({ width, height, hasTouch: touch, isMobile: touch })
  await page.evaluateOnNewDocument((downloads ? '' : KEEP_SAVED) + before)
  if (!motion) await setMotion(page, false)
  await page.goto(addressOf(options))
  await untilReady(page, options.wait)
  const cdp = await page.createCDPSession()
  return { page, cdp, errors, close: () => context.close() }
}

export function addressOf({ site, hash = FLAG_HASH, renderer = 'webgl', solve = false }: OpenOptions): string {
  const search = [renderer ? `renderer=${renderer}` : '', solve ? '' : 'solve=no'].filter(Boolean).join('&')
  return `${site ?? inject('siteUrl')}?${search}${hash}`
}

/** Waits until the page has opened what its address names. @param isWhole whether that is waited for, or the page alone */
export async function untilReady(page: Evaluating, isWhole = true): Promise<void> {
  // In the page: puppeteer's own waiting makes functions of texts, which a page's policy may forbid.
  await page.evaluate(async isWhole => {
    while (!('vexel' in window)) await new Promise(resolve => setTimeout(resolve, 20))
    if (isWhole) await window.vexel.ready
  }, isWhole)
}

/** Whether the person wants motion. */
export async function setMotion(page: Page, isWanted: boolean): Promise<void> {
  await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: isWanted ? 'no-preference' : 'reduce' }])
}

/** Opens a file through the scripting face; returns the one line it is refused with, or null. */
export async function openBytes(page: Evaluating, bytes: Uint8Array): Promise<string | null> {
  await hand(page, bytes)
  return await page.evaluate(async () => {
    try {
      await window.vexel.open(window.handed[0])
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  })
}

/** Drops files anywhere on the page, as a person does. */
export async function dropFiles(
  page: Evaluating,
  ...files: readonly (readonly [name: string, bytes: Uint8Array])[]
): Promise<void> {
  await hand(page, ...files.map(([, bytes]) => bytes))
  await page.evaluate(
    names => {
      const transfer = new DataTransfer()
      names.forEach((name, i) => transfer.items.add(new File([window.handed[i]], name)))
      const target = document.querySelector('header') as HTMLElement
      for (const type of ['dragenter', 'dragover', 'drop'])
        target.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }))
    },
    files.map(([name]) => name),
  )
}

/** The complete picture at rest. */
export async function settledPixels(page: Evaluating): Promise<PixelData> {
  const { width, height, bytes } = await fetchBytes(page, async () => {
    await window.vexel.settled()
    const { width, height, data } = window.vexel.readPixels()
    // The view of the very bytes, whatever typed array it is.
    return { width, height, bytes: new Uint8Array(data.buffer, data.byteOffset, data.length) }
  })
  return { width, height, data: bytes }
}

/** The open network as the page would save it now, with its edits. */
export async function savedNow(page: Evaluating): Promise<Uint8Array<ArrayBuffer>> {
  return (await fetchBytes(page, () => ({ bytes: window.vexel.edits.file() }))).bytes
}

/**
 * The picture at rest is the reference of a file, in the view that the page tells.
 * @param frame default the one that the page tells
 */
export async function expectPictureOf(page: Evaluating, file: Uint8Array, frame?: Frame): Promise<PixelData> {
  const pixels = await settledPixels(page)
  const view: View = await page.evaluate(() => window.vexel.camera)
  const own = frame ?? parseFrame(await page.evaluate(() => window.vexel.frame))
  const { levels, at } = largestDifference(pixels, expectedPixels(file, own, view, own.aspect ?? 1.5, pixels))
  expect(levels, `${JSON.stringify(view)} at ${at}`).toBeLessThanOrEqual(1)
  return pixels
}

/**
 * Moves the mouse to where something is until it shows, as a hand does: on a busy machine the page may still be laid out anew after
 * its place was asked for, and what lies still under a pointer that lies still says nothing.
 */
export async function hoverUntil(
  page: Page,
  place: () => Promise<readonly [x: number, y: number]>,
  isShown: () => boolean,
): Promise<void> {
  for (let turn = 0; turn < 60; turn++) {
    const [x, y] = await place()
    await page.mouse.move(x + (turn % 2), y)
    const isDone = await page.waitForFunction(isShown, { timeout: 500 }).then(
      () => true,
      () => false,
    )
    if (isDone) return
  }
  await page.waitForFunction(isShown, { timeout: 1 })
}

/** Two animation frames: what was asked for before is in the page then. */
export async function twoFrames(page: Evaluating): Promise<void> {
  await page.evaluate(
    () => new Promise<void>(resolve => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  )
}

/**
 * What the page must show, from the words of the design alone: 1x is the frame fitted into the viewport, pixel centres at
 * + 0.5, rows from the top.
 */
export function expectedPixels(
  file: Uint8Array,
  frame: Frame,
  view: View,
  aspect: number,
  size: { width: number; height: number },
): Uint8Array {
  const folded = foldNetwork(createNetwork(StateDict.parse(file)))
  const fittedWidth = Math.min(size.width, size.height * aspect)
  const fittedHeight = fittedWidth / aspect
  const inputs = new Float64Array(size.width * size.height * 2)
  for (let r = 0, i = 0; r < size.height; r++)
    for (let c = 0; c < size.width; c++, i += 2) {
      const x = view.x + ((c + 0.5 - size.width / 2) / fittedWidth / view.zoom) * (frame.x[1] - frame.x[0])
      const y = view.y + ((r + 0.5 - size.height / 2) / fittedHeight / view.zoom) * (frame.y[1] - frame.y[0])
      inputs[i] = frame.order === 'xy' ? x : y
      inputs[i + 1] = frame.order === 'xy' ? y : x
    }
  const rgb = applyTone(evaluateFolded(new Float64Array(size.width * size.height * 3), folded, inputs), toneOf(frame))
  const data = new Uint8Array(size.width * size.height * 4).fill(255)
  for (let i = 0; i < size.width * size.height; i++)
    for (let channel = 0; channel < 3; channel++) data[4 * i + channel] = levelOf(rgb[3 * i + channel])
  return data
}

/** Largest difference of two pictures in levels, and where. */
export function largestDifference(actual: PixelData, expected: Uint8Array): { levels: number; at: string } {
  if (actual.data.length !== expected.length) return { levels: Number.POSITIVE_INFINITY, at: 'sizes differ' }
  let levels = 0
  let index = 0
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual.data[i] - expected[i])
    if (difference > levels) {
      levels = difference
      index = i
    }
  }
  const pixel = Math.floor(index / 4)
  return {
    levels,
    at: `column ${pixel % actual.width}, row ${Math.floor(pixel / actual.width)}, channel ${index % 4}: ${actual.data[index]} for ${expected[index]}`,
  }
}

/** What cannot be pressed of the buttons, lists and sliders over and under the picture: cut off, or covered by something else. */
export async function unreachable(page: Evaluating): Promise<string[]> {
  return await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main :is(button, select, input)')].flatMap(control => {
      const { left, top, width, height } = control.getBoundingClientRect()
      if (control.closest('.hidden') || !control.checkVisibility({ visibilityProperty: true })) return []
      const isReached = [0.1, 0.5, 0.9].every(share =>
        control.contains(document.elementFromPoint(left + share * width, top + height / 2)),
      )
      // A hand needs some width of it.
      return isReached && width >= 20 ? [] : [control.getAttribute('aria-label') ?? control.textContent?.trim() ?? '']
    }),
  )
}
