// Kernels that draw on this thread, one for each architecture: a kernel holds one network at a time, and hundreds of nets
// would be hundreds of memories.

import { ColourDrawer } from '../kernel/colours.js'
import type { Kernel } from '../kernel/module.js'
import { createPointEvaluator } from '../kernel/reference-evaluator.js'
import type { DrawnRegion, Region } from '../kernel/region.js'
import { type FoldedNetwork, shapeKey } from '../model/fold.js'
import { OverChecks } from './over-checks.js'

interface Station {
  readonly drawer: ColourDrawer
  /** What its kernel holds. */
  folded: FoldedNetwork
}

export class KernelDrawers {
  readonly #stations = new Map<string, Station>()
  readonly #overChecks = new OverChecks()

  constructor(private readonly kernel: Kernel) {}

  /** Checks that a network can be drawn. @throws UnsupportedError when the kernel cannot hold it, or not run at all */
  check(folded: FoldedNetwork): void {
    this.#stationOf(folded)
  }

  /** Draws a region. @throws as {@link check} */
  draw(folded: FoldedNetwork, region: Region): DrawnRegion {
    return this.#overChecks.draw(folded, region, seen => this.#stationOf(seen).drawer.drawPixels(region))
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
