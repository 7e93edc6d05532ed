// The PSNR of a network against a picture by the float64 reference: at the centres of the pixels, or with sixteen samples each.

import type { FoldedNetwork } from '../../src/model/fold.js'
import { evaluateFolded } from '../../src/model/reference.js'
import type { RgbImage } from '../../src/train/rgb-image.js'

const CENTRE = [0, 0]

// A regular grid of four by four, sixteenths of a pixel from its centre.
const SIXTEEN = [-6, -2, 2, 6].flatMap(y => [-6, -2, 2, 6].flatMap(x => [x, y]))

export function referencePsnr(folded: FoldedNetwork, image: RgbImage): number {
  return psnrOf(folded, image, CENTRE)
}

/** Each pixel is the mean of sixteen samples, each clamped as it would be shown. */
export function referencePsnrSeen(folded: FoldedNetwork, image: RgbImage): number {
  return psnrOf(folded, image, SIXTEEN)
}

function psnrOf(folded: FoldedNetwork, { width, height, data }: RgbImage, places: readonly number[]): number {
  const means = new Float64Array(data.length)
  for (let sample = 0; sample < places.length; sample += 2) {
    const [dx, dy] = places.slice(sample, sample + 2)
    const inputs = Float64Array.from({ length: width * height * 2 }, (_, i) => {
      const pixel = Math.floor(i / 2)
      return i % 2 === 0
        ? (((pixel % width) + 0.5 + dx / 16) / width) * 2 - 1
        : ((Math.floor(pixel / width) + 0.5 + dy / 16) / height) * 2 - 1
    })
    const rgb = evaluateFolded(new Float64Array(data.length), folded, inputs)
    for (let i = 0; i < rgb.length; i++) means[i] += Math.min(1, Math.max(0, rgb[i])) / (places.length / 2)
  }
  const squares = means.reduce((sum, value, i) => sum + (value - data[i]) ** 2, 0)
  return -10 * Math.log10(squares / data.length)
}
