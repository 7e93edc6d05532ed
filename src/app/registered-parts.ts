// What is open, and what is seen of it, as the address has it.

import { wholeFrame } from '../model/view.js'
import { sameFrame } from './open/opened.js'
import type { Page } from './page.js'
import { PAGE_PARTS } from './page-state.js'
import { spellOwn } from './places/own-address.js'
import { LEAVE_ZOOM } from './places/places.js'
import type { SortKey } from './wall/order.js'

/** Registers these parts of the address, in the order in which they stand there. @param sort the wall's order */
export function registerParts(page: Page & { readonly outline: boolean }, sort: () => SortKey): void {
  const { address, places, opened, viewer, linked } = page
  const view = () => {
    const near = places.wallView
    if (near) return near
    const { frame } = opened
    // A link to a strip, or to units, shows all of them.
    if (!frame || !viewer.view || places.kind !== 'flag') return null
    // On its way out of the picture: nobody is to come back to the middle of that.
    const isLeft = places.openFlag !== null && !viewer.navigator.isAsAsked && viewer.view.zoom < LEAVE_ZOOM
    if (isLeft) return null
    const { x, y, zoom } = viewer.view
    const whole = wholeFrame(frame)
    return zoom === 1 && x === whole.x && y === whole.y ? null : { x, y, zoom }
  }
  address.register(PAGE_PARTS.file, () => opened.file?.url ?? null)
  address.register(PAGE_PARTS.architecture, () => (opened.file?.url ? (opened.file.architecture ?? null) : null))
  const net = () => (opened.file ? linked.textOf(opened.file.key) : null)
  address.register(PAGE_PARTS.yours, () => (opened.file?.url === null && net() === null ? spellOwn(opened.file) : null))
  address.register(PAGE_PARTS.net, net)
  address.register(PAGE_PARTS.wall, () => places.wallView?.wall ?? null)
  address.register(PAGE_PARTS.sort, sort)
  address.register(PAGE_PARTS.x, () => view()?.x ?? null)
  address.register(PAGE_PARTS.y, () => view()?.y ?? null)
  address.register(PAGE_PARTS.zoom, () => view()?.zoom ?? 1)
  address.register(PAGE_PARTS.samples, () => viewer.loop.samples)
  address.register(PAGE_PARTS.outline, () => page.outline)
  address.register(PAGE_PARTS.frame, () => {
    const { file, frame } = opened
    if (!file || !frame) return null
    // Of a file that states no frame the default counts, too, once somebody chose it: the solver asks no more then.
    const isSaid = opened.isFrameChosen && !file.isFrameStated
    return isSaid || !sameFrame(frame, file.ownFrame) ? frame : null
  })
}
