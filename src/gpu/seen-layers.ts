// The first two layers as a cell of a view sees them, 64 blocks an edge. Everything that has the scale of the plane or of the
// zoom is multiplied here, in float64, about the cell's centre c; the shader only adds small multiples of pixels, which float32
// holds exactly. So coordinates are never rounded, at any zoom:
//
//   W1 (c + offset) + b1 = (W1 c + b1) + offsetX W1 stepX + offsetY W1 stepY
//
// What is large and rounds in float32, on a sharply trained net by a ten-thousandth of the picture's range, is the units far above
// their bend. There GELU(x) = x + GELU(-x), and with it every function of that form, is all x, and x is linear: so every unit that is positive at the centre is turned over
// (its row of W1 and b1 negated), and the x that is missing goes through W2 into the second layer's bias, which then
// changes evenly over the view as well. What the shader is left with is the bends within the cell and the tails of the rest.

import type { FoldedNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import { activationKindOf } from '../model/layers/kinds.js'
import type { Sampling } from '../model/view.js'
import type { Rect, Size } from '../world/camera.js'
import { quadsOf } from './shader-layout.js'
import { shaderNetwork } from './shader-network.js'

const MAX_FLOAT32 = 3.4028234663852886e38
const TURN = 2 * Math.PI

/** The uniforms of shaders/network.glsl, each [3, quads, 4]: at the centre, change a pixel to the right, change a pixel down. */
export interface SeenLayers {
  readonly first: Float32Array<ArrayBuffer>
  /** Halved, as biases are in the weight texels. */
  readonly second: Float32Array<ArrayBuffer>
  /** Where the first layer takes the distance from the origin: what each unit takes of it; else null. */
  readonly radius: SeenRadius | null
}

export interface SeenRadius {
  /** [quads, 4] */
  readonly weight: Float32Array<ArrayBuffer>
  /** The cell's centre, and how far that is from the origin. */
  readonly centre: readonly [number, number, number]
}

// A multiple of the blocks that share an invocation. Small against the bends of a picture of 240 pixels: cells twice as large
// lose half of what is gained there (bench/RESULTS.md). 510 draws for 1920x1080.
const CELL = 64

/** A part of a rectangle of blocks that is drawn at once, and the middle of what the viewport has of its cell, in blocks from its top left corner. */
export interface Cell {
  readonly part: Rect
  readonly centre: readonly [number, number]
}

/**
 * Cuts a rectangle of blocks along a lattice that every rectangle of the view shares: tiles are as large as the machine is
 * fast, and the picture must not depend on it.
 * @param viewport in blocks
 */
export function cellsOf({ x, y, width, height }: Rect, viewport: Size): Cell[] {
  const cells: Cell[] = []
  const start = (value: number) => Math.floor(value / CELL) * CELL
  for (let top = start(y); top < y + height; top += CELL)
    for (let left = start(x); left < x + width; left += CELL) {
      const part = { x: Math.max(left, x), y: Math.max(top, y), width: 0, height: 0 }
      part.width = Math.min(left + CELL, x + width) - part.x
      part.height = Math.min(top + CELL, y + height) - part.y
      // A picture of one pixel is far from the middle of a whole cell.
      const right = Math.min(left + CELL, viewport.width)
      const bottom = Math.min(top + CELL, viewport.height)
      cells.push({ part, centre: [(left + right) / 2, (top + bottom) / 2] })
    }
  return cells
}

/**
 * Packs the first two layers for a cell.
 * @param centre about which, in pixels from the view's centre
 * @param isPlain leaves every unit as it is, for a program that takes the second layer's bias from its weights
 * @param isArgumentSeen whether units of the first layer are looked at before their activation: then no turns of a sine are taken off
 */
export function packSeenLayers(
  folded: FoldedNetwork,
  sampling: Sampling,
  order: Frame['order'],
  centre: readonly [number, number],
  isPlain: boolean,
  isArgumentSeen = false,
): SeenLayers {
  const { layers, secondWeight, direct, radius } = shaderNetwork(folded)
  const [{ outDim, inDim, weight, bias, activation }, next] = layers
  // Where x is no part of the function, and where the units do not change evenly, nothing can be turned over.
  const oddPart = (activation && !radius && !isPlain && activationKindOf(activation).oddPart?.(activation)) || 0
  const isSine = activation?.kind === 'sine'
  const middle = [sampling.x + sampling.stepX * centre[0], sampling.y + sampling.stepY * centre[1]] as const
  const distance = Math.hypot(...middle)
  const [xInput, yInput] = order === 'xy' ? [0, 1] : [1, 0]
  const stride = quadsOf(outDim) * 4
  const first = new Float32Array(3 * stride)
  // The second layer's bias and its changes, in float64.
  const planes = [next.bias.slice(), new Float64Array(next.outDim), new Float64Array(next.outDim)]
  for (let i = 0; i < outDim; i++) {
    const wx = weight[i * inDim + xInput]
    const wy = weight[i * inDim + yInput]
    const right = wx * sampling.stepX
    const down = wy * sampling.stepY
    let value = bias[i] + wx * sampling.x + wy * sampling.y + right * centre[0] + down * centre[1]
    if (radius) value += radius[i] * distance
    // Whole turns are taken off while there are digits for them.
    if (isSine && !isArgumentSeen) value -= TURN * Math.round(value / TURN)
    const isTurned = oddPart !== 0 && value > 0
    const sign = isTurned ? -1 : 1
    ;[value, right, down].forEach((part, k) => {
      first[k * stride + i] = saturate(sign * part)
      if (!isTurned) return
      const plane = planes[k]
      for (let o = 0; o < next.outDim; o++) plane[o] += oddPart * secondWeight[o * next.inDim + i] * part
    })
  }
  if (direct)
    for (let o = 0; o < next.outDim; o++) {
      const [wx, wy] = [direct[2 * o + xInput], direct[2 * o + yInput]]
      planes[0][o] += wx * middle[0] + wy * middle[1]
      planes[1][o] += wx * sampling.stepX
      planes[2][o] += wy * sampling.stepY
    }
  const nextStride = quadsOf(next.outDim) * 4
  const second = new Float32Array(3 * nextStride)
  planes.forEach((plane, k) => plane.forEach((value, o) => (second[k * nextStride + o] = saturate(value / 2))))
  return { first, second, radius: radius && seenRadius(radius, [...middle, distance], stride) }
}

function seenRadius(radius: Float64Array, centre: SeenRadius['centre'], stride: number): SeenRadius {
  const weight = new Float32Array(stride)
  weight.set(radius)
  return { weight, centre }
}

/** Very far out the sums leave float32; an infinity there would make NaN of the rest of the picture. */
function saturate(value: number): number {
  return Math.max(-MAX_FLOAT32, Math.min(MAX_FLOAT32, value))
}
