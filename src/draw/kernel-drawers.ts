// Kernels that draw on this thread, one for each architecture: a kernel holds one network at a time, and hundreds of nets
// would be hundreds of memories.

import { ColourDrawer } from '../kernel/colours.js'
import type { Kernel } from '../kernel/module.js'
import { createPointEvaluator } from '../kernel/reference-evaluator.js'
import type { DrawnRegion, Region } from '../kernel/region.js'
import { type Checks, isDark, overDarkCheck } from '../model/checks.js'
import { type FoldedNetwork, shapeKey } from '../model/fold.js'

interface Station {
  readonly drawer: ColourDrawer
  /** What its kernel holds. */
  folded: FoldedNetwork
}

export class KernelDrawers {
  readonly #stations = new Map<string, Station>()
  /** Transparent networks over a dark ground. */
  readonly #dark = new WeakMap<FoldedNetwork, FoldedNetwork>()

  constructor(private readonly kernel: Kernel) {}

  /** Checks that a network can be drawn. @throws UnsupportedError when the kernel cannot hold it, or not run at all */
  check(folded: FoldedNetwork): void {
    this.#stationOf(folded)
  }

  /** Draws a region. @throws as {@link check} */
  draw(folded: FoldedNetwork, region: Region): DrawnRegion {
    const drawn = this.#stationOf(folded).drawer.drawPixels(region)
    return region.checks ? this.#overChecks(folded, region, region.checks, drawn) : drawn
  }

  /** Puts what is seen over dark checks into a picture over white: whole pixels, as checks end between two. */
  #overChecks(folded: FoldedNetwork, region: Region, checks: Checks, { rgba, evaluations }: DrawnRegion): DrawnRegion {
    const dark = this.#dark.get(folded) ?? overDarkCheck(folded)
    this.#dark.set(folded, dark)
    const again = this.#stationOf(dark).drawer.drawPixels(region)
    const [to, from] = [rgba, again.rgba].map(({ buffer, byteOffset }) => new Uint32Array(buffer, byteOffset))
    const { x, y, width, height } = region.blocks
    for (let row = 0, i = 0; row < height; row++)
      for (let column = 0; column < width; column++, i++)
        if (isDark(checks, (x + column + 0.5) * region.step, (y + row + 0.5) * region.step)) to[i] = from[i]
    return { rgba, evaluations: evaluations + again.evaluations }
  }

  /** Puts a network into the kernel of its architecture, where it is until another one is drawn. */
  #stationOf(folded: FoldedNetwork): Station {
    const key = shapeKey(folded)
    let station = this.#stations.get(key)
    if (!station) {
      station = { drawer: new ColourDrawer(createPointEvaluator(folded, this.kernel)), folded }
      this.#stations.set(key, station)
    } else if (station.folded !== folded) {
      station.drawer.evaluator.setNetwork(folded)
      station.folded = folded
    }
    return station
  }
}
