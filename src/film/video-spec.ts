// What is said of a video before it is encoded, and where nothing can encode it (video.ts).

import type { ImageSize } from '../train/rgb-image.js'

export type VideoContainer = 'webm' | 'mp4'

/** What video is wanted. */
export interface VideoSpec extends ImageSize {
  readonly container: VideoContainer
  readonly fps: number
}

/** What people call the codecs that WebCodecs' registry calls so. */
export const CODEC_NAMES: Readonly<Record<string, string>> = { avc: 'H.264', vp9: 'VP9', vp8: 'VP8', av1: 'AV1' }

/** Rounds a size up to even numbers: encoders hold colour at half the resolution. */
export function evenSize({ width, height }: ImageSize): ImageSize {
  return { width: width + (width % 2), height: height + (height % 2) }
}
