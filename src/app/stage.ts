// What lies over the picture: the frame's outline, messages; and the row under it: zoom buttons and figure, what is under the pointer.

import { html, nothing, type TemplateResult } from 'lit-html'
import type { LinearView } from '../model/flatness.js'
import { itemSampling } from '../world/item.js'
import { pixelFromWorld, type Rect, transformPoint } from '../world/camera.js'
import type { Explorer } from './explorer.js'
import { coordinateText, hexText, zoomText } from './figures.js'
import type { Spot } from './places/place.js'

export interface StageActions {
  readonly zoomBy: (factor: number) => void
  readonly togglePanel: () => void
}

/** What lies over the picture. @param hovered the spot of the wall that the pointer is over */
export function stageTemplate(explorer: Explorer, hovered: Spot | null): TemplateResult {
  return html`${outlineTemplate(explorer, hovered)} ${statusTemplate(explorer)} ${messageTemplate(explorer)}`
}

/** What the row under the picture holds besides the view's own buttons. */
export interface FootParts {
  /** The buttons that lead on from what is open. */
  readonly more: TemplateResult | typeof nothing
  /** What is under the pointer, where that is no colour. */
  readonly readout: TemplateResult | typeof nothing
  /** The ways in. */
  readonly ways: TemplateResult | typeof nothing
  readonly help: TemplateResult
}

export function footTemplate(
  explorer: Explorer,
  actions: StageActions,
  isPanelOpen: boolean,
  { more, readout, ways, help }: FootParts,
): TemplateResult {
  const zoom = explorer.viewer.view?.zoom ?? 1
  const whole = wholeOf(explorer)
  return html`
    <div class="toolbar" role="group" aria-label="View">
      <button type="button" aria-label="Zoom out" title="Zoom out (−)" @click=${() => actions.zoomBy(1 / 2)}>−</button>
      <output class="zoom" aria-label="Zoom">${zoomText(zoom)}</output>
      <button type="button" aria-label="Zoom in" title="Zoom in (+)" @click=${() => actions.zoomBy(2)}>+</button>
      <button
        type="button"
        aria-label=${`Show the whole ${whole}`}
        title=${`The whole ${whole} (0)`}
        @click=${() => explorer.places.home()}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2 5V2h3M11 2h3v3M14 11v3h-3M5 14H2v-3" /></svg>
      </button>
      ${more}
    </div>
    <div class="readout">${probeTemplate(explorer)}${readout}</div>
    ${ways}
    <div class="leads">
      ${help}
      <button
        type="button"
        class="panel-toggle"
        aria-expanded=${isPanelOpen}
        aria-controls="panel"
        @click=${actions.togglePanel}
      >
        ${isPanelOpen ? 'Hide details' : 'Details'}
      </button>
    </div>
  `
}

/** What the whole of it is called that is seen. */
function wholeOf({ places }: Explorer): string {
  return { wall: 'wall', flag: 'flag', strip: 'strip', units: 'net' }[places.kind]
}

function probeTemplate(explorer: Explorer): TemplateResult | typeof nothing {
  const { point } = explorer.probe
  const { item, camera } = explorer.viewer
  if (!point || !item) return nothing
  const { stepX, stepY } = itemSampling(item, camera)
  const hex = hexText(point.rgb)
  return html`<span class="probe"
    ><span class="swatch" style="background:${hex}"></span>${hex} · x ${coordinateText(point.x, stepX)} · y
    ${coordinateText(point.y, stepY)}</span
  >`
}

/** The frame of what is open, or the flag of the wall that the keyboard is at. */
function outlineTemplate(explorer: Explorer, hovered: Spot | null): TemplateResult | typeof nothing {
  const { item, isWorld } = explorer.viewer
  const { selected } = explorer.places.current
  if (isWorld) {
    const isMarked = selected && (explorer.probe.isStageFocused || explorer.places.isUnits)
    return html`${hovered ? edgesTemplate(explorer, hovered.rect, 'outline hovered') : nothing}${
      isMarked ? edgesTemplate(explorer, selected.rect, 'outline mark') : nothing
    }`
  }
  return explorer.outline && item ? edgesTemplate(explorer, item.rect, 'outline') : nothing
}

