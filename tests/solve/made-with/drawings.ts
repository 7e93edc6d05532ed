// Pictures that are no country's flag: what a net may hold besides.

import { SplitMix64 } from '../../../src/train/random.js'
import type { RgbImage } from '../../../src/train/rgb-image.js'

export type Rgb = readonly [number, number, number]
/** The colour at (u, v) in [0, 1]^2, from the top left. */
export type Painting = (u: number, v: number) => Rgb

const PAINTINGS: Readonly<Record<string, Painting>> = {
  smiley: (u, v) => {
    const [x, y] = [1.5 * (u - 0.5), v - 0.5]
    const r = Math.hypot(x, y)
    if (r > 0.42) return [0.35, 0.75, 0.95]
    if (Math.hypot(Math.abs(x) - 0.15, y + 0.12) < 0.06) return [0.1, 0.05, 0.05]
    if (r > 0.22 && r < 0.29 && y > 0.06) return [0.55, 0.05, 0.1]
    return [1, 0.85, 0.2]
  },
  // Like a flag, of colours that no country flies.
  pennant: (u, v) => {
    if (v < 0.5 && u < 0.35) return Math.hypot((u - 0.175) * 1.5, v - 0.25) < 0.14 ? [1, 0.6, 0.1] : [0.45, 0.1, 0.55]
    if (Math.abs(v - 0.3 - 0.4 * u) < 0.07) return [1, 1, 1]
    return v < 0.3 + 0.4 * u ? [0.1, 0.65, 0.6] : [0.95, 0.45, 0.65]
  },
  hills: (u, v) => {
    if (Math.hypot((u - 0.75) * 1.5, v - 0.25) < 0.12) return [1, 0.95, 0.6]
    if (v > 0.75 + 0.08 * Math.sin(9 * u)) return [0.15, 0.35, 0.12]
    if (v > 0.55 + 0.12 * Math.sin(5 * u + 1)) return [0.3, 0.55, 0.25]
    return [0.4 + 0.4 * v, 0.6 + 0.3 * v, 0.95]
  },
  target: (u, v) => {
    const ring = Math.floor(Math.hypot(1.5 * (u - 0.42), v - 0.55) / 0.09)
    return ring > 4 ? [0.9, 0.9, 0.85] : ring % 2 === 0 ? [0.75, 0.1, 0.2] : [0.1, 0.15, 0.35]
  },
}

/** A drawing, 3:2, four samples a pixel each way; or fresh noise. null when there is none of that name. */
export function draw(name: string, width: number, seed: number): RgbImage | null {
  const height = Math.round(width / 1.5)
  if (name === 'noise') {
    const data = new Float32Array(width * height * 3)
    const random = new SplitMix64(seed)
    for (let i = 0; i < data.length; i++) data[i] = random.uniform()
    return { width, height, data }
  }
  const painting = PAINTINGS[name]
  return painting ? paint(painting, width, height) : null
}

/** Paints a raster, four samples a pixel each way. */
export function paint(painting: Painting, width: number, height: number): RgbImage {
  const data = new Float32Array(width * height * 3)
  const fine = 4
  for (let y = 0; y < height * fine; y++)
    for (let x = 0; x < width * fine; x++) {
      const rgb = painting((x + 0.5) / (width * fine), (y + 0.5) / (height * fine))
      const at = 3 * (Math.floor(y / fine) * width + Math.floor(x / fine))
      for (let c = 0; c < 3; c++) data[at + c] += rgb[c] / (fine * fine)
    }
  return { width, height, data }
}
