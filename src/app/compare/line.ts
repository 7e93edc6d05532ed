// The line between two pictures, moved by pointer, finger or key, and what is on its left. Templates only.

import './compare.css'
import { html, nothing, type TemplateResult } from 'lit-html'
import { printableName } from '../../model/printable.js'

export interface LineParts {
  /** What is on the left of the line, as large as the picture. */
  readonly canvas: HTMLCanvasElement
  /** Percent of the picture's width. */
  readonly position: number
  readonly left: string
  readonly right: string
  /** Why there is nothing on the left; null where there is. */
  readonly problem: string | null
  readonly move: (position: number) => void
  readonly onKey: (event: KeyboardEvent) => void
  readonly close: () => void
}

export function lineTemplate(parts: LineParts): TemplateResult {
  const { canvas, position, problem, move, onKey, close } = parts
  const [left, right] = [printableName(parts.left), printableName(parts.right)]
  const drag = (event: PointerEvent) => {
    const line = event.currentTarget as HTMLElement
    const box = (line.parentElement as HTMLElement).getBoundingClientRect()
    move((100 * (event.clientX - box.left)) / box.width)
  }
  return html`<div class="compare">
    <div class="beside" aria-hidden="true" style=${`clip-path:inset(0 ${100 - position}% 0 0)`}>${canvas}</div>
    ${problem === null ? nothing : html`<p class="warning" role="alert">${problem}</p>`}
    <div
      id="compare-line"
      class="line"
      role="slider"
      tabindex="0"
      aria-label=${`Line between ${left}, on its left, and ${right}`}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${Math.round(position)}
      aria-valuetext=${`${Math.round(position)} % ${left}`}
      style=${`left:${position}%`}
      @pointerdown=${(event: PointerEvent) => {
        event.stopPropagation()
        ;(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)
      }}
      @pointermove=${(event: PointerEvent) => {
        if ((event.currentTarget as HTMLElement).hasPointerCapture(event.pointerId)) drag(event)
      }}
      @keydown=${onKey}
    ></div>
    <p class="names"><span>${left}</span><span>${right}</span></p>
    <button type="button" aria-label="Compare no more" title="Compare no more (C)" @click=${close}>×</button>
  </div>`
}
