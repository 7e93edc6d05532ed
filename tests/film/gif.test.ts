// GIFs as libvips (sharp) reads them.

import { buffer } from 'node:stream/consumers'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { Film } from '../../src/film/film.js'
import { FrameDrawer, type FrameSpec } from '../../src/film/frame-drawer.js'
import { encodeGif, type GifSpec } from '../../src/film/gif.js'
import { createTimeline } from '../../src/film/timeline.js'
import { smallFilm } from './film-fixture.js'

const film = Film.parse(await smallFilm({ steps: 300, frames: 9 }))
const size = { width: 90, height: 60 }
const spec: FrameSpec = { frame: film.frame, view: { x: 0, y: 0, zoom: 1 }, samples: 4, ...size }
const drawer = new FrameDrawer(film, spec)

/** The frames of a film, [height, width, 4] each. */
function framesOf(seconds: number, fps: number, holdSeconds = 0): Uint8ClampedArray[] {
  return createTimeline({ seconds, fps, holdSeconds }).positions.map(position => drawer.drawFrame(position))
}

async function* handOut(frames: readonly Uint8ClampedArray[]): AsyncGenerator<Uint8ClampedArray> {
  yield* frames
}

async function gifOf(frames: readonly Uint8ClampedArray[], changes: Partial<GifSpec> = {}): Promise<Buffer> {
  const wanted = { ...size, frameCount: frames.length, fps: 10, plays: 0, ...changes }
  return await buffer(encodeGif(wanted, handOut(frames)))
}

/** What libvips shows of each frame: [height, width, 3]. */
async function decoded(gif: Buffer): Promise<Uint8Array[]> {
  const { data, info } = await sharp(gif, { animated: true }).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  expect(info).toMatchObject({ width: size.width, channels: 3 })
  const frameBytes = size.width * size.height * 3
  return Array.from({ length: data.length / frameBytes }, (_, i) => data.subarray(i * frameBytes, (i + 1) * frameBytes))
}

/** dB, of the three colours. */
function psnr(shown: Uint8Array, rgba: Uint8ClampedArray): number {
  let sum = 0
  for (let i = 0; i < shown.length; i++) sum += (shown[i] - rgba[Math.floor(i / 3) * 4 + (i % 3)]) ** 2
  return 10 * Math.log10(255 ** 2 / (sum / shown.length))
}

describe('a GIF', () => {
  test.each([
    [1.2, 10, 12, 1200],
    [1, 30, 30, 1000],
    [0.9, 24, 22, 920],
    [0.4, 50, 20, 400],
    [0.01, 7, 1, 140],
  ])('of %f s at %f has %i frames that last %i ms', async (seconds, fps, count, lengthMs) => {
    const frames = framesOf(seconds, fps)
    const metadata = await sharp(await gifOf(frames, { fps }), { animated: true }).metadata()
    expect([frames.length, metadata.pages ?? 1]).toEqual([count, count])
    expect([metadata.width, metadata.pageHeight ?? metadata.height]).toEqual([size.width, size.height])
    const delays = metadata.delay ?? []
    expect(delays.reduce((sum, delay) => sum + delay, 0)).toBe(lengthMs)
    expect(Math.max(...delays) - Math.min(...delays)).toBeLessThanOrEqual(10)
  })

  test('shows its frames, soft ones and sharp ones, as near as 255 colours can', async () => {
    const frames = framesOf(2, 10)
    const shown = await decoded(await gifOf(frames))
    expect(shown).toHaveLength(20)
    const quality = shown.map((levels, i) => psnr(levels, frames[i]))
    expect(Math.min(...quality)).toBeGreaterThan(36)
  })

  test('leaves flat colours flat', async () => {
    const flat = [
      [204, 26, 26],
      [26, 51, 153],
      [26, 51, 154],
    ].map(colour => new Uint8ClampedArray(size.width * size.height * 4).map((_, i) => colour[i % 4] ?? 255))
    const shown = await decoded(await gifOf(flat))
    shown.forEach((levels, i) => {
      expect([...new Set(levels.map((level, j) => level - levels[j % 3]))]).toEqual([0])
      expect([...levels.subarray(0, 3)]).toEqual([...flat[i].subarray(0, 3)])
    })
  })

  test('holds a picture for next to no bytes', async () => {
    const moving = await gifOf(framesOf(1, 10))
    const held = await gifOf(framesOf(3, 10, 2))
    expect(await decoded(held)).toHaveLength(30)
    expect(held.length - moving.length).toBeLessThan(20 * 150)
    const [last, before] = (await decoded(held)).reverse()
    expect(Buffer.compare(last, before)).toBe(0)
  })

  test('is played without end, once, or a number of times', async () => {
    const frames = framesOf(0.3, 10)
    // A file says how often it is repeated (the NETSCAPE block), and once by having no such block.
    const block = async (plays: number) => {
      const gif = await gifOf(frames, { plays })
      const at = gif.indexOf('NETSCAPE2.0')
      return at < 0 ? null : gif.readUInt16LE(at + 'NETSCAPE2.0'.length + 2)
    }
    expect([await block(0), await block(1), await block(2), await block(7)]).toEqual([0, null, 1, 6])
  })

  test('is the same, byte for byte, for the same frames', async () => {
    const [first, second] = [await gifOf(framesOf(1, 10)), await gifOf(framesOf(1, 10))]
    expect(first.equals(second)).toBe(true)
  })
})
