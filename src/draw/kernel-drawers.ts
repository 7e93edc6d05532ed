// Kernels that draw on this thread, one for each architecture: a kernel holds one network at a time, and hundreds of nets
// would be hundreds of memories.

import { ColourDrawer } from '../kernel/colours.js'
import { Evaluator } from '../kernel/evaluator.js'
import type { FoldedNetwork } from '../model/fold.js'
import { levelOf } from '../model/tone.js'

interface Station {
  readonly drawer: ColourDrawer
  /** What its kernel holds. */
  folded: FoldedNetwork
}

export class KernelDrawers {
  readonly #stations = new Map<string, Station>()

  /**
   * A drawer whose kernel holds the network, until another one is asked for.
   * @throws UnsupportedError when the kernel cannot hold it, or not run at all
   */
  drawerOf(folded: FoldedNetwork): ColourDrawer {
    const key = folded.layers.map(({ inDim, outDim, gelu }) => `${inDim},${outDim},${gelu}`).join(' ')
    let station = this.#stations.get(key)
    if (!station) {
      station = { drawer: new ColourDrawer(new Evaluator(folded)), folded }
      this.#stations.set(key, station)
    } else if (station.folded !== folded) {
      station.drawer.evaluator.setNetwork(folded)
      station.folded = folded
    }
    return station.drawer
  }
}

/** Rounds colours [n, 3] to RGBA8 [n, 4]. */
export function opaqueOf(colours: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray((colours.length / 3) * 4)
  for (let from = 0, to = 0; from < colours.length; from += 3, to += 4) {
    rgba[to] = levelOf(colours[from])
    rgba[to + 1] = levelOf(colours[from + 1])
    rgba[to + 2] = levelOf(colours[from + 2])
    rgba[to + 3] = 255
  }
  return rgba
}
