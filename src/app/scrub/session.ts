// The edits of the open file: what they are, what they make of its network, undo and redo. The edited network stands in for
// the file's own in the viewer, which gives that back by itself when the file is left: a flag hangs on the wall as it came,
// and the edits stay in the entry of the history that "back" returns to.

import {
  applyEdits,
  type Edits,
  isUnedited,
  NO_EDITS,
  pinParameter,
  roundPin,
  unpinParameter,
} from '../../edit/edits.js'
import { createHistory, type History, pushEdits, redo, undo } from '../../edit/history.js'
import { listParameters, type ParameterList, readParameters } from '../../edit/parameters.js'
import { doublePrecision, type Precision, precisionOf } from '../../edit/precision.js'
import { editedStateDict } from '../../edit/save.js'
import { UnsupportedError } from '../../model/errors.js'
import type { Network } from '../../model/network.js'
import type { StateDict } from '../../model/state-dict.js'
import type { Explorer } from '../explorer.js'
import type { OpenFile } from '../open-file.js'

export class ScrubSession {
  readonly file: OpenFile
  readonly parameters: ParameterList
  readonly precision: Precision
  /** Values of all parameters in the file: [parameters.count]. */
  readonly originalValues: Float64Array
  /** The networks that morph effects go towards, by their key; whoever adds such an effect puts its network in here first. */
  readonly targets = new Map<string, Network>()
  #history: History = createHistory()
  #network: Network
  #values: Float64Array
  #isComparing = false
  readonly #listeners = new Set<() => void>()

  constructor(
    private readonly explorer: Explorer,
    private readonly onChange: () => void,
  ) {
    if (!explorer.file) throw new UnsupportedError('there is nothing to scrub: no file is open')
    this.file = explorer.file
    this.#network = this.original
    this.parameters = listParameters(this.original.architecture)
    this.precision = this.file.film ? doublePrecision(this.original) : precisionOf(this.file.stateDict, this.original)
    this.originalValues = readParameters(this.original)
    this.#values = this.originalValues
  }

  /** Whether the file whose edits these are is still open. */
  get isOpen(): boolean {
    return this.explorer.file === this.file
  }

  /** Why nothing can be changed just now, in a line; null where it can. */
  get obstacle(): string | null {
    if (!this.isOpen) return 'another file was opened'
    if (this.explorer.isHeld) return 'this net is being trained: what a training writes cannot be scrubbed'
    if (this.file.film) return 'a film holds many nets: open one network to scrub it'
    if (this.#isFilmOpen) return 'the film shows other weights: close it to scrub those of the file'
    return null
  }

  get #isFilmOpen(): boolean {
    const { films } = this.explorer
    return films !== null && films.state.film !== null
  }

  /** The network of the file. */
  get original(): Network {
    return this.file.network
  }

  /** The network with the edits, also while the original is being looked at. */
  get network(): Network {
    return this.#network
  }

  /** Values of all parameters with the edits: [parameters.count], not to be written to. */
  get values(): Float64Array {
    return this.#values
  }

  get edits(): Edits {
    return this.#history.present
  }

  get isUnedited(): boolean {
    return isUnedited(this.edits)
  }

  get canUndo(): boolean {
    return this.#history.past.length > 0
  }

  get canRedo(): boolean {
    return this.#history.future.length > 0
  }

  /** Whether the original is drawn, to compare with. */
  get isComparing(): boolean {
    return this.#isComparing
  }

  set isComparing(isComparing: boolean) {
    if (isComparing === this.#isComparing) return
    this.#isComparing = isComparing
    this.show()
    this.onChange()
  }

  /** Calls a function whenever the edits have changed, until the returned one is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Makes other edits what is drawn; the next animation frame shows them.
   * @param mergeKey names a gesture: all that it changes is one step to undo
   * @throws with one line when they do not fit the network or it cannot be drawn; everything stays as it was then
   */
  apply(edits: Edits, mergeKey: string | null = null): void {
    this.#checkPossible()
    this.#take(pushEdits(this.#history, edits, mergeKey))
  }

  /**
   * Sets a parameter, rounded to what its file can hold.
   * @throws as {@link apply}, and when the value is not finite or a negative variance
   */
  pin(index: number, value: number, mergeKey: string | null = null): void {
    const { parameters, precision } = this
    const held = roundPin(parameters, precision, index, value)
    // What the file has itself is no edit, unless an effect has changed it.
    if (Object.is(held, this.originalValues[index]) && this.edits.effects.length === 0)
      this.apply(unpinParameter(this.edits, index), mergeKey)
    else this.apply(pinParameter(this.edits, parameters, precision, index, value), mergeKey)
  }

  /** Gives a parameter the file's value again, whatever effects there are. */
  restore(index: number): void {
    if (this.edits.effects.length === 0) this.apply(unpinParameter(this.edits, index))
    else this.pin(index, this.originalValues[index])
  }

  undo(): void {
    this.#checkPossible()
    this.#take(undo(this.#history))
  }

  redo(): void {
    this.#checkPossible()
    this.#take(redo(this.#history))
  }

  /** The file's own values; undo brings the edits back. */
  reset(): void {
    this.apply(NO_EDITS)
  }

  /** The edited file: the original's bytes but for the tensors that were touched. */
  stateDict(): StateDict {
    return editedStateDict(this.file.stateDict, this.original, this.#network)
  }

  /** Draws what is to be seen. Called again when something else was drawn meanwhile: a film, the strip of one. */
  show(): void {
    const { viewer } = this.explorer
    if (!this.isOpen || viewer.ownNetwork !== this.original) return
    if (this.#isFilmOpen) {
      // A film ends with the file's own weights.
      if (viewer.network === this.#network && !this.isUnedited) viewer.showMoment(this.original, null)
      return
    }
    const shown = this.#isComparing ? this.original : this.#network
    if (viewer.network === shown || this.explorer.isHeld) return
    viewer.showMoment(this.original, shown === this.original ? null : shown, true)
    this.explorer.weightsChanged()
  }

  #checkPossible(): void {
    if (this.obstacle !== null) throw new UnsupportedError(this.obstacle)
  }

  #take(history: History): void {
    if (history.present === this.#history.present) {
      this.#history = history
      this.onChange()
      return
    }
    const network = applyEdits(this.original, history.present, this.targets, this.precision, this.file.ownFrame)
    // Throws what cannot be drawn before anything is changed.
    this.explorer.viewer.check(network)
    this.#history = history
    this.#network = network
    this.#values = network === this.original ? this.originalValues : readParameters(network)
    this.#isComparing = false
    this.show()
    for (const listener of this.#listeners) listener()
    this.onChange()
  }
}
