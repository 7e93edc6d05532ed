// The linear assignment between the units of two layers.

import { munkres } from 'munkres'

/**
 * Assigns each unit one of the other layer's, so that the sum of similarities is the largest (Kuhn 1955, Munkres 1957).
 * @param similarity [d, d], of unit i and the other's unit j at i * d + j
 * @returns for each unit the other's
 */
export function bestAssignment(similarity: Float64Array, d: number): number[] {
  const cost = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => -similarity[i * d + j]))
  const order = Array.from({ length: d }, (_, i) => i)
  for (const [i, j] of munkres(cost)) order[i] = j
  return order
}
