// What the panel does to the edits: values by gestures and as they are typed, changes by chance, undo. What is refused is said in a line.

import type { Effect } from '../../edit/effect.js'
import { tensorAt } from '../../edit/parameters.js'
import { FormatError } from '../../model/errors.js'
import { lineOf } from '../messages.js'
import type { CellSelection, PanelCell } from './cell-selection.js'
import { roundedTo, stepOf } from './matrices-layout.js'
import type { ScrubSession } from './session.js'
import { parseValue } from './value-text.js'

/** Turns of a wheel, and key presses, closer together than this are one step to undo. */
const GESTURE_MS = 700
/** Standard deviation of what a mutation adds, of that of each tensor's values. */
const MUTATION = 0.1
const SEEDS = 10_000

export class PanelEdits {
  /** What went wrong last, in a line. */
  problem: string | null = null
  /** By tensor, how far a step goes. */
  readonly #steps: readonly number[]
  #turn = { index: -1, key: '', timeMs: 0 }
  #gestures = 0

  constructor(
    private readonly session: ScrubSession,
    private readonly selection: CellSelection,
    private readonly requestRender: () => void,
  ) {
    const { parameters, originalValues } = session
    this.#steps = parameters.tensors.map(({ start, count }) => stepOf(originalValues.subarray(start, start + count)))
  }

  /** Shows a line; null takes it away. */
  say(problem: string | null): void {
    this.problem = problem
    this.selection.announcer.tellLater()
    this.requestRender()
  }

  /** Runs what changes the edits; what goes wrong is shown. @returns whether it went well */
  attempt(action: () => void): boolean {
    try {
      action()
      this.say(null)
      return true
    } catch (error) {
      this.say(lineOf(error))
      return false
    }
  }

  undo(): void {
    this.attempt(() => this.session.undo())
  }

  redo(): void {
    this.attempt(() => this.session.redo())
  }

  reset(): void {
    this.attempt(() => this.session.reset())
  }

  // Values.

  /** Changes the active cell. @param steps how many, with their sign */
  nudge(steps: number): void {
    const { index } = this.selection.readingOf(this.selection.active)
    if (index === null) this.#sayFolded()
    else this.set(index, this.session.values[index] + steps * this.stepAt(index), this.#turnKey(index))
  }

  /** Gives a cell the file's value again. */
  restore(cell: PanelCell = this.selection.active): void {
    const { index } = this.selection.readingOf(cell)
    if (index === null) this.#sayFolded()
    else this.attempt(() => this.session.restore(index))
  }

  /**
   * Sets a parameter by a gesture: to a hundredth of a step, a variance to 0 at least.
   * @param key names the gesture
   * @returns whether it could be set
   */
  set(index: number, value: number, key: string): boolean {
    const { role } = tensorAt(this.session.parameters, index)
    const rounded = roundedTo(value, this.stepAt(index))
    return this.attempt(() => this.session.pin(index, role === 'runningVar' ? Math.max(0, rounded) : rounded, key))
  }

  /** How far a step of a parameter goes. */
  stepAt(index: number): number {
    const { parameters } = this.session
    return this.#steps[parameters.tensors.indexOf(tensorAt(parameters, index))]
  }

  /** Names another gesture: all that is changed under this key is one step to undo. */
  newGesture(): string {
    return `gesture ${++this.#gestures}`
  }

  /** A wheel that turns, and a key that is held, are one gesture. */
  #turnKey(index: number): string {
    const nowMs = performance.now()
    const isSame = this.#turn.index === index && nowMs - this.#turn.timeMs < GESTURE_MS
    this.#turn = { index, key: isSame ? this.#turn.key : this.newGesture(), timeMs: nowMs }
    return this.#turn.key
  }

  // What is typed.

  /** Begins to type a value for the active cell. @param text what stands in the field @returns false where there is none to be typed */
  beginTyping(text: string): boolean {
    if (this.selection.readingOf(this.selection.active).index === null) {
      this.#sayFolded()
      return false
    }
    this.selection.typed = text
    this.selection.hovered = null
    this.requestRender()
    return true
  }

  /** Takes what was typed. @returns whether it was a value */
  take(text: string): boolean {
    const { selection, session } = this
    const { index, name } = selection.readingOf(selection.active)
    if (index === null) return false
    const isTaken = this.attempt(() => {
      try {
        session.pin(index, parseValue(text))
      } catch (error) {
        const line = lineOf(error)
        throw new FormatError(line.startsWith(name) ? line : `${name}: ${line}`, { cause: error })
      }
    })
    selection.typed = isTaken ? null : text
    return isTaken
  }

  /** Forgets what was typed. */
  cancelTyping(): void {
    this.selection.typed = null
    this.say(null)
  }

  #sayFolded(): void {
    this.say('the folded view is for reading: its weights are what the parameters come to')
  }

  // Chance.

  /** Draws a layer anew, as an untrained net has it. @param layer of the linear ones, from 0 */
  randomise(layer: number): void {
    this.#add({ kind: 'randomise', layer, seed: newSeed() })
  }

  /** Adds noise to all parameters. */
  mutate(): void {
    this.#add({ kind: 'mutate', amount: MUTATION, seed: newSeed() })
  }

  removeEffect(index: number): void {
    const { edits } = this.session
    this.attempt(() => this.session.apply({ ...edits, effects: edits.effects.filter((_, i) => i !== index) }))
  }

  #add(effect: Effect): void {
    const { edits } = this.session
    this.attempt(() => this.session.apply({ ...edits, effects: [...edits.effects, effect] }))
  }
}

function newSeed(): number {
  return Math.floor(Math.random() * SEEDS)
}
