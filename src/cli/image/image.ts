// An image from a file as the target of a training: decoded by sharp (libvips), turned upright, in sRGB, over a background
// and to size. The arithmetic of size and background is the one of the page: src/train/resample.ts.

import { basename } from 'node:path'
import { FormatError } from '../../model/errors.js'
import { type Rgb, WHITE } from '../../train/colour.js'
import { imageKind } from '../../train/image-kind.js'
import { resample } from '../../train/resample.js'
import type { ImageSize, RgbImage } from '../../train/rgb-image.js'
import { drawingSize } from '../../train/svg.js'
import { plainTarget, type Target } from '../../train/target.js'
import { seenSize, type SourceSize, targetSizes, type WantedSizes } from '../../train/target-size.js'
import { readCapped } from '../files/input.js'
import { decodePixels, decodeSvg, type Pixels } from './pixels.js'
import { readSvg } from './svg-file.js'

/** How an image becomes a target. */
export interface TargetOptions extends WantedSizes {
  /** Under transparent parts, default white. */
  readonly background?: Rgb
}

/** How an image becomes one raster. */
export type ImageOptions = Omit<TargetOptions, 'detail'>

/** A target and what to call it. */
export interface LoadedTarget {
  readonly target: Target
  /** The file's name without its folder. */
  readonly sourceName: string
}

/** An image and what to call it. */
export interface LoadedImage {
  readonly image: RgbImage
  readonly sourceName: string
}

/**
 * Loads a PNG, JPEG, WebP, AVIF, GIF (of moving ones the first picture) or SVG, upright, in sRGB, proportions kept: both rasters of
 * a target, made of the same pixels.
 * @throws FormatError in one line that begins with the path
 * @throws UnsupportedError when sharp cannot be loaded on this machine
 */
export async function loadTarget(path: string, options: TargetOptions = {}): Promise<LoadedTarget> {
  return await loadRasters(path, options.background, async (source, rasterise) => {
    const { detail, seen } = targetSizes(source, options)
    const raster = await rasterise(detail)
    const isOne = detail.width === seen.width && detail.height === seen.height
    const target = isOne ? plainTarget(raster(seen)) : { detail: raster(detail), seen: raster(seen) }
    return { target, sourceName: basename(path) }
  })
}

/** Loads an image as {@link loadTarget} does: as it is seen, and no more. */
export async function loadImage(path: string, options: ImageOptions = {}): Promise<LoadedImage> {
  return await loadRasters(path, options.background, async (source, rasterise) => {
    const size = seenSize(source, options)
    return { image: (await rasterise(size))(size), sourceName: basename(path) }
  })
}

/** An image's pixels at any size. */
type Raster = (size: ImageSize) => RgbImage

/** @param use gets the image's size and, for the finest size that it will take, its pixels */
async function loadRasters<T>(
  path: string,
  background: Rgb = WHITE,
  use: (source: SourceSize, rasterise: (finest: ImageSize) => Promise<Raster>) => Promise<T>,
): Promise<T> {
  const bytes = await readCapped(path, 'an image')
  try {
    const kind = imageKind(bytes)
    const rasterOf =
      ({ rgba, ...size }: Pixels): Raster =>
      wanted =>
        resample(rgba, size, wanted, background)
    if (kind !== 'SVG') {
      const pixels = await decodePixels(bytes, kind)
      const { width, height } = pixels
      return await use({ width, height, isDrawing: false }, async () => rasterOf(pixels))
    }
    const svg = readSvg(bytes)
    const { width, height } = svg
    return await use({ width, height, isDrawing: true }, async finest =>
      rasterOf(await decodeSvg(svg, drawingSize(finest))),
    )
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`)
    throw error
  }
}
