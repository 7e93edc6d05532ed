// Layouts: pure functions that return items.

import { type Frame, frameAspect } from '../model/frame.js'
import type { Item, NetworkHandle } from './item.js'

/** One flag, its frame one world unit high around the origin, with all that the net paints outside the frame. */
export function layoutSingle(network: NetworkHandle, frame: Frame, cost = 1): Item {
  const aspect = frameAspect(frame)
  return { network, frame, rect: { x: -aspect / 2, y: -0.5, width: aspect, height: 1 }, cost, unbounded: true }
}
