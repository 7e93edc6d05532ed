// What chance does to the network: all of it mutated, a layer drawn anew. Templates only.

import { html, nothing, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import type { Effect } from '../../edit/effect.js'
import { valueOf } from '../fields.js'
import type { PanelEdits } from './panel-edits.js'

/**
 * @param effects of the session, in their order
 * @param layers what the linear layers are called
 * @param isOff whether nothing can be changed just now
 * @param openSheet shows nine mutants to pick from
 */
export function chanceTemplate(
  edits: PanelEdits,
  effects: readonly Effect[],
  layers: readonly string[],
  isOff: boolean,
  openSheet: () => void,
): TemplateResult {
  const chances = effects.flatMap((effect, index) => {
    const text = chanceText(effect, layers)
    return text === null ? [] : [{ text, index }]
  })
  return html`
    <div class="scrub-chance">
      <div class="buttons">
        <button type="button" ?disabled=${isOff} @click=${() => edits.mutate()}>Mutate</button>
        <button type="button" aria-haspopup="dialog" ?disabled=${isOff} @click=${openSheet}>Nine mutants…</button>
        <select
          aria-label="Randomise a layer"
          ?disabled=${isOff}
          .value=${live('')}
          @change=${(event: Event) => {
            if (valueOf(event) !== '') edits.randomise(Number(valueOf(event)))
          }}
        >
          <option value="">Randomise…</option>
          ${layers.map((name, layer) => html`<option value=${layer}>${name}</option>`)}
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
                      @click=${() => edits.removeEffect(index)}
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

/** What an effect of chance is called; null for those that the tab of the effects lists. */
function chanceText(effect: Effect, layers: readonly string[]): string | null {
  if (effect.kind === 'randomise') return `${layers[effect.layer]} anew, seed ${effect.seed}`
  if (effect.kind === 'mutate') return `mutated by ${effect.amount} σ, seed ${effect.seed}`
  return null
}
