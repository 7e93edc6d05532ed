// Scrubbing: how long it takes from turning the wheel over a parameter to the animation frame that shows the new weights.

import type { Page } from 'puppeteer'
import type { VexelScripting } from '../src/app/scripting.js'
import { type Place, withBrowser } from './browser.js'
import { median, quantile } from './contender.js'

export interface ScrubTiming {
  readonly renderer: string
  readonly turns: number
  /** The most animation frames that any turn took; 1 is the next one. */
  readonly mostFrames: number
  /** From the event until it is handled: edited, folded, uploaded. */
  readonly handled: Spread
  /** From the event until the frame has issued its picture. */
  readonly issued: Spread
  /** From the event until that picture's pixels can be read: the GPU has drawn it. */
  readonly drawn: Spread
}

interface Spread {
  readonly medianMs: number
  readonly percentile95Ms: number
}

const CANVAS = { width: 1280, height: 800 }
const TURNS = 60

/** Turns the wheel over a weight, a batch-norm parameter and an output's bias in turns. */
export function measureScrub(place: Place): Promise<readonly ScrubTiming[]> {
  return withBrowser(place, async browser => {
    const timings: ScrubTiming[] = []
    for (const renderer of ['webgl', 'cpu']) {
      const page = await browser.newPage()
      await page.setViewport(CANVAS)
      await page.goto(`${place.siteUrl}?renderer=${renderer}#file=flags/my.safetensors&samples=1`)
      await page.waitForFunction(() => 'vexel' in window)
      await page.evaluate(async () => {
        await window.vexel.ready
        await window.vexel.edits.show()
        await window.vexel.settled()
      })
      await page.waitForFunction(() => document.querySelector('.psnr') !== null)
      timings.push(await turnWheel(page))
      await page.close()
    }
    return timings
  })
}

async function turnWheel(page: Page): Promise<ScrubTiming> {
  const { renderer, turns } = await page.evaluate(async turns => {
    const { vexel } = window as unknown as { vexel: VexelScripting }
    const reader = new OffscreenCanvas(8, 8).getContext('2d', { willReadFrequently: true })
    /** What is on the canvas in this very task; null where nothing was put on it. */
    const seen = (): string | null => {
      if (!reader) return null
      reader.clearRect(0, 0, 8, 8)
      reader.drawImage(document.querySelector('#canvas-host canvas') as HTMLCanvasElement, 0, 0, 8, 8)
      const { data } = reader.getImageData(0, 0, 8, 8)
      return data[3] === 255 ? data.join() : null
    }
    const nextFrame = () => new Promise(resolve => requestAnimationFrame(resolve))
    const cells = [
      { block: 8, column: 16, columns: 17, rows: 3 },
      { block: 8, column: 3, columns: 17, rows: 3 },
      { block: 7, column: 33, columns: 37, rows: 16 },
    ]
    const measured: { frames: number; handledMs: number; issuedMs: number; drawnMs: number }[] = []
    for (let turn = 0; turn < turns; turn++) {
      const { block, column, rows } = cells[turn % cells.length]
      const canvas = document.querySelector(`#scrub [data-block="${block}"] canvas`) as HTMLCanvasElement
      const box = canvas.getBoundingClientRect()
      const edge = box.height / rows
      // Groups of columns stand six pixels apart.
      const gap = column < 16 ? 0 : column === 16 ? 6 : 12
      const at = { clientX: box.left + gap + (column + 0.5) * edge, clientY: box.top + edge / 2 }
      await nextFrame()
      const before = vexel.edits.text
      const startMs = performance.now()
      canvas.dispatchEvent(new WheelEvent('wheel', { ...at, deltaY: -100, bubbles: true, cancelable: true }))
      const handledMs = performance.now() - startMs
      let [frames, issuedMs, picture] = [0, 0, null as string | null]
      while (picture === null && frames < 60) {
        // Asked for after the viewer has asked for its own: it comes after it, in the same frame.
        await nextFrame()
        frames++
        issuedMs = performance.now() - startMs
        picture = seen()
      }
      if (vexel.edits.text === before) throw new Error('the wheel was turned beside the cells')
      measured.push({ frames, handledMs, issuedMs, drawnMs: performance.now() - startMs })
    }
    return { renderer: vexel.stats().renderer, turns: measured }
  }, TURNS)
  const spread = (values: readonly number[]): Spread => ({
    medianMs: median(values),
    percentile95Ms: quantile(values, 0.95),
  })
  return {
    renderer,
    turns: turns.length,
    mostFrames: Math.max(...turns.map(({ frames }) => frames)),
    handled: spread(turns.map(({ handledMs }) => handledMs)),
    issued: spread(turns.map(({ issuedMs }) => issuedMs)),
    drawn: spread(turns.map(({ drawnMs }) => drawnMs)),
  }
}
