// The explorer in the shared browser, small and with one sample a pixel, so that software GL completes it at once.

import { readFileSync } from 'node:fs'
import { type Browser, type CDPSession, type Page } from 'puppeteer'
import { inject } from 'vitest'
import type { Frame } from '../../src/model/frame.js'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork } from '../../src/model/network.js'
import { applyTone, levelOf, toneOf } from '../../src/model/tone.js'
import { evaluateFolded } from '../../src/model/reference.js'
import { StateDict } from '../../src/model/state-dict.js'
import type { View } from '../../src/model/view.js'
import { collectErrors, type Evaluating } from '../browser/pages.js'

export interface PixelData {
  readonly width: number
  readonly height: number
  /** RGBA, row 0 at the top. */
  readonly data: Uint8Array
}

export interface OpenOptions {
  readonly hash?: string
  readonly width?: number
  readonly height?: number
  /** Runs in the page before anything of it. */
  readonly before?: string
  readonly touch?: boolean
  /** What draws; null leaves it to the page. */
  readonly renderer?: 'webgl' | 'cpu' | null
  /** Whether the page solves files that state no frame by itself. */
  readonly solve?: boolean
  /** Whether the page's first file is waited for. */
  readonly wait?: boolean
}

/** What most tests open: one flag, one sample a pixel. */
export const FLAG_HASH = '#samples=1&file=flags/my.safetensors'

/** A net of the gallery, as the page serves it. */
export function shippedFile(code: string): Uint8Array {
  return readFileSync(new URL(`../../public/flags/${code}.safetensors`, import.meta.url))
}

/** Opens the explorer in a context of its own. */
export async function openExplorer(
  browser: Browser,
  options: OpenOptions = {},
): Promise<{ page: Page; cdp: CDPSession; errors: string[]; close: () => Promise<void> }> {
  const {
    hash = FLAG_HASH,
    width = 240,
    height = 180,
    before,
    touch = false,
    renderer = 'webgl',
    solve = false,
    wait = true,
  } = options
  const context = await browser.createBrowserContext()
  const page = await context.newPage()
  const errors = collectErrors(page)
  await page.setViewport({ width, height, hasTouch: touch, isMobile: touch })
  if (before) await page.evaluateOnNewDocument(before)
  const search = [renderer ? `renderer=${renderer}` : '', solve ? '' : 'solve=no'].filter(Boolean).join('&')
  await page.goto(`${inject('siteUrl')}?${search}${hash}`)
  await page.waitForFunction(() => 'vexel' in window)
  if (wait) await page.evaluate(() => window.vexel.ready)
  const cdp = await page.createCDPSession()
  return { page, cdp, errors, close: () => context.close() }
}

/** Opens a file through the scripting face; returns the one line it is refused with, or null. */
export async function openBytes(page: Evaluating, bytes: Uint8Array): Promise<string | null> {
  return await page.evaluate(async base64 => {
    const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0))
    try {
      await window.vexel.open(new Blob([bytes]))
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }, Buffer.from(bytes).toString('base64'))
}

/** The complete picture at rest. */
export async function settledPixels(page: Evaluating): Promise<PixelData> {
  const { width, height, base64 } = await page.evaluate(async () => {
    await window.vexel.settled()
    const { width, height, data } = window.vexel.readPixels()
    let text = ''
    for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192))
    return { width, height, base64: btoa(text) }
  })
  return { width, height, data: new Uint8Array(Buffer.from(base64, 'base64')) }
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
