// The panel "Why is this pixel red": a list of units, each with its activation and a bar for its contribution. Templates only.

import { html, nothing, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import type { Frame } from '../../model/frame.js'
import { parseNumber } from '../../model/frame.js'
import type { Network } from '../../model/network.js'
import { unlessTyping, valueOf } from '../fields.js'
import { hexText, valueText } from '../figures.js'
import { termTemplate } from '../terms/terms.js'
import type { UnitAddress } from './surgery.js'
import {
  colourWord,
  type Explanation,
  type LayerSum,
  type Why,
  WHY_CHANNELS,
  type WhyChannel,
  type WhyRow,
} from './why.js'

/** Rows that are listed at first. */
const SHORT_LIST = 24

export interface WhyActions {
  readonly close: () => void
  readonly requestRender: () => void
  /** A row was chosen: the unit is shown, where units are seen. */
  readonly choose: (address: UnitAddress) => void
}

export function whyTemplate(why: Why, network: Network, frame: Frame, actions: WhyActions): TemplateResult {
  const { look, channel, layer } = why
  const explanation = why.explanation(network, frame)
  const { levels, rows } = explanation
  const word = colourWord(levels)
  const shown = why.isWhole ? rows : rows.slice(0, SHORT_LIST)
  const most = Math.abs(rows[0]?.contribution ?? 0)
  const set = (change: () => void) => {
    change()
    actions.requestRender()
  }
  return html`
    <section class="why" aria-labelledby="why-title">
      <h2 id="why-title">
        Why is this pixel ${word}?
        <button
          type="button"
          class="close"
          aria-label="Close the explanation"
          title="Close (Y)"
          @click=${actions.close}
        >
          ×
        </button>
      </h2>
      <p class="at">
        <span class="swatch" style="background:${hexText(levels)}"></span>${hexText(levels)} at
        ${coordinateField(why, 'x', actions)} ${coordinateField(why, 'y', actions)}
        <button
          type="button"
          aria-pressed=${look.isPinned}
          title="Keep this point (Enter, or click the picture)"
          @click=${() => (look.isPinned ? look.unpin() : look.pin(look.point))}
        >
          ${look.isPinned ? 'Pinned' : 'Pin'}
        </button>
      </p>
      <div class="choices">
        <label
          ><span>Channel</span>
          <select
            .value=${live(channel)}
            @change=${(event: Event) =>
              set(() => {
                why.channel = valueOf(event) as WhyChannel
              })}
          >
            ${WHY_CHANNELS.map(name => html`<option value=${name} ?selected=${name === channel}>${name}</option>`)}
          </select>
        </label>
        <label
          ><span>Layer</span>
          <select
            .value=${live(String(layer ?? 'all'))}
            @change=${(event: Event) =>
              set(() => {
                why.layer = valueOf(event) === 'all' ? null : Number(valueOf(event))
              })}
          >
            <option value="all" ?selected=${layer === null}>all hidden</option>
            ${explanation.sums.map(
              sum => html`<option value=${sum.layer} ?selected=${sum.layer === layer}>${sum.name}</option>`,
            )}
          </select>
        </label>
      </div>
      ${sumTemplate(why, explanation)}
      <div class="why-rows" tabindex="0" role="region" aria-label="Units by their contribution">
        <table>
          <thead>
            <tr>
              <th scope="col">Unit</th>
              <th scope="col" class="number">Gives</th>
              <th scope="col" class="number">Adds</th>
              <th scope="col"><span class="hidden">Bar</span></th>
            </tr>
          </thead>
          <tbody>
            ${shown.map(row => rowTemplate(why, row, most, actions))}
          </tbody>
        </table>
        ${
          rows.length > SHORT_LIST
            ? html`<button
                type="button"
                @click=${() =>
                  set(() => {
                    why.isWhole = !why.isWhole
                  })}
              >
                ${why.isWhole ? 'Only the largest' : `All ${rows.length}`}
              </button>`
            : nothing
        }
      </div>
    </section>
  `
}

function rowTemplate(why: Why, row: WhyRow, most: number, actions: WhyActions): TemplateResult {
  const { name, layer, unit, activation, contribution } = row
  const { marked } = why
  const isMarked = marked?.layer === layer && marked.unit === unit
  const mark = (address: UnitAddress | null) => () => {
    why.marked = address
    actions.requestRender()
  }
  const length = most > 0 ? (50 * Math.abs(contribution)) / most : 0
  return html`<tr
    class=${isMarked ? 'marked' : ''}
    @pointerenter=${mark({ layer, unit })}
    @pointerleave=${mark(null)}
    @focusin=${mark({ layer, unit })}
    @focusout=${mark(null)}
  >
    <th scope="row">
      <button type="button" class="unit-name" @click=${() => actions.choose({ layer, unit })}>${name} · ${unit}</button>
    </th>
    <td class="number">${signed(activation)}</td>
    <td class="number">${signed(contribution)}</td>
    <td class="bar">
      <span
        class=${contribution < 0 ? 'less' : 'more'}
        style="width:${length}%;${contribution < 0 ? `left:${50 - length}%` : 'left:50%'}"
      ></span>
    </td>
  </tr>`
}

/** What the sum of the contributions says, and what it does not. */
function sumTemplate(why: Why, { sums, value, isLastExact }: Explanation): TemplateResult {
  const { channel, layer } = why
  const last = sums.at(-1) as LayerSum
  const one = layer === null ? last : (sums.find(sum => sum.layer === layer) ?? last)
  const isExact = one === last && isLastExact
  const rest = isExact
    ? 'the rest is a constant, the biases behind the units. Here this is exact.'
    : html`the rest is what biases put in and what first order does not say: ${termTemplate('gelu', 'GELU')} is curved,
      so this is a tendency, not a sum.`
  return html`<p class="quiet sum">
    ${channel[0].toUpperCase() + channel.slice(1)} is <strong>${signed(value)}</strong> (0 dark, 1
    bright${value < 0 || value > 1 ? '; the screen stops there' : ''}). The units of ${one.name} add up to
    <strong>${signed(one.sum)}</strong>, leaving <strong>${signed(one.remainder)}</strong>: ${rest}
    ${layer === null ? html`Every layer sees the same colour, so units of different layers do not add up.` : nothing}
  </p>`
}

function coordinateField(why: Why, axis: 'x' | 'y', { requestRender }: WhyActions): TemplateResult {
  const { look } = why
  const id = `why-${axis}`
  return html`<label
    >${axis}
    <input
      type="text"
      inputmode="decimal"
      autocomplete="off"
      id=${id}
      .value=${unlessTyping(id, String(Number(look.point[axis].toFixed(4))))}
      @change=${(event: Event) => {
        const field = event.target as HTMLInputElement
        const value = parseNumber(field.value)
        field.toggleAttribute('aria-invalid', false)
        if (Number.isFinite(value)) look.pin({ ...look.point, [axis]: value })
        else field.setAttribute('aria-invalid', 'true')
        requestRender()
      }}
    />
  </label>`
}

/** With a true minus, as wide as a plus. */
function signed(value: number): string {
  const text =
    Math.abs(value) < 0.0005 ? '0' : Math.abs(value) < 10 ? Math.abs(value).toFixed(3) : valueText(Math.abs(value))
  return value < 0 && text !== '0' ? `−${text}` : text
}
