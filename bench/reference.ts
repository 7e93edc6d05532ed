// The float64 reference on one thread: what every other speed is a multiple of.

import { evaluateFolded } from '../src/model/reference.js'
import { type Contender, measureRate } from './contender.js'
import type { Workload } from './points.js'

export const REFERENCE_NAME = 'float64 reference'

/** Times evaluateFolded. */
export function createReference({ folded, inputs, count }: Workload): Contender {
  const out = new Float64Array(count * 3)
  return {
    name: REFERENCE_NAME,
    threads: 1,
    async round() {
      const megapixelsPerSecond = await measureRate(() => evaluateFolded(out, folded, inputs), count)
      return { megapixelsPerSecond, note: 'TypeScript' }
    },
  }
}
