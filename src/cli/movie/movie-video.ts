// A film as a video: the found browser encodes, for its codecs and for the GPU it may have. It takes one frame after the
// other from a server on the loopback, so that nobody holds the film.

import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { FormatError, UnsupportedError } from '../../model/errors.js'
import type { VideoSpec } from '../../film/video-spec.js'
import { ENCODER_PATHS } from './encoder-protocol.js'
import { serveSite } from '../site/site.js'
import type { Terminal } from '../terminal.js'

/** An encoded video. */
export interface EncodedMovie {
  readonly bytes: Uint8Array
  /** As WebCodecs' registry has it: avc, vp9, vp8, av1. */
  readonly codec: string
}

/**
 * Encodes frames in a browser.
 * @param spec of even size
 * @param frames [height, width, 4] opaque levels each, `frameCount` of them
 * @param tell says what is done where a browser has to be installed
 * @throws UnsupportedError when there is no browser, or none of its encoders will do
 */
export async function encodeInBrowser(
  spec: VideoSpec,
  frameCount: number,
  frames: AsyncGenerator<Uint8ClampedArray, void>,
  tell: Terminal['tell'],
  signal: AbortSignal,
): Promise<EncodedMovie> {
  const exchange = new FrameExchange(frames)
  // Others on this machine can reach the port: the address is what they would have to guess.
  const base = `/${randomBytes(16).toString('hex')}/`
  const site = await serveSite(undefined, base, true, (request, response) => exchange.answer(request, response))
  try {
    // Only here: loading puppeteer takes longer than most commands as a whole.
    const { launchBrowser } = await import('../browser/launch.js')
    signal.throwIfAborted()
    const browser = await launchBrowser({
      install: true,
      handlesSignals: true,
      log: tell,
    })
    const close = () => void browser.close().catch(() => {})
    signal.addEventListener('abort', close)
    try {
      signal.throwIfAborted()
      const page = await browser.newPage()
      await page.goto(`${site.url}encoder.html`)
      await page.waitForFunction(() => 'encodeMovie' in window)
      const report = await page.evaluate((spec, count) => window.encodeMovie(spec, count), spec, frameCount)
      if ('codec' in report) return { bytes: exchange.video, codec: report.codec }
      throw exchange.failure ?? new UnsupportedError(`video: ${report.message}`)
    } catch (error) {
      // A browser that is closed under it says so in many ways.
      signal.throwIfAborted()
      if (error instanceof UnsupportedError || error instanceof FormatError || error === exchange.failure) throw error
      throw new UnsupportedError(`video: the browser failed, ${error instanceof Error ? error.message : error}`)
    } finally {
      signal.removeEventListener('abort', close)
      await browser.close().catch(() => {})
    }
  } finally {
    await frames.return()
    await site.close()
  }
}

/** Hands out frames in their order and takes the video. */
class FrameExchange {
  video: Uint8Array = new Uint8Array()
  /** What went wrong on this side. */
  failure: unknown = null
  #next = 0

  constructor(private readonly frames: AsyncGenerator<Uint8ClampedArray, void>) {}

  /** Answers what concerns it. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const [path, query] = (request.url ?? '').split('?')
    const isFrame = request.method === 'GET' && path === `/${ENCODER_PATHS.frame}`
    const isVideo = request.method === 'POST' && path === `/${ENCODER_PATHS.video}`
    if (isFrame) void this.#settle(response, this.#sendFrame(Number(query), response))
    else if (isVideo) void this.#settle(response, this.#takeVideo(request, response))
    return isFrame || isVideo
  }

  async #sendFrame(index: number, response: ServerResponse): Promise<void> {
    if (index !== this.#next) throw new Error(`frame ${index} was asked for, ${this.#next} is the next`)
    this.#next++
    const { value } = await this.frames.next()
    if (!value) throw new Error(`there is no frame ${index}`)
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(bytes)
  }

  async #takeVideo(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.video = await buffer(request)
    response.writeHead(204).end()
  }

  async #settle(response: ServerResponse, work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      this.failure ??= error
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    }
  }
}
