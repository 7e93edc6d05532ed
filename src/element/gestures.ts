// Mouse, wheel, trackpad, touch and keyboard on the picture, turned into camera movements. Recognition of drags and
// pinches is @use-gesture's; what a movement does to a camera is src/world's.

import { createGesture, dragAction, pinchAction } from '@use-gesture/vanilla'
import { panBy, zoomAt } from '../world/camera.js'
import { FLING_MS, type Glide, REST } from '../world/glide.js'
import type { Viewer } from '../draw/viewer.js'
import { isKey, PICTURE_KEYS } from './picture-keys.js'
import { wheelPixels } from './wheel.js'

export interface GestureEvents {
  /** The pointer is over this CSS position of the stage (from its top left), or has left it (null). */
  readonly onHover: (position: readonly [number, number] | null) => void
  readonly onHome: () => void
  /** Whether keys count, too, while nothing of the page has the focus. */
  readonly isPrimary?: boolean
  /** On a wall: arrows go from flag to flag, Enter dives in. Escape flies out, from anywhere. */
  readonly onStep?: (direction: 'left' | 'right' | 'up' | 'down') => void
  readonly onEnter?: () => void
  readonly onEscape?: () => void
  /** A letter was typed on the wall: the search takes it. */
  readonly onLetter?: (letter: string) => void
  /** A flag of the wall was tapped, at a position counted from the viewport's centre, pixels. */
  readonly onTap?: (pixel: readonly [number, number]) => void
  /** An open flag was tapped; a second tap zooms in all the same. */
  readonly onPoint?: () => void
  /** Whether a wheel alone and one finger are the page's around it, which scrolls past the picture; default: in another page. */
  readonly isCooperative?: () => boolean
  /** Such a gesture was left to that page: what does it here, in a line. */
  readonly onHint?: (line: string) => void
}

/**
 * Whether the page is a part of another one, which scrolls past it: a wheel alone and one finger are that page's. Filling the screen it is
 * on its own.
 */
function isEmbedded(): boolean {
  return window.parent !== window && document.fullscreenElement === null
}

const WHEEL_HINT = /mac|iphone|ipad/i.test(navigator.platform)
  ? '⌘ and the wheel zoom the picture'
  : 'Ctrl and the wheel zoom the picture'
const TOUCH_HINT = 'two fingers move and zoom the picture'

const DOUBLE_TAP_MS = 350
const DOUBLE_TAP_PX = 30
const DOUBLE_TAP_ZOOM = 2
const KEY_ZOOM = 1.5
/** Share of the viewport that an arrow key pans; with Shift. */
const KEY_PAN = 1 / 8
const KEY_PAN_FAR = 1 / 2
/** Logarithm of zoom a wheel pixel: a notch of 100 px is a factor of 1.35. A pinch on a trackpad sends small deltas. */
const WHEEL_ZOOM = 0.003
const PINCH_WHEEL_ZOOM = 0.012
const PINCH_WHEEL_PX = 50

const STEPS: Readonly<Record<string, 'left' | 'right' | 'up' | 'down'>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}

// Drags and pinches alone: all that the library knows is twice as large.
const recognize = createGesture([dragAction, pinchAction])

/** Which way the picture goes. */
const PAN = { left: [1, 0], right: [-1, 0], up: [0, 1], down: [0, -1] } as const

