// The checkerboard that is seen through a transparent network in the page. Its checks are as large at every zoom, begin at the frame's corner and
// end between two pixels; what is exported and saved in files stands over white.

import type { FoldedNetwork } from './fold.js'
import type { Frame } from './frame.js'
import type { Sampling } from './view.js'

/** Whether there are any: not in what is built of src/element/page/no-checks.ts in place of this. */
export const HAS_CHECKS: boolean = true

/** What a dark check is, sRGB-encoded; a light one is white. */
export const DARK_CHECK = 0.8
/** Pixels an edge. */
const EDGE = 12

/** Where checks lie in a view. */
export interface Checks {
  /** A corner where two light ones meet, pixels from the view's top left: whole, and less than two checks from it. */
  readonly x: number
  readonly y: number
  /** Pixels an edge. */
  readonly edge: number
}

/** Whether a network gives an opacity. */
export function isTransparent({ ending = [] }: FoldedNetwork): boolean {
  return ending.some(({ kind }) => kind === 'alpha')
}

/** The checks of a view. @param viewport in pixels */
export function checksOf(
  { x, y }: Pick<Frame, 'x' | 'y'>,
  sampling: Sampling,
  viewport: { readonly width: number; readonly height: number },
): Checks {
  const from = (start: number, centre: number, step: number, extent: number) => {
    const corner = Math.round((start - centre) / step + extent / 2)
    return corner - 2 * EDGE * Math.floor(corner / (2 * EDGE))
  }
  return {
    x: from(x[0], sampling.x, sampling.stepX, viewport.width),
    y: from(y[0], sampling.y, sampling.stepY, viewport.height),
    edge: EDGE,
  }
}

/** Whether a point of the view, pixels from its top left, lies in a dark check. Twin: src/gpu/over-ground.ts. */
export function isDark({ x, y, edge }: Checks, pixelX: number, pixelY: number): boolean {
  return ((Math.floor((pixelX - x) / edge) + Math.floor((pixelY - y) / edge)) & 1) === 1
}

/** A transparent network as it is seen over a dark check, wherever that is. */
export function overDarkCheck(folded: FoldedNetwork): FoldedNetwork {
  const ending = folded.ending?.map(layer => (layer.kind === 'alpha' ? { ...layer, ground: DARK_CHECK } : layer))
  return { ...folded, ending }
}
