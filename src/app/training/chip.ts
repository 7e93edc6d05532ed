// What is told of a training on every other screen: whose it is, how far, how good; a click leads back, or goes on with one that ended with its
// page. Templates only.

import { html, nothing, type TemplateResult } from 'lit-html'
import { printableName } from '../../model/printable.js'
import { decibels, qualityWord } from '../figures.js'
import { nameOfImage } from './image-name.js'
import type { KeptRun } from './kept-runs.js'
import type { Training } from './training.js'
import './chip.css'

/** @param back shows the training */
export function chipTemplate(training: Training, back: () => void): TemplateResult | typeof nothing {
  const { progress, view, isOpen } = training
  const isBegun = progress !== null || training.status.kind !== 'ready'
  if (!isOpen || view.isShown || !isBegun) return nothing
  return buttonTemplate(chipText(training), shareOf(training), 'Back to the training', back)
}

/** Of a training that ended with its page. */
export function keptTemplate(
  { name, share, psnr }: KeptRun,
  { resume, discard }: { readonly resume: () => void; readonly discard: () => void },
): TemplateResult {
  const title = printableName(nameOfImage(name))
  const text = [`Resume ${title}`, percent(share), ...qualityOf(psnr)].join(' · ')
  return html`<div class="kept-run">
    ${buttonTemplate(text, share, 'The page went before this training was finished: go on with it', resume)}
    <button type="button" aria-label=${`Discard the training of ${title}`} title="Discard it" @click=${discard}>
      ×
    </button>
  </div>`
}

function buttonTemplate(text: string, share: number, title: string, onClick: () => void): TemplateResult {
  return html`<button type="button" class="training-chip" title=${title} @click=${onClick}>
    <progress aria-hidden="true" max="1" .value=${share}></progress>
    <span>${text}</span>
  </button>`
}

/** As in `Training logo · 62 % · 24 dB, fair`. */
function chipText(training: Training): string {
  const { status, image, psnr } = training
  const name = printableName(image.baseName)
  const quality = qualityOf(psnr)
  const share = percent(shareOf(training))
  switch (status.kind) {
    case 'done':
      return [`Trained ${name}`, ...quality].join(' · ')
    case 'failed':
      return `The training of ${name} failed`
    case 'diverged':
      return [`${name} diverged`, ...quality].join(' · ')
    case 'paused':
      return [`Paused ${name}`, share, ...quality].join(' · ')
    default:
      return [`Training ${name}`, share, ...quality].join(' · ')
  }
}

function percent(share: number): string {
  return `${Math.floor(100 * share)} %`
}

function qualityOf(psnr: number | null): string[] {
  return psnr === null || !Number.isFinite(psnr) ? [] : [`${decibels(psnr, 0)}, ${qualityWord(psnr)}`]
}

function shareOf({ progress }: Training): number {
  return progress ? progress.done / Math.max(1, progress.total) : 0
}
