// The bar under the units: what the colours mean, which unit is selected and what can be done to it. Templates only.

import { html, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import { DIVERGING_STOPS } from '../../model/diverging.js'
import { valueOf } from '../fields.js'
import { valueText } from '../figures.js'
import type { NeuronCentre, NeuronStage } from './address.js'
import type { NeuronSession } from './session.js'
import type { UnitAddress } from './surgery.js'

const CENTRE_TEXTS: Readonly<Record<NeuronCentre, string>> = { mean: 'its mean', zero: 'zero' }

const GRADIENT = `linear-gradient(to right, ${DIVERGING_STOPS.map(
  rgb => `rgb(${rgb.map(channel => Math.round(255 * channel)).join(' ')})`,
).join(', ')})`

export interface BarActions {
  readonly close: () => void
  /** Does it; what goes wrong is shown. */
  readonly attempt: (action: () => void | Promise<void>) => void
  readonly why: () => void
  readonly isWhyOpen: boolean
}

export function barTemplate(session: NeuronSession, { close, attempt, why, isWhyOpen }: BarActions): TemplateResult {
  const { state, selected, place } = session
  const gain = selected ? session.gainOf(selected) : 1
  const isAlone = selected !== null && session.isIsolated(selected)
  const button = (text: string, title: string, isPressed: boolean, action: (unit: UnitAddress) => Promise<void>) =>
    html`<button
      type="button"
      title=${title}
      aria-pressed=${isPressed}
      ?disabled=${selected === null}
      @click=${() => attempt(() => (selected ? action(selected) : undefined))}
    >
      ${text}
    </button>`
  return html`
    <section class="neuron-bar" aria-label="Look inside">
      <div class="colouring">
        <label
          ><span>Shown</span>
          <select
            aria-label="Shown"
            title="Shown (P)"
            .value=${live(state.stage)}
            @change=${(event: Event) => {
              session.state = { ...session.state, stage: valueOf(event) as NeuronStage }
            }}
          >
            ${(['pre', 'post', 'norm'] as const).map(
              stage =>
                html`<option value=${stage} ?selected=${stage === state.stage}>${session.stageText(stage)}</option>`,
            )}
          </select>
        </label>
        <label
          ><span>White is</span>
          <select
            aria-label="White is"
            title="White is (M)"
            .value=${live(state.centre)}
            @change=${(event: Event) => {
              session.state = { ...session.state, centre: valueOf(event) as NeuronCentre }
            }}
          >
            ${(['mean', 'zero'] as const).map(
              centre =>
                html`<option value=${centre} ?selected=${centre === state.centre}>${CENTRE_TEXTS[centre]}</option>`,
            )}
          </select>
        </label>
      </div>
      ${legendTemplate(session)}
      <div class="unit">
        <span class="unit-title">${place.selected?.name ?? ''}</span>
        ${button('Silence', 'Times 0: the flag without it (S)', gain === 0, unit => session.silence(unit))}
        ${button('Isolate', 'Silence all others of its layer (I)', isAlone, unit => session.isolate(unit))}
        ${button('Boost', 'Times 2 (B)', gain === 2, unit => session.boost(unit))}
        <button
          type="button"
          title="Take the last edit back (U)"
          ?disabled=${!session.canUndo}
          @click=${() => attempt(() => session.undo())}
        >
          Undo
        </button>
      </div>
      <div class="leave">
        <button
          type="button"
          aria-pressed=${session.isWired}
          title="The strongest weights into the unit and out of it, as lines (W)"
          ?disabled=${selected === null}
          @click=${() => session.toggleWires()}
        >
          Wires
        </button>
        <button type="button" aria-pressed=${isWhyOpen} title="Why is this pixel the colour it is? (Y)" @click=${why}>
          Why?
        </button>
        <button type="button" aria-label="Back to the flag" title="Back to the flag (Escape)" @click=${close}>×</button>
      </div>
    </section>
  `
}

/** What the colours say: of the selected unit in its own numbers. */
function legendTemplate(session: NeuronSession): TemplateResult {
  const { selected, state } = session
  const ends = selected
    ? session.viewOf(selected).range.map(valueText)
    : ['low', state.centre === 'mean' ? 'its mean' : '0', 'high']
  const about = state.centre === 'mean' ? 'its own mean' : 'zero'
  return html`<div
    class="legend"
    role="img"
    aria-label=${`Blue is below ${about}, white at it, red above; ${ends.join(', ')}`}
    title=${`Every unit in colours of its own: blue below ${about}, red above. They end where its values do, or three standard deviations from its mean.`}
  >
    <div class="ramp" style="background:${GRADIENT}"></div>
    <div class="ends">${ends.map(text => html`<span>${text}</span>`)}</div>
  </div>`
}
