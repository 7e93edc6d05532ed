// Measures the units beside the page.

import { type LayerStatistics, measureUnits } from '../../explain/unit-statistics.js'
import type { FoldedNetwork } from '../../model/fold.js'
import type { Frame } from '../../model/frame.js'

export interface StatisticsRequest {
  readonly folded: FoldedNetwork
  readonly frame: Frame
}

export interface StatisticsReply {
  readonly ok: true
  readonly layers: readonly LayerStatistics[]
}

onmessage = ({ data }: MessageEvent<StatisticsRequest>): void => {
  postMessage({ ok: true, layers: measureUnits(data.folded, data.frame) } satisfies StatisticsReply)
}
