// An image from a file as the target of a training: decoded by sharp (libvips), turned upright, in sRGB, over a background
// and to size. The arithmetic of size and background is the one of the page: src/train/resample.ts.

import { basename } from 'node:path'
import { FormatError } from '../model/errors.js'
import { type Rgb, WHITE } from '../train/colour.js'
import { imageKind } from '../train/image-kind.js'
import { resample } from '../train/resample.js'
import { checkTargetSize, DEFAULT_TARGET_WIDTH, type ImageSize, type RgbImage, targetSize } from '../train/rgb-image.js'
import { drawingSize, type Svg } from '../train/svg.js'
import { readCapped } from './input.js'
import { decodePixels, decodeSvg } from './pixels.js'
import { readSvg } from './svg-file.js'

/** How an image becomes a target. */
export interface ImageOptions {
  /** In pixels, default 320; 'own': the image's own size. An SVG has none and takes 320. */
  readonly width?: number | 'own'
  /** In pixels; default: what the width and the image's proportions give. Another one stretches the image. */
  readonly height?: number
  /** Under transparent parts, default white. */
  readonly background?: Rgb
}

/** An image and what to call it. */
export interface LoadedImage {
  readonly image: RgbImage
  /** The file's name without its folder. */
  readonly sourceName: string
}

/**
 * Loads a PNG, JPEG, WebP, GIF (of moving ones the first picture) or SVG, upright, in sRGB, proportions kept.
 * @throws FormatError in one line that begins with the path
 * @throws UnsupportedError when sharp cannot be loaded on this machine
 */
export async function loadImage(path: string, options: ImageOptions = {}): Promise<LoadedImage> {
  const bytes = await readCapped(path, 'an image')
  try {
    return { image: await decode(bytes, options), sourceName: basename(path) }
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`)
    throw error
  }
}

async function decode(bytes: Uint8Array, { background = WHITE, ...wanted }: ImageOptions): Promise<RgbImage> {
  const kind = imageKind(bytes)
  if (kind !== 'SVG') {
    const { rgba, ...size } = await decodePixels(bytes, kind)
    return resample(rgba, size, wantedSize(size, wanted, size.width), background)
  }
  const svg = readSvg(bytes)
  const size = wantedSize(svg, wanted, DEFAULT_TARGET_WIDTH)
  const { rgba, ...drawn } = await decodeSvg(svg, drawingSize(size))
  return resample(rgba, drawn, size, background)
}

function wantedSize(
  own: ImageSize | Svg,
  { width = DEFAULT_TARGET_WIDTH, height }: Pick<ImageOptions, 'width' | 'height'>,
  ownWidth: number,
): ImageSize {
  const pixels = width === 'own' ? ownWidth : width
  return height === undefined ? targetSize(own.width, own.height, pixels) : checkTargetSize(pixels, height)
}
