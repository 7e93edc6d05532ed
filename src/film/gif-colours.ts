// The colours of a GIF's frames: 255 at most, chosen for each frame, and one index for "as before".
//
// Chosen by looks, on the film of the USA's flag (480 x 254, 48 frames, 4 samples): with one palette for all frames the soft
// pictures of the beginning are islands of flat colour (38.6 dB), with one a frame 43.5 dB but still with contours. Dithering
// takes them away, and costs 1.5 dB and half as many bytes again. It is ordered, for what is random flickers, and only as
// strong as the palette misses a colour by: flat parts, which are all of a finished flag, stay flat.

import { type Colour, quantize } from 'gifenc'

/** Colours a frame; the index after them is the one that is transparent. */
const MAX_COLOURS = 255
/** Amplitude of the dither, in multiples of what the palette misses a colour by, and in levels at most. */
const DITHER_FACTOR = 2
const MAX_DITHER = 16

// Bayer's 8 x 8 thresholds, in (-0.5, 0.5).
const BAYER = Float64Array.from({ length: 64 }, (_, i) => {
  let threshold = 0
  for (let bit = 0; bit < 3; bit++) {
    const [x, y] = [(i >> bit) & 1, (i >> (3 + bit)) & 1]
    threshold = 4 * threshold + 2 * (x ^ y) + y
  }
  return (threshold + 0.5) / 64 - 0.5
})

/** A frame as a GIF has it. */
export interface IndexedFrame {
  /** At most {@link MAX_COLOURS}; none where nothing changes. */
  readonly palette: readonly Colour[]
  /** [height * width]; `palette.length` where the picture before shows through. */
  readonly indices: Uint8Array
}

/**
 * Takes a frame to at most 255 colours. Where what is shown already is as near as the best of them, it stays: fewer bytes,
 * and less flicker.
 * @param rgba [height, width, 4] opaque levels
 * @param shown [height * width] what the frames before show, 0xBBGGRR: replaced by what this one shows; null before the first
 */
export function indexFrame(rgba: Uint8ClampedArray, width: number, shown: Uint32Array, isFirst: boolean): IndexedFrame {
  const palette = quantize(rgba, MAX_COLOURS)
  const packed = palette.map(pack)
  const nearest = createNearest(palette)
  const indices = new Uint8Array(rgba.length / 4)
  let changes = 0
  for (let i = 0, o = 0; i < indices.length; i++, o += 4) {
    const colour = pack([rgba[o], rgba[o + 1], rgba[o + 2]])
    let index = nearest(colour)
    const miss = packed[index] === colour ? 0 : missOf(packed[index], colour)
    if (miss > 0) {
      const threshold = BAYER[((i % width) & 7) | ((Math.floor(i / width) & 7) << 3)]
      index = nearest(lighten(colour, Math.round(threshold * Math.min(MAX_DITHER, DITHER_FACTOR * miss))))
    }
    if (!isFirst && distance(shown[i], colour) <= distance(packed[index], colour)) indices[i] = palette.length
    else {
      indices[i] = index
      shown[i] = packed[index]
      changes++
    }
  }
  return changes === 0 ? { palette: [], indices: indices.fill(0) } : { palette, indices }
}

function pack([red, green, blue]: Colour): number {
  return red | (green << 8) | (blue << 16)
}

/** Remembers what it has found: a frame has far fewer colours than pixels. */
function createNearest(palette: readonly Colour[]): (colour: number) => number {
  const packed = palette.map(pack)
  const known = new Map<number, number>()
  return colour => {
    const before = known.get(colour)
    if (before !== undefined) return before
    let best = 0
    let least = Number.POSITIVE_INFINITY
    for (let index = 0; index < packed.length; index++) {
      const far = distance(packed[index], colour)
      if (far >= least) continue
      least = far
      best = index
    }
    known.set(colour, best)
    return best
  }
}

/** Squared, over the three channels. */
function distance(a: number, b: number): number {
  const red = (a & 255) - (b & 255)
  const green = ((a >> 8) & 255) - ((b >> 8) & 255)
  const blue = (a >> 16) - (b >> 16)
  return red * red + green * green + blue * blue
}

/** The largest difference of a channel. */
function missOf(a: number, b: number): number {
  return Math.max(
    Math.abs((a & 255) - (b & 255)),
    Math.abs(((a >> 8) & 255) - ((b >> 8) & 255)),
    Math.abs((a >> 16) - (b >> 16)),
  )
}

function lighten(colour: number, by: number): number {
  const shift = (level: number) => Math.min(255, Math.max(0, level + by))
  return shift(colour & 255) | (shift((colour >> 8) & 255) << 8) | (shift(colour >> 16) << 16)
}
