// What is read of a cell, and the field that its value is typed into. Templates only.

import { html, nothing, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import { valueOf } from '../fields.js'
import type { CellGestures } from './cell-gestures.js'
import type { CellSelection } from './cell-selection.js'
import type { PanelEdits } from './panel-edits.js'
import type { PanelFocus } from './panel-focus.js'
import { deltaText, parameterText } from './value-text.js'

export interface ReadoutParts {
  readonly selection: CellSelection
  readonly edits: PanelEdits
  readonly gestures: CellGestures
  readonly focus: PanelFocus
  /** Whether nothing can be changed just now. */
  readonly isOff: boolean
}

export function readoutTemplate(parts: ReadoutParts): TemplateResult {
  const { selection, edits } = parts
  const { name, value, original, index } = selection.reading
  const isOff = parts.isOff || index === null
  const delta = original === null ? 0 : value - original
  const step = (label: string, sign: string, steps: number) =>
    html`<button type="button" class="icon" aria-label=${label} ?disabled=${isOff} @click=${() => edits.nudge(steps)}>
      ${sign}
    </button>`
  return html`
    <div class="scrub-readout">
      <label for="scrub-value" class="scrub-name">${name}</label>
      <div class="scrub-value-row">
        ${step('Less', '−', -1)} ${fieldTemplate(parts, value, isOff)} ${step('More', '+', 1)}
        <button
          type="button"
          ?disabled=${isOff || delta === 0}
          title="Restore (double-click, Backspace)"
          @click=${() => edits.restore()}
        >
          Restore
        </button>
      </div>
      <span class="scrub-original">
        ${
          original === null
            ? 'folded: for reading'
            : html`file ${parameterText(original)}${delta === 0 ? nothing : html` <b>${deltaText(delta)}</b>`}`
        }
      </span>
    </div>
  `
}

function fieldTemplate(parts: ReadoutParts, value: number, isOff: boolean): TemplateResult {
  const { selection, edits, gestures } = parts
  return html`<input
    id="scrub-value"
    type="text"
    inputmode="text"
    autocomplete="off"
    spellcheck="false"
    aria-invalid=${selection.typed !== null && edits.problem !== null ? 'true' : 'false'}
    ?disabled=${isOff}
    .value=${live(shownText(selection.typed, value))}
    @focus=${() => {
      if (selection.typed === null) gestures.type('')
    }}
    @input=${(event: Event) => {
      selection.typed = valueOf(event)
    }}
    @keydown=${(event: KeyboardEvent) => onFieldKey(parts, event)}
    @blur=${(event: Event) => {
      const text = valueOf(event)
      if (selection.typed !== null && text !== '' && text !== String(selection.readingOf(selection.active).value))
        edits.take(text)
      else edits.cancelTyping()
    }}
  />`
}

/** While a person is in the field it keeps its text. */
function shownText(typed: string | null, value: number): string {
  if (typed === null) return parameterText(value)
  const { activeElement } = document
  return activeElement?.id === 'scrub-value' ? (activeElement as HTMLInputElement).value : typed
}

function onFieldKey({ edits, focus }: ReadoutParts, event: KeyboardEvent): void {
  if (event.key === 'Enter') {
    event.preventDefault()
    if (edits.take(valueOf(event))) focus.toCells()
  } else if (event.key === 'Escape') {
    event.preventDefault()
    event.stopPropagation()
    edits.cancelTyping()
    focus.toCells()
  }
}
