// The overlay of the panel that shows how much every parameter matters for what is on the screen: cells by their sensitivity, the
// ten that matter most and least, what the cell under the pointer has. Measured anew when camera, frame or weights have changed.

import { html, nothing, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import { parameterName } from '../../edit/parameters.js'
import { perDeviation, rankParameters, type SensitivityUnit } from '../../explain/ranking.js'
import type { SensitivityView } from '../../explain/sensitivity.js'
import type { Network } from '../../model/network.js'
import type { Page } from '../page.js'
import { valueOf } from '../fields.js'
import type { CreateSection, ScrubPlace, ScrubSection } from './section.js'
import { DECADES, largestOf, sensitivityLevels, sequentialGradient } from './sensitivity-colour.js'
import { LiveSensitivity, type Sensitivities } from './sensitivity-live.js'
import { sameSensitivityView, sensitivityView } from './sensitivity-view.js'
import './sensitivity.css'

/** While the camera moves or a wheel turns nothing is measured: what moves has the machine for itself. */
const REST_MS = 150
const LISTED = 10

/** What a measurement comes to in a unit. */
interface Ranked {
  readonly of: Sensitivities
  readonly unit: SensitivityUnit
  /** [count] in displayed channels per unit. */
  readonly values: Float64Array
  readonly order: Uint32Array
  readonly rankOf: Uint32Array
}

/** Makes the overlay. @param page whose view it is */
export function createSensitivitySection(page: Page): CreateSection {
  return place => new SensitivitySection(page, place)
}

class SensitivitySection implements ScrubSection {
  readonly tab = null
  readonly #live: LiveSensitivity
  readonly #unsubscribe: readonly (() => void)[]
  #isOn = false
  #unit: SensitivityUnit = 'unit'
  /** What is asked for, or will be as soon as it rests. */
  #wanted: { readonly network: Network; readonly view: SensitivityView } | null = null
  #timer = 0
  #ranked: Ranked | null = null

  constructor(
    private readonly page: Page,
    private readonly place: ScrubPlace,
  ) {
    this.#live = new LiveSensitivity(() => {
      this.#show()
      place.requestRender()
    })
    this.#unsubscribe = [page.opened, page.places].map(({ changed }) => changed.subscribe(() => this.#follow()))
  }

  dispose(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    clearTimeout(this.#timer)
    this.#live.dispose()
  }

  get template(): TemplateResult {
    return html`
      <div class="sensitivity">
        <label
          ><input type="checkbox" .checked=${live(this.#isOn)} @change=${() => this.#toggle()} /> Sensitivity for the
          view on screen</label
        >
        ${this.#isOn ? this.#figures() : nothing}
      </div>
    `
  }

  #toggle(): void {
    this.#isOn = !this.#isOn
    if (this.#isOn) this.#follow()
    else this.#forget()
    this.place.requestRender()
  }

  #forget(): void {
    clearTimeout(this.#timer)
    this.#wanted = null
    this.#ranked = null
    this.#live.cancel()
    this.place.setLevels(null)
  }

  /** Asks anew when what is seen has changed, once it rests. */
  #follow(): void {
    if (!this.#isOn) return
    const { viewer } = this.page
    const { item, network, camera, viewport } = viewer
    const view = item && viewport.width > 0 ? sensitivityView(item, camera, viewport) : null
    if (!view || !network) {
      if (this.#wanted !== null || this.#ranked !== null) this.#forget()
      return
    }
    if (this.#wanted?.network === network && sameSensitivityView(this.#wanted.view, view)) return
    const isFirst = this.#wanted === null
    this.#wanted = { network, view }
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(
      () => {
        if (this.#wanted) this.#live.ask(this.#wanted.network, this.#wanted.view)
      },
      isFirst ? 0 : REST_MS,
    )
  }

  /** Ranks what is known, and colours the cells by it. */
  #show(): void {
    const { latest } = this.#live
    if (!latest || !this.#isOn) return
    const values = this.#unit === 'deviation' ? perDeviation(latest.values, latest.network) : latest.values
    const order = rankParameters(values)
    const rankOf = new Uint32Array(order.length)
    order.forEach((index, rank) => {
      rankOf[index] = rank
    })
    this.#ranked = { of: latest, unit: this.#unit, values, order, rankOf }
    this.place.setLevels(sensitivityLevels(values))
  }

  /** Whether the figures are those of what is seen, complete. */
  get #isUpToDate(): boolean {
    const [wanted, known] = [this.#wanted, this.#ranked?.of]
    return wanted !== null && known?.isDone === true && known.network === wanted.network && known.view === wanted.view
  }

  #figures(): TemplateResult {
    const ranked = this.#ranked
    const problem = this.#live.problem
    return html`
      <div class="sensitivity-figures" aria-busy=${!this.#isUpToDate && problem === null}>
        <label class="sensitivity-unit"
          >per
          <select
            aria-label="What a parameter is changed by"
            .value=${live(this.#unit)}
            @change=${(event: Event) => {
              this.#unit = valueOf(event) === 'deviation' ? 'deviation' : 'unit'
              this.#show()
              this.place.requestRender()
            }}
          >
            <option value="unit">1</option>
            <option value="deviation">σ of its tensor</option>
          </select></label
        >
        ${
          problem === null
            ? ranked === null
              ? html`<p class="quiet">${this.#wanted ? 'measuring …' : 'Nothing of the flag is on screen.'}</p>`
              : this.#rankedFigures(ranked)
            : html`<p class="warning">sensitivity: ${problem}</p>`
        }
      </div>
    `
  }

  #rankedFigures(ranked: Ranked): TemplateResult {
    const { values, order, of } = ranked
    const largest = largestOf(values)
    const { width, height } = of.view
    const share = of.isDone ? '' : `, ${of.pixelsDone.toLocaleString('en')} so far`
    const by = ranked.unit === 'unit' ? '1' : 'the standard deviation σ of its tensor'
    return html`
      <p class="sensitivity-legend quiet">
        <span>${shareText(largest / 10 ** DECADES)}</span>
        <span class="sensitivity-scale" style="background:${sequentialGradient()}"></span>
        <span>${shareText(largest)}</span>
      </p>
      <p class="quiet sensitivity-note">
        Mean change of a colour channel (0 to 1, before it is cut off) when the parameter changes by ${by}; over
        ${`${width} × ${height}`} points of the view${share}.
      </p>
      ${this.#ownFigure(ranked)}
      <details>
        <summary>Most and least sensitive</summary>
        <div class="sensitivity-lists">
          ${this.#list('Most', order.subarray(0, LISTED), values)}
          ${this.#list('Least', order.subarray(-LISTED).toReversed(), values)}
        </div>
      </details>
    `
  }

  /** The cell that the readout speaks of. */
  #ownFigure({ values, rankOf }: Ranked): TemplateResult | typeof nothing {
    const { index } = this.place
    if (index === null) return nothing
    const name = parameterName(this.place.session.parameters, index)
    const rank = `${(rankOf[index] + 1).toLocaleString('en')} of ${values.length.toLocaleString('en')}`
    return html`<p class="sensitivity-own"><span>${name}</span> <b>${shareText(values[index])}</b> rank ${rank}</p>`
  }

  #list(title: string, indices: Uint32Array, values: Float64Array): TemplateResult {
    const { parameters } = this.place.session
    return html`<section aria-label=${`${title} sensitive parameters`}>
      <h4>${title}</h4>
      <ol>
        ${Array.from(
          indices,
          index =>
            html`<li>
              <button type="button" @click=${() => this.#goTo(index)}>
                ${nameTemplate(parameterName(parameters, index))} <b>${shareText(values[index])}</b>
              </button>
            </li>`,
        )}
      </ol>
    </section>`
  }

  /** Makes a parameter the one that the keyboard is at. */
  #goTo(index: number): void {
    this.place.reveal(index)
    // In the frame in which the panel has it.
    requestAnimationFrame(() => document.querySelector<HTMLElement>('#scrub [role=grid][tabindex="0"]')?.focus())
  }
}

/** The name of a parameter: where there is no room for all of it, its place in the tensor is still there. */
function nameTemplate(name: string): TemplateResult {
  const at = name.indexOf('[')
  return html`<span class="sensitivity-name" title=${name}
    ><span>${name.slice(0, at)}</span><span>${name.slice(at)}</span></span
  >`
}

/** A sensitivity with the digits that a sample of the view has. */
function shareText(value: number): string {
  if (value === 0) return '0'
  const text = value >= 1e-3 && value < 1e4 ? Number(value.toPrecision(3)).toString() : value.toExponential(1)
  return text.replace('e+', 'e').replace('-', '−')
}
