// A preview as an element of a template.

import { html, nothing, type TemplateResult } from 'lit-html'
import { ref } from 'lit-html/directives/ref.js'
import type { Preview } from './preview-worker.js'

/** @param label what it is a picture of, for a screen reader; '' where the words beside it say so */
export function previewCanvas(preview: Preview | null, label = ''): TemplateResult {
  return html`<canvas
    width="1"
    height="1"
    role=${label ? 'img' : nothing}
    aria-label=${label || nothing}
    aria-hidden=${label ? nothing : 'true'}
    ${ref(element => drawInto(element, preview))}
  ></canvas>`
}

const drawn = new WeakMap<HTMLCanvasElement, Preview>()

/** A canvas keeps its picture until there is another one. */
function drawInto(element: Element | undefined, preview: Preview | null): void {
  if (!(element instanceof HTMLCanvasElement) || !preview || drawn.get(element) === preview) return
  const { width, height, rgba } = preview
  if (element.width !== width) element.width = width
  if (element.height !== height) element.height = height
  element.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0)
  drawn.set(element, preview)
}
