// What every browser must do, said once: a smoke file is this list in one of them. Served as `npm start` serves the page, with
// its headers, its policy and its answers that nothing has changed.

import { ALL_FORMATS, BufferSource, Input } from 'mediabunny'
import type { AddressInfo } from 'node:net'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { preview, type PreviewServer } from 'vite'
import { isWithinTolerance } from '../../src/gpu/parity.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import type { View } from '../../src/model/view.js'
import { bytesOf } from '../browser/bytes.js'
import { type Evaluating, isFull, oracleFile } from '../browser/pages.js'
import {
  expectedPixels,
  largestDifference,
  openBytes,
  type PixelData,
  savedNow,
  settledPixels,
  shippedFile,
  unreachable,
  untilReady,
} from './explorer-page.js'
import { commandLineNet, resultOf, SMALL, train, tricolour, untilDone } from './training-page.js'

/** A browser with one page, as a person has it. */
export interface SmokeBrowser {
  readonly page: Evaluating
  goto(url: string): Promise<void>
  reload(): Promise<void>
  resize(width: number, height: number): Promise<void>
  /** At CSS pixels of the page. */
  click(x: number, y: number): Promise<void>
  /** Presses keys together, the last one last. */
  press(...keys: ('Control' | 'Enter' | 'Escape' | (string & {}))[]): Promise<void>
  /** What the page threw and what it logged as an error, since it was asked last. */
  errors(): Promise<readonly string[]>
  close(): Promise<void>
}

const MALAYSIA = shippedFile('my')
const ASPECT = 2
/** How often what must be bearable again and again is done. */
const ROUNDS = isFull ? 2 : 1
const WHOLE: View = { x: 0, y: 0, zoom: 1 }

/**
 * Runs the list in the browser that `open` starts.
 * @param path of what starts it; null where there is none, and the list is skipped
 * @param hasVideo whether its encoder is to be tried
 */
