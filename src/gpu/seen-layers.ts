// The first two layers as a rectangle of pixels sees them. Everything that has the scale of the plane or of the zoom is
// multiplied here, in float64, about the rectangle's centre c; the shader only adds small multiples of pixels, which float32
// holds exactly. So coordinates are never rounded, at any zoom:
//
//   W1 (c + offset) + b1 = (W1 c + b1) + offsetX W1 stepX + offsetY W1 stepY
//
// What is large and rounds in float32, on a sharply trained net by a ten-thousandth of the picture's range, is the units far above
// their bend. There GELU(x) = x + GELU(-x) is all x, and x is linear: so every unit that is positive at the centre is turned over
// (its row of W1 and b1 negated), and the x that is missing goes through W2 into the second layer's bias, which then
// changes evenly over the view as well. What the shader is left with is the bends near the rectangle and the tails of the rest.

import type { FoldedNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import type { Sampling } from '../model/view.js'
import { quadsOf } from './shader-header.js'

const MAX_FLOAT32 = 3.4028234663852886e38

/** The uniforms of shaders/network.glsl, each [3, quads, 4]: at the centre, change a pixel to the right, change a pixel down. */
export interface SeenLayers {
  readonly first: Float32Array<ArrayBuffer>
  /** Halved, as biases are in the weight texels. */
  readonly second: Float32Array<ArrayBuffer>
}

/**
 * Packs the first two layers for a rectangle of pixels.
 * @param centre of the rectangle, in pixels from the view's centre
 * @param isPlain leaves every unit as it is, for a program that takes the second layer's bias from its weights
 */
export function packSeenLayers(
  { layers }: FoldedNetwork,
  sampling: Sampling,
  order: Frame['order'],
  centre: readonly [number, number],
  isPlain: boolean,
): SeenLayers {
  const [{ outDim, inDim, weight, bias }, next] = layers
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
    const value = bias[i] + wx * sampling.x + wy * sampling.y + right * centre[0] + down * centre[1]
    const isTurned = !isPlain && value > 0
    const sign = isTurned ? -1 : 1
    ;[value, right, down].forEach((part, k) => {
      first[k * stride + i] = saturate(sign * part)
      if (!isTurned) return
      const plane = planes[k]
      for (let o = 0; o < next.outDim; o++) plane[o] += next.weight[o * next.inDim + i] * part
    })
  }
  const nextStride = quadsOf(next.outDim) * 4
  const second = new Float32Array(3 * nextStride)
  planes.forEach((plane, k) => plane.forEach((value, o) => (second[k * nextStride + o] = saturate(value / 2))))
  return { first, second }
}

/** Very far out the sums leave float32; an infinity there would make NaN of the rest of the picture. */
function saturate(value: number): number {
  return Math.max(-MAX_FLOAT32, Math.min(MAX_FLOAT32, value))
}
