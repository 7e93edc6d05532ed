// Drags, taps and pinches by pointer events, as src/element/gestures.ts asks for them and no more. In place of @use-gesture, which knows a lot more: a
// page of one file counts its bytes.

type Pair = readonly [number, number]

interface Drag {
  readonly initial: Pair
  readonly xy: Pair
  /** Pixels a millisecond, and the sign of each, as of the last movement. */
  readonly velocity: Pair
  readonly direction: Pair
  readonly first: boolean
  readonly last: boolean
  readonly tap: boolean
  readonly pinching: boolean
  readonly cancel: () => void
  readonly event: PointerEvent
}

interface Handlers {
  readonly onDrag: (drag: Drag) => void
  readonly onPinch: (pinch: { readonly da: Pair; readonly origin: Pair; readonly first: boolean }) => void
}

/** What is moved less is a tap. */
const TAP_PX = 3
/** After a rest of so long the picture is let go without being thrown. */
const THROW_MS = 32

export const dragAction = null
export const pinchAction = null

/** Twin: createGesture() of @use-gesture/vanilla. */
export function createGesture() {
  return recognize
}

function recognize(stage: HTMLElement, { onDrag, onPinch }: Handlers): { destroy(): void } {
  const pointers = new Map<number, Pair>()
  let initial: Pair | null = null
  let isMoved = false
  let mayTap = false
  let lastMove: { readonly timeMs: number; readonly xy: Pair; readonly velocity: Pair; readonly direction: Pair }

  const cancel = () => {
    initial = null
  }
  const begin = (xy: Pair, timeMs: number, isNew: boolean) => {
    initial = xy
    isMoved = false
    mayTap = isNew
    lastMove = { timeMs, xy, velocity: [0, 0], direction: [0, 0] }
  }
  const tell = (event: PointerEvent, xy: Pair, first: boolean, last: boolean, tap: boolean) => {
    if (!initial) return
    const { velocity, direction } = lastMove
    onDrag({ initial, xy, velocity, direction, first, last, tap, pinching: false, cancel, event })
  }

  const pinch = (first: boolean) => {
    const [[ax, ay], [bx, by]] = [...pointers.values()]
    onPinch({ da: [Math.hypot(bx - ax, by - ay), 0], origin: [(ax + bx) / 2, (ay + by) / 2], first })
  }

  const onDown = (event: PointerEvent) => {
    if (event.pointerType === 'mouse' && event.button !== 0) return
    stage.setPointerCapture(event.pointerId)
    const xy: Pair = [event.clientX, event.clientY]
    pointers.set(event.pointerId, xy)
    if (pointers.size === 1) begin(xy, event.timeStamp, true)
    else cancel()
    if (pointers.size === 2) pinch(true)
  }
  const onMove = (event: PointerEvent) => {
    if (!pointers.has(event.pointerId)) return
    const xy: Pair = [event.clientX, event.clientY]
    pointers.set(event.pointerId, xy)
    if (pointers.size === 2) {
      pinch(false)
      return
    }
    if (!initial || (!isMoved && Math.hypot(xy[0] - initial[0], xy[1] - initial[1]) < TAP_PX)) return
    const elapsedMs = Math.max(1, event.timeStamp - lastMove.timeMs)
    const by = [xy[0] - lastMove.xy[0], xy[1] - lastMove.xy[1]]
    const [velocity, direction] = [by.map(d => Math.abs(d) / elapsedMs), by.map(Math.sign)] as [number[], number[]]
    lastMove = {
      timeMs: event.timeStamp,
      xy,
      velocity: [velocity[0], velocity[1]],
      direction: [direction[0], direction[1]],
    }
    const first = !isMoved
    isMoved = true
    tell(event, xy, first, false, false)
  }
  const onUp = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId)) return
    const xy: Pair = [event.clientX, event.clientY]
    const isTap = mayTap && !isMoved && event.type === 'pointerup'
    if (event.timeStamp - lastMove.timeMs > THROW_MS) lastMove = { ...lastMove, velocity: [0, 0] }
    if (isMoved || isTap) tell(event, xy, !isMoved, true, isTap)
    cancel()
    // The finger that is left goes on by moving the picture.
    const [left] = pointers.values()
    if (left && pointers.size === 1) begin(left, event.timeStamp, false)
  }
  const listeners = { pointerdown: onDown, pointermove: onMove, pointerup: onUp, pointercancel: onUp } as const
  for (const [type, listener] of Object.entries(listeners)) stage.addEventListener(type, listener as EventListener)
  return {
    destroy: () => {
      for (const [type, listener] of Object.entries(listeners))
        stage.removeEventListener(type, listener as EventListener)
    },
  }
}
