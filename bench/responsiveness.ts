// How the explorer feels while it draws: animation frames while a 1920x1080 view refines, the first coarse picture
// after a move, the time until the picture is complete.

import type { VexelScripting } from '../src/app/scripting.js'
import { type Place, withBrowser } from './browser.js'
import { median, quantile } from './contender.js'

export interface Responsiveness {
  /** What the page draws with: the faster of CPU and WebGL where that is software. */
  readonly renderer: string
  /** The drawing buffer as it really is. */
  readonly canvas: { readonly width: number; readonly height: number }
  readonly gaps: {
    readonly count: number
    readonly shareWithin50Ms: number
    readonly medianMs: number
    readonly percentile95Ms: number
    readonly maxMs: number
  }
  readonly moves: readonly Move[]
  /** Milliseconds from the last move until the picture is complete. */
  readonly settledMs: number
}

/** Milliseconds until the first coarse picture of the whole view. */
export interface Move {
  /** Since its drawing began, as vexel.stats() has it. */
  readonly coverMs: number
  /** Since the camera was set, as an animation frame of the page sees it: the rest of what was being drawn included. */
  readonly seenMs: number
}

const CANVAS = { width: 1920, height: 1080 }
const MOVES = 8
/** Between moves the picture refines for a while: a person looks, then moves on. */
const REFINE_MS = 700
const GAP_LIMIT_MS = 50
const TIMEOUT_MS = 150_000

/** Moves the camera about in the page and times what it does. */
export function measureResponsiveness(place: Place): Promise<Responsiveness> {
  return withBrowser(place, async browser => {
    const page = await browser.newPage()
    page.setDefaultTimeout(TIMEOUT_MS)
    await page.setViewport(CANVAS)
    await page.goto(`${place.siteUrl}#file=flags/my.safetensors&samples=1`)
    // The page as it is, but its picture over all of it.
    await page.addStyleTag({ content: 'main { position: fixed !important; inset: 0; z-index: 1 }' })
    const measured = await page.evaluate(moveAbout, MOVES, REFINE_MS)
    const { gaps } = measured
    return {
      ...measured,
      gaps: {
        count: gaps.length,
        shareWithin50Ms: gaps.filter(gap => gap <= GAP_LIMIT_MS).length / gaps.length,
        medianMs: median(gaps),
        percentile95Ms: quantile(gaps, 0.95),
        maxMs: Math.max(...gaps),
      },
    }
  })
}

/** Runs in the page, so it may use nothing from this file. */
async function moveAbout(moveCount: number, refineMs: number) {
  const nextFrame = () => new Promise<number>(resolve => requestAnimationFrame(() => resolve(performance.now())))
  const vexel: VexelScripting = window.vexel
  await vexel.ready
  await vexel.settled()
  // The style came later than the first picture.
  await nextFrame()
  await nextFrame()
  await vexel.settled()

  const gaps: number[] = []
  let isRecording = true
  let lastMs = await nextFrame()
  const record = () => {
    const nowMs = performance.now()
    gaps.push(nowMs - lastMs)
    lastMs = nowMs
    if (isRecording) requestAnimationFrame(record)
  }
  requestAnimationFrame(record)

  const { x, y } = vexel.camera
  const moves: { coverMs: number; seenMs: number }[] = []
  let movedMs = 0
  for (let move = 0; move < moveCount; move++) {
    const before = vexel.stats().coverMs
    movedMs = performance.now()
    // Inside the flag at various depths, no view like another.
    vexel.camera = { x: x + 0.05 * move, y: y - 0.04 * move, zoom: 1.3 + 0.7 * move }
    for (;;) {
      const nowMs = await nextFrame()
      const { coverMs } = vexel.stats()
      if (coverMs !== null && coverMs !== before) {
        moves.push({ coverMs, seenMs: nowMs - movedMs })
        break
      }
    }
    if (move < moveCount - 1) await new Promise(resolve => setTimeout(resolve, refineMs))
  }
  await vexel.settled()
  const settledMs = performance.now() - movedMs
  isRecording = false
  const { width, height } = vexel.readPixels()
  return { renderer: vexel.stats().renderer, canvas: { width, height }, gaps, moves, settledMs }
}
