// What the panel of parameters looks like. Templates only.

import { html, nothing, svg, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import type { Effect } from '../../edit/effect.js'
import { valueOf } from '../fields.js'
import { cellColour } from './matrices.js'
import { blockWidth, columnLeft, type MatrixBlock } from './matrices-layout.js'
import type { PanelCell, ScrubPanel } from './panel.js'
import type { ScrubSection } from './section.js'
import { deltaText, parameterText } from './value-text.js'

export function panelTemplate(panel: ScrubPanel): TemplateResult {
  const { session } = panel
  const isOff = session.obstacle !== null
  return html`
    <div class="scrub-head">
      <h2>Scrub</h2>
      <div class="scrub-tools">
        ${iconButton('Undo', 'Ctrl+Z', UNDO, isOff || !session.canUndo, () => panel.undo())}
        ${iconButton('Redo', 'Ctrl+Shift+Z', REDO, isOff || !session.canRedo, () => panel.redo())}
        <button type="button" ?disabled=${isOff || session.isUnedited} @click=${() => panel.reset()}>Reset all</button>
        <button
          type="button"
          title="Hold to see the file’s own picture (O)"
          aria-pressed=${session.isComparing}
          ?disabled=${isOff || session.isUnedited}
          @pointerdown=${() => hold(panel, true)}
          @pointerup=${() => hold(panel, false)}
          @pointerleave=${() => hold(panel, false)}
          @pointercancel=${() => hold(panel, false)}
          @keydown=${(event: KeyboardEvent) => onHoldKey(panel, event, true)}
          @keyup=${(event: KeyboardEvent) => onHoldKey(panel, event, false)}
          @blur=${() => hold(panel, false)}
        >
          Original
        </button>
        <button
          type="button"
          ?disabled=${isOff}
          title="Save the edited network as .safetensors"
          @click=${() => void panel.save()}
        >
          Save
        </button>
        <button type="button" aria-label="Close" title="Close (Escape)" @click=${panel.actions.close}>×</button>
      </div>
    </div>
    ${readoutTemplate(panel)}
    <p class="warning scrub-problem" role="alert">${session.obstacle ?? panel.problem}</p>
    ${
      panel.actions.isLinkable()
        ? nothing
        : html`<p class="quiet scrub-problem">These are more edits than a link holds: save the file to keep them.</p>`
    }
    <p class="hidden" role="status">${panel.announced}</p>
    <div class="scrub-scroll" @wheel=${() => panel.onScrollWheel()}>
      ${distanceTemplate(panel)} ${tabsTemplate(panel)}
      <div
        id="scrub-tab"
        role=${panel.tabs.length > 1 ? 'tabpanel' : nothing}
        aria-label=${panel.tabs.length > 1 ? tabText(panel.tab) : nothing}
      >
        ${panel.tab === null ? parametersTemplate(panel) : panel.tab.template}
      </div>
    </div>
  `
}

function tabText(tab: ScrubSection | null): string {
  return tab?.tab ?? 'Parameters'
}

function tabsTemplate(panel: ScrubPanel): TemplateResult | typeof nothing {
  if (panel.tabs.length === 1) return nothing
  return html`<div
    class="scrub-tabs"
    role="tablist"
    aria-label="Ways to change the network"
    @keydown=${(event: KeyboardEvent) => onTabKey(panel, event)}
  >
    ${panel.tabs.map(
      tab =>
        html`<button
          type="button"
          role="tab"
          aria-controls="scrub-tab"
          aria-selected=${tab === panel.tab}
          tabindex=${tab === panel.tab ? 0 : -1}
          @click=${() => panel.showTab(tab)}
        >
          ${tabText(tab)}
        </button>`,
    )}
  </div>`
}

function onTabKey(panel: ScrubPanel, { key }: KeyboardEvent): void {
  if (key === 'ArrowRight') panel.stepTab(1)
  else if (key === 'ArrowLeft') panel.stepTab(-1)
}

function parametersTemplate(panel: ScrubPanel): TemplateResult {
  return html`
    ${panel.sections.map(({ tab, template }) => (tab === null ? template : nothing))} ${chanceTemplate(panel)}
    <div class="scrub-matrices">
      <div class="scrub-matrices-head">
        ${legendTemplate(panel)}
        <label
          ><input type="checkbox" .checked=${live(panel.isFolded)} @change=${() => panel.toggleFolded()} />
          Folded</label
        >
      </div>
      ${panel.shownBlocks.map((block, b) => blockTemplate(panel, block, b))}
    </div>
    ${helpTemplate()}
  `
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

function hold(panel: ScrubPanel, isHeld: boolean): void {
  panel.session.isComparing = isHeld && !panel.session.isUnedited
}

function onHoldKey(panel: ScrubPanel, event: KeyboardEvent, isHeld: boolean): void {
  if (event.key !== ' ' && event.key !== 'Enter') return
  event.preventDefault()
  hold(panel, isHeld)
}

function readoutTemplate(panel: ScrubPanel): TemplateResult {
  const { name, value, original, index } = panel.reading
  const isOff = panel.session.obstacle !== null || index === null
  const delta = original === null ? 0 : value - original
  const step = (label: string, sign: string, steps: number) =>
    html`<button type="button" class="icon" aria-label=${label} ?disabled=${isOff} @click=${() => panel.nudge(steps)}>
      ${sign}
    </button>`
  return html`
    <div class="scrub-readout">
      <label for="scrub-value" class="scrub-name">${name}</label>
      <div class="scrub-value-row">
        ${step('Less', '−', -1)}
        <input
          id="scrub-value"
          type="text"
          inputmode="text"
          autocomplete="off"
          spellcheck="false"
          aria-invalid=${panel.typed !== null && panel.problem !== null ? 'true' : 'false'}
          ?disabled=${isOff}
          .value=${panel.typed === null ? live(parameterText(value)) : live(document.activeElement?.id === 'scrub-value' ? currentText() : panel.typed)}
          @focus=${() => {
            if (panel.typed === null) panel.type('')
          }}
          @input=${(event: Event) => {
            panel.typed = valueOf(event)
          }}
          @keydown=${(event: KeyboardEvent) => onFieldKey(panel, event)}
          @blur=${(event: Event) => {
            const text = valueOf(event)
            if (panel.typed !== null && text !== '' && text !== String(panel.readingOf(panel.active).value))
              panel.take(text)
            else panel.cancelTyping()
          }}
        />
        ${step('More', '+', 1)}
        <button
          type="button"
          ?disabled=${isOff || delta === 0}
          title="Restore (double-click, Backspace)"
          @click=${() => panel.restore()}
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

function currentText(): string {
  return (document.querySelector('#scrub-value') as HTMLInputElement).value
}

function onFieldKey(panel: ScrubPanel, event: KeyboardEvent): void {
  const toGrid = () => document.querySelector<HTMLElement>('#scrub [role=grid][tabindex="0"]')?.focus()
  if (event.key === 'Enter') {
    event.preventDefault()
    if (panel.take(valueOf(event))) toGrid()
  } else if (event.key === 'Escape') {
    event.preventDefault()
    event.stopPropagation()
    panel.cancelTyping()
    toGrid()
  }
}

/** How far the picture is from the file's own. */
function distanceTemplate(panel: ScrubPanel): TemplateResult {
  const { latest, problem } = panel.comparison
  const grid = latest ? `over ${latest.width} × ${latest.height} points of the frame` : ''
  return html`
    <div class="scrub-distance">
      <p title="Peak signal-to-noise ratio of the colours as they are shown, before they are rounded">
        ${
          problem !== null
            ? html`<span class="warning">PSNR: ${problem}</span>`
            : latest === null
              ? 'PSNR …'
              : html`<b class="psnr"
                    >${latest.psnr === Number.POSITIVE_INFINITY ? 'Equal' : `${latest.psnr.toFixed(2)} dB`}</b
                  >
                  <span class="quiet">to the file’s own picture, ${grid}</span>`
        }
      </p>
      <button type="button" aria-pressed=${panel.isDifferenceShown} @click=${() => panel.toggleDifference()}>
        Difference
      </button>
      ${
        panel.isDifferenceShown
          ? html`<canvas
                class="scrub-difference"
                width="1"
                height="1"
                role="img"
                aria-label="Absolute difference to the file’s own picture, five times as bright"
              ></canvas>
              <p class="quiet scrub-difference-note">
                Absolute difference of each channel, five times as bright, on that grid.
              </p>`
          : nothing
      }
    </div>
  `
}

/** What chance does: drawn anew, mutated. */
function chanceTemplate(panel: ScrubPanel): TemplateResult {
  const { session } = panel
  const isOff = session.obstacle !== null
  const chances = session.edits.effects
    .map((effect, index) => ({ text: chanceText(panel, effect), index }))
    .filter(({ text }) => text !== null)
  return html`
    <div class="scrub-chance">
      <div class="buttons">
        <button type="button" ?disabled=${isOff} @click=${() => panel.mutate()}>Mutate</button>
        <select
          aria-label="Randomise a layer"
          ?disabled=${isOff}
          .value=${live('')}
          @change=${(event: Event) => {
            if (valueOf(event) !== '') panel.randomise(Number(valueOf(event)))
          }}
        >
          <option value="">Randomise…</option>
          ${panel.blocks.map(({ name }, layer) => html`<option value=${layer}>${name}</option>`)}
        </select>
      </div>
      ${
        chances.length === 0
          ? nothing
          : html`<ul class="chips">
              ${chances.map(
                ({ text, index }) =>
                  html`<li>
                    ${text}
                    <button
                      type="button"
                      aria-label=${`Remove: ${text}`}
                      ?disabled=${isOff}
                      @click=${() => panel.removeEffect(index)}
                    >
                      ×
                    </button>
                  </li>`,
              )}
            </ul>`
      }
    </div>
  `
}

function chanceText(panel: ScrubPanel, effect: Effect): string | null {
  if (effect.kind === 'randomise') return `${panel.blocks[effect.layer].name} anew, seed ${effect.seed}`
  if (effect.kind === 'mutate') return `mutated by ${effect.amount} σ, seed ${effect.seed}`
  return null
}

function legendTemplate({ isByValue }: ScrubPanel): TemplateResult {
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

function blockTemplate(panel: ScrubPanel, block: MatrixBlock, b: number): TemplateResult {
  const { cell } = panel
  const isActive = panel.active.block === b
  const place: PanelCell = isActive ? panel.active : { block: b, row: 0, column: 0 }
  const changes = panel.isFolded ? 0 : panel.changesOf(block)
  const [weights] = block.groups
  return html`
    <div class="scrub-block">
      <h3>
        ${block.title}
        <span class="quiet"
          >${block.rows} units × ${weights.columns}${changes > 0 ? html`, <b>${changes} changed</b>` : nothing}</span
        >
      </h3>
      <div class="scrub-sideways" tabindex="-1">
        <div class="scrub-labels" aria-hidden="true" style="width:${blockWidth(block, cell)}px">
          ${block.groups
            .slice(1)
            .map(
              ({ label, title, firstColumn }) =>
                html`<span title=${title} style="left:${columnLeft(block, firstColumn, cell) + cell / 2}px"
                  >${label}</span
                >`,
            )}
        </div>
        <div
          class="scrub-matrix"
          role="grid"
          data-block=${b}
          tabindex=${isActive ? 0 : -1}
          aria-label=${`${block.title}: ${block.groups.map(({ title }) => title).join(', ')}`}
          aria-rowcount=${block.rows}
          aria-colcount=${block.columns}
          aria-activedescendant=${`scrub-cell-${b}`}
          aria-readonly=${panel.isFolded ? 'true' : 'false'}
          @keydown=${panel.onKey}
          @focus=${() => {
            if (panel.active.block === b) return
            panel.active = place
            panel.page.requestRender()
          }}
        >
          <canvas
            aria-hidden="true"
            @pointerdown=${(event: PointerEvent) => panel.onPointerDown(event, b)}
            @pointermove=${(event: PointerEvent) => panel.onPointerMove(event, b)}
            @pointerup=${() => panel.onPointerEnd()}
            @pointercancel=${() => panel.onPointerEnd()}
            @pointerleave=${() => panel.onPointerLeave()}
            @dblclick=${(event: MouseEvent) => panel.onDoubleClick(event, b)}
            @wheel=${(event: WheelEvent) => panel.onWheel(event, b)}
          ></canvas>
          <div role="row" class="hidden" aria-rowindex=${place.row + 1}>
            <span role="gridcell" id=${`scrub-cell-${b}`} aria-colindex=${place.column + 1} aria-selected=${isActive}
              >${panel.textOf(place)}</span
            >
          </div>
        </div>
      </div>
    </div>
  `
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
