// How far a wheel was turned, in pixels, whatever the browser counts in.

/** Firefox's line, at the usual three lines a notch: a notch is about as far as in other browsers. */
const LINE_PX = 33

/**
 * @param axis which of its movements
 * @returns pixels, above 0 downwards or to the right
 */
export function wheelPixels(event: WheelEvent, axis: 'x' | 'y' = 'y'): number {
  // The movement first: Firefox gives it in pixels unless it was asked for its mode before.
  const delta = axis === 'y' ? event.deltaY : event.deltaX
  switch (event.deltaMode) {
    case WheelEvent.DOM_DELTA_LINE:
      return delta * LINE_PX
    case WheelEvent.DOM_DELTA_PAGE:
      return delta * window.innerHeight
    default:
      return delta
  }
}
