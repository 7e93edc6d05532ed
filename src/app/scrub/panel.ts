// The panel of all parameters: what of it is selected, dragged, typed and shown. What it looks like is panel-template.ts's,
// what the edits are the session's.

import { render } from 'lit-html'
import { parameterName, tensorAt } from '../../edit/parameters.js'
import { FormatError } from '../../model/errors.js'
import { foldNetwork } from '../../model/fold.js'
import type { Network } from '../../model/network.js'
import { lineOf } from '../messages.js'
import type { Page } from '../page.js'
import { networkFile } from '../saving.js'
import { wheelPixels } from '../wheel.js'
import { LiveComparison } from './comparison.js'
import { paintBlock } from './matrices.js'
import {
  blocksOf,
  cellAt,
  type CellPlace,
  cellSize,
  colourScale,
  foldedBlocks,
  groupAt,
  indexAt,
  type MatrixBlock,
  placeOf,
  roundedTo,
  stepOf,
} from './matrices-layout.js'
import { panelTemplate } from './panel-template.js'
import type { CreateSection, ScrubPlace, ScrubSection } from './section.js'
import type { ScrubSession } from './session.js'
import { deltaText, parameterText, parseValue } from './value-text.js'
import './scrub.css'

export interface ScrubPanelActions {
  readonly close: () => void
  /** Whether the address holds the edits. */
  readonly isLinkable: () => boolean
}

/** A cell of the panel. */
export interface PanelCell extends CellPlace {
  readonly block: number
}

/** What the readout says of a cell. */
export interface CellReading {
  readonly name: string
  readonly value: number
  /** Null in the folded view, where nothing is edited. */
  readonly original: number | null
  readonly index: number | null
}

const COARSE = 10
const FINE = 1 / 10
/** Pixels that a cell is dragged for a step. */
const STEP_PX = 5
/** A notch of a wheel, pixels. */
const NOTCH_PX = 100
/** Turns and key presses closer together than this are one step to undo. */
const GESTURE_MS = 700
/** A wheel that is scrolling the panel goes on scrolling when a matrix comes under it. */
const SCROLLING_MS = 300
const ANNOUNCE_MS = 500
const MUTATION = 0.1
const SEEDS = 10_000

export class ScrubPanel {
  readonly blocks: readonly MatrixBlock[]
  readonly comparison: LiveComparison
  readonly sections: readonly ScrubSection[]
  active: PanelCell = { block: 0, row: 0, column: 0 }
  /** Under the pointer, while it is over a cell. */
  hovered: PanelCell | null = null
  /** What is being typed; null while nothing is. */
  typed: string | null = null
  /** What went wrong last, in a line. */
  problem: string | null = null
  isFolded = false
  isDifferenceShown = false
  /** The tab that is seen: null for the parameters, else its section. */
  tab: ScrubSection | null = null
  /** What a screen reader is told. */
  announced = ''
  /** Figures that the cells are coloured by in place of their values: [session.parameters.count] in [0, 1]. */
  #levels: Float32Array | null = null
  readonly #steps: readonly number[]
  readonly #scales: readonly Float64Array[]
  #drag: { cell: PanelCell; index: number; x: number; value: number; key: string } | null = null
  #gesture = { index: -1, key: '', timeMs: 0 }
  #gestures = 0
  #scrolledMs = Number.NEGATIVE_INFINITY
  #announceTimer = 0
  #compared: { edited: Network; frame: unknown } | null = null
  #painted: { values: unknown; state: string; levels: unknown } | null = null
  #folded: { of: Network; blocks: readonly MatrixBlock[]; values: Float64Array[]; scales: Float64Array[] } | null = null
  #isDisposed = false
  readonly #resizeObserver: ResizeObserver

