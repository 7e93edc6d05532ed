// What a training shows beside the net: target and difference, the transport with its figures, the curves. Templates only.

import { html, nothing, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import { ref } from 'lit-html/directives/ref.js'
import { printableName } from '../../model/printable.js'
import { ERROR_GAIN } from '../../train/comparison-picture.js'
import { duration } from '../../train/run-clock.js'
import { SEEN_SAMPLES, type Target } from '../../train/target.js'
import { valueOf } from '../fields.js'
import { decibels, qualityWord } from '../figures.js'
import { termTemplate } from '../terms/terms.js'
import type { Curves } from './curves.js'
import { netChoice } from './net-choice.js'
import type { TrainOptions } from './plan.js'
import { PRESETS, presetOf } from './presets.js'
import type { Training } from './training.js'
import './training.css'

/** What is seen of the three where there is room for one. */
export const PANES = ['target', 'net', 'difference'] as const
export type PaneName = (typeof PANES)[number]

const PANE_TEXTS: Readonly<Record<PaneName, string>> = { target: 'Target', net: 'Net', difference: 'Difference' }

/** What the buttons do. */
export interface TransportActions {
  readonly play: () => void
  readonly pause: () => void
  readonly step: () => void
  readonly restart: () => void
  readonly saveNetwork: () => void
  /** Shows one of the three, where there is room for one. */
  readonly showPane: (pane: PaneName) => void
  /** Changes the plan. */
  readonly change: (options: TrainOptions) => void
}

/**
 * @param shown of the three, where there is room for one
 * @param onPane called with each of the two panes, once it is there
 */
export function workspaceTemplate(
  training: Training,
  curves: Curves,
  shown: PaneName,
  onPane: (pane: Element | undefined) => void,
  actions: TransportActions,
): TemplateResult {
  const { image, view } = training
  const { target, source } = image
  const { compared } = view
  const size = target ? `${target.detail.width} × ${target.detail.height}` : ''
  // The difference is that of these pixels.
  const psnr = compared ? `${decibels(compared.psnrDetail, 2)} in detail, ${qualityWord(compared.psnrDetail)}` : ''
  return html`
    ${tabsTemplate(shown, actions)}
    <figure class=${`pane target ${shown === 'target' ? 'shown' : ''}`} ${ref(onPane)}>
      <div role="img" aria-label="Target: ${printableName(source?.name ?? '')}, ${size} pixels">
        ${image.pane.canvas}
      </div>
      <figcaption>Target <span>${size}</span></figcaption>
    </figure>
    <figure class=${`pane difference ${shown === 'difference' ? 'shown' : ''}`} ${ref(onPane)}>
      <div role="img" aria-label="Difference of net and target, ${ERROR_GAIN} times as bright: ${psnr}">
        ${view.differencePane.canvas}
      </div>
      <figcaption>Difference × ${ERROR_GAIN} <span>${psnr}</span></figcaption>
    </figure>
    ${transportTemplate(training, actions)} ${curves.host}
  `
}

/** Seen on a phone that stands. */
function tabsTemplate(shown: PaneName, { showPane }: TransportActions): TemplateResult {
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = (PANES.indexOf(shown) + step + PANES.length) % PANES.length
    showPane(PANES[next])
    ;((event.currentTarget as HTMLElement).children[next] as HTMLElement).focus()
  }
  return html`<div class="pane-tabs" role="tablist" aria-label="Seen" @keydown=${onKey}>
    ${PANES.map(
      pane =>
        html`<button
          type="button"
          role="tab"
          aria-selected=${pane === shown}
          tabindex=${pane === shown ? 0 : -1}
          @click=${() => showPane(pane)}
        >
          ${PANE_TEXTS[pane]}
        </button>`,
    )}
  </div>`
}

/** The caption of the net's pane. */
export function netCaption({ view, progress }: Training): TemplateResult {
  const { compared } = view
  return html`Net <span>step ${(progress?.step ?? compared?.step ?? 0).toLocaleString('en')}</span>`
}

function transportTemplate(training: Training, actions: TransportActions): TemplateResult {
  const { status, progress } = training
  const isRunning = status.kind === 'running' || status.kind === 'preparing'
  const isOver = status.kind === 'done' || status.kind === 'diverged'
  const isBroken = status.kind === 'failed' && progress !== null
  return html`
    <section class=${`transport ${status.kind}`} aria-label="Training">
      <progress
        aria-label="Steps done"
        max=${progress?.total ?? 1}
        .value=${progress?.done ?? 0}
        aria-valuetext=${progress ? `step ${progress.done} of ${progress.total}` : 'not started'}
      ></progress>
      <div class="buttons">
        <button
          type="button"
          class="primary"
          ?disabled=${isOver || isBroken}
          @click=${isRunning ? actions.pause : actions.play}
        >
          ${isRunning ? 'Pause' : status.kind === 'paused' ? 'Resume' : 'Start'}
        </button>
        <button
          type="button"
          ?disabled=${isRunning || isOver || isBroken}
          @click=${actions.step}
          title="One step of training"
        >
          Step
        </button>
        <button
          type="button"
          ?disabled=${!progress}
          @click=${actions.restart}
          title="From the beginning, as the fields say now"
        >
          Restart
        </button>
        <button
          type="button"
          ?disabled=${!progress}
          @click=${actions.saveNetwork}
          title="The network as it is now, .safetensors"
        >
          Save
        </button>
      </div>
      ${status.kind === 'ready' ? planTemplate(training, actions) : nothing} ${figuresTemplate(training)}
    </section>
  `
}

