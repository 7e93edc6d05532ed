// What is told of a training on every other screen: whose it is, how far, how good; a click leads back. Templates only.

import { html, nothing, type TemplateResult } from 'lit-html'
import { printableName } from '../../model/printable.js'
import { decibels, qualityWord } from '../figures.js'
import type { Training } from './training.js'

/** @param back shows the training */
export function chipTemplate(training: Training, back: () => void): TemplateResult | typeof nothing {
  const { progress, view, isOpen } = training
  const isBegun = progress !== null || training.status.kind !== 'ready'
  if (!isOpen || view.isShown || !isBegun) return nothing
  return html`<button type="button" class="training-chip" title="Back to the training" @click=${back}>
    <progress aria-hidden="true" max="1" .value=${shareOf(training)}></progress>
    <span>${chipText(training)}</span>
  </button>`
}

/** As in `Training logo · 62 % · 24 dB, fair`. */
function chipText(training: Training): string {
  const { status, image, psnr } = training
  const name = printableName(image.baseName)
  const quality = psnr === null || !Number.isFinite(psnr) ? [] : [`${decibels(psnr, 0)}, ${qualityWord(psnr)}`]
  const share = `${Math.floor(100 * shareOf(training))} %`
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

function shareOf({ progress }: Training): number {
  return progress ? progress.done / Math.max(1, progress.total) : 0
}
