// A film as a video: WebCodecs encodes (the browser's own encoders), mediabunny muxes. For pages and their workers; `vexel
// movie` drives one of its own.

import {
  BufferTarget,
  getFirstEncodableVideoCodec,
  Mp4OutputFormat,
  Output,
  QUALITY_VERY_HIGH,
  type VideoCodec,
  VideoSample,
  VideoSampleSource,
  WebMOutputFormat,
} from 'mediabunny'
import { UnsupportedError } from '../model/errors.js'
import type { VideoContainer, VideoSpec } from './video-spec.js'

export type { VideoSpec } from './video-spec.js'

/** A video as a file. */
export interface Video {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly codec: VideoCodec
}

/** Best first. */
const CODECS: Readonly<Record<VideoContainer, VideoCodec[]>> = {
  webm: ['vp9', 'vp8'],
  mp4: ['avc', 'vp9', 'av1'],
}

const KEY_FRAME_SECONDS = 2

/** Finds the codec that a video will have here, null where the browser encodes none that fits. */
export async function chooseCodec({ container, width, height }: VideoSpec): Promise<VideoCodec | null> {
  if (typeof VideoEncoder === 'undefined') return null
  return await getFirstEncodableVideoCodec(CODECS[container], { width, height, quality: QUALITY_VERY_HIGH })
}

/**
 * Encodes frames, not in real time: frame i stands at i / fps and lasts 1 / fps, none is dropped. The next frame is asked for
 * only when the encoder has room for it. What the frames throw ends it, and is thrown.
 * @param spec of even size, see `evenSize`
 * @param frames [height, width, 4] opaque levels each
 * @throws UnsupportedError when the browser has no encoder for it
 */
export async function encodeVideo(spec: VideoSpec, frames: AsyncIterable<Uint8ClampedArray>): Promise<Video> {
  const { container, width, height, fps } = spec
  const codec = await chooseCodec(spec)
  if (codec === null)
    throw new UnsupportedError(`this browser has no encoder for ${width} x ${height} pixels of ${container}`)
  const target = new BufferTarget()
  // Encoded, a film of flat colours is small: held whole, an MP4 has its index in front and plays while it loads.
  const format = container === 'mp4' ? new Mp4OutputFormat({ fastStart: 'in-memory' }) : new WebMOutputFormat()
  const output = new Output({ format, target })
  const source = new VideoSampleSource({ codec, quality: QUALITY_VERY_HIGH, keyFrameInterval: KEY_FRAME_SECONDS })
  output.addVideoTrack(source, { frameRate: fps })
  try {
    await output.start()
    let index = 0
    for await (const rgba of frames) {
      const sample = new VideoSample(rgba, {
        format: 'RGBX',
        codedWidth: width,
        codedHeight: height,
        timestamp: index / fps,
        duration: 1 / fps,
      })
      await source.add(sample)
      sample.close()
      index++
    }
    await output.finalize()
  } catch (error) {
    await output.cancel().catch(() => {})
    throw error
  }
  return { bytes: new Uint8Array(target.buffer as ArrayBuffer), codec }
}
