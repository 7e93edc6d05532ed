// In place of what draws transparent networks over a checkerboard (src/model/checks.ts, src/draw/over-checks.ts, src/gpu/ground-text.ts): a page of one
// file shows them over white, as all that is given away.

import type { DrawnRegion, Region } from '../../kernel/region.js'
import type { FoldedNetwork } from '../../model/fold.js'

/** Twin: isTransparent() in src/model/checks.ts. */
export const isTransparent = (): boolean => false

/** Twin: checksOf() in src/model/checks.ts. */
export const checksOf = (): undefined => undefined

/** Twin: src/gpu/ground-text.ts. */
export const GROUND_TEXT = 'float groundAt(vec2 at) { return 1.0; }\n'

/** Twin: src/draw/over-checks.ts. */
export class OverChecks {
  draw(folded: FoldedNetwork, _: Region, draw: (folded: FoldedNetwork) => DrawnRegion): DrawnRegion {
    return draw(folded)
  }
}
