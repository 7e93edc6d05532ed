// How wide a picture is seen that is trained in the page: never wider than it is, and a tall one no larger than others, for the time that a
// training takes goes by the pixels.

import type { SourceSize } from '../../train/target-size.js'

/** Pixels that are seen at most, of the width that is wanted: as many as of a picture of 2:3 in portrait. */
const MOST_HEIGHT = 3 / 2

/** @param wanted pixels across @returns whole pixels, at least 1 */
export function boundedWidth({ width, height, isDrawing }: SourceSize, wanted: number): number {
  const most = wanted * Math.min(1, Math.sqrt((MOST_HEIGHT * width) / height))
  return Math.max(1, Math.round(isDrawing ? most : Math.min(most, width)))
}
