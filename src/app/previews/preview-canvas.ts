// A preview as an element of a template.

import { html, nothing, type TemplateResult } from 'lit-html'
import { paintedWith } from '../painted-canvas.js'
import type { Preview } from './preview-worker.js'

/** @param label what it is a picture of, for a screen reader; '' where the words beside it say so */
export function previewCanvas(preview: Preview | null, label = ''): TemplateResult {
  return html`<canvas
    width="1"
    height="1"
    role=${label ? 'img' : nothing}
    aria-label=${label || nothing}
    aria-hidden=${label ? nothing : 'true'}
    ${paintedWith(preview)}
  ></canvas>`
}
