// The sensitivity worker, seen from the page: the newest question wins, and what is known so far is there to be shown.

import type { SensitivityView } from '../../explain/sensitivity.js'
import type { Network } from '../../model/network.js'
import type { SensitivityReply, SensitivityRequest } from './sensitivity-worker.js'

/** What is known of a view. */
export interface Sensitivities {
  readonly network: Network
  readonly view: SensitivityView
  /** [count] by the flat index of `listParameters`, in displayed channels per unit of the parameter. */
  readonly values: Float64Array
  readonly pixelsDone: number
  readonly isDone: boolean
}

export class LiveSensitivity {
  #worker: Worker | null = null
  #id = 0
  #asked: { readonly network: Network; readonly view: SensitivityView } | null = null
  /** The newest answer; while another view is being measured it may be the one before's. */
  latest: Sensitivities | null = null
  /** Why there is none, in a line. */
  problem: string | null = null

  constructor(private readonly onChange: () => void) {}

  ask(network: Network, view: SensitivityView): void {
    this.#asked = { network, view }
    this.problem = null
    this.#worker ??= this.#create()
    this.#post({ kind: 'measure', id: ++this.#id, network, view })
  }

  /** Stops what is being measured, and forgets what is known. */
  cancel(): void {
    this.#asked = null
    this.latest = null
    this.#id++
    this.#post({ kind: 'cancel' })
  }

  dispose(): void {
    this.#id++
    this.#worker?.terminate()
    this.#worker = null
  }

  #post(request: SensitivityRequest): void {
    this.#worker?.postMessage(request, [])
  }

  #create(): Worker {
    const worker = new Worker(new URL('./sensitivity-worker.ts', import.meta.url), {
      type: 'module',
      name: 'vexel sensitivity',
    })
    worker.addEventListener('message', ({ data: reply }: MessageEvent<SensitivityReply>) => {
      if (reply.id !== this.#id || !this.#asked) return
      if (reply.ok) this.latest = { ...this.#asked, ...reply }
      else this.#fail(reply.reason)
      this.onChange()
    })
    worker.addEventListener('error', event => {
      event.preventDefault()
      this.#fail(event.message || 'its worker could not be loaded')
      this.onChange()
    })
    return worker
  }

  #fail(reason: string): void {
    this.latest = null
    this.problem = reason
  }
}
