// The film bar under the picture: play, the slider over the loss curve, the moment's figures. Templates only.

import { html, nothing, svg, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import { valueOf } from '../fields.js'
import { SPEEDS } from '../../film/playback.js'
import type { SaveDialog } from './save-dialog.js'
import type { FilmSession } from './session.js'
import { decibels, qualityWord } from '../figures.js'
import { termTemplate } from '../terms/terms.js'
import { momentText, shortStep, TRACK, type Track } from './track.js'
import './film.css'

const STEP = 0.01
const FAR_STEP = 0.1

export function barTemplate(session: FilmSession, saving: SaveDialog, close: () => void): TemplateResult {
  const { isPlaying, isLooping, isStrip, speed } = session
  return html`
    <section class="film-bar" aria-label="How it was learned">
      <div class="transport-buttons">
        <button
          type="button"
          class="play"
          aria-label=${isPlaying ? 'Pause' : 'Play'}
          title=${`${isPlaying ? 'Pause' : 'Play'} (Space)`}
          @click=${() => (isPlaying ? session.pause() : void session.play())}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true">
            ${isPlaying ? svg`<path d="M4 2.5h3v11H4zM9 2.5h3v11H9z" />` : svg`<path d="M4 2l9.5 6L4 14z" />`}
          </svg>
        </button>
        <button
          type="button"
          aria-label="Loop"
          title="Play again and again"
          aria-pressed=${isLooping}
          @click=${() => {
            session.isLooping = !isLooping
          }}
        >
          <svg class="lines" viewBox="0 0 16 16" aria-hidden="true">
            <path d="M11 1.5L13.5 4L11 6.5M2.5 8V6a2 2 0 0 1 2-2h9M5 14.5L2.5 12L5 9.5M13.5 8v2a2 2 0 0 1-2 2h-9" />
          </svg>
        </button>
        <select
          aria-label="Speed"
          title="Speed"
          .value=${live(String(speed))}
          @change=${(event: Event) => {
            session.speed = Number(valueOf(event))
          }}
        >
          ${SPEEDS.map(value => html`<option value=${value} ?selected=${value === speed}>${speedText(value)}</option>`)}
        </select>
      </div>
      ${trackTemplate(session)} ${figuresTemplate(session)}
      <div class="film-actions">
        <button
          type="button"
          aria-pressed=${isStrip}
          title="All snapshots side by side"
          @click=${() => (isStrip ? void session.leaveStrip() : session.showStrip())}
        >
          Strip
        </button>
        <button type="button" aria-haspopup="dialog" @click=${() => void saving.open()}>Save…</button>
        <button type="button" aria-label="Close the film" title="Close (Escape)" @click=${close}>×</button>
      </div>
    </section>
    ${saving.template}
  `
}

function trackTemplate(session: FilmSession): TemplateResult {
  const { position, track } = session
  return html`
    <div class="track" style="--at:${position}">
      ${curveTemplate(track)}
      <input
        type="range"
        min="0"
        max="1"
        step="any"
        aria-label="Moment of the training"
        aria-valuetext=${momentText(session.moment)}
        .value=${live(String(position))}
        @input=${(event: Event) => session.seek(Number(valueOf(event)), true)}
        @keydown=${(event: KeyboardEvent) => onKey(session, event)}
      />
      <div class="ticks" aria-hidden="true">
        ${track.ticks.map(
          ({ step, position }, i) =>
            html`<span class=${i === 0 ? 'first' : ''} style="left:${100 * position}%"
              >${i === 0 ? `step ${shortStep(step)}` : shortStep(step)}</span
            >`,
        )}
      </div>
    </div>
  `
}

/** Drawn twice: what is past is bright. */
function curveTemplate({ line, area }: Track): TemplateResult | typeof nothing {
  if (line === null) return html`<div class="curve none"></div>`
  const curve = (className: string) =>
    html`<svg
      class="curve ${className}"
      viewBox="0 0 ${TRACK.width} ${TRACK.height}"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path class="area" d=${area ?? ''} />
      <path class="line" d=${line} vector-effect="non-scaling-stroke" />
    </svg>`
  return html`${curve('all')}${curve('past')}<span class="axis" aria-hidden="true">loss</span>`
}

function figuresTemplate({ moment }: FilmSession): TemplateResult {
  const { step, psnr, psnrDetail, loss } = moment
  const how = psnrDetail === null ? "at the centres of the picture's pixels" : 'as it is seen, several samples a pixel'
  return html`
    <dl class="moment">
      <div>
        <dt>Step</dt>
        <dd>${step.toLocaleString('en')}</dd>
      </div>
      ${
        psnr === null
          ? nothing
          : html`<div title=${loss === null ? how : `${how}; loss ${loss.toPrecision(3)}`}>
              <dt>${termTemplate('psnr', 'PSNR')}</dt>
              <dd>${decibels(psnr)} <span class="quality">${qualityWord(psnr)}</span></dd>
            </div>`
      }
      ${
        psnrDetail === null
          ? nothing
          : html`<div title="at the centres of the pixels that it was trained on">
              <dt>In detail</dt>
              <dd>${decibels(psnrDetail)}</dd>
            </div>`
      }
    </dl>
  `
}

function onKey(session: FilmSession, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const { position } = session
  const step = event.shiftKey ? FAR_STEP : STEP
  const targets: Readonly<Record<string, number>> = {
    ArrowLeft: position - step,
    ArrowDown: position - step,
    ArrowRight: position + step,
    ArrowUp: position + step,
    PageDown: position - FAR_STEP,
    PageUp: position + FAR_STEP,
    Home: 0,
    End: 1,
  }
  const target = targets[event.key]
  if (target === undefined) return
  event.preventDefault()
  session.pause()
  session.seek(Math.min(1, Math.max(0, target)), true)
}

function speedText(speed: number): string {
  const fractions: Readonly<Record<string, string>> = { 0.25: '¼', 0.5: '½' }
  return `${fractions[speed] ?? speed} ×`
}
