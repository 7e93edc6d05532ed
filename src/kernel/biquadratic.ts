// A block of pixels from nine nodes: the quadratic through three nodes along each axis. Nodes lie in a lattice of levels,
// three channels a node, one node a pixel; what is written are opaque RGBA8 pixels, four bytes in one number.

const OPAQUE = 0xff000000
/** Channels of a node. */
const CHANNELS = 3

/**
 * Whether a block's centre and the middles of its edges are what its corners say: the bilinear between them.
 * @param lattice [nodes, 3] levels from 0 to 255, not rounded; `across` nodes a row
 * @param node the block's first one; the others are `half` nodes apart along both axes
 * @param tolerance in levels
 */
export function isBilinear(
  lattice: Float32Array,
  across: number,
  node: number,
  half: number,
  tolerance: number,
): boolean {
  const right = half * CHANNELS
  const down = half * across * CHANNELS
  for (let channel = 0; channel < CHANNELS; channel++) {
    const at = node * CHANNELS + channel
    const a = lattice[at]
    const b = lattice[at + 2 * right]
    const c = lattice[at + 2 * down]
    const d = lattice[at + 2 * down + 2 * right]
    // Written so that NaN is none.
    const isNear =
      Math.abs(lattice[at + right] - (a + b) / 2) <= tolerance &&
      Math.abs(lattice[at + down] - (a + c) / 2) <= tolerance &&
      Math.abs(lattice[at + down + 2 * right] - (b + d) / 2) <= tolerance &&
      Math.abs(lattice[at + 2 * down + right] - (c + d) / 2) <= tolerance &&
      Math.abs(lattice[at + down + right] - (a + b + c + d) / 4) <= tolerance
    if (!isNear) return false
  }
  return true
}

/** The one colour that all pixels of a block round to; null where there may be more than one. */
function flatColour(lattice: Float32Array, across: number, node: number, half: number): number | null {
  const right = half * CHANNELS
  const down = half * across * CHANNELS
  let colour = 0
  for (let channel = 0; channel < CHANNELS; channel++) {
    let lowest = 255
    let highest = 0
    for (let row = 0, start = node * CHANNELS + channel; row < 3; row++, start += down)
      for (let column = 0, at = start; column < 3; column++, at += right) {
        lowest = Math.min(lowest, lattice[at])
        highest = Math.max(highest, lattice[at])
      }
    // Through three nodes a quadratic leaves their range by an eighth of it at most; along both axes by 0.28.
    const reach = 0.3 * (highest - lowest)
    const level = Math.floor(highest + reach + 0.5)
    if (level !== Math.floor(lowest - reach + 0.5)) return null
    colour |= byteOf(level) << (8 * channel)
  }
  return (colour | OPAQUE) >>> 0
}

/**
 * Fills a block.
 * @param pixels RGBA8, a row of `stride` after the other
 * @param at where the block's first pixel is
 * @param width how much of the block is drawn; at most 2 half, as `height`
 */
export function fillBlock(
  pixels: Uint32Array,
  at: number,
  stride: number,
  width: number,
  height: number,
  lattice: Float32Array,
  across: number,
  node: number,
  half: number,
): void {
  const flat = flatColour(lattice, across, node, half)
  if (flat !== null) {
    for (let row = 0; row < height; row++) pixels.fill(flat, at + row * stride, at + row * stride + width)
    return
  }
  const right = half * CHANNELS
  const down = half * across * CHANNELS
  const first = node * CHANNELS
  for (let row = 0; row < height; row++) {
    // Lagrange's weights of the three rows of nodes.
    const v = row / half
    const top = (1 - v) * (1 - v / 2)
    const middle = v * (2 - v)
    const bottom = (v * (v - 1)) / 2
    const along = (i: number) => top * lattice[i] + middle * lattice[i + down] + bottom * lattice[i + 2 * down]
    // Rounded by what is added, forward differences after that.
    const r0 = along(first)
    const r1 = along(first + right)
    const r2 = along(first + 2 * right)
    const g0 = along(first + 1)
    const g1 = along(first + right + 1)
    const g2 = along(first + 2 * right + 1)
    const b0 = along(first + 2)
    const b1 = along(first + right + 2)
    const b2 = along(first + 2 * right + 2)
    const linear = 1 / (2 * half)
    const square = 1 / (2 * half * half)
    const rc = (r0 - 2 * r1 + r2) * square
    const gc = (g0 - 2 * g1 + g2) * square
    const bc = (b0 - 2 * b1 + b2) * square
    let rd = (4 * r1 - 3 * r0 - r2) * linear + rc
    let gd = (4 * g1 - 3 * g0 - g2) * linear + gc
    let bd = (4 * b1 - 3 * b0 - b2) * linear + bc
    let r = r0 + 0.5
    let g = g0 + 0.5
    let b = b0 + 0.5
    for (let i = at + row * stride, end = i + width; i < end; i++) {
      pixels[i] = OPAQUE | (byteOf(b) << 16) | (byteOf(g) << 8) | byteOf(r)
      r += rd
      g += gd
      b += bd
      rd += 2 * rc
      gd += 2 * gc
      bd += 2 * bc
    }
  }
}

/** What a block's biquadratic is at a place of it, in levels; u and v run from 0 to 2 over the block. */
export function biquadraticAt(
  lattice: Float32Array,
  across: number,
  node: number,
  half: number,
  channel: number,
  u: number,
  v: number,
): number {
  const right = half * CHANNELS
  const down = half * across * CHANNELS
  const along = (i: number) => quadratic(lattice[i], lattice[i + right], lattice[i + 2 * right], u)
  const first = node * CHANNELS + channel
  return quadratic(along(first), along(first + down), along(first + 2 * down), v)
}

/** The quadratic through values at 0, 1 and 2. */
function quadratic(a: number, b: number, c: number, t: number): number {
  return a * (1 - t) * (1 - t / 2) + b * t * (2 - t) + (c * t * (t - 1)) / 2
}

/** The pixel that a node rounds to. */
export function pixelOf(lattice: Float32Array, node: number): number {
  const at = node * CHANNELS
  return (
    OPAQUE | (byteOf(lattice[at + 2] + 0.5) << 16) | (byteOf(lattice[at + 1] + 0.5) << 8) | byteOf(lattice[at] + 0.5)
  )
}

/** The whole part, within what a byte holds; NaN is 0. */
function byteOf(level: number): number {
  const whole = level | 0
  return whole < 0 ? 0 : whole > 255 ? 255 : whole
}
