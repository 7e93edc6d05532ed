// The proof on the person's own machine: what draws here, against the float64 reference.

import { UnsupportedError } from '../model/errors.js'
import { pictureSize } from '../model/view.js'
import type { Viewer } from '../draw/viewer.js'
import { measureSubject, type ParityReport } from '../gpu/parity.js'
import { lineOf } from './messages.js'
import type { Opened } from './open/opened.js'
import { Signal } from './signal.js'

export type ProofState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly report: ParityReport }
  | { readonly kind: 'failed'; readonly reason: string }

const WIDTH = 320

export class Proof {
  readonly changed = new Signal()
  #state: ProofState = { kind: 'none' }

  constructor(
    private readonly viewer: Viewer,
    private readonly opened: Opened,
  ) {
    // Another file, frame or weight: what was proved is not what is seen.
    opened.changed.subscribe(() => this.#set({ kind: 'none' }))
  }

  get state(): ProofState {
    return this.#state
  }

  /** Compares the whole frame. @throws with one line when nothing is open, or what draws is not ready */
  async measure(size?: { width?: number; height?: number }): Promise<ParityReport> {
    await this.viewer.lifecycle.whenReady()
    const { network, lifecycle } = this.viewer
    const renderer = lifecycle.holder
    const { frame } = this.opened
    if (!network || !frame) throw new UnsupportedError('there is nothing to prove: no file is open')
    if (!renderer) throw new UnsupportedError('there is nothing to prove: the renderer is not ready')
    return await measureSubject(
      renderer.subject,
      network,
      frame,
      pictureSize(frame, size?.width ?? WIDTH, size?.height),
    )
  }

  /** As {@link measure}, for people: the state tells how it went. */
  async show(): Promise<void> {
    if (this.#state.kind === 'running') return
    const running: ProofState = { kind: 'running' }
    this.#set(running)
    let state: ProofState
    try {
      state = { kind: 'done', report: await this.measure() }
    } catch (error) {
      state = { kind: 'failed', reason: lineOf(error) }
    }
    // Another file or frame has come meanwhile: this is not its proof.
    if (this.state === running) this.#set(state)
  }

  #set(state: ProofState): void {
    if (state.kind === 'none' && this.#state.kind === 'none') return
    this.#state = state
    this.changed.emit()
  }
}