/** Listens on the stage until the returned function is called. */
export function attachGestures(stage: HTMLElement, viewer: Viewer, events: GestureEvents): () => void {
  const isCooperative = events.isCooperative ?? isEmbedded
  const fromCentre = (clientX: number, clientY: number): [number, number] => {
    const box = stage.getBoundingClientRect()
    const ratio = viewer.pixelRatio
    return [(clientX - box.left - box.width / 2) * ratio, (clientY - box.top - box.height / 2) * ratio]
  }
  const glideZoom = (logZoom: number, anchor: readonly [number, number]) => {
    const { glide } = viewer.navigator
    viewer.navigator.move(viewer.camera, { ...glide, logZoom: glide.logZoom + logZoom, anchor })
  }
  const glidePan = (panX: number, panY: number) => {
    const { glide } = viewer.navigator
    viewer.navigator.move(viewer.camera, { ...glide, panX: glide.panX + panX, panY: glide.panY + panY })
  }

  let lastTap = { timeMs: Number.NEGATIVE_INFINITY, x: 0, y: 0 }
  const onTap = (timeMs: number, x: number, y: number) => {
    if (viewer.isWorld && events.onTap) {
      events.onTap(fromCentre(x, y))
      return
    }
    events.onPoint?.()
    const isDouble = timeMs - lastTap.timeMs < DOUBLE_TAP_MS && Math.hypot(x - lastTap.x, y - lastTap.y) < DOUBLE_TAP_PX
    lastTap = isDouble ? { timeMs: Number.NEGATIVE_INFINITY, x, y } : { timeMs, x, y }
    if (isDouble) glideZoom(Math.log(DOUBLE_TAP_ZOOM), fromCentre(x, y))
  }

  let dragged: readonly [number, number] = [0, 0]
  let pinchDistance = 0
  let pinchOrigin: readonly [number, number] = [0, 0]
  const gesture = recognize(
    stage,
    {
      onDrag: ({ initial, velocity, direction, last, first, tap, xy, pinching, cancel, event }) => {
        // A drag whose release was missed, outside the window or under a dialog, is over.
        const isReleased = event instanceof PointerEvent && event.type === 'pointermove' && event.buttons === 0
        if (pinching || isReleased) {
          cancel()
          return
        }
        if (tap) {
          onTap(event.timeStamp, xy[0], xy[1])
          return
        }
        const ratio = viewer.pixelRatio
        // The library's own deltas leave out the first pixels, by which it tells a drag from a tap.
        if (first) dragged = initial
        const moved = panBy(viewer.camera, (xy[0] - dragged[0]) * ratio, (xy[1] - dragged[1]) * ratio)
        dragged = xy
        const fling: Glide = {
          ...REST,
          panX: velocity[0] * direction[0] * FLING_MS * ratio,
          panY: velocity[1] * direction[1] * FLING_MS * ratio,
        }
        viewer.navigator.move(moved, last && !first && !viewer.navigator.isInstant ? fling : REST)
      },
      onPinch: ({ da, origin, first }) => {
        if (!first) {
          const ratio = viewer.pixelRatio
          const [dx, dy] = [origin[0] - pinchOrigin[0], origin[1] - pinchOrigin[1]]
          const panned = panBy(viewer.camera, dx * ratio, dy * ratio)
          const factor = pinchDistance > 0 ? da[0] / pinchDistance : 1
          if (factor > 0)
            viewer.navigator.move(
              zoomAt(panned, fromCentre(origin[0], origin[1]), factor, viewer.navigator.scaleLimits),
            )
        }
        pinchDistance = da[0]
        pinchOrigin = origin
      },
    },
    { drag: { filterTaps: true, pointer: { keys: false } }, pinch: { pinchOnWheel: false } },
  )

  const onWheel = (event: WheelEvent) => {
    // A pinch on a trackpad comes as a wheel with ctrl, too.
    if (isCooperative() && !event.ctrlKey && !event.metaKey) {
      events.onHint?.(WHEEL_HINT)
      return
    }
    event.preventDefault()
    // With ctrl a wheel's notches are as large as without, and a pinch's movements small.
    const isPinch = event.ctrlKey && Math.abs(event.deltaY) < PINCH_WHEEL_PX
    const rate = isPinch ? PINCH_WHEEL_ZOOM : WHEEL_ZOOM
    const logZoom = Math.max(-1, Math.min(1, -wheelPixels(event) * rate))
    if (logZoom !== 0) glideZoom(logZoom, fromCentre(event.clientX, event.clientY))
  }

  const onWallKey = (event: KeyboardEvent): boolean => {
    const { key, shiftKey } = event
    const { onStep, onEnter, onEscape, onLetter } = events
    if (isKey(event, PICTURE_KEYS.back) && onEscape) {
      onEscape()
      return true
    }
    if (!viewer.isWorld || !onStep) return false
    const direction = STEPS[key]
    if (direction && !shiftKey) onStep(direction)
    else if (isKey(event, PICTURE_KEYS.enter)) onEnter?.()
    else if (/^\p{L}$/u.test(key)) onLetter?.(key)
    else return false
    return true
  }

  const onKey = (event: KeyboardEvent) => {
    const isOurs = event.target === stage || (events.isPrimary && event.target === document.body)
    if (event.ctrlKey || event.metaKey || event.altKey || !isOurs) return
    const { width, height } = viewer.viewport
    const pan = event.shiftKey ? KEY_PAN_FAR : KEY_PAN
    if (onWallKey(event)) {
      event.preventDefault()
      takeFocus(event)
      return
    }
    const direction = STEPS[event.key]
    if (direction) glidePan(width * pan * PAN[direction][0], height * pan * PAN[direction][1])
    else if (isKey(event, PICTURE_KEYS.zoomIn)) glideZoom(Math.log(KEY_ZOOM), [0, 0])
    else if (isKey(event, PICTURE_KEYS.zoomOut)) glideZoom(-Math.log(KEY_ZOOM), [0, 0])
    else if (isKey(event, PICTURE_KEYS.whole)) events.onHome()
    else return
    event.preventDefault()
    takeFocus(event)
  }
  /** A page on whose body a key was pressed has its focus on the stage from then on, and shows it. */
  const takeFocus = ({ target }: KeyboardEvent) => {
    if (target !== stage && document.activeElement === document.body) stage.focus({ preventScroll: true })
  }

  const onMove = (event: PointerEvent) => {
    const box = stage.getBoundingClientRect()
    const position: [number, number] = [event.clientX - box.left, event.clientY - box.top]
    viewer.loop.focus = [position[0] * viewer.pixelRatio, position[1] * viewer.pixelRatio]
    events.onHover(position)
  }
  const onDown = (event: PointerEvent) => {
    // A finger put on a gliding picture stops it.
    viewer.navigator.move(viewer.camera, REST)
    onMove(event)
  }
  const onLeave = () => {
    viewer.loop.focus = null
    events.onHover(null)
  }

  // The browser scrolls with one finger then, which cancels the pointer; two are ours.
  if (isCooperative()) stage.style.touchAction = 'pan-x pan-y'
  const onCancel = (event: PointerEvent) => {
    if (isCooperative() && event.pointerType === 'touch') events.onHint?.(TOUCH_HINT)
  }
  stage.addEventListener('pointercancel', onCancel)
  stage.addEventListener('wheel', onWheel, { passive: false })
  // What the stage handles bubbles up here, too: one listener must do.
  const keys: HTMLElement | Window = events.isPrimary ? window : stage
  keys.addEventListener('keydown', onKey as EventListener)
  stage.addEventListener('pointermove', onMove)
  stage.addEventListener('pointerdown', onDown)
  stage.addEventListener('pointerleave', onLeave)
  return () => {
    gesture.destroy()
    stage.removeEventListener('wheel', onWheel)
    stage.removeEventListener('pointercancel', onCancel)
    keys.removeEventListener('keydown', onKey as EventListener)
    stage.removeEventListener('pointermove', onMove)
    stage.removeEventListener('pointerdown', onDown)
    stage.removeEventListener('pointerleave', onLeave)
  }
}
