// Where inside a pixel the net is evaluated when a pixel takes several samples: the standard multisample patterns of
// Direct3D 11 (D3D11_STANDARD_MULTISAMPLE_PATTERN), which Vulkan and GL share. Their rows and columns are all distinct,
// so that an edge along either axis gets as many shades as there are samples.

import { FormatError } from './errors.js'
import { type Frame, frameAspect } from './frame.js'

/** Samples a pixel that can be asked for. */
export const SAMPLE_COUNTS = [1, 4, 8, 16] as const
/** How many positions in each pixel the network is evaluated at. */
export type SampleCount = (typeof SAMPLE_COUNTS)[number]

// Sixteenths of a pixel from its centre, x y x y ...
const SIXTEENTHS: Record<SampleCount, readonly number[]> = {
  1: [0, 0],
  4: [-2, -6, 6, -2, -6, 2, 2, 6],
  8: [1, -3, -1, 3, 5, 1, -3, -5, -5, 5, -7, -1, 3, 7, 7, -7],
  16: [1, 1, -1, -3, -3, 2, 4, -1, -5, -2, 2, 5, 5, 3, 3, -5, -2, 6, 0, -7, -4, -6, -6, 4, -8, 0, 7, -4, 6, 7, -7, -8],
}

/** Offsets from the pixel's centre in pixels, x y x y ..., each in [-0.5, 0.5). */
export function sampleOffsets(count: SampleCount): readonly number[] {
  return SIXTEENTHS[count].map(v => v / 16)
}

/** Parses a number of samples. */
export function parseSampleCount(value: number): SampleCount {
  const found = SAMPLE_COUNTS.find(count => count === value)
  if (found === undefined) throw new FormatError(`samples: expected ${SAMPLE_COUNTS.join(', ')}, got ${value}`)
  return found
}

/** Pixels along the longer edge of the drawing that nets learn: about as fine as this are the finest edges they have. */
const DRAWING_EDGE = 1280
/** The coarsest pixel within which no edge is sharp, in pixels of the drawing. */
const FINE = 0.5
const COARSE_SAMPLES = 4

/** What {@link autoSamples} does, in words. */
export const AUTO_SAMPLES_RULE = `${COARSE_SAMPLES} where a pixel is coarser than 1/${DRAWING_EDGE / FINE} of the longer edge of the frame, else 1`

/**
 * How many samples a pixel a picture takes where nobody says: several where a pixel may hold a whole edge, one where edges are
 * wider than pixels.
 * @param picture its size in pixels, and how many times the frame is magnified
 */
export function autoSamples(
  frame: Frame,
  { width, height, zoom }: { readonly width: number; readonly height: number; readonly zoom: number },
): SampleCount {
  const aspect = frameAspect(frame)
  const across = DRAWING_EDGE * Math.min(1, aspect)
  const down = DRAWING_EDGE * Math.min(1, 1 / aspect)
  return Math.max(across / (width * zoom), down / (height * zoom)) > FINE ? COARSE_SAMPLES : 1
}
