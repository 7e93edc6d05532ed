// Layouts: pure functions that return items.

import { type Frame, frameAspect } from '../model/frame.js'
import type { Rect } from './camera.js'
import type { Item, NetworkHandle } from './item.js'

/**
 * One flag with all that the net paints outside its frame.
 * @param rect where the frame hangs; default: one world unit high around the origin
 * @param unit the unit that is seen in place of the head
 */
export function layoutSingle(
  network: NetworkHandle,
  frame: Frame,
  cost = 1,
  rect?: Rect,
  unit: Pick<Item, 'tap' | 'tone'> = HEAD,
): Item {
  const aspect = frameAspect(frame)
  const hung = rect ?? { x: -aspect / 2, y: -0.5, width: aspect, height: 1 }
  return { network, tap: unit.tap, tone: unit.tone, frame, rect: hung, cost, unbounded: true }
}

/** What is seen where nothing else is said. */
const HEAD: Pick<Item, 'tap' | 'tone'> = { tap: null, tone: null }