  constructor(
    readonly page: Page,
    readonly session: ScrubSession,
    private readonly place: HTMLElement,
    readonly actions: ScrubPanelActions,
    sections: readonly CreateSection[],
  ) {
    const { parameters, originalValues } = session
    const { requestRender } = page
    this.blocks = blocksOf(parameters)
    const valuesOf = ({ start, count }: { start: number; count: number }) =>
      originalValues.subarray(start, start + count)
    this.#steps = parameters.tensors.map(tensor => stepOf(valuesOf(tensor)))
    this.#scales = this.blocks.map(({ columns, groups }) => {
      const scales = new Float64Array(columns)
      for (const { tensor, firstColumn, columns: count } of groups)
        if (tensor) scales.fill(colourScale(valuesOf(tensor)), firstColumn, firstColumn + count)
      return scales
    })
    this.comparison = new LiveComparison(requestRender)
    const reading = () => this.reading
    const own: ScrubPlace = {
      session,
      requestRender,
      say: problem => this.#say(problem),
      setLevels: levels => {
        this.#levels = levels
        requestRender()
      },
      reveal: index => this.reveal(index),
      get index() {
        return reading().index
      },
    }
    this.sections = sections.map(create => create(own))
    this.#resizeObserver = new ResizeObserver(() => requestRender())
    this.#resizeObserver.observe(place)
  }

  dispose(): void {
    if (this.#isDisposed) return
    this.#isDisposed = true
    clearTimeout(this.#announceTimer)
    this.#resizeObserver.disconnect()
    this.comparison.dispose()
    for (const section of this.sections) section.dispose()
    render(null, this.place)
  }

  // What is shown.

  render(): void {
    const { session } = this
    const { frame } = this.page.opened
    if (frame && (this.#compared?.edited !== session.network || this.#compared.frame !== frame)) {
      this.#compared = { edited: session.network, frame }
      this.comparison.ask({ original: session.original, edited: session.network, frame })
    }
    render(panelTemplate(this), this.place)
    this.#paint()
  }

  /** Edge of a cell, CSS pixels. */
  get cell(): number {
    const room = this.place.querySelector('.scrub-matrices')?.clientWidth ?? 0
    return cellSize(this.shownBlocks, room || 340)
  }

  /** The blocks that are seen: the parameters', or the folded layers. */
  get shownBlocks(): readonly MatrixBlock[] {
    return this.isFolded ? this.#foldedView.blocks : this.blocks
  }

  /** What the readout speaks of: what the pointer is over, else what the keyboard is at. */
  get reading(): CellReading {
    return this.readingOf(this.typed === null ? (this.hovered ?? this.active) : this.active)
  }

  readingOf(cell: PanelCell): CellReading {
    const block = this.shownBlocks[cell.block]
    const index = indexAt(block, cell)
    if (index === null) {
      const { title, firstColumn, columns } = groupAt(block, cell.column)
      const inner = columns > 1 ? `${cell.row}, ${cell.column - firstColumn}` : String(cell.row)
      const value = this.#foldedView.values[cell.block][cell.row * block.columns + cell.column]
      return { name: title.replace(/(, folded)?$/, `[${inner}]$1`), value, original: null, index: null }
    }
    const { values, originalValues, parameters } = this.session
    return { name: parameterName(parameters, index), value: values[index], original: originalValues[index], index }
  }

  /** What a screen reader says of a cell. */
  textOf(cell: PanelCell): string {
    const { name, value, original } = this.readingOf(cell)
    const change = original === null || original === value ? '' : `, was ${parameterText(original)}`
    return `${name} = ${parameterText(value)}${change}`
  }

  /** Parameters that are not the file's, of a block. */
  changesOf(block: MatrixBlock): number {
    const { values, originalValues } = this.session
    let count = 0
    for (const { tensor } of block.groups) {
      if (!tensor) continue
      for (let i = tensor.start; i < tensor.start + tensor.count; i++) if (values[i] !== originalValues[i]) count++
    }
    return count
  }

  /** Whether the colours are the values': else they are those of a section's figures. */
  get isByValue(): boolean {
    return this.#levels === null || this.isFolded
  }

  // What a person does.

  /** Brings a parameter into sight. */
  reveal(index: number): void {
    this.tab = null
    this.isFolded = false
    this.#select(placeOf(this.blocks, index))
    requestAnimationFrame(() =>
      this.place.querySelector(`[data-block="${this.active.block}"]`)?.scrollIntoView({ block: 'nearest' }),
    )
  }

  /** The tabs, the parameters' first. */
  get tabs(): readonly (ScrubSection | null)[] {
    return [null, ...this.sections.filter(({ tab }) => tab !== null)]
  }

  showTab(tab: ScrubSection | null): void {
    this.tab = tab
    this.hovered = null
    this.page.requestRender()
  }

  /** Goes to a neighbour of the tab that is seen. */
  stepTab(by: number): void {
    const { tabs } = this
    this.showTab(tabs[(tabs.indexOf(this.tab) + by + tabs.length) % tabs.length])
    this.render()
    this.place.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus()
  }

  toggleFolded(): void {
    this.isFolded = !this.isFolded
    this.typed = null
    this.hovered = null
    // The folded blocks have no batch norm.
    const { block, row, column } = this.active
    this.active = { block, row, column: Math.min(column, this.shownBlocks[block].columns - 1) }
    this.page.requestRender()
  }

  toggleDifference(): void {
    this.isDifferenceShown = !this.isDifferenceShown
    this.page.requestRender()
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

  /** Draws a layer anew, as an untrained net has it. @param layer of the linear ones, from 0 */
  randomise(layer: number): void {
    this.#addEffect({ kind: 'randomise', layer, seed: newSeed() })
  }

  mutate(): void {
    this.#addEffect({ kind: 'mutate', amount: MUTATION, seed: newSeed() })
  }

  removeEffect(index: number): void {
    const { edits } = this.session
    this.attempt(() => this.session.apply({ ...edits, effects: edits.effects.filter((_, i) => i !== index) }))
  }

  async save(): Promise<void> {
    try {
      this.page.save(networkFile(this.page.opened))
    } catch (error) {
      this.#say(lineOf(error))
    }
  }

  /** Changes what the keyboard is at, for buttons and keys. @param steps how many, with their sign */
  nudge(steps: number): void {
    const { index } = this.readingOf(this.active)
    if (index !== null)
      this.#change(index, this.session.values[index] + steps * this.#stepAt(index), this.#keyOf(index))
    else this.#sayFolded()
  }

  restore(cell = this.active): void {
    const { index } = this.readingOf(cell)
    if (index === null) this.#sayFolded()
    else this.attempt(() => this.session.restore(index))
  }

  /** Begins to type a value. @param text what stands in the field */
  type(text: string): void {
    if (this.readingOf(this.active).index === null) {
      this.#sayFolded()
      return
    }
    this.typed = text
    this.hovered = null
    const field = this.place.querySelector<HTMLInputElement>('#scrub-value')
    if (field) {
      // At once: the next letter comes before the next frame.
      field.value = text
      field.focus()
      if (text === '') {
        field.value = String(this.readingOf(this.active).value)
        field.select()
      }
    }
    this.page.requestRender()
  }

  /** Takes what was typed. @returns whether it was a value */
  take(text: string): boolean {
    const { index, name } = this.readingOf(this.active)
    if (index === null) return false
    const isTaken = this.attempt(() => {
      try {
        this.session.pin(index, parseValue(text))
      } catch (error) {
        const line = lineOf(error)
        throw new FormatError(line.startsWith(name) ? line : `${name}: ${line}`, { cause: error })
      }
    })
    this.typed = isTaken ? null : text
    return isTaken
  }

  /** Forgets what was typed. */
  cancelTyping(): void {
    this.typed = null
    this.#say(null)
  }

  /** Runs what changes the edits; what goes wrong is shown. @returns whether it went well */
  attempt(action: () => void): boolean {
    try {
      action()
      this.#say(null)
      return true
    } catch (error) {
      this.#say(lineOf(error))
      return false
    }
  }

  // Keys on a matrix.

  readonly onKey = (event: KeyboardEvent): void => {
    const { key, ctrlKey, metaKey, shiftKey, altKey } = event
    const isControl = ctrlKey || metaKey
    const factor = shiftKey ? COARSE : altKey ? FINE : 1
    const { blocks } = { blocks: this.shownBlocks }
    const { block, row, column } = this.active
    const { rows, columns } = blocks[block]
    if (isControl && !['ArrowUp', 'ArrowDown', 'Home', 'End'].includes(key)) return
    switch (key) {
      case 'ArrowLeft':
        this.#move({ block, row, column: column - 1 })
        break
      case 'ArrowRight':
        this.#move({ block, row, column: column + 1 })
        break
      case 'ArrowUp':
        this.#move(isControl ? { block: block - 1, row: 0, column } : { block, row: row - 1, column })
        break
      case 'ArrowDown':
        this.#move(isControl ? { block: block + 1, row: 0, column } : { block, row: row + 1, column })
        break
      case 'Home':
        this.#move(isControl ? { block: 0, row: 0, column: 0 } : { block, row, column: 0 })
        break
      case 'End':
        if (isControl) this.#move({ block: blocks.length - 1, row: (blocks.at(-1)?.rows ?? 1) - 1, column })
        else this.#move({ block, row, column: columns - 1 })
        break
      case 'PageUp':
      case 'PageDown':
        this.nudge(key === 'PageUp' ? factor : -factor)
        break
      // On many keyboards + is typed with Shift: these two are a step, whatever else is held.
      case '+':
      case '=':
        this.nudge(1)
        break
      case '-':
      case '_':
        this.nudge(-1)
        break
      case 'Enter':
      case 'F2':
        this.type('')
        break
      case 'Backspace':
      case 'Delete':
        this.restore()
        break
      case 'Escape':
        this.actions.close()
        break
      default:
        if (altKey || !/^[\d.,]$/.test(key)) return
        this.type(key)
    }
    if (row < 0 || rows === 0) return
    event.preventDefault()
  }

  // The pointer on a matrix.

  onPointerDown(event: PointerEvent, block: number): void {
    const cell = this.#cellUnder(event, block)
    if (!cell || event.button !== 0) return
    this.typed = null
    this.#say(null)
    this.#select(cell)
    const target = event.currentTarget as HTMLElement
    target.closest<HTMLElement>('[role=grid]')?.focus({ preventScroll: true })
    const { index, value } = this.readingOf(cell)
    if (index === null) return
    target.setPointerCapture(event.pointerId)
    this.#drag = { cell, index, x: event.clientX, value, key: `drag ${++this.#gestures}` }
  }

  onPointerMove(event: PointerEvent, block: number): void {
    const drag = this.#drag
    if (!drag) {
      const cell = event.pointerType === 'touch' ? null : this.#cellUnder(event, block)
      if (sameCell(cell, this.hovered)) return
      this.hovered = cell
      this.page.requestRender()
      return
    }
    const dx = event.clientX - drag.x
    if (dx === 0) return
    drag.x = event.clientX
    const factor = event.shiftKey ? COARSE : event.altKey ? FINE : 1
    drag.value += ((dx * this.#stepAt(drag.index)) / STEP_PX) * factor
    if (!this.#change(drag.index, drag.value, drag.key)) this.#drag = null
  }

  onPointerEnd(): void {
    this.#drag = null
  }

  onPointerLeave(): void {
    if (this.#drag || !this.hovered) return
    this.hovered = null
    this.page.requestRender()
  }

  onDoubleClick(event: MouseEvent, block: number): void {
    const cell = this.#cellUnder(event, block)
    if (cell) this.restore(cell)
  }

  onWheel(event: WheelEvent, block: number): void {
    const cell = this.#cellUnder(event, block)
    const index = cell && this.readingOf(cell).index
    const isScrolling = performance.now() - this.#scrolledMs < SCROLLING_MS
    // Browsers turn Shift and a wheel into a movement to the side.
    const delta = wheelPixels(event) || (event.shiftKey ? wheelPixels(event, 'x') : 0)
    if (event.ctrlKey || cell === null || index === null || delta === 0 || isScrolling) return
    event.preventDefault()
    event.stopPropagation()
    this.#select(cell)
    this.hovered = cell
    const factor = event.shiftKey ? COARSE : event.altKey ? FINE : 1
    const steps = (-delta * factor) / NOTCH_PX
    this.#change(index, this.session.values[index] + steps * this.#stepAt(index), this.#keyOf(index))
  }

  /** The wheel scrolls the panel. */
  onScrollWheel(): void {
    this.#scrolledMs = performance.now()
  }

  #cellUnder(event: MouseEvent, block: number): PanelCell | null {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect()
    const place = cellAt(this.shownBlocks[block], this.cell, event.clientX - box.left, event.clientY - box.top)
    return place && { block, ...place }
  }

  // What follows.

  #addEffect(effect: ScrubSession['edits']['effects'][number]): void {
    const { edits } = this.session
    this.attempt(() => this.session.apply({ ...edits, effects: [...edits.effects, effect] }))
  }

  #stepAt(index: number): number {
    const { tensors } = this.session.parameters
    return this.#steps[tensors.indexOf(tensorAt(this.session.parameters, index))]
  }

  /** A wheel that turns, and a key that is held, are one step to undo. */
  #keyOf(index: number): string {
    const nowMs = performance.now()
    const isSame = this.#gesture.index === index && nowMs - this.#gesture.timeMs < GESTURE_MS
    this.#gesture = { index, key: isSame ? this.#gesture.key : `turn ${++this.#gestures}`, timeMs: nowMs }
    return this.#gesture.key
  }

  /** Sets a parameter by a gesture; a variance stops at 0. */
  #change(index: number, value: number, key: string): boolean {
    const { role } = tensorAt(this.session.parameters, index)
    const rounded = roundedTo(value, this.#stepAt(index))
    return this.attempt(() => this.session.pin(index, role === 'runningVar' ? Math.max(0, rounded) : rounded, key))
  }

  #move({ block, row, column }: PanelCell): void {
    const blocks = this.shownBlocks
    let to = { block, row, column }
    if (block >= 0 && block < blocks.length) {
      if (row < 0) to = { ...to, block: block - 1, row: (blocks[block - 1]?.rows ?? 1) - 1 }
      else if (row >= blocks[block].rows) to = { ...to, block: block + 1, row: 0 }
    }
    if (to.block < 0 || to.block >= blocks.length) return
    const { columns } = blocks[to.block]
    const isFocusMoving = to.block !== this.active.block
    this.#select({ ...to, column: Math.max(0, Math.min(columns - 1, to.column)) })
    this.hovered = null
    if (!isFocusMoving) return
    this.render()
    const grid = this.place.querySelector<HTMLElement>(`[data-block="${to.block}"]`)
    grid?.focus({ preventScroll: true })
    grid?.scrollIntoView({ block: 'nearest' })
  }

  #select(cell: PanelCell): void {
    this.active = cell
    this.#announce()
    this.page.requestRender()
  }

  #say(problem: string | null): void {
    this.problem = problem
    this.#announce()
    this.page.requestRender()
  }

  #sayFolded(): void {
    this.#say('the folded view is for reading: its weights are what the parameters come to')
  }

  #announce(): void {
    clearTimeout(this.#announceTimer)
    this.#announceTimer = window.setTimeout(() => {
      const { value, original, name } = this.readingOf(this.active)
      const delta = original === null || value === original ? '' : `, ${deltaText(value - original)}`
      this.announced = `${name} = ${parameterText(value)}${delta}`
      this.page.requestRender()
    }, ANNOUNCE_MS)
  }

  get #foldedView() {
    const { network, original } = this.session
    if (this.#folded?.of !== network) {
      const folded = foldNetwork(network)
      const blocks = foldedBlocks(folded)
      const values = folded.layers.map(({ weight, bias, inDim, outDim }) => {
        const cells = new Float64Array(outDim * (inDim + 1))
        for (let o = 0; o < outDim; o++) {
          cells.set(weight.subarray(o * inDim, (o + 1) * inDim), o * (inDim + 1))
          cells[o * (inDim + 1) + inDim] = bias[o]
        }
        return cells
      })
      const scales =
        this.#folded?.scales ??
        foldNetwork(original).layers.map(({ weight, bias, inDim }) => {
          const row = new Float64Array(inDim + 1).fill(colourScale(weight))
          row[inDim] = colourScale(bias)
          return row
        })
      this.#folded = { of: network, blocks, values, scales }
    }
    return this.#folded
  }

  /** Paints the matrices, where anything that they show has changed. */
  #paint(): void {
    const { session, active, cell, isFolded } = this
    const ratio = devicePixelRatio
    const state = JSON.stringify([active, cell, isFolded, ratio])
    const { values } = session
    const before = this.#painted
    this.#painted = { values, state, levels: this.#levels }
    for (const [b, block] of this.shownBlocks.entries()) {
      const canvas = this.place.querySelector<HTMLCanvasElement>(`[data-block="${b}"] canvas`)
      if (!canvas) continue
      const isSame = before?.state === state && before.levels === this.#levels && !isFolded
      if (isSame && canvas.width > 0 && !this.#differs(block, before.values as Float64Array)) continue
      const [cells, changed, levels] = this.#cellsOf(block, b)
      const scales = isFolded ? this.#foldedView.scales[b] : this.#scales[b]
      const own = active.block === b ? active : null
      paintBlock(canvas, { block, cell, values: cells, scales, changed, levels, active: own }, ratio)
    }
    const { latest } = this.comparison
    const canvas = this.place.querySelector<HTMLCanvasElement>('.scrub-difference')
    if (!canvas || !latest) return
    if (canvas.width !== latest.width) canvas.width = latest.width
    if (canvas.height !== latest.height) canvas.height = latest.height
    const image = new ImageData(new Uint8ClampedArray(latest.rgba), latest.width, latest.height)
    canvas.getContext('2d')?.putImageData(image, 0, 0)
  }

  #differs({ groups }: MatrixBlock, before: Float64Array): boolean {
    const { values } = this.session
    if (values === before) return false
    return groups.some(({ tensor }) => {
      if (!tensor) return false
      for (let i = tensor.start; i < tensor.start + tensor.count; i++) if (values[i] !== before[i]) return true
      return false
    })
  }

  /** The values of a block, what of them is changed, and their figures: [rows, columns] each. */
  #cellsOf(block: MatrixBlock, b: number): [Float64Array, Uint8Array | null, Float32Array | null] {
    if (this.isFolded) return [this.#foldedView.values[b], null, null]
    const { values, originalValues } = this.session
    const { rows, columns } = block
    const cells = new Float64Array(rows * columns)
    const changed = new Uint8Array(rows * columns)
    const levels = this.#levels && new Float32Array(rows * columns)
    for (let row = 0, i = 0; row < rows; row++)
      for (let column = 0; column < columns; column++, i++) {
        const index = indexAt(block, { row, column }) as number
        cells[i] = values[index]
        changed[i] = values[index] === originalValues[index] ? 0 : 1
        if (levels && this.#levels) levels[i] = this.#levels[index]
      }
    return [cells, changed, levels]
  }
}

function sameCell(a: PanelCell | null, b: PanelCell | null): boolean {
  return a === b || (a?.block === b?.block && a?.row === b?.row && a?.column === b?.column)
}

function newSeed(): number {
  return Math.floor(Math.random() * SEEDS)
}
