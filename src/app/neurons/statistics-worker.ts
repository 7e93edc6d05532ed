// Measures the units beside the page.

import { measureUnits } from '../../explain/unit-statistics.js'
import type { FoldedNetwork } from '../../model/fold.js'
import type { Frame } from '../../model/frame.js'

onmessage = ({ data }: MessageEvent<{ readonly folded: FoldedNetwork; readonly frame: Frame }>): void => {
  postMessage(measureUnits(data.folded, data.frame))
}
