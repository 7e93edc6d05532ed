// The sensitivity worker: measures how much every parameter matters for a view, off the page's own thread, a slice at a time, so
// that a newer question takes the place of the one under way. Tells what it knows meanwhile.

import { SensitivityPass, type SensitivityView } from '../../explain/sensitivity.js'
import type { Network } from '../../model/network.js'
import { lineOf } from '../messages.js'

export type SensitivityRequest =
  /** Takes the place of what is being measured. Answered again and again until it is done. */
  | { readonly kind: 'measure'; readonly id: number; readonly network: Network; readonly view: SensitivityView }
  | { readonly kind: 'cancel' }

export type SensitivityReply =
  | {
      readonly ok: true
      readonly id: number
      /** [count] by flat index, in displayed channels per unit, over the pixels so far. */
      readonly values: Float64Array<ArrayBuffer>
      readonly pixelsDone: number
      readonly isDone: boolean
    }
  | { readonly ok: false; readonly id: number; readonly reason: string }

/** Pixels between two looks at the clock: about half a millisecond. */
const CHUNK = 8
const SLICE_MS = 12
/** Milliseconds between two answers about the same view. */
const TELL_MS = 80

let current: { readonly id: number; readonly pass: SensitivityPass; toldMs: number } | null = null
let isScheduled = false

self.addEventListener('message', ({ data: request }: MessageEvent<SensitivityRequest>) => {
  current = null
  if (request.kind === 'cancel') return
  const { id, network, view } = request
  try {
    current = { id, pass: new SensitivityPass(network, view), toldMs: performance.now() }
    schedule()
  } catch (error) {
    const reason = lineOf(error)
    postMessage({ ok: false, id, reason } satisfies SensitivityReply)
  }
})

// A task of its own after every slice: a message that waits comes first.
function schedule(): void {
  if (isScheduled) return
  isScheduled = true
  setTimeout(() => {
    isScheduled = false
    goOn()
  })
}

function goOn(): void {
  if (!current) return
  const { id, pass, toldMs } = current
  const startMs = performance.now()
  while (!pass.advance(CHUNK) && performance.now() - startMs < SLICE_MS);
  if (pass.isDone || performance.now() - toldMs >= TELL_MS) {
    current.toldMs = performance.now()
    const values = pass.read()
    const { pixelsDone, isDone } = pass
    postMessage({ ok: true, id, values, pixelsDone, isDone } satisfies SensitivityReply, { transfer: [values.buffer] })
  }
  if (pass.isDone) current = null
  else schedule()
}
