// The panel of parameters as a whole: its head, the readout, the tabs with what is in them. Templates only.

import { html, nothing, svg, type TemplateResult } from 'lit-html'
import { chanceTemplate } from './chance-template.js'
import type { LiveComparison } from './comparison.js'
import { comparisonTemplate } from './comparison-template.js'
import { holdButton } from './hold-button.js'
import { matricesTemplate, type MatricesParts } from './matrices-template.js'
import { readoutTemplate, type ReadoutParts } from './readout-template.js'
import type { ScrubSection } from './section.js'
import type { ScrubSession } from './session.js'

/** What is shown, and what the buttons do. */
export interface PanelParts extends ReadoutParts, MatricesParts {
  readonly session: ScrubSession
  readonly comparison: LiveComparison
  /** Whether the address holds the edits. */
  readonly isLinkable: boolean
  readonly isDifferenceShown: boolean
  readonly toggleDifference: () => void
  /** The tabs, the parameters' first, which is null. */
  readonly tabs: readonly (ScrubSection | null)[]
  /** The tab that is seen. */
  readonly tab: ScrubSection | null
  /** Sections that have no tab of their own: they stand over the cells. */
  readonly overlays: readonly ScrubSection[]
  readonly showTab: (tab: ScrubSection | null) => void
  /** Goes to a neighbour of the tab that is seen, by a key. */
  readonly stepTab: (by: number) => void
  readonly save: () => void
  /** Shows nine mutants to pick from. */
  readonly openSheet: () => void
  readonly close: () => void
}

export function panelTemplate(parts: PanelParts): TemplateResult {
  const { session, selection, edits, gestures, comparison, tabs, tab } = parts
  return html`
    ${headTemplate(parts)} ${readoutTemplate(parts)}
    <p class="warning scrub-problem" role="alert">${session.obstacle ?? edits.problem}</p>
    ${
      parts.isLinkable
        ? nothing
        : html`<p class="quiet scrub-problem">These are more edits than a link holds: save the file to keep them.</p>`
    }
    <p class="hidden" role="status">${selection.announcer.text}</p>
    <div class="scrub-scroll" @wheel=${() => gestures.onScrollWheel()}>
      ${comparisonTemplate(comparison, parts.isDifferenceShown, parts.toggleDifference)} ${tabsTemplate(parts)}
      <div
        id="scrub-tab"
        role=${tabs.length > 1 ? 'tabpanel' : nothing}
        aria-label=${tabs.length > 1 ? tabText(tab) : nothing}
      >
        ${tab === null ? parametersTemplate(parts) : tab.template}
      </div>
    </div>
  `
}

function headTemplate({ session, edits, isOff, save, close }: PanelParts): TemplateResult {
  return html`<div class="scrub-head">
    <h2>Scrub</h2>
    <div class="scrub-tools">
      ${iconButton('Undo', 'Ctrl+Z', UNDO, isOff || !session.canUndo, () => edits.undo())}
      ${iconButton('Redo', 'Ctrl+Shift+Z', REDO, isOff || !session.canRedo, () => edits.redo())}
      <button type="button" ?disabled=${isOff || session.isUnedited} @click=${() => edits.reset()}>Reset all</button>
      ${holdButton(session, 'Original', isOff)}
      <button type="button" ?disabled=${isOff} title="Save the edited network as .safetensors" @click=${save}>
        Save
      </button>
      <button type="button" aria-label="Close" title="Close (Escape)" @click=${close}>×</button>
    </div>
  </div>`
}

const UNDO = svg`<path d="M6 3L2.5 6.5L6 10M3 6.5h6.5a4 4 0 0 1 0 8H7" />`
const REDO = svg`<path d="M10 3l3.5 3.5L10 10M13 6.5H6.5a4 4 0 0 0 0 8H9" />`

function iconButton(
  label: string,
  key: string,
  icon: ReturnType<typeof svg>,
  isDisabled: boolean,
  action: () => void,
): TemplateResult {
  return html`<button
    type="button"
    class="icon"
    aria-label=${label}
    title=${`${label} (${key})`}
    ?disabled=${isDisabled}
    @click=${action}
  >
    <svg viewBox="0 0 16 16" aria-hidden="true">${icon}</svg>
  </button>`
}

function tabText(tab: ScrubSection | null): string {
  return tab?.tab ?? 'Parameters'
}

function tabsTemplate({ tabs, tab: shown, showTab, stepTab }: PanelParts): TemplateResult | typeof nothing {
  if (tabs.length === 1) return nothing
  return html`<div
    class="scrub-tabs"
    role="tablist"
    aria-label="Ways to change the network"
    @keydown=${({ key }: KeyboardEvent) => {
      if (key === 'ArrowRight') stepTab(1)
      else if (key === 'ArrowLeft') stepTab(-1)
    }}
  >
    ${tabs.map(
      tab =>
        html`<button
          type="button"
          role="tab"
          aria-controls="scrub-tab"
          aria-selected=${tab === shown}
          tabindex=${tab === shown ? 0 : -1}
          @click=${() => showTab(tab)}
        >
          ${tabText(tab)}
        </button>`,
    )}
  </div>`
}

function parametersTemplate(parts: PanelParts): TemplateResult {
  const { session, edits, isOff, overlays } = parts
  const layers = session.parameters.linears.map(({ name }) => name)
  return html`${overlays.map(({ template }) => template)}
  ${chanceTemplate(edits, session.edits.effects, layers, isOff, parts.openSheet)} ${matricesTemplate(parts)}`
}
