// The kernel as the subject of a proof, on the page's own thread: a proof is short.

import type { ParitySubject } from '../gpu/parity.js'
import { ColourDrawer } from '../kernel/colours.js'
import type { Kernel } from '../kernel/module.js'
import { createPointEvaluator } from '../kernel/reference-evaluator.js'
import { centreOf, offsetsOfBlocks, type Region, regionOfRows } from '../kernel/region.js'
import { levelsOf } from '../model/picture.js'

export function kernelSubject(name: string, kernel: Kernel): ParitySubject {
  return {
    name,
    async measure(folded, frame, view, { width, height }) {
      const region: Region = regionOfRows({ folded, frame, view, width, height, samples: 1 }, 0, height)
      const evaluator = createPointEvaluator(folded, kernel)
      evaluator.setCentre(...centreOf(region))
      const inputs = offsetsOfBlocks(new Float32Array(width * height * 2), region, 0, 0)
      return {
        raw: evaluator.evaluate(new Float32Array(width * height * 3), inputs),
        levels: levelsOf(new ColourDrawer(evaluator).draw(region)),
      }
    },
  }
}
