// The point that is looked at, marked in every picture that is seen: two paths for all of them, so that it is cheap enough to follow
// the pointer.

import { html, nothing, svg, type TemplateResult } from 'lit-html'
import { itemSampling } from '../../world/item.js'
import type { Rect } from '../../world/camera.js'
import { boxOf } from '../places/box.js'
import type { Viewer } from '../../draw/viewer.js'
import type { Look, PlanePoint } from './look.js'
import type { NeuronSession } from './session.js'
import type { UnitAddress } from './surgery.js'
import './neurons.css'

/** Smaller pictures have no mark, CSS pixels. */
const LEAST_HEIGHT = 10
/** Half a mark's size, of the picture's height; CSS pixels. */
const SHARE = 0.1
const [LEAST, MOST] = [2.5, 9]
/** Width of a wire, CSS pixels. */
const WIRE_PX = { least: 1, most: 6 }

/** @param session null where the flag alone is seen @param marked the unit that a row of the explanation is of */
export function marksTemplate(
  viewer: Viewer,
  session: NeuronSession | null,
  look: Look,
  marked: UnitAddress | null,
): TemplateResult {
  const path = session
    ? session.place.spots.map(({ rect }) => markIn(viewer, rect, look.point)).join('')
    : flagMark(viewer, look.point)
  const spot = marked && session?.place.spotAt(marked.layer, marked.unit)
  return html`<svg class=${look.isPinned ? 'pinned' : ''} aria-hidden="true">
    <path class="under" d=${path} />
    <path class="over" d=${path} />
    ${session ? wiresIn(viewer, session) : nothing} ${spot ? frameOf(viewer, spot.rect) : nothing}
  </svg>`
}

function markIn(viewer: Viewer, rect: Rect, { x, y }: PlanePoint): string {
  const { frame, viewport, pixelRatio } = viewer
  const box = boxOf(viewer, rect)
  if (!frame || box.height < LEAST_HEIGHT) return ''
  const u = (x - frame.x[0]) / (frame.x[1] - frame.x[0])
  const v = (y - frame.y[0]) / (frame.y[1] - frame.y[0])
  if (!(u >= 0 && u <= 1 && v >= 0 && v <= 1)) return ''
  const [left, top] = [box.x + u * box.width, box.y + v * box.height]
  const isSeen = left >= 0 && top >= 0 && left <= viewport.width / pixelRatio && top <= viewport.height / pixelRatio
  return isSeen ? cross(left, top, Math.min(MOST, Math.max(LEAST, box.height * SHARE))) : ''
}

function flagMark({ item, camera, viewport, pixelRatio }: Viewer, point: PlanePoint): string {
  if (!item) return ''
  const { x, y, stepX, stepY } = itemSampling(item, camera)
  const left = (viewport.width / 2 + (point.x - x) / stepX) / pixelRatio
  const top = (viewport.height / 2 + (point.y - y) / stepY) / pixelRatio
  const isSeen = left >= 0 && top >= 0 && left <= viewport.width / pixelRatio && top <= viewport.height / pixelRatio
  return isSeen ? cross(left, top, MOST) : ''
}

function cross(left: number, top: number, half: number): string {
  const [x, y, size] = [left.toFixed(1), top.toFixed(1), (2 * half).toFixed(1)]
  const [x0, y0] = [(left - half).toFixed(1), (top - half).toFixed(1)]
  return `M${x0} ${y}h${size}M${x} ${y0}v${size}`
}

/** Lines from picture to picture: red adds, blue takes away, as wide as the weight is large beside the strongest. */
function wiresIn(viewer: Viewer, { wires, place }: NeuronSession): TemplateResult[] {
  const most = Math.max(...wires.map(({ weight }) => Math.abs(weight)))
  return wires.flatMap(({ from, to, weight }) => {
    const [start, end] = [from, to].map(({ layer, unit }) => place.spotAt(layer, unit))
    if (!start || !end) return []
    const [a, b] = [start, end].map(({ rect }) => middleOf(boxOf(viewer, rect)))
    const d = `M${a}L${b}`
    const width = WIRE_PX.least + (WIRE_PX.most - WIRE_PX.least) * (Math.abs(weight) / most)
    return svg`<path class="wire-under" d=${d} stroke-width=${(width + 2).toFixed(1)} /><path
      class=${weight < 0 ? 'wire less' : 'wire more'} d=${d} stroke-width=${width.toFixed(1)} />`
  })
}

function middleOf({ x, y, width, height }: Rect): string {
  return `${(x + width / 2).toFixed(1)} ${(y + height / 2).toFixed(1)}`
}

function frameOf(viewer: Viewer, rect: Rect): TemplateResult {
  const { x, y, width, height } = boxOf(viewer, rect)
  return svg`<rect class="marked" x=${x - 2} y=${y - 2} width=${width + 4} height=${height + 4} rx="3" />`
}
