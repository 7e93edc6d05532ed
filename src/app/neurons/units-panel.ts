// What all units give at the point that is looked at, as a cell each, and the figures of one of them. Templates only.

import { html, nothing, type TemplateResult } from 'lit-html'
import { divergingColour } from '../../model/diverging.js'
import { type Activation, activationKindOf } from '../../model/layers/kinds.js'
import { pointText, valueText } from '../figures.js'
import { termTemplate } from '../terms/terms.js'
import type { NeuronSession } from './session.js'
import { isUnit, type UnitAddress } from './surgery.js'
import type { UnitSpot } from './units-place.js'

export function unitsTemplate(session: NeuronSession, choose: (address: UnitAddress) => void): TemplateResult {
  const { point, activations, stage, layers, hovered } = session
  const over = addressOf(hovered) ?? session.selected
  const isOver = (layer: number, unit: number) => over?.layer === layer && over.unit === unit
  return html`
    <section class="units" aria-labelledby="units-title">
      <h2 id="units-title">At x ${pointText(point.x)}, y ${pointText(point.y)}</h2>
      <p class="quiet">What each unit gives at these ${termTemplate('plane', 'plane coordinates')}.</p>
      ${layers.map(({ name }, layer) => {
        const values = activations[stage][layer]
        return html`<div class="layer-row">
          <span class="layer-name">${name}</span>
          <div
            class="cells"
            role="img"
            aria-label=${`${name}: ${strongest(values)}`}
            @click=${({ target }: Event) => {
              const unit = (target as HTMLElement).dataset['unit']
              if (unit !== undefined) choose({ layer, unit: Number(unit) })
            }}
          >
            ${Array.from(
              values,
              (value, unit) =>
                html`<i
                  data-unit=${unit}
                  class=${isOver(layer, unit) ? 'over' : ''}
                  title=${`${name} ${unit}: ${valueText(value)}`}
                  style="background:${cellColour(session, { layer, unit }, value)}"
                ></i>`,
            )}
          </div>
        </div>`
      })}
      ${over ? unitTemplate(session, over) : nothing} ${wiresTemplate(session, choose)}
    </section>
  `
}

/** What an activation is called, with what GELU is. */
function activationTemplate(activation: Activation): TemplateResult | string {
  return activation.kind === 'gelu' ? termTemplate('gelu', 'GELU') : activationKindOf(activation).label
}

/** One unit: its value at the point at every stage, and its statistics. */
function unitTemplate(session: NeuronSession, unit: UnitAddress): TemplateResult {
  const { spread, isConstant } = session.viewOf(unit)
  const { activations, stage } = session
  const gain = session.gainOf(unit)
  const at = (list: readonly Float64Array[]) => valueText(list[unit.layer][unit.unit])
  const { activation } = session.layers[unit.layer]
  return html`
    <h3>${session.nameOf(unit)}${gain === 1 ? nothing : html` <em>${gain}×</em>`}</h3>
    <dl class="facts">
      <dt>${activation ? html`Before ${activationTemplate(activation)}` : 'Value'}</dt>
      <dd>${at(activations.pre)}</dd>
      ${
        activation
          ? html`<dt>After ${activationTemplate(activation)}</dt>
              <dd>${at(activations.post)}</dd>
              <dt>After ${termTemplate('batchNorm', 'batch norm')}</dt>
              <dd>${session.hasNorm(unit.layer) ? at(activations.norm) : 'there is none'}</dd>`
          : nothing
      }
      <dt>Over the frame</dt>
      <dd>
        ${valueText(spread.mean)} ± ${valueText(spread.deviation)}, from ${valueText(spread.min)} to
        ${valueText(spread.max)}${activation ? ` (${session.stageText(stage)})` : ''}
      </dd>
    </dl>
    ${
      isConstant
        ? html`<p class="quiet">
            Constant: it varies by less than a thousandth of what the liveliest unit of its layer does.
          </p>`
        : nothing
    }
  `
}

/** The wires that are drawn, as a list: each leads to the unit at its other end. */
function wiresTemplate(
  session: NeuronSession,
  choose: (address: UnitAddress) => void,
): TemplateResult | typeof nothing {
  const { wires, selected } = session
  if (wires.length === 0 || !selected) return nothing
  return html`
    <h3>Wires of ${session.nameOf(selected)}</h3>
    <ul class="wires">
      ${wires.map(({ from, to, weight }) => {
        const isInto = isUnit(to, selected)
        const end = isInto ? from : to
        return html`<li>
          <button type="button" class="unit-name" @click=${() => choose(end)}>
            ${isInto ? 'from' : 'to'} ${session.nameOf(end)}</button
          ><span class=${weight < 0 ? 'less' : 'more'}>${valueText(weight)}</span>
        </li>`
      })}
    </ul>
  `
}

function cellColour(session: NeuronSession, address: UnitAddress, value: number): string {
  const { range } = session.viewOf(address)
  const reach = range[2] - range[1]
  const rgb = divergingColour(reach > 0 ? (value - range[1]) / reach : 0)
  return `rgb(${rgb.map(channel => Math.round(255 * channel)).join(' ')})`
}

function addressOf(place: UnitSpot | null): UnitAddress | null {
  return place && place.unit !== null ? { layer: place.layer, unit: place.unit } : null
}

function strongest(values: Float64Array): string {
  const unit = values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best]) ? i : best), 0)
  return `strongest is unit ${unit} with ${valueText(values[unit])}`
}
