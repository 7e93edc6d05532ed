// What the processor draws of a transparent network over a checkerboard: it draws twice, and takes whole pixels, as checks end between two.

import type { DrawnRegion, Region } from '../kernel/region.js'
import { isDark, overDarkCheck } from '../model/checks.js'
import type { FoldedNetwork } from '../model/fold.js'

export class OverChecks {
  /** Networks over a dark ground. */
  readonly #dark = new WeakMap<FoldedNetwork, FoldedNetwork>()

  /** @param draw draws a network over the ground that it has */
  draw(folded: FoldedNetwork, region: Region, draw: (folded: FoldedNetwork) => DrawnRegion): DrawnRegion {
    const drawn = draw(folded)
    const { checks, step } = region
    if (!checks) return drawn
    const dark = this.#dark.get(folded) ?? overDarkCheck(folded)
    this.#dark.set(folded, dark)
    const again = draw(dark)
    const [to, from] = [drawn, again].map(({ rgba }) => new Uint32Array(rgba.buffer, rgba.byteOffset))
    const { x, y, width, height } = region.blocks
    for (let row = 0, i = 0; row < height; row++)
      for (let column = 0; column < width; column++, i++)
        if (isDark(checks, (x + column + 0.5) * step, (y + row + 0.5) * step)) to[i] = from[i]
    return { rgba: drawn.rgba, evaluations: drawn.evaluations + again.evaluations }
  }
}
