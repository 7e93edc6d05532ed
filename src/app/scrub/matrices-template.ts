// The matrices of the panel: a canvas a layer, and for screen readers the one cell of it that they are at. Templates only.

import { html, nothing, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import type { CellGestures } from './cell-gestures.js'
import type { CellSelection, PanelCell } from './cell-selection.js'
import { cellColour } from './matrices.js'
import { blockWidth, columnLeft, type MatrixBlock } from './matrices-layout.js'

export interface MatricesParts {
  readonly selection: CellSelection
  readonly gestures: CellGestures
  /** Edge of a cell, CSS pixels. */
  readonly cellSize: number
  /** Whether the colours are the values'. */
  readonly isByValue: boolean
}

export function matricesTemplate(parts: MatricesParts): TemplateResult {
  const { selection, isByValue } = parts
  const toggleFolded = () => {
    selection.isFolded = !selection.isFolded
  }
  return html`
    <div class="scrub-matrices">
      <div class="scrub-matrices-head">
        ${legendTemplate(isByValue)}
        <label><input type="checkbox" .checked=${live(selection.isFolded)} @change=${toggleFolded} /> Folded</label>
      </div>
      ${selection.blocks.map((block, b) => blockTemplate(parts, block, b))}
    </div>
    ${helpTemplate()}
  `
}

function legendTemplate(isByValue: boolean): TemplateResult {
  const stops = Array.from({ length: 11 }, (_, i) => cellColour((i - 5) / 5)).join(', ')
  return html`<p class="scrub-legend quiet">
    ${
      isByValue
        ? html`<span>negative</span>
            <span class="scrub-scale" style="background:linear-gradient(to right, ${stops})"></span>
            <span>positive</span>`
        : nothing
    }
    <span class="scrub-mark">changed</span>
  </p>`
}

function blockTemplate(parts: MatricesParts, block: MatrixBlock, b: number): TemplateResult {
  const { selection, cellSize } = parts
  const changes = selection.isFolded ? 0 : selection.changesOf(block)
  const [weights, ...others] = block.groups
  return html`
    <div class="scrub-block">
      <h3>
        ${block.title}
        <span class="quiet"
          >${block.rows} units × ${weights.columns}${changes > 0 ? html`, <b>${changes} changed</b>` : nothing}</span
        >
      </h3>
      <div class="scrub-sideways" tabindex="-1">
        <div class="scrub-labels" aria-hidden="true" style="width:${blockWidth(block, cellSize)}px">
          ${others.map(({ label, title, firstColumn }) => {
            const middle = columnLeft(block, firstColumn, cellSize) + cellSize / 2
            return html`<span title=${title} style="left:${middle}px">${label}</span>`
          })}
        </div>
        ${gridTemplate(parts, block, b)}
      </div>
    </div>
  `
}

function gridTemplate({ selection, gestures }: MatricesParts, block: MatrixBlock, b: number): TemplateResult {
  const isActive = selection.active.block === b
  const place: PanelCell = isActive ? selection.active : { block: b, row: 0, column: 0 }
  return html`<div
    class="scrub-matrix"
    role="grid"
    data-block=${b}
    tabindex=${isActive ? 0 : -1}
    aria-label=${`${block.title}: ${block.groups.map(({ title }) => title).join(', ')}`}
    aria-rowcount=${block.rows}
    aria-colcount=${block.columns}
    aria-activedescendant=${`scrub-cell-${b}`}
    aria-readonly=${selection.isFolded ? 'true' : 'false'}
    @keydown=${gestures.onKey}
    @focus=${() => gestures.onFocus(place)}
  >
    <canvas
      aria-hidden="true"
      @pointerdown=${(event: PointerEvent) => gestures.onPointerDown(event, b)}
      @pointermove=${(event: PointerEvent) => gestures.onPointerMove(event, b)}
      @pointerup=${() => gestures.onPointerEnd()}
      @pointercancel=${() => gestures.onPointerEnd()}
      @pointerleave=${() => gestures.onPointerLeave()}
      @dblclick=${(event: MouseEvent) => gestures.onDoubleClick(event, b)}
      @wheel=${(event: WheelEvent) => gestures.onWheel(event, b)}
    ></canvas>
    <div role="row" class="hidden" aria-rowindex=${place.row + 1}>
      <span role="gridcell" id=${`scrub-cell-${b}`} aria-colindex=${place.column + 1} aria-selected=${isActive}
        >${selection.textOf(place)}</span
      >
    </div>
  </div>`
}

const KEYS = [
  ['drag ↔, wheel', 'change a cell; the picture follows'],
  ['Shift, Alt', 'ten times coarser, finer'],
  ['← ↑ ↓ →', 'from cell to cell; Ctrl: from layer to layer'],
  ['+ −', 'a step more, less'],
  ['PgUp PgDn', 'the same, with Shift and Alt'],
  ['0…9, Enter', 'type a value'],
  ['Backspace', 'restore the cell; also double-click'],
  ['Ctrl+Z', 'undo; with Shift redo'],
  ['O', 'hold: the file’s own picture'],
  ['E, Escape', 'open, close this panel'],
] as const

function helpTemplate(): TemplateResult {
  return html`<details class="scrub-help">
    <summary>Keys</summary>
    <dl class="keys">
      ${KEYS.map(
        ([keys, text]) =>
          html`<dt><kbd>${keys}</kbd></dt>
            <dd>${text}</dd>`,
      )}
    </dl>
    <p class="quiet">
      A step is a twentieth of what the tensor’s values vary by. What is changed is in the address: a link shows it. A
      saved file has the tensors that were touched in their own type, all else byte for byte.
    </p>
  </details>`
}