/** A rectangle's four edges, each drawn only where the stage sees it: at a deep zoom the rectangle would be miles wide. */
function edgesTemplate(explorer: Explorer, rect: Rect, className: string): TemplateResult | typeof nothing {
  const { camera, viewport, pixelRatio } = explorer.viewer
  if (viewport.width === 0) return nothing
  const map = pixelFromWorld(camera, viewport)
  const clampTo = (value: number, limit: number) => Math.max(-20, Math.min(limit + 20, value)) / pixelRatio
  const [left, top] = transformPoint(map, rect.x, rect.y)
  const [right, bottom] = transformPoint(map, rect.x + rect.width, rect.y + rect.height)
  const x0 = clampTo(left, viewport.width)
  const y0 = clampTo(top, viewport.height)
  const width = clampTo(right, viewport.width) - x0
  const height = clampTo(bottom, viewport.height) - y0
  return html`<div class=${className} style="left:${x0}px;top:${y0}px;width:${width}px;height:${height}px"></div>`
}

function statusTemplate(explorer: Explorer): TemplateResult | typeof nothing {
  const { opened, viewer } = explorer
  const { status } = viewer.lifecycle
  if (status.kind === 'ready') {
    return opened.file || !opened.isLoading ? nothing : html`<div class="notice">Loading…</div>`
  }
  if (status.kind === 'failed')
    return html`<div class="notice" role="alert">
      <p>The picture cannot be drawn: ${status.reason}.</p>
      <button type="button" @click=${() => viewer.retry()}>Try again</button>
    </div>`
  return html`<div class="notice">
    ${status.kind === 'lost' ? 'The GPU was taken away; waiting for it to come back…' : 'Starting…'}
  </div>`
}

function messageTemplate(explorer: Explorer): TemplateResult | typeof nothing {
  const { current: message } = explorer.messages
  if (!message) return nothing
  // Good news is announced by the live region.
  if (!message.isError) return html`<div class="message news">${message.text}</div>`
  return html`<div class="message" role="alert">
    <span>${message.text}</span>
    <button type="button" aria-label="Dismiss" @click=${() => explorer.messages.dismiss()}>×</button>
  </div>`
}

/** Deep in, where the picture is of one colour: what it is when it is stretched. */
export function flatTemplate(explorer: Explorer): TemplateResult | typeof nothing {
  const { flatness } = explorer.probe
  if (!flatness?.isFlat) return nothing
  return html`<div class="flat">
    <span
      >One colour from here on: this whole view spans
      ${flatness.levels < 0.001 ? 'less than 0.001' : flatness.levels.toPrecision(1)} of an 8-bit level. Stretched to
      full contrast it is</span
    >
    <span
      class="stretched"
      role="img"
      aria-label="the view's gradient, stretched"
      style=${stretchStyle(explorer, flatness.linear)}
    ></span>
  </div>`
}

/**
 * The view to first order, f(c) + J * offset, with its contrast stretched to the full range: three linear gradients, one
 * a channel, added up. Both factors are float64; no shader has digits left here.
 */
function stretchStyle(explorer: Explorer, linear: LinearView): string {
  const { width, height } = explorer.viewer.viewport
  const span = Math.max(...[0, 1, 2].map(c => Math.hypot(linear.perPixelX[c] * width, linear.perPixelY[c] * height)))
  const gradients = [0, 1, 2].map(c => {
    const dx = linear.perPixelX[c] * width
    const dy = linear.perPixelY[c] * height
    const swing = span > 0 ? Math.hypot(dx, dy) / span : 0
    const ends = [0.5 - swing / 2, 0.5 + swing / 2].map(share => {
      const rgb = [0, 0, 0]
      rgb[c] = Math.round(255 * share)
      return `rgb(${rgb.join(',')})`
    })
    // CSS angles turn clockwise from upwards; y counts downwards here.
    const angle = (Math.atan2(dx, -dy) * 180) / Math.PI
    return `linear-gradient(${angle.toFixed(1)}deg, ${ends.join(', ')})`
  })
  return `background:${gradients.join(',')};background-blend-mode:screen`
}
