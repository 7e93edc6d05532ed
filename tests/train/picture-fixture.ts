// Two small pictures and what scikit-image and SciPy say of them: see made-with/metrics.py.

import { readFileSync } from 'node:fs'
import type { RgbImage } from '../../src/train/rgb-image.js'

interface MetricsFixture {
  readonly width: number
  readonly height: number
  /** [height, width, 3] levels. */
  readonly image_levels: readonly number[]
  readonly net_levels: readonly number[]
  readonly psnr: number
  readonly ssim: number
  readonly maxError: number
  readonly badShare: number
  /** By sigma: every 7th value of the blurred image. */
  readonly image_blurred_every_7th: Readonly<Record<string, readonly number[]>>
}

export const fixture: MetricsFixture = JSON.parse(
  readFileSync(new URL('fixtures/metrics.json', import.meta.url), 'utf8'),
)

/** A picture of given values, [height, width, 3]. */
export function pictureOf(width: number, height: number, values: ArrayLike<number>): RgbImage {
  return { width, height, data: Float32Array.from(values) }
}

const fixturePicture = (levels: readonly number[]) =>
  pictureOf(
    fixture.width,
    fixture.height,
    levels.map(level => level / 255),
  )

export const fixtureImage = fixturePicture(fixture.image_levels)
export const fixtureNet = fixturePicture(fixture.net_levels)
