// The inset beside an enlarged unit: the flag before and after, and what the unit is worth. Templates only.

import { html, nothing, type TemplateResult } from 'lit-html'
import { psnrTemplate } from '../terms/terms.js'
import { previewCanvas } from '../previews/preview-canvas.js'
import { changeText, type UnitWorth } from './worth.js'

export function worthTemplate({ worth, problem }: UnitWorth, name: string): TemplateResult | typeof nothing {
  if (problem !== null) return html`<p class="worth warning">${problem}</p>`
  if (!worth) return nothing
  const { before, after, psnr, change } = worth
  return html`<figure class="worth" aria-label=${`What ${name} is worth`}>
    <span>${previewCanvas(before, 'The flag with it')}before</span>
    <span>${previewCanvas(after, `The flag ${changeText(change)}`)}after</span>
    <figcaption>${sentenceCase(changeText(change))}: ${psnrTemplate(psnr, 'what it was')}</figcaption>
  </figure>`
}

function sentenceCase(text: string): string {
  return text[0].toUpperCase() + text.slice(1)
}
