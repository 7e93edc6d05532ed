// In place of src/draw/over-checks.ts, as over-white.ts stands in place of what does so by WebGL.

import type { DrawnRegion, Region } from '../../kernel/region.js'
import type { FoldedNetwork } from '../../model/fold.js'

/** Twin: OverChecks in src/draw/over-checks.ts. */
export class OverChecks {
  draw(folded: FoldedNetwork, _: Region, draw: (folded: FoldedNetwork) => DrawnRegion): DrawnRegion {
    return draw(folded)
  }
}