/** Before it begins: how long it is to take, what net learns, and what is seen through the picture. */
function planTemplate({ plan, planning, image }: Training, { change }: TransportActions): TemplateResult {
  const chosen = presetOf(plan)
  const { count, unit } = plan.length
  return html`
    <div class="plan" role="group" aria-label="How long">
      ${PRESETS.map(
        preset =>
          html`<button
            type="button"
            title=${preset.title}
            aria-pressed=${preset === chosen}
            @click=${() => change(preset.options)}
          >
            ${preset.text}
          </button>`,
      )}
      ${chosen ? nothing : html`<span class="quiet">${count.toLocaleString('en')} ${unit}</span>`}
    </div>
    <label class="net"><span>Net</span> ${netChoice({ planning, change }, 'plan-net', false)}</label>
    ${
      image.isTransparent
        ? html`<label class="ground"
            >Transparent parts become
            <input
              type="color"
              .value=${live(longColour(plan.background))}
              @change=${(event: Event) => change({ background: valueOf(event) })}
            />
          </label>`
        : nothing
    }
  `
}

/** #rrggbb of a colour that may be #rgb. */
function longColour(colour: string): string {
  return colour.length === 4 ? colour.replace(/[^#]/g, '$&$&') : colour
}

function figuresTemplate({ status, progress, runRecipe, image, view }: Training): TemplateResult {
  const { target } = image
  const { measured } = view
  const isRunning = status.kind === 'running'
  const figure = (name: string | TemplateResult, text: string, width: string, how = '', word = '') =>
    html`<div style="min-width:${width}" title=${how || nothing}>
      <dt>${name}</dt>
      <dd>${text || '–'}</dd>
      ${word ? html`<dd class="quality">${word}</dd>` : nothing}
    </div>`
  const measure = (psnr: number | undefined) => (psnr === undefined ? '' : decibels(psnr, 2))
  return html`
    <dl class="figures">
      ${figure('State', statusText(status), '5.4rem')}
      ${hasStages(runRecipe, progress) ? figure('Stage', stageText(runRecipe, progress), '5.4rem') : nothing}
      ${figure('Step', progress ? `${progress.step.toLocaleString('en')} / ${progress.steps.toLocaleString('en')}` : '', '7.6rem')}
      ${figure('Loss', progress?.loss ? progress.loss.toPrecision(3) : '', '4rem')}
      ${figure(termTemplate('psnr', 'PSNR'), measure(measured?.psnr), '4.9rem', target ? seenText(target) : '', measured ? qualityWord(measured.psnr) : '')}
      ${figure('In detail', measure(measured?.psnrDetail), '4.9rem', target ? detailText(target) : '', measured ? qualityWord(measured.psnrDetail) : '')}
      ${figure('Speed', isRunning && progress ? `${progress.megapixelsPerSecond.toFixed(2)} Mpx/s` : '', '5.2rem')}
      ${figure(isRunning ? 'Left' : 'Time', timeText(isRunning, progress), '2.8rem')}
    </dl>
  `
}

function hasStages({ stages }: Training['runRecipe'], progress: Training['progress']): boolean {
  return stages.length > 1 || (progress !== null && (progress.isLanding || progress.starts > 1))
}

function stageText({ stages }: Training['runRecipe'], progress: Training['progress']): string {
  if (!progress) return ''
  const { trial, starts, isLanding, stage } = progress
  if (trial !== null) return `start ${trial} of ${starts}`
  if (isLanding) return 'landing'
  return stages.length > 1 ? stages[stage].name : `best of ${starts}`
}

function seenText({ seen }: Target): string {
  return `as it is seen: ${seen.width} × ${seen.height} pixels, ${SEEN_SAMPLES} samples each`
}

function detailText({ detail }: Target): string {
  return `at the centres of the ${detail.width} × ${detail.height} pixels that are learned`
}

function timeText(isRunning: boolean, progress: Training['progress']): string {
  if (!progress) return ''
  return duration(isRunning ? progress.secondsLeft : progress.seconds)
}

function statusText(status: Training['status']): string {
  switch (status.kind) {
    case 'ready':
      return 'ready'
    case 'preparing':
      return 'starting'
    case 'running':
      return 'training'
    case 'paused':
      return 'paused'
    case 'done':
      return 'finished'
    case 'diverged':
      return 'diverged'
    case 'failed':
      return 'failed'
  }
}
