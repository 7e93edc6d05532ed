// The PSNR of a network against a picture by the float64 reference, at the centres of the pixels.

import type { FoldedNetwork } from '../../src/model/fold.js'
import { evaluateFolded } from '../../src/model/reference.js'
import type { RgbImage } from '../../src/train/rgb-image.js'

export function referencePsnr(folded: FoldedNetwork, { width, height, data }: RgbImage): number {
  const inputs = Float64Array.from({ length: width * height * 2 }, (_, i) => {
    const pixel = Math.floor(i / 2)
    return i % 2 === 0
      ? (((pixel % width) + 0.5) / width) * 2 - 1
      : ((Math.floor(pixel / width) + 0.5) / height) * 2 - 1
  })
  const rgb = evaluateFolded(new Float64Array(data.length), folded, inputs)
  const squares = rgb.reduce((sum, value, i) => sum + (Math.min(1, Math.max(0, value)) - data[i]) ** 2, 0)
  return -10 * Math.log10(squares / data.length)
}
