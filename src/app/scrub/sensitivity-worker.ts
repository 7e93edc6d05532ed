// The sensitivity worker: measures how much every parameter matters for a view, off the page's own thread, some time at a time, and tells what it
// knows by then. Whoever wants to know more asks it to go on; a newer question takes the place of the one before.

import { SensitivityPass, type SensitivityView } from '../../explain/sensitivity.js'
import type { Network } from '../../model/network.js'
import { lineOf } from '../messages.js'

/** What is measured from now on; null to go on with what is being measured. */
export type SensitivityRequest = { readonly network: Network; readonly view: SensitivityView } | null

export type SensitivityReply =
  | {
      readonly ok: true
      /** [count] by flat index, in displayed channels per unit, over the pixels so far. */
      readonly values: Float64Array<ArrayBuffer>
      readonly pixelsDone: number
      readonly isDone: boolean
    }
  | { readonly ok: false; readonly reason: string }

/** Pixels between two looks at the clock: about half a millisecond. */
const CHUNK = 8
/** Milliseconds until it tells what it knows: as long a newer question may wait. */
const SLICE_MS = 80

let pass: SensitivityPass | null = null

self.addEventListener('message', ({ data: request }: MessageEvent<SensitivityRequest>) => {
  try {
    if (request) pass = new SensitivityPass(request.network, request.view)
    if (!pass) throw new Error('there is nothing to go on with')
    const startMs = performance.now()
    while (!pass.advance(CHUNK) && performance.now() - startMs < SLICE_MS);
    const values = pass.read()
    const { pixelsDone, isDone } = pass
    postMessage({ ok: true, values, pixelsDone, isDone } satisfies SensitivityReply, { transfer: [values.buffer] })
  } catch (error) {
    postMessage({ ok: false, reason: lineOf(error) } satisfies SensitivityReply, { transfer: [] })
  }
})
