// Which picture comes when: the coherent one first, by either renderer, and at rest that of every pixel, which is all that scripts see.

import { describe, expect, test } from 'vitest'
import { isFull } from '../browser/pages.js'
import { largestDifference, settledPixels } from './explorer-page.js'
import { PageOfFile } from './one-page.js'

// Large enough for a coherent picture to be worth it at 1x already.
const SIZE = { width: 760, height: 420 }
const VIEWS = [
  { x: -0.5, y: -0.3, zoom: 3 },
  { x: -0.52, y: -0.31, zoom: 60 },
]

const byCpu = new PageOfFile({ renderer: 'cpu', ...SIZE })
const byWebgl = new PageOfFile({ renderer: 'webgl', ...SIZE })

// A software GL takes seconds for each picture.
describe.runIf(isFull)('the coherent picture comes first, and at rest that of every pixel', () => {
  test('by WebGL as by the CPU', async () => {
    const pictures = []
    for (const pages of [byWebgl, byCpu]) {
      const { page, errors } = await pages.flag('flags/my.safetensors')
      await settledPixels(page)
      for (const view of VIEWS) {
        const wasCoherent = await page.evaluate(async camera => {
          const before = window.vexel.stats().fullMs
          window.vexel.camera = camera
          for (;;) {
            await new Promise(resolve => requestAnimationFrame(resolve))
            const { fullMs, samples } = window.vexel.stats()
            if (fullMs !== null && fullMs !== before) return samples === null
          }
        }, view)
        expect(wasCoherent).toBe(true)
        pictures.push(await settledPixels(page))
        expect(await page.evaluate(() => window.vexel.stats().samples)).toBe(1)
      }
      expect(errors).toEqual([])
    }
    // float32 of two makers, on either side of the boundary between two levels.
    for (const i of VIEWS.keys())
      expect(largestDifference(pictures[i], pictures[VIEWS.length + i].data).levels).toBeLessThanOrEqual(1)
  })
})
