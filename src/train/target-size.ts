// The two sizes of a target: how large it is seen, and how finely it is trained on.
//
// Memory, in bytes a pixel of the detail: 12 for the raster, once here and once a thread, and about 28 a thread in the
// kernel. 1280 x 853 pixels take 13 MB and 44 MB a thread; 4096 x 4096, the most there is, 200 MB and 670 MB a thread.

import { checkTargetSize, DEFAULT_TARGET_WIDTH, type ImageSize, targetSize } from './rgb-image.js'

/** The longer edge of what is trained on, when nobody says otherwise. */
export const DEFAULT_DETAIL = 1280

/** The size that an image has of itself. */
export interface SourceSize extends ImageSize {
  /** A drawing (SVG) is as fine as one likes; its size says its proportions and need not be whole. */
  readonly isDrawing: boolean
}

/** What is wanted of a target. */
export interface WantedSizes {
  /** Of the picture as it is seen, pixels, default 320; 'own': the image's own. A drawing has none and takes 320. */
  readonly width?: number | 'own'
  /** Of the picture as it is seen; default: what the width and the proportions give. Another one stretches the image. */
  readonly height?: number
  /** Pixels of the longer edge of what is trained on, default 1280; or the size that a file says it was trained on. */
  readonly detail?: number | ImageSize
}

/** The sizes of a target's two rasters. */
export interface TargetSizes {
  readonly detail: ImageSize
  readonly seen: ImageSize
}

/**
 * The sizes of a target. A drawing is as fine as is wanted, an image of pixels at most as fine as it is. What is trained on
 * is never coarser than what is seen: a smaller `detail`, and an image of fewer pixels, is trained on as it is seen (an
 * image so small is enlarged). Where the longer edges allow it, a pixel that is seen is a whole number of those of the detail.
 * @throws FormatError when an edge would be no whole number from 1 to 4096
 */
export function targetSizes(source: SourceSize, { width, height, detail }: WantedSizes): TargetSizes {
  const seen = seenSize(source, { width, height })
  if (typeof detail === 'object') {
    const { width, height } = checkTargetSize(detail.width, detail.height)
    if (source.isDrawing || covers(source, detail)) return { seen, detail: { width, height } }
  }
  const edge = typeof detail === 'object' ? longerEdge(detail) : (detail ?? DEFAULT_DETAIL)
  return { seen, detail: detailSize(source, seen, height === undefined ? source : seen, edge) }
}

/** The size of an image as it is seen. @throws FormatError when an edge would be no whole number from 1 to 4096 */
export function seenSize(
  source: SourceSize,
  { width = DEFAULT_TARGET_WIDTH, height }: Pick<WantedSizes, 'width' | 'height'>,
): ImageSize {
  const own = source.isDrawing ? DEFAULT_TARGET_WIDTH : source.width
  const pixels = width === 'own' ? own : width
  return height === undefined ? targetSize(source.width, source.height, pixels) : checkTargetSize(pixels, height)
}

/** @param proportions of the detail, where it is no multiple of what is seen */
function detailSize(source: SourceSize, seen: ImageSize, proportions: ImageSize, edge: number): ImageSize {
  if (edge <= longerEdge(seen)) return seen
  if (!source.isDrawing && longerEdge(source) <= edge) {
    if (!covers(source, seen)) return seen
    return checkTargetSize(source.width, source.height)
  }
  const scaled = (factor: number, size: ImageSize) =>
    checkTargetSize(Math.max(1, Math.round(factor * size.width)), Math.max(1, Math.round(factor * size.height)))
  const multiple = edge / longerEdge(seen)
  if (Number.isInteger(multiple)) {
    const size = scaled(multiple, seen)
    if (source.isDrawing || covers(source, size)) return size
  }
  return scaled(edge / longerEdge(proportions), proportions)
}

function covers(a: ImageSize, b: ImageSize): boolean {
  return a.width >= b.width && a.height >= b.height
}

function longerEdge({ width, height }: ImageSize): number {
  return Math.max(width, height)
}
