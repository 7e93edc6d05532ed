// The one open file: what it is, the frame that it is seen in, and what of its weights is drawn. From below: the file's own, which a training may
// replace; edits over them; a film over both. Whatever draws, proves, saves or explains asks here.

import type { Frame } from '../../model/frame.js'
import { createNetwork, type Network } from '../../model/network.js'
import type { StateDict } from '../../model/state-dict.js'
import { readFrame, summarizeFile } from '../../model/summary.js'
import { wholeFrame } from '../../model/view.js'
import type { Viewer } from '../../draw/viewer.js'
import { openedMeanwhile } from '../messages.js'
import { Signal } from '../signal.js'
import type { OpenFile } from '../../open/open-file.js'

/** What may lie over the file's own weights, the lowest first. */
const OVERLAYS = ['edits', 'film'] as const
export type Overlay = (typeof OVERLAYS)[number]

export class Opened {
  /** Another file, another frame, other weights. */
  readonly changed = new Signal()
  #file: OpenFile | null = null
  #isFrameChosen = false
  #frameProblem: string | null = null
  readonly #overlays = new Map<Overlay, Network>()
  #isComparing = false
  #trained: OpenFile | null = null
  #loading: AbortController | null = null

  constructor(private readonly viewer: Viewer) {}

  /** Null while none is open. Another object whenever its own weights are others. */
  get file(): OpenFile | null {
    return this.#file
  }

  /** What it is seen in; null while it is not seen alone. */
  get frame(): Frame | null {
    return this.viewer.frame
  }

  /** Whether the frame in place was chosen, by a person, a link or the solver. */
  get isFrameChosen(): boolean {
    return this.#isFrameChosen
  }

  /** Why what was typed last is no frame; null where it was one. */
  get frameProblem(): string | null {
    return this.#frameProblem
  }

  /** Whether the file is what a training writes to. */
  get isTraining(): boolean {
    return this.#trained !== null && this.#trained === this.#file
  }

  // Which file.

  /** The viewer shows this file by now. @param isFrameChosen whether the frame that it is seen in is not just the file's */
  take(file: OpenFile, isFrameChosen: boolean): void {
    this.#forget()
    this.#file = file
    this.#isFrameChosen = isFrameChosen
    this.changed.emit()
  }

  /** The viewer shows no file any more. */
  close(): void {
    this.#forget()
    this.#file = null
    this.changed.emit()
  }

  #forget(): void {
    this.#overlays.clear()
    this.#isComparing = false
    this.#frameProblem = null
  }

  // Files on their way: only the last of several counts, the others end quietly.

  get isLoading(): boolean {
    return this.#loading !== null
  }

  beginLoading(): AbortSignal {
    this.abortLoading()
    this.#loading = new AbortController()
    this.changed.emit()
    return this.#loading.signal
  }

  endLoading(signal: AbortSignal): void {
    if (this.#loading?.signal === signal) this.#loading = null
    this.changed.emit()
  }

  abortLoading(): void {
    this.#loading?.abort(openedMeanwhile())
    this.#loading = null
  }

  // Its frame.

  /** Sees it in another frame. @param isChosen whether somebody chose it; else it is just the file's own again */
  setFrame(frame: Frame, isChosen = true): void {
    this.#seeIn(frame)
    this.#isFrameChosen = isChosen
    this.#frameProblem = null
    this.changed.emit()
  }

  /** The view goes back to the whole frame when its ranges change. */
  #seeIn(frame: Frame): void {
    const { frame: before, view, contents, navigator } = this.viewer
    if (!before || !contents.setFrame(frame)) return
    const isMoved = `${frame.x},${frame.y},${frame.aspect}` !== `${before.x},${before.y},${before.aspect}`
    navigator.setView(isMoved || !view ? wholeFrame(frame) : view)
  }

  /** Says why what was typed is no frame; the frame stays. */
  refuseFrame(problem: string): void {
    this.#frameProblem = problem
    this.changed.emit()
  }

  // Its weights.

  /** The open file's weights are written by a training from now on, and whatever file takes its place by {@link replaceWeights}. */
  beginTraining(): void {
    this.#trained = this.#file
    this.changed.emit()
  }

  endTraining(): void {
    this.#trained = null
    this.changed.emit()
  }

  /** What a training writes to has come to its end, and is known by another key from now on. @param of the file that is meant */
  rename(of: string, key: string): void {
    const file = this.#file
    if (!file || file.key !== of) return
    const isTraining = this.isTraining
    this.#file = { ...file, key }
    if (isTraining) this.#trained = this.#file
    this.changed.emit()
  }

  /** Whether a training writes to the open file, or did before another one was opened. */
  get hasTrained(): boolean {
    return this.#trained !== null
  }

  /** Puts the weights of the training into its file; the view stays. So does the frame, unless the file states another. */
  replaceWeights(stateDict: StateDict): void {
    const before = this.#file
    if (!before || !this.isTraining) return
    const network = createNetwork(stateDict)
    if (!this.viewer.contents.updateNetwork(before.network, network)) return
    const { frame } = readFrame(stateDict)
    this.#forget()
    this.#file = { ...before, stateDict, network, summary: summarizeFile(stateDict, network), ownFrame: frame }
    this.#trained = this.#file
    if (!sameFrame(frame, before.ownFrame)) this.#seeIn(frame)
    this.changed.emit()
  }

  /** What lies over the file's own weights; null where nothing of this name does. */
  overlay(name: Overlay): Network | null {
    return this.#overlays.get(name) ?? null
  }

  /**
   * Lays other weights over the file's own; what lies above is seen, the others wait until it is taken away.
   * @param network of the same architecture; null for nothing
   * @param isAtOnce whether the next animation frame shows them, however coarsely
   * @throws FormatError or UnsupportedError when they cannot be drawn here; everything stays as it was then
   */
  setOverlay(name: Overlay, network: Network | null, isAtOnce = false): void {
    const before = this.overlay(name)
    if (before === network) return
    this.#put(name, network)
    try {
      this.#draw(isAtOnce)
    } catch (error) {
      this.#put(name, before)
      throw error
    }
    this.changed.emit()
  }

  #put(name: Overlay, network: Network | null): void {
    if (network) this.#overlays.set(name, network)
    else this.#overlays.delete(name)
  }

  /** Whether the edits are hidden for a while, to compare with what is beneath. */
  get isComparing(): boolean {
    return this.#isComparing
  }

  set isComparing(isComparing: boolean) {
    if (isComparing === this.#isComparing) return
    this.#isComparing = isComparing
    this.#draw(true)
    this.changed.emit()
  }

  /** Something else of the file is seen than before: its strip, or after that the file alone again. */
  seenAnew(): void {
    this.#draw(false)
    this.changed.emit()
  }

  /** Draws what is to be seen of the file, where the viewer shows it alone. */
  #draw(isAtOnce: boolean): void {
    const { contents } = this.viewer
    const own = this.#file?.network
    if (!own || contents.ownNetwork !== own) return
    const shown = OVERLAYS.filter(name => name !== 'edits' || !this.#isComparing)
    const seen = shown.reduce<Network>((below, name) => this.#overlays.get(name) ?? below, own)
    if (contents.network !== seen) contents.showOverlay(own, seen === own ? null : seen, isAtOnce)
  }
}

/** Whether two frames are the same convention. */
export function sameFrame(a: Frame, b: Frame): boolean {
  return (
    `${a.x}` === `${b.x}` &&
    `${a.y}` === `${b.y}` &&
    a.order === b.order &&
    a.aspect === b.aspect &&
    a.output === b.output &&
    a.channels === b.channels
  )
}