export function describeSmoke(
  name: string,
  path: string | null,
  open: (path: string) => Promise<SmokeBrowser>,
  hasVideo: boolean,
): void {
  describe.skipIf(path === null)(name, () => {
    let browser: SmokeBrowser
    let server: PreviewServer
    let url: string

    beforeAll(async () => {
      server = await preview({ logLevel: 'silent', preview: { port: 0, host: '127.0.0.1', open: false } })
      url = `http://127.0.0.1:${(server.httpServer.address() as AddressInfo).port}/`
      browser = await open(path as string)
    })

    afterAll(async () => {
      await browser?.close()
      await server?.close()
    })

    beforeEach(() => browser.resize(800, 420))

    const ready = () => untilReady(browser.page).then(() => browser.page.evaluate(() => window.vexel.settled()))

    async function visit(address: string): Promise<void> {
      // From elsewhere: an address that differs in its hash alone loads nothing.
      await browser.goto('about:blank')
      await browser.goto(url + address)
      await ready()
    }

    const expectNoErrors = async () => expect(await browser.errors()).toEqual([])

    test('the wall hangs, every flag of it, and the page is isolated', async () => {
      await visit('?renderer=cpu&solve=no#samples=1')
      const { states, isIsolated, japan } = await browser.page.evaluate(() => {
        const { flags } = window.vexel.wall
        const states = [...new Set(flags.map(({ state }) => state))]
        return { states, isIsolated: crossOriginIsolated, japan: flags.find(({ code }) => code === 'jp')?.box }
      })
      expect([states, isIsolated]).toEqual([['ready'], true])
      const { data, width } = await settledPixels(browser.page)
      const { x, y, width: across, height } = japan as { x: number; y: number; width: number; height: number }
      const colourAt = (column: number, row: number) => {
        const at = 4 * (Math.round(row) * width + Math.round(column))
        return [...data.subarray(at, at + 3)]
      }
      // A red sun in a white field.
      const [red, ...others] = colourAt(x + across / 2, y + height / 2)
      expect(red).toBeGreaterThan(150)
      expect(Math.max(...others)).toBeLessThan(100)
      expect(Math.min(...colourAt(x + across / 6, y + height / 6))).toBeGreaterThan(230)
      await expectNoErrors()
    })

    test.for(['cpu', 'webgl'] as const)(
      '%s shows what the reference says, and proves it',
      async (renderer, context) => {
        if (renderer === 'webgl') await needWebgl(browser, context)
        await browser.resize(320, 240)
        await visit(`?renderer=${renderer}#samples=1&x=0.3&y=-0.2&zoom=3&file=flags/my.safetensors`)
        expect(await rendererOf(browser)).toMatch(renderer === 'cpu' ? /^CPU/ : /^(?!CPU)/)
        expectPicture(await settledPixels(browser.page), MALAYSIA, { x: 0.3, y: -0.2, zoom: 3 })
        const report = await browser.page.evaluate(() => window.vexel.prove({ width: 48 }))
        expect(report.maxAbs).toBeGreaterThan(0)
        expect(isWithinTolerance(report), JSON.stringify(report)).toBe(true)
        await expectNoErrors()
      },
    )

    test('WebGL that is lost comes back to the same picture', async context => {
      await needWebgl(browser, context)
      await browser.resize(320, 240)
      await visit('?renderer=webgl#samples=1&file=flags/my.safetensors')
      const before = await settledPixels(browser.page)
      for (let round = 0; round < ROUNDS; round++) {
        await browser.page.evaluate(async () => {
          const gl = document.querySelector<HTMLCanvasElement>('canvas.picture')?.getContext('webgl2')
          const loser = gl?.getExtension('WEBGL_lose_context') as WEBGL_lose_context
          loser.loseContext()
          await new Promise(resolve => setTimeout(resolve, 50))
          loser.restoreContext()
        })
        expect(largestDifference(await settledPixels(browser.page), before.data).levels).toBe(0)
      }
      await expectNoErrors()
    })

    test('a flag that was clicked on the wall is edited by keyboard, and the edit is taken back', async () => {
      await visit('?renderer=cpu&solve=no#samples=1')
      await browser.click(
        ...(await browser.page.evaluate((): [number, number] => {
          const { box } = window.vexel.wall.flags.find(({ code }) => code === 'my')!
          const stage = document.querySelector('#stage')!.getBoundingClientRect()
          return [stage.x + box.x + box.width / 2, stage.y + box.y + box.height / 2]
        })),
      )
      await untilSo(browser, () => window.vexel.state().file === 'flags/my.safetensors')
      await browser.press('e')
      await untilSo(browser, () => Boolean(document.activeElement?.matches('#scrub [role=grid]')))
      const before = await settledPixels(browser.page)
      for (const key of ['2', '.', '5', 'Enter']) await browser.press(key)
      await untilSo(browser, () => window.vexel.edits.get('dense1.weight', 0, 0) === 2.5)
      const after = await settledPixels(browser.page)
      expect(largestDifference(after, before.data).levels).toBeGreaterThan(20)
      const saved = await savedNow(browser.page)
      expectPicture(after, saved, await viewOf(browser))
      await browser.press('Control', 'z')
      await untilSo(browser, () => window.vexel.edits.text === '')
      expect(largestDifference(await settledPixels(browser.page), before.data).levels).toBe(0)
      await expectNoErrors()
    })

    test('a file that explains nothing is solved', async () => {
      await visit('?renderer=cpu&solve=no#samples=1&file=flags/my.safetensors')
      expect(await openBytes(browser.page, oracleFile('nepal'))).toBeNull()
      const { flag, frame } = await browser.page.evaluate(() => window.vexel.solve())
      expect(flag?.code).toBe('np')
      expect(frame?.order).toBe('xy')
      await expectNoErrors()
    })

    test('a training gives the bytes that the command line gives', async () => {
      const steps = isFull ? 60 : 12
      const expected = commandLineNet(steps, 2)
      await visit('?renderer=cpu&solve=no#samples=1&file=flags/my.safetensors')
      const call = { ...SMALL, width: 24, threads: 2, steps }
      expect(await train(browser.page, tricolour(), 'tricolour.png', call)).toBeNull()
      await untilDone(browser.page)
      expect(Buffer.compare(await resultOf(browser.page), expected)).toBe(0)
      await expectNoErrors()
    })

    test('a film becomes a GIF whose last picture is the flag', async () => {
      await browser.resize(900, 600)
      await openFilm()
      expect(await unreachable(browser.page)).toEqual([])
      const frame = await browser.page.evaluate(() => window.vexel.frame)
      const aspect = frame.aspect ?? 1.5
      const gif = await bytesOf(browser.page, () =>
        window.vexel.film.save({ format: 'gif', picture: 'whole', width: 64, seconds: 1, fps: 5 }),
      )
      const { pages, width, pageHeight: height = 0 } = await sharp(gif, { pages: -1 }).metadata()
      expect([pages, width, height]).toEqual([5, 64, Math.round(64 / aspect)])
      const shown = await sharp(gif, { page: 4 }).ensureAlpha().raw().toBuffer()
      const expected = expectedPixels(shippedFile('jp'), frame, WHOLE, aspect, { width: 64, height })
      // The GIF has 256 colours, and four samples a pixel.
      expect(shown.reduce((sum, level, i) => sum + Math.abs(level - expected[i]), 0) / shown.length).toBeLessThan(6)
      await expectNoErrors()
    })

    test.runIf(hasVideo)('and a WebM, as long and as large as it was asked for', async () => {
      await openFilm()
      const webm = await bytesOf(browser.page, () =>
        window.vexel.film.save({ format: 'webm', picture: 'whole', width: 66, seconds: 1, fps: 10 }),
      )
      const video = new Input({ source: new BufferSource(webm), formats: ALL_FORMATS })
      const track = await video.getPrimaryVideoTrack()
      expect([track?.codec, track?.codedWidth, track?.codedHeight]).toEqual(['vp9', 66, 44])
      expect((await track?.computePacketStats())?.packetCount).toBe(10)
      expect(await video.computeDuration()).toBeCloseTo(1, 2)
      await expectNoErrors()
    })

    test('after a reload it draws, solves and trains as before', async () => {
      await visit('?renderer=cpu&solve=no#samples=1&zoom=2&file=flags/my.safetensors')
      const before = await settledPixels(browser.page)
      for (let round = 0; round < ROUNDS; round++) {
        await browser.reload()
        await ready()
        expect(largestDifference(await settledPixels(browser.page), before.data).levels).toBe(0)
        await expectNoErrors()
      }
      expect((await browser.page.evaluate(() => window.vexel.solve())).flag?.code).toBe('my')
      const call = { ...SMALL, width: 24, threads: 2, steps: 4 }
      expect(await train(browser.page, tricolour(), 'tricolour.png', call)).toBeNull()
      expect((await untilDone(browser.page)).step).toBe(4)
      await expectNoErrors()
    })

    async function openFilm(): Promise<void> {
      await visit('?renderer=cpu&solve=no#samples=1&film=1&file=flags/jp.safetensors')
      await untilSo(browser, () => window.vexel.film.isOpen)
    }
  })
}

/** Skips a test where the browser has no WebGL2 to be tested. */
async function needWebgl({ page }: SmokeBrowser, { skip }: { skip: (reason: string) => void }): Promise<void> {
  if (!(await page.evaluate(() => document.createElement('canvas').getContext('webgl2') !== null)))
    skip('no WebGL2 without a display')
}

const rendererOf = ({ page }: SmokeBrowser) => page.evaluate(() => window.vexel.stats().renderer)
const viewOf = ({ page }: SmokeBrowser) => page.evaluate(() => window.vexel.camera)

function expectPicture(actual: PixelData, file: Uint8Array, view: View): void {
  const { levels, at } = largestDifference(actual, expectedPixels(file, DEFAULT_FRAME, view, ASPECT, actual))
  expect(levels, at).toBeLessThanOrEqual(1)
}

async function untilSo({ page }: SmokeBrowser, isSo: () => boolean): Promise<void> {
  // puppeteer's own waiting makes functions of texts, which the page's policy forbids.
  await expect.poll(() => page.evaluate(isSo), { timeout: 60_000, message: String(isSo) }).toBe(true)
}
