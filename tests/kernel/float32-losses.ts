// What NumPy's float32 loses on some nets, and how much whatever draws them may.

import losses from './float32-loss.expected.json' with { type: 'json' }

/** By the net's path: largest difference of raw outputs, over {@link GRID}. */
export const FLOAT32_LOSSES: Readonly<Record<string, number>> = losses

/** Pixels of [-1, 1] x [-1, 1], whose centres were taken. */
export const GRID = { width: 320, height: 200 } as const

/** Float32 sums in any order differ by as much as the sums themselves are off. */
export function lossLimit(path: string): number {
  return Math.max(1e-4, 1.5 * FLOAT32_LOSSES[path])
}
