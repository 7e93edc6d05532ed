// Image, net and their difference, side by side: what a person looks at when two numbers are not enough.

import { levelOf } from '../model/tone.js'
import type { RgbImage } from './rgb-image.js'

/** The difference is shown this many times as bright: what is bad (metrics.ts) is at least half bright. */
export const ERROR_GAIN = 5

/**
 * Draws two pictures of one size and the absolute difference of each channel, ERROR_GAIN times as bright; black is equal.
 * @returns [height, 3 * width, 3] levels: image, net, difference
 */
export function drawComparison(
  image: RgbImage,
  net: RgbImage,
): { width: number; height: number; data: Uint8Array<ArrayBuffer> } {
  const { width, height } = image
  const data = new Uint8Array(height * 3 * width * 3)
  const levelAt = (value: number) => levelOf(Math.min(1, Math.max(0, value)))
  const rowLength = width * 3
  for (let i = 0; i < image.data.length; i++) {
    const left = 3 * rowLength * Math.floor(i / rowLength) + (i % rowLength)
    const [expected, actual] = [image.data[i], net.data[i]]
    data[left] = levelAt(expected)
    data[left + rowLength] = levelAt(actual)
    data[left + 2 * rowLength] = levelAt(ERROR_GAIN * Math.abs(actual - expected))
  }
  return { width: 3 * width, height, data }
}
