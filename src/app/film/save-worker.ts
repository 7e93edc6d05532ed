// The saving worker: draws the frames of a plan with the CPU kernel, one after the other, and encodes them.

import { encode } from 'fast-png'
import { Zip, ZipPassThrough } from 'fflate'
import { Film } from '../../film/film.js'
import { FrameDrawer } from '../../film/frame-drawer.js'
import { encodeGif } from '../../film/gif.js'
import { UnsupportedError } from '../../model/errors.js'
import { lineOf } from '../messages.js'
import type { SavePlan } from './save-plan.js'

export type SaveRequest =
  /** Which codec each container would have here; answered by `codecs`. */
  | { readonly kind: 'probe'; readonly width: number; readonly height: number; readonly fps: number }
  /** Answered by progress, then by `done`. */
  | { readonly kind: 'save'; readonly film: Uint8Array; readonly plan: SavePlan }

export type SaveReply =
  | { readonly kind: 'codecs'; readonly webm: string | null; readonly mp4: string | null; readonly reason: string }
  | { readonly kind: 'progress'; readonly frames: number }
  | { readonly kind: 'done'; readonly parts: readonly Uint8Array<ArrayBuffer>[]; readonly codec: string | null }
  | { readonly kind: 'failed'; readonly reason: string }

const DIGITS = 4
const NO_ENCODER = 'this browser encodes no video in workers (WebCodecs)'

self.addEventListener('message', ({ data: request }: MessageEvent<SaveRequest>) => {
  const answering = request.kind === 'probe' ? probe(request) : save(request.film, request.plan)
  answering.then(
    reply => postMessage(reply),
    (error: unknown) => {
      const reason = lineOf(error)
      postMessage({ kind: 'failed', reason } satisfies SaveReply)
    },
  )
})

async function probe({ width, height, fps }: Extract<SaveRequest, { kind: 'probe' }>): Promise<SaveReply> {
  if (typeof VideoEncoder === 'undefined') return { kind: 'codecs', webm: null, mp4: null, reason: NO_ENCODER }
  const { chooseCodec } = await import('../../film/video.js')
  const codecOf = (container: 'webm' | 'mp4') => chooseCodec({ container, width, height, fps })
  const reason = `this browser encodes none of ${width} × ${height} pixels`
  return { kind: 'codecs', webm: await codecOf('webm'), mp4: await codecOf('mp4'), reason }
}

async function save(bytes: Uint8Array, plan: SavePlan): Promise<SaveReply> {
  const { format, spec, positions, fps } = plan
  const { width, height } = spec
  const frames = framesOf(bytes, plan)
  const parts: Uint8Array<ArrayBuffer>[] = []
  if (format === 'gif') {
    for await (const part of encodeGif({ width, height, frameCount: positions.length, fps, plays: 0 }, frames))
      parts.push(part)
    return { kind: 'done', parts, codec: null }
  }
  if (format === 'png') return { kind: 'done', parts: await zipFrames(frames, plan), codec: null }
  if (typeof VideoEncoder === 'undefined') throw new UnsupportedError(NO_ENCODER)
  const { encodeVideo } = await import('../../film/video.js')
  const video = await encodeVideo({ container: format, width, height, fps }, frames)
  return { kind: 'done', parts: [video.bytes], codec: video.codec }
}

/** [height, width, 4] opaque levels each; not to be written to. */
async function* framesOf(bytes: Uint8Array, { spec, positions }: SavePlan): AsyncGenerator<Uint8ClampedArray, void> {
  const drawer = new FrameDrawer(Film.parse(bytes), spec)
  let frame: Uint8ClampedArray | null = null
  for (const [i, position] of positions.entries()) {
    // The last moment stays for a while: it is drawn once.
    if (!frame || position !== positions[i - 1]) frame = drawer.drawFrame(position)
    yield frame
    postMessage({ kind: 'progress', frames: i + 1 } satisfies SaveReply)
  }
}

/** Numbered PNGs, stored: they are compressed already. */
async function zipFrames(
  frames: AsyncIterable<Uint8ClampedArray>,
  { spec: { width, height }, positions, name }: SavePlan,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  const zip = new Zip((error, part) => {
    if (error) throw error
    parts.push(part as Uint8Array<ArrayBuffer>)
  })
  const digits = Math.max(DIGITS, String(positions.length).length)
  let index = 0
  for await (const frame of frames) {
    index++
    const entry = new ZipPassThrough(`${name}-${String(index).padStart(digits, '0')}.png`)
    // The same film gives the same bytes.
    entry.mtime = new Date(1980, 0, 1)
    zip.add(entry)
    const data = frame.filter((_, i) => i % 4 < 3)
    entry.push(encode({ width, height, channels: 3, data: new Uint8Array(data.buffer) }), true)
  }
  zip.end()
  return parts
}
