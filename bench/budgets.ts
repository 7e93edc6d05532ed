// What the page promises where there is no GPU: how soon a flag is seen at the resolution of the screen, and how it moves.

import type { VexelScripting } from '../src/app/scripting.js'
import { type Place, withBrowser } from './browser.js'
import { median, quantile } from './contender.js'

export interface Budgets {
  readonly renderer: string
  /** Milliseconds from the call that opens a flag until a picture of it at the resolution of the screen, each. */
  readonly openMs: readonly number[]
  /** The same from another camera below 16x, and from other weights. */
  readonly zoomMs: readonly number[]
  readonly weightsMs: readonly number[]
  /** While the camera pans at 20x, and flies from 16x to 1,000x. */
  readonly moving: { readonly frames: number; readonly shareFull: number }
  readonly gaps: {
    readonly count: number
    readonly shareWithin34Ms: number
    readonly medianMs: number
    readonly percentile95Ms: number
  }
}

const CANVAS = { width: 1280, height: 800 }
const FLAGS = ['my', 'us', 'br', 'kr', 'in']
const GAP_LIMIT_MS = 34
const TIMEOUT_MS = 150_000

export function measureBudgets(place: Place): Promise<Budgets> {
  return withBrowser(place, async browser => {
    const page = await browser.newPage()
    page.setDefaultTimeout(TIMEOUT_MS)
    await page.setViewport(CANVAS)
    await page.goto(`${place.siteUrl}#file=flags/jp.safetensors&samples=1`)
    await page.waitForFunction(() => 'vexel' in window)
    const { gaps, ...measured } = await page.evaluate(useThePage, FLAGS)
    return {
      ...measured,
      gaps: {
        count: gaps.length,
        shareWithin34Ms: gaps.filter(gap => gap <= GAP_LIMIT_MS).length / gaps.length,
        medianMs: median(gaps),
        percentile95Ms: quantile(gaps, 0.95),
      },
    }
  })
}

/** Runs in the page, so it may use nothing from this file. */
async function useThePage(flags: readonly string[]) {
  const nextFrame = () => new Promise<number>(resolve => requestAnimationFrame(() => resolve(performance.now())))
  const vexel: VexelScripting = window.vexel
  await vexel.ready
  await vexel.settled()
  /** Until the picture that something asks for is there at the resolution of the screen. */
  const untilFull = async (ask: () => unknown): Promise<number> => {
    const before = vexel.stats().fullMs
    const startMs = performance.now()
    await ask()
    for (;;) {
      const nowMs = await nextFrame()
      const { fullMs } = vexel.stats()
      if (fullMs !== null && fullMs !== before) return nowMs - startMs
    }
  }
  const openMs: number[] = []
  for (const flag of flags) {
    openMs.push(await untilFull(() => vexel.open(`flags/${flag}.safetensors`)))
    await vexel.settled()
  }
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
  const home = vexel.camera
  const zoomMs: number[] = []
  for (let move = 1; move <= 8; move++) {
    const camera = { x: home.x + 0.03 * move, y: home.y - 0.03 * move, zoom: 1 + 1.5 * move }
    zoomMs.push(await untilFull(() => Object.assign(vexel, { camera })))
    await new Promise(resolve => setTimeout(resolve, 300))
  }
  let [frames, full] = [0, 0]
  const fly = async (cameraAt: (share: number) => { x: number; y: number; zoom: number }) => {
    Object.assign(vexel, { camera: cameraAt(0) })
    await vexel.settled()
    const startMs = performance.now()
    for (let share = 0; share < 1; share = (performance.now() - startMs) / 3000) {
      Object.assign(vexel, { camera: cameraAt(share) })
      await nextFrame()
      frames++
      if (vexel.stats().step === 1) full++
    }
  }
  await fly(share => ({ x: home.x + 0.1 * share, y: home.y + 0.1, zoom: 20 }))
  await fly(share => ({ x: home.x + 0.1, y: home.y + 0.1, zoom: 16 * (1000 / 16) ** share }))
  Object.assign(vexel, { camera: { ...home, zoom: 1 } })
  await vexel.edits.start()
  await vexel.settled()
  const weightsMs: number[] = []
  for (let turn = 0; turn < 8; turn++) {
    weightsMs.push(await untilFull(() => vexel.edits.set('dense3.weight', [4, 7], 0.1 * turn)))
    await new Promise(resolve => setTimeout(resolve, 300))
  }
  isRecording = false
  return {
    renderer: vexel.stats().renderer,
    openMs,
    zoomMs,
    weightsMs,
    moving: { frames, shareFull: full / frames },
    gaps,
  }
}

/** The budgets as lines of text. */
export function budgetLines({ renderer, openMs, zoomMs, weightsMs, moving, gaps }: Budgets): string[] {
  const list = (values: readonly number[]) => `${values.map(value => Math.round(value)).join(', ')} ms`
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  return [
    `The page at ${CANVAS.width}x${CANVAS.height}, drawn by ${renderer}, until a picture at the resolution of the screen:`,
    `- a flag is opened: ${list(openMs)}`,
    `- another camera below 16x: ${list(zoomMs)}`,
    `- another weight: ${list(weightsMs)}`,
    `- panning at 20x and flying from 16x to 1,000x it is what ${percent(moving.shareFull)} of ${moving.frames} frames show`,
    `- ${percent(gaps.shareWithin34Ms)} of ${gaps.count} gaps at most ${GAP_LIMIT_MS} ms; median ${Math.round(gaps.medianMs)} ms, 95th percentile ${Math.round(gaps.percentile95Ms)} ms`,
  ]
}
