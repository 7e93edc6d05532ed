// Decoding with sharp: bytes of a file in, upright RGBA bytes in sRGB out. sharp is loaded when it is needed and not
// before: it is a native library, and most commands can do without it.

import { FormatError, UnsupportedError } from '../../model/errors.js'
import { MAX_IMAGE_EDGE, MAX_IMAGE_PIXELS, type PixelKind } from '../../train/image-kind.js'
import { bareImage } from '../../train/bare-image.js'
import type { ImageSize } from '../../train/rgb-image.js'
import type { Svg } from '../../train/svg.js'
import { convertToSrgb } from './colour-space.js'
import { pngColourSpace } from './png-colour.js'
import { drawSvgApart } from './svg-process.js'

/** A decoded image. */
export interface Pixels extends ImageSize {
  /** [height, width, 4] bytes, sRGB, alpha not multiplied in, row 0 at the top. */
  readonly rgba: Uint8Array
}

/**
 * Decodes an image of pixels, of a moving one the first picture.
 * @throws FormatError when it is broken, has more than 64 megapixels or more than 32,768 pixels an edge
 */
export async function decodePixels(bytes: Uint8Array, kind: PixelKind): Promise<Pixels> {
  const sharp = await loadSharp()
  const bare = bareImage(bytes, kind)
  // What is cut off or broken is refused; what decoders only remark on is not.
  const open = (ignoreIcc = false) => sharp(bare, { failOn: 'error', limitInputPixels: false, ignoreIcc })
  return await said(`cannot be decoded as ${kind}`, async () => {
    const { width, height, hasProfile, depth, channels } = await open().metadata()
    if (width * height > MAX_IMAGE_PIXELS || Math.max(width, height) > MAX_IMAGE_EDGE)
      throw new FormatError(
        `${width} x ${height}: more than ${MAX_IMAGE_PIXELS / 2 ** 20} megapixels, or ${MAX_IMAGE_EDGE} pixels an edge`,
      )
    if (kind !== 'PNG') return await toRgba(open().autoOrient())
    const space = pngColourSpace(bare, hasProfile)
    // sharp leaves the profiles of 16-bit images alone, and browsers take the upper 8 bits before anything else.
    const isDeep = space === null && hasProfile && depth === 'ushort'
    const image = open(isDeep || space !== null)
    // Turned upright at last: turning 16 bits loses the profile, and fails now and then.
    const pixels = await toRgba((isDeep ? sharp(await upperBits(image, channels)) : image).autoOrient())
    if (space) convertToSrgb(pixels.rgba, space)
    return pixels
  })
}

/** The upper 8 bits of an image, its profile and its orientation, in a file of no compression. */
async function upperBits(image: ReturnType<Sharp>, channels: number): Promise<Buffer> {
  const space = channels < 3 ? 'b-w' : 'srgb'
  return await image.keepMetadata().toColourspace(space).png({ compressionLevel: 0 }).toBuffer()
}

/**
 * Draws an SVG. librsvg fetches nothing: an SVG read from memory has no place that a reference could start from.
 * @param size in pixels; the drawing fills it
 * @throws FormatError when librsvg refuses it, or takes too long or too much memory for it
 */
export async function decodeSvg(svg: Svg, size: ImageSize): Promise<Pixels> {
  // Where it cannot be loaded at all, that is what is told.
  await loadSharp()
  // libvips looks for "<svg" in the first 1000 bytes; a comment or a document type may be longer.
  const bytes = Buffer.from(`<!-- <svg -->${svg.at(size.width, size.height)}`)
  return await said('cannot be drawn as SVG', async () => {
    const drawn = await drawSvgApart(bytes)
    if (drawn.width !== size.width || drawn.height !== size.height)
      throw new FormatError(`the SVG insists on ${drawn.width} x ${drawn.height} pixels`)
    return drawn
  })
}

/**
 * Draws the outlines of an SVG path, in this process: unlike a stranger's document they take no more than their size.
 * @param data of the path
 * @returns [height, width] how much of each pixel they cover, 0 to 255
 */
export async function drawOutlines(data: string, { width, height }: ImageSize): Promise<Uint8Array> {
  const sharp = await loadSharp()
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><path d="${data}"/></svg>`
  const { rgba } = await toRgba(sharp(Buffer.from(svg)))
  return Uint8Array.from({ length: width * height }, (_, i) => rgba[4 * i + 3])
}

/**
 * Encodes RGB bytes as a PNG without any statement about colour, so that no reader changes them.
 * @param image [height, width, 3] bytes
 */
export async function encodePng({
  width,
  height,
  data,
}: ImageSize & { readonly data: Uint8Array | Uint8ClampedArray }): Promise<Uint8Array> {
  const sharp = await loadSharp()
  return await sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 9, adaptiveFiltering: true })
    .toBuffer()
}

type Sharp = (typeof import('sharp'))['default']

async function loadSharp(): Promise<Sharp> {
  try {
    return (await import('sharp')).default
  } catch {
    throw new UnsupportedError(
      `sharp, which reads images, cannot be loaded on ${process.platform}-${process.arch}; try: npm ci --include=optional`,
    )
  }
}

async function toRgba(image: ReturnType<Sharp>): Promise<Pixels> {
  const { data, info } = await image
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, rgba: data }
}

/** Runs what may fail in libvips; its several lines become one that begins with `what`. */
async function said<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof FormatError) throw error
    const reason = reasonOf(error)
    throw new FormatError(reason ? `${what}: ${reason}` : what)
  }
}

const REASON_LENGTH = 120

/** The last line of libvips, without the names of the parts of libvips that passed it on. */
function reasonOf(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n').filter(line => line.trim() !== '')
  return (lines.at(-1) ?? '')
    .replace(/^Input \w+ (?:has corrupt header|contains)\b:?/i, '')
    .replace(/^\s*(?:(?:\w+load_buffer|glib|VipsJpeg|vipspng|webp|XML parse error):\s*)*/, '')
    .replace(/^Error domain \d+ code \d+ on /, '')
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ')
    .trim()
    .slice(0, REASON_LENGTH)
}
