// The first layer as a view sees it. W1 (centre + offset) + b1 = (W1 centre + b1) + offsetX W1 stepX + offsetY W1 stepY:
// everything that has the scale of the plane or of the zoom is multiplied here, in float64, and the shader only adds
// small multiples of pixels, which float32 holds exactly. So coordinates are never rounded, at any zoom.

import type { FoldedNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import type { Sampling } from '../model/view.js'
import { quadsOf } from './shader-header.js'

const MAX_FLOAT32 = 3.4028234663852886e38

/**
 * Packs the uniform uFirstLayer: bias at the view's centre, change a pixel to the right, change a pixel down.
 * @returns [3, quads, 4]
 */
export function packFirstLayer(
  folded: FoldedNetwork,
  sampling: Sampling,
  order: Frame['order'],
): Float32Array<ArrayBuffer> {
  const { outDim, inDim, weight, bias } = folded.layers[0]
  const [xInput, yInput] = order === 'xy' ? [0, 1] : [1, 0]
  const stride = quadsOf(outDim) * 4
  const packed = new Float32Array(3 * stride)
  for (let o = 0; o < outDim; o++) {
    const wx = weight[o * inDim + xInput]
    const wy = weight[o * inDim + yInput]
    packed[o] = saturate(bias[o] + wx * sampling.x + wy * sampling.y)
    packed[stride + o] = saturate(wx * sampling.stepX)
    packed[2 * stride + o] = saturate(wy * sampling.stepY)
  }
  return packed
}

/** Very far out the sums leave float32; an infinity there would make NaN of the rest of the picture. */
function saturate(value: number): number {
  return Math.max(-MAX_FLOAT32, Math.min(MAX_FLOAT32, value))
}
