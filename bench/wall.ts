// The wall of all flags: how soon it is there, how it flies, what it holds.

import { readFileSync } from 'node:fs'
import { type Browser, type Page } from 'puppeteer'
import type { VexelScripting } from '../src/app/scripting.js'
import { type Place, withBrowser } from './browser.js'
import { median, quantile } from './contender.js'

export interface WallTiming {
  readonly renderer: string
  readonly flags: number
  /** Milliseconds from the start of the navigation until a flag is on screen, all are loaded, and the picture is complete. */
  readonly firstMs: number
  readonly loadedMs: number
  readonly completeMs: number
  readonly flights: readonly Gaps[]
  /** Of all textures, or the canvases in their place. */
  readonly textureMegabytes: number
  /** Proportional set size of the page's process, after all of that; null where the system does not tell. */
  readonly processMegabytes: number | null
}

/** The animation frames of one movement. */
export interface Gaps {
  readonly name: string
  readonly count: number
  readonly shareWithin50Ms: number
  readonly medianMs: number
  readonly percentile95Ms: number
  readonly maxMs: number
}

const CANVAS = { width: 1280, height: 800 }
const GAP_LIMIT_MS = 50
const TIMEOUT_MS = 150_000
const BACKGROUND = [0x14, 0x16, 0x1a]

/** Opens the wall, scrolls and flies about it. */
export function measureWall(place: Place): Promise<WallTiming> {
  return withBrowser(place, async browser => {
    const page = await browser.newPage()
    page.setDefaultTimeout(TIMEOUT_MS)
    await page.setViewport(CANVAS)
    await page.evaluateOnNewDocument(watchStart, BACKGROUND)
    await page.goto(place.siteUrl)
    await page.waitForFunction(() => 'vexel' in window)
    await page.evaluate(async () => {
      await window.vexel.ready
      await window.vexel.settled()
    })
    const start = await page.evaluate(() => ({
      ...(window as unknown as { wallStart: { firstMs: number; loadedMs: number } }).wallStart,
      completeMs: performance.now(),
    }))
    const flights = [await wheelIn(page), await dragAbout(page), await diveAndSurface(page)]
    const { renderer, textureBytes, flags } = await page.evaluate(() => ({
      ...window.vexel.stats(),
      flags: window.vexel.wall.flags.length,
    }))
    return {
      renderer,
      flags,
      ...start,
      flights,
      textureMegabytes: textureBytes / 1e6,
      processMegabytes: rendererMegabytes(browser),
    }
  })
}

/** Runs in the page before anything of it: notes when the first flag is seen and when all are there. */
function watchStart(background: readonly number[]): void {
  const start = { firstMs: Number.NaN, loadedMs: Number.NaN }
  Object.assign(window, { wallStart: start })
  const look = () => {
    const vexel = (window as { vexel?: VexelScripting }).vexel
    const places = vexel?.wall.flags ?? []
    const isReady = places.some(({ state }) => state === 'ready')
    if (vexel && isReady && Number.isNaN(start.firstMs)) {
      try {
        const { width, data } = vexel.readPixels()
        const isSeen = places.some(({ state, box }) => {
          const at = 4 * (Math.round(box.y + box.height / 2) * width + Math.round(box.x + box.width / 2))
          return state === 'ready' && background.some((level, channel) => data[at + channel] !== level)
        })
        if (isSeen) start.firstMs = performance.now()
      } catch {
        // No renderer yet.
      }
    }
    const isLoaded = places.length > 0 && places.every(({ state }) => state === 'ready' || state === 'failed')
    if (isLoaded && Number.isNaN(start.loadedMs)) start.loadedMs = performance.now()
    if (Number.isNaN(start.firstMs) || Number.isNaN(start.loadedMs)) requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}

async function wheelIn(page: Page): Promise<Gaps> {
  return await gapsOf(page, 'wheel, into the wall', async () => {
    await page.mouse.move(700, 300)
    for (let notch = 0; notch < 14; notch++) {
      await page.mouse.wheel({ deltaY: -50 })
      await pause(80)
    }
  })
}

async function dragAbout(page: Page): Promise<Gaps> {
  return await gapsOf(page, 'drag across it', async () => {
    for (const [dx, dy] of [
      [-9, -3],
      [8, 4],
    ]) {
      await page.mouse.move(700, 350)
      await page.mouse.down()
      for (let i = 0; i < 40; i++) {
        await page.mouse.move(700 + dx * i, 350 + dy * i)
        await pause(16)
      }
      await page.mouse.up()
      await pause(400)
    }
  })
}

async function diveAndSurface(page: Page): Promise<Gaps> {
  return await gapsOf(page, 'dives into flags and out again', async () => {
    for (const code of ['my', 'np', 'za'])
      await page.evaluate(async code => {
        await window.vexel.wall.fly(code)
        await new Promise(resolve => setTimeout(resolve, 500))
        await window.vexel.wall.home()
        await new Promise(resolve => setTimeout(resolve, 500))
      }, code)
  })
}

async function gapsOf(page: Page, name: string, work: () => Promise<void>): Promise<Gaps> {
  await page.evaluate(() => {
    const gaps: number[] = []
    let last = performance.now()
    const record = () => {
      const now = performance.now()
      gaps.push(now - last)
      last = now
      if (state.isRecording) requestAnimationFrame(record)
    }
    const state = { gaps, isRecording: true }
    Object.assign(window, { recording: state })
    requestAnimationFrame(record)
  })
  await work()
  const gaps = await page.evaluate(() => {
    const { recording } = window as unknown as { recording: { gaps: number[]; isRecording: boolean } }
    recording.isRecording = false
    return recording.gaps
  })
  return {
    name,
    count: gaps.length,
    shareWithin50Ms: gaps.filter(gap => gap <= GAP_LIMIT_MS).length / gaps.length,
    medianMs: median(gaps),
    percentile95Ms: quantile(gaps, 0.95),
    maxMs: Math.max(...gaps),
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}

/** The largest of the browser's processes that run pages, on Linux. */
function rendererMegabytes(browser: Browser): number | null {
  const root = browser.process()?.pid
  if (process.platform !== 'linux' || root === undefined) return null
  let largest = 0
  for (const pid of descendantsOf(root)) {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer')) continue
      const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
      largest = Math.max(largest, Number(kilobytes ?? 0) / 1000)
    } catch {
      // It ended meanwhile.
    }
  }
  return largest > 0 ? largest : null
}

function descendantsOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
    return children.flatMap(child => [child, ...descendantsOf(child)])
  } catch {
    return []
  }
}
