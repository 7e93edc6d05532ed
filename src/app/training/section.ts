// The panel's section of a training: what the next run is to be, what went wrong, what can be saved. Templates only.

import { html, nothing, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import { printableName } from '../../model/printable.js'
import { RECIPES } from '../../train/recipe.js'
import type { Target } from '../../train/target.js'
import { unlessTyping, valueOf } from '../fields.js'
import { termTemplate } from '../terms/terms.js'
import { netRows } from './net-choice.js'
import { recipeText, type TrainOptions } from './plan.js'
import type { Training } from './training.js'

/** What the section's buttons do. */
export interface SectionActions {
  readonly chooseImage: () => void
  readonly show: () => void
  readonly close: () => void
  readonly saveNetwork: () => void
  readonly saveFilm: () => void
  readonly saveCurve: () => void
}

const OWN = 'own'

/** @param waiting names of the images that are trained next */
export function sectionTemplate(
  training: Training,
  waiting: readonly string[],
  actions: SectionActions,
): TemplateResult {
  const { plan, planning, progress } = training
  const change = (options: TrainOptions) => void training.change(options)
  const { source, target } = training.image
  return html`
    <section aria-labelledby="train-title">
      <h2 id="train-title">Train</h2>
      <dl class="facts">
        <dt>Image</dt>
        <dd>${printableName(source?.name ?? '')}</dd>
        <dt>Target</dt>
        <dd>${target ? targetText(target) : ''}</dd>
        ${
          waiting.length > 0
            ? html`<dt>Next</dt>
                <dd>${waiting.map(printableName).join(', ')}</dd>`
            : nothing
        }
      </dl>
      <div class="buttons">
        ${training.view.isShown ? nothing : html`<button type="button" @click=${actions.show}>Show the training</button>`}
        <button type="button" @click=${actions.chooseImage}>Another image…</button>
        <button type="button" @click=${actions.close}>End</button>
      </div>
      ${statusTemplate(training)}
      <p class="warning" role="alert">${planning.problem}</p>
      ${netRows({ planning, change })} ${recipeTemplate(training)}
      <div class="row">
        <label for="train-length">Length</label>
        <span class="pair">
          ${field(training, 'train-length', String(plan.length.count), plan.length.unit)}
          <select
            aria-label="Unit of the length"
            .value=${live(plan.length.unit)}
            @change=${(event: Event) => void training.change({ [valueOf(event)]: valueOf(event) === 'steps' ? 2000 : 90 })}
          >
            ${(['seconds', 'steps'] as const).map(
              unit => html`<option value=${unit} ?selected=${plan.length.unit === unit}>${unit}</option>`,
            )}
          </select>
        </span>
      </div>
      ${row(training, 'Seed', 'seed', plan.seed)} ${row(training, 'Detail, pixels', 'detail', plan.detail)}
      ${row(training, 'Threads', 'threads', plan.threads)}
      <details>
        <summary>More</summary>
        ${row(training, 'Seen at width, pixels', 'width', plan.width)}
        ${row(training, 'Learning rate', 'rate', plan.recipe.rate)}
        ${row(training, 'Pixels a step', 'batch', plan.recipe.batch)}
        ${row(training, 'Stop at PSNR, dB', 'targetPsnr', plan.targetPsnr ?? '')}
        ${row(training, 'Snapshots', 'frames', plan.frames)}
        ${row(training, 'Background', 'background', plan.background)}
      </details>
      ${training.isPlanChanged ? html`<p class="quiet">What was changed counts from the next restart.</p>` : nothing}
      <div class="buttons">
        <button type="button" ?disabled=${!progress} @click=${actions.saveNetwork}>Save the network</button>
        <button type="button" ?disabled=${training.snapshotCount === 0} @click=${actions.saveFilm}>
          Save the snapshots
        </button>
        <button type="button" ?disabled=${training.curve.length === 0} @click=${actions.saveCurve}>
          Save the curve
        </button>
      </div>
    </section>
  `
}

function targetText({ detail, seen }: Target): string {
  const size = `${detail.width} × ${detail.height} pixels`
  return detail === seen ? size : `${size}, seen at ${seen.width} × ${seen.height}`
}

function statusTemplate({ status, progress }: Training): TemplateResult | typeof nothing {
  if (status.kind === 'failed') return html`<p class="warning" role="alert">${status.reason}</p>`
  if (status.kind !== 'diverged') return nothing
  return html`<p class="warning" role="alert">
    Diverged at step ${status.at}: the weights of step ${progress?.step} are kept. Try a lower learning rate.
  </p>`
}

function recipeTemplate(training: Training): TemplateResult {
  const { recipe } = training.plan
  const builtIn = RECIPES.find(({ name }) => name === recipe.name)
  return html`
    <label class="row"
      ><span>Recipe</span>
      <select
        .value=${live(builtIn ? recipe.name : OWN)}
        @change=${(event: Event) => {
          const name = valueOf(event)
          void training.change({ recipe: name === OWN ? { ...recipe, name: OWN } : name })
        }}
      >
        ${[...RECIPES.map(({ name }) => name), OWN].map(
          name =>
            html`<option value=${name} ?selected=${(builtIn ? recipe.name : OWN) === name}>
              ${name === OWN ? 'my own' : name}
            </option>`,
        )}
      </select>
    </label>
    ${
      builtIn
        ? nothing
        : html`<label class="recipe"
            ><span class="hidden">The recipe, JSON</span>
            <textarea
              id="train-recipe"
              spellcheck="false"
              rows="10"
              .value=${unlessTyping('train-recipe', recipeText(recipe))}
              @change=${(event: Event) => void training.change({ recipe: valueOf(event) })}
            ></textarea>
          </label>`
    }
    <div class="row">
      <span
        ><label for="train-optimizer">Optimizer</label>${
          recipe.optimizer === 'muon' ? html` ${termTemplate('muon', 'Muon')}` : nothing
        }</span
      >
      <select
        id="train-optimizer"
        .value=${live(recipe.optimizer)}
        @change=${(event: Event) => void training.change({ optimizer: valueOf(event) })}
      >
        <option value="muon" ?selected=${recipe.optimizer === 'muon'}>Muon</option>
        <option value="adam" ?selected=${recipe.optimizer === 'adam'}>Adam</option>
      </select>
    </div>
  `
}

function row(training: Training, label: string, key: keyof TrainOptions, value: number | string): TemplateResult {
  const id = `train-${key}`
  return html`<div class="row"><label for=${id}>${label}</label>${field(training, id, String(value), key)}</div>`
}

function field(training: Training, id: string, text: string, key: keyof TrainOptions): TemplateResult {
  return html`<input
    type="text"
    autocomplete="off"
    inputmode=${key === 'background' ? 'text' : 'decimal'}
    id=${id}
    .value=${unlessTyping(id, text)}
    @change=${async (event: Event) => {
      const input = event.target as HTMLInputElement
      await training.change({ [key]: input.value })
      if (training.planning.problem === null)
        for (const invalid of document.querySelectorAll('#panel [aria-invalid]'))
          invalid.removeAttribute('aria-invalid')
      else input.setAttribute('aria-invalid', 'true')
    }}
  />`
}
