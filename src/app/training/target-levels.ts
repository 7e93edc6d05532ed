// A picture in floats as a canvas takes it.

import { levelOf } from '../../model/tone.js'
import type { RgbImage } from '../../train/rgb-image.js'

/** [height, width, 4] levels of a picture in [0, 1], opaque. */
export function levelsOf({ width, height, data }: RgbImage): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255)
  for (let pixel = 0; pixel < width * height; pixel++)
    for (let channel = 0; channel < 3; channel++) rgba[4 * pixel + channel] = levelOf(data[3 * pixel + channel])
  return rgba
}
