// An image from the person's disk as the target of a training. The browser decodes; size, background and resampling are
// those of the command line (src/cli/image/image.ts). Nothing leaves the page: images are drawn from the bytes at hand, and an
// SVG in an <img> runs no script and fetches nothing.

import { FormatError } from '../../model/errors.js'
import { printableName } from '../../model/printable.js'
import { MAX_FILE_BYTES } from '../../model/safetensors/limits.js'
import { parseColour } from '../../train/colour.js'
import { bareImage } from '../../train/bare-image.js'
import {
  decodeSvgText,
  imageKind,
  isPacked,
  MAX_IMAGE_PIXELS,
  MAX_SVG_BYTES,
  type PixelKind,
  TOO_LONG,
} from '../../train/image-kind.js'
import { drawingSize, parseSvg } from '../../train/svg.js'
import { type SourceSize, type TargetSizes, targetSizes, type WantedSizes } from '../../train/target-size.js'
import type { LoadedTarget } from './bitmap-target.js'
import { boundedWidth } from './bounded-width.js'
import type { Pictures } from './pictures.js'
import { checkSvgWeight } from './svg-weight.js'

/** What is to be learned, before it has its size. */
export interface ImageSource {
  readonly blob: Blob
  /** The file's name without its folder. */
  readonly name: string
}

/**
 * Makes the target of a training.
 * @param wanted its width and detail; the heights follow from the proportions
 * @param background under transparent parts, #rgb or #rrggbb
 * @throws FormatError in one line that begins with the name
 */
export async function loadTarget(
  { blob, name }: ImageSource,
  wanted: Wanted,
  background: string,
  pictures: Pictures,
): Promise<LoadedTarget> {
  try {
    if (blob.size > MAX_FILE_BYTES)
      throw new FormatError(`more than the ${MAX_FILE_BYTES / 2 ** 20} MB that an image may have`)
    const bytes = new Uint8Array(await blob.arrayBuffer())
    const kind = imageKind(bytes)
    const { bitmap, sizes } = kind === 'SVG' ? await drawSvg(bytes, wanted) : await decodePixels(bytes, kind, wanted)
    return await pictures.resample(bitmap, sizes, parseColour(background))
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${printableName(name)}: ${error.message}`)
    throw error
  }
}

interface Wanted extends Pick<WantedSizes, 'detail'> {
  readonly width: number
}

/** An image that is decoded, and the sizes of its target. */
interface Decoded {
  readonly bitmap: ImageBitmap
  readonly sizes: TargetSizes
}

const TYPES: Readonly<Record<PixelKind, string>> = {
  PNG: 'image/png',
  JPEG: 'image/jpeg',
  WebP: 'image/webp',
  AVIF: 'image/avif',
  GIF: 'image/gif',
}

async function decodePixels(bytes: Uint8Array<ArrayBuffer>, kind: PixelKind, wanted: Wanted): Promise<Decoded> {
  const blob = new Blob([bareImage(bytes, kind)], { type: TYPES[kind] })
  return await withImage(blob, `cannot be decoded as ${kind}`, async image => {
    // Known from the header: nothing is decoded yet.
    const { naturalWidth, naturalHeight } = image
    if (naturalWidth * naturalHeight > MAX_IMAGE_PIXELS)
      throw new FormatError(`${naturalWidth} x ${naturalHeight}: more than ${MAX_IMAGE_PIXELS / 2 ** 20} megapixels`)
    const sizes = sizesOf({ width: naturalWidth, height: naturalHeight, isDrawing: false }, wanted)
    // Not of the element: that one has what there is of a broken image. Colours are turned into sRGB before alpha is multiplied in: after
    // it a half-transparent pixel has half its levels, and Chromium's were up to 6 levels off.
    return { bitmap: await createImageBitmap(blob, { premultiplyAlpha: 'none' }), sizes }
  })
}

async function drawSvg(bytes: Uint8Array<ArrayBuffer>, wanted: Wanted): Promise<Decoded> {
  const svg = parseSvg(decodeSvgText(isPacked(bytes) ? await unpack(bytes) : bytes))
  const sizes = sizesOf({ width: svg.width, height: svg.height, isDrawing: true }, wanted)
  const drawn = drawingSize(sizes.detail)
  const text = svg.at(drawn.width, drawn.height)
  checkSvgWeight(text)
  const blob = new Blob([text], { type: 'image/svg+xml' })
  return await withImage(blob, 'cannot be drawn as SVG', async image => {
    const bitmap = await createImageBitmap(image)
    if (!isReadable(bitmap))
      throw new FormatError(
        'cannot be drawn as SVG: there is HTML in it (foreignObject), of which this browser tells a page no pixels',
      )
    return { bitmap, sizes }
  })
}

/** Whether a page may have a picture's pixels: Chromium and WebKit keep those of an SVG with HTML in it, and say so only when they are asked for. */
function isReadable(bitmap: ImageBitmap): boolean {
  const context = new OffscreenCanvas(1, 1).getContext('2d')
  context?.drawImage(bitmap, 0, 0, 1, 1)
  try {
    return context?.getImageData(0, 0, 1, 1) !== undefined
  } catch {
    return false
  }
}

function sizesOf(source: SourceSize, { width, detail }: Wanted): TargetSizes {
  return targetSizes(source, { width: boundedWidth(source, width), detail })
}

/** Loads an <img>, and runs what may fail in the browser's decoders: they say little of why. */
async function withImage(
  blob: Blob,
  failure: string,
  use: (image: HTMLImageElement) => Promise<Decoded>,
): Promise<Decoded> {
  const url = URL.createObjectURL(blob)
  try {
    const image = new Image()
    await new Promise((resolve, reject) => {
      image.addEventListener('load', resolve)
      image.addEventListener('error', reject)
      image.src = url
    })
    return await use(image)
  } catch (error) {
    if (error instanceof FormatError) throw error
    throw new FormatError(failure)
  } finally {
    URL.revokeObjectURL(url)
  }
}

async function unpack(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader()
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new FormatError('cannot be unpacked as svgz')
    })
    if (done) break
    sizeBytes += value.length
    if (sizeBytes > MAX_SVG_BYTES) {
      await reader.cancel()
      throw new FormatError(TOO_LONG)
    }
    parts.push(value)
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer())
}
