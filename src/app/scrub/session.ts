// The edits of the open file: what they make of its network, undo and redo. The edited network lies over the file's own as long as the file is open:
// a flag hangs on the wall as it came. The edits themselves are the visit's (KeptEdits): a session of a file that was left begins where it ended.

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
import { UnsupportedError } from '../../model/errors.js'
import type { Network } from '../../model/network.js'
import type { OpenFile } from '../../open/open-file.js'
import type { Page } from '../page.js'
import { Signal } from '../signal.js'

const NO_HISTORY = createHistory()

export class ScrubSession {
  readonly file: OpenFile
  readonly parameters: ParameterList
  readonly precision: Precision
  /** Values of all parameters in the file: [parameters.count]. */
  readonly originalValues: Float64Array
  /** The networks that morph effects go towards, by their key; whoever adds such an effect puts its network in here first. */
  readonly targets: Map<string, Network>
  #network: Network
  #values: Float64Array

  /** The edits have changed. */
  readonly changed = new Signal()
  #comparingSinceMs = 0

  constructor(private readonly page: Page) {
    const { file } = page.opened
    if (!file) throw new UnsupportedError('there is nothing to scrub: no file is open')
    this.file = file
    this.#network = this.original
    this.parameters = listParameters(this.original.architecture)
    this.precision = this.file.film ? doublePrecision(this.original) : precisionOf(this.file.stateDict, this.original)
    this.originalValues = readParameters(this.original)
    this.#values = this.originalValues
    this.targets = page.kept.of(this.file.key)?.targets ?? new Map()
  }

  get #history(): History {
    return this.page.kept.of(this.file.key)?.history ?? NO_HISTORY
  }

  /** Whether the file whose edits these are is still open. */
  get isOpen(): boolean {
    return this.page.opened.file === this.file
  }

  /** Why nothing can be changed just now, in a line; null where it can. */
  get obstacle(): string | null {
    if (!this.isOpen) return 'another file was opened'
    if (this.page.opened.isTraining) return 'this net is being trained: what a training writes cannot be scrubbed'
    if (this.file.film) return 'a film holds many nets: open one network to scrub it'
    if (this.page.opened.overlay('film')) return 'the film shows other weights: close it to scrub those of the file'
    return null
  }

  /** The network of the file. */
  get original(): Network {
    return this.file.network
  }

  /** The network with the edits, also while the original is being looked at. */
  get network(): Network {
    return this.#network
  }

  /** What other edits would make of the file's network; nothing is changed by asking. @throws with one line where they do not fit it */
  networkOf(edits: Edits): Network {
    if (edits === this.edits) return this.#network
    return applyEdits(this.original, edits, this.targets, this.precision, this.file.ownFrame)
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
    return this.page.opened.isComparing
  }

  set isComparing(isComparing: boolean) {
    if (!this.isOpen) return
    if (isComparing && !this.isComparing) this.#comparingSinceMs = performance.now()
    this.page.opened.isComparing = isComparing
  }

  /** Since when it is drawn, as performance.now() tells; null while it is not. */
  get comparingSinceMs(): number | null {
    return this.isComparing ? this.#comparingSinceMs : null
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

  /** Draws the file as it was left. @throws what cannot be drawn */
  resume(): void {
    this.#show(this.#history)
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

  #checkPossible(): void {
    if (this.obstacle !== null) throw new UnsupportedError(this.obstacle)
  }

  #take(history: History): void {
    const isOther = history.present !== this.#history.present
    if (isOther) this.#show(history)
    const isEdited = !isUnedited(history.present)
    this.page.kept.keep(this.file.key, { isEdited, history, targets: this.targets })
    if (isOther) this.changed.emit()
    this.page.requestRender()
  }

  /** Makes the present of a history what is drawn. @throws what cannot be drawn; everything stays as it was then */
  #show(history: History): void {
    const { viewer, opened } = this.page
    const network = applyEdits(this.original, history.present, this.targets, this.precision, this.file.ownFrame)
    if (network === this.#network) return
    // Throws what cannot be drawn before anything is changed.
    viewer.contents.check(network)
    this.#network = network
    this.#values = network === this.original ? this.originalValues : readParameters(network)
    opened.isComparing = false
    opened.setOverlay('edits', network === this.original ? null : network, true)
  }
}
