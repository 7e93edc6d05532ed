// Keys and pointer on the matrices: from cell to cell, and values that are dragged, turned by the wheel or begun to be typed.

import { wheelPixels } from '../../element/wheel.js'
import type { CellSelection, PanelCell } from './cell-selection.js'
import { cellAt } from './matrices-layout.js'
import type { PanelEdits } from './panel-edits.js'
import type { PanelFocus } from './panel-focus.js'

const COARSE = 10
const FINE = 1 / 10
/** Pixels that a cell is dragged for a step. */
const STEP_PX = 5
/** A notch of a wheel, pixels. */
const NOTCH_PX = 100
/** A wheel that is scrolling the panel goes on scrolling when a matrix comes under it. */
const SCROLLING_MS = 300

export interface CellGesturesHost {
  /** Edge of a cell, CSS pixels. */
  readonly cellSize: () => number
  /** Escape. */
  readonly close: () => void
}

export class CellGestures {
  #drag: { readonly index: number; readonly key: string; x: number; value: number } | null = null
  #scrolledMs = Number.NEGATIVE_INFINITY

  constructor(
    private readonly selection: CellSelection,
    private readonly edits: PanelEdits,
    private readonly focus: PanelFocus,
    private readonly host: CellGesturesHost,
  ) {}

  /** The focus comes to a block. @param cell of it, where the keyboard is then */
  onFocus(cell: PanelCell): void {
    if (this.selection.active.block !== cell.block) this.selection.enter(cell)
  }

  readonly onKey = (event: KeyboardEvent): void => {
    const { key, ctrlKey, metaKey, altKey } = event
    const goal = ctrlKey || metaKey ? this.#layerGoal(key) : this.#cellGoal(key)
    if (goal) {
      if (this.selection.move(goal)) this.focus.toBlock(this.selection.active.block)
    } else if (ctrlKey || metaKey || !this.#act(key, factorOf(event), altKey)) return
    event.preventDefault()
  }

  /** Where a key leads from the active cell; null for one that leads nowhere. */
  #cellGoal(key: string): PanelCell | null {
    const { block, row, column } = this.selection.active
    switch (key) {
      case 'ArrowLeft':
        return { block, row, column: column - 1 }
      case 'ArrowRight':
        return { block, row, column: column + 1 }
      case 'ArrowUp':
        return { block, row: row - 1, column }
      case 'ArrowDown':
        return { block, row: row + 1, column }
      case 'Home':
        return { block, row, column: 0 }
      case 'End':
        return { block, row, column: this.selection.blocks[block].columns - 1 }
      default:
        return null
    }
  }

  /** The same with Ctrl: from layer to layer. */
  #layerGoal(key: string): PanelCell | null {
    const { blocks, active } = this.selection
    const { block, column } = active
    switch (key) {
      case 'ArrowUp':
        return { block: block - 1, row: 0, column }
      case 'ArrowDown':
        return { block: block + 1, row: 0, column }
      case 'Home':
        return { block: 0, row: 0, column: 0 }
      case 'End':
        return { block: blocks.length - 1, row: blocks[blocks.length - 1].rows - 1, column }
      default:
        return null
    }
  }

  /** What a key does with the active cell. @returns whether it does anything */
  #act(key: string, factor: number, altKey: boolean): boolean {
    switch (key) {
      case 'PageUp':
      case 'PageDown':
        this.edits.nudge(key === 'PageUp' ? factor : -factor)
        return true
      // On many keyboards + is typed with Shift: these two are a step, whatever else is held.
      case '+':
      case '=':
        this.edits.nudge(1)
        return true
      case '-':
      case '_':
        this.edits.nudge(-1)
        return true
      case 'Enter':
      case 'F2':
        this.type('')
        return true
      case 'Backspace':
      case 'Delete':
        this.edits.restore()
        return true
      case 'Escape':
        this.host.close()
        return true
      default:
        if (altKey || !/^[\d.,]$/.test(key)) return false
        this.type(key)
        return true
    }
  }

  /** Begins to type a value. @param text what stands in the field; '' for the value that there is */
  type(text: string): void {
    if (!this.edits.beginTyping(text)) return
    const { selection } = this
    if (text === '') this.focus.toField(String(selection.readingOf(selection.active).value), true)
    else this.focus.toField(text, false)
  }

  // The pointer on a matrix.

  onPointerDown(event: PointerEvent, block: number): void {
    const cell = this.#cellUnder(event, block)
    if (!cell || event.button !== 0) return
    this.selection.typed = null
    this.edits.say(null)
    this.selection.select(cell)
    const target = event.currentTarget as HTMLElement
    target.closest<HTMLElement>('[role=grid]')?.focus({ preventScroll: true })
    const { index, value } = this.selection.readingOf(cell)
    if (index === null) return
    target.setPointerCapture(event.pointerId)
    this.#drag = { index, key: this.edits.newGesture(), x: event.clientX, value }
  }

  onPointerMove(event: PointerEvent, block: number): void {
    const drag = this.#drag
    if (!drag) {
      this.selection.hovered = event.pointerType === 'touch' ? null : this.#cellUnder(event, block)
      return
    }
    const dx = event.clientX - drag.x
    if (dx === 0) return
    drag.x = event.clientX
    drag.value += ((dx * this.edits.stepAt(drag.index)) / STEP_PX) * factorOf(event)
    if (!this.edits.set(drag.index, drag.value, drag.key)) this.#drag = null
  }

  onPointerEnd(): void {
    this.#drag = null
  }

  onPointerLeave(): void {
    if (!this.#drag) this.selection.hovered = null
  }

  onDoubleClick(event: MouseEvent, block: number): void {
    const cell = this.#cellUnder(event, block)
    if (cell) this.edits.restore(cell)
  }

  onWheel(event: WheelEvent, block: number): void {
    const cell = this.#cellUnder(event, block)
    const isScrolling = performance.now() - this.#scrolledMs < SCROLLING_MS
    // Browsers turn Shift and a wheel into a movement to the side.
    const delta = wheelPixels(event) || (event.shiftKey ? wheelPixels(event, 'x') : 0)
    if (event.ctrlKey || !cell || delta === 0 || isScrolling || this.selection.isFolded) return
    event.preventDefault()
    event.stopPropagation()
    this.selection.select(cell)
    this.selection.hovered = cell
    this.edits.nudge((-delta * factorOf(event)) / NOTCH_PX)
  }

  /** The wheel scrolls the panel. */
  onScrollWheel(): void {
    this.#scrolledMs = performance.now()
  }

  #cellUnder(event: MouseEvent, block: number): PanelCell | null {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect()
    const [x, y] = [event.clientX - box.left, event.clientY - box.top]
    const place = cellAt(this.selection.blocks[block], this.host.cellSize(), x, y)
    return place && { block, ...place }
  }
}

/** How much coarser or finer than a step, by what is held. */
function factorOf({ shiftKey, altKey }: MouseEvent | KeyboardEvent): number {
  return shiftKey ? COARSE : altKey ? FINE : 1
}
