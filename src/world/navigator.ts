// The navigator: where the camera is, how it moves (a glide that a gesture began, a flight to a place), and the view that was asked for.
// Nothing here knows what draws; whoever does calls `step` once a frame.

import type { View } from '../model/view.js'
import { type Camera, isFiniteCamera, sameCamera, type Size } from './camera.js'
import { createFlight, type Flight } from './flight.js'
import { type Glide, isAtRest, REST, stepGlide } from './glide.js'
import { cameraFromView, fitScale, type Item, viewFromCamera } from './item.js'

/** How far the camera goes, as zoom of the flag. Beyond 1e9 float64 itself begins to step. */
const ZOOM_LIMITS = { min: 0.02, max: 1e9 } as const
/** How far out the camera goes beyond the whole world. */
const WORLD_MARGIN = 0.5
/** How far from the flag, in plane units: where every net has long come to its last colour. */
const MAX_COORDINATE = 1e12
// A frame that came late, or after a rest, moves the camera no further than one of so many milliseconds; and none stands still.
const MAX_STEP_MS = 50
const MIN_STEP_MS = 4

/** What the camera sees, by whoever hangs it there. */
export interface Sight {
  /** What views refer to; null for nothing. */
  readonly item: Item | null
  /** Whether it is seen alone: then its view is kept when the viewport gets another size. */
  readonly isAlone: boolean
  /** The scale at which all that is seen fits; null where there is no such thing. */
  readonly wholeScale: number | null
}

/** A flight under way. */
interface Journey {
  readonly flight: Flight
  /** The time of its first frame; null before that. */
  startMs: number | null
  readonly end: (hasArrived: boolean) => void
}

export class Navigator {
  /** No motion: glides and flights are taken at once (prefers-reduced-motion). */
  isInstant = false
  #viewport: Size = { width: 0, height: 0 }
  #camera: Camera = { x: 0, y: 0, scale: 1 }
  #glide: Glide = REST
  #journey: Journey | null = null
  /** The view that was asked for, or that is to be kept. */
  #asked: View | null = null
  /** The camera that shows it: as long as it stands there the view is what was asked for, to the last digit. */
  #askedCamera: Camera | null = null
  #lastMs = 0

  /**
   * @param sight asked for whenever it matters: nothing of it is kept here
   * @param onMove called when the camera has moved, or is about to
   */
  constructor(
    private readonly sight: () => Sight,
    private readonly onMove: () => void,
  ) {}

  get camera(): Camera {
    return this.#camera
  }

  /** Drawing-buffer pixels. */
  get viewport(): Size {
    return this.#viewport
  }

  /** What is left of the motion that a gesture began. */
  get glide(): Glide {
    return this.#glide
  }

  /** Whether a flight is under way. */
  get isFlying(): boolean {
    return this.#journey !== null
  }

  /** Whether the next step would leave the camera where it is. */
  get isAtRest(): boolean {
    return this.#journey === null && isAtRest(this.#glide)
  }

  /** The view of what is seen: plane centre and zoom; null while there is none. */
  get view(): View | null {
    const { item } = this.sight()
    if (!item) return null
    if (this.#viewport.width === 0 || this.isAsAsked) return this.#asked
    return viewFromCamera(item, this.#camera, this.#viewport)
  }

  /** Whether the camera stands where {@link setView} put it. */
  get isAsAsked(): boolean {
    return this.#asked !== null && this.#askedCamera !== null && sameCamera(this.#askedCamera, this.#camera)
  }

  get scaleLimits(): { minScale: number; maxScale: number } {
    const { item, isAlone, wholeScale } = this.sight()
    const fit = item ? fitScale(item, this.#viewport) : 1
    const min = !isAlone && wholeScale !== null ? wholeScale * WORLD_MARGIN : fit * ZOOM_LIMITS.min
    return { minScale: min, maxScale: fit * ZOOM_LIMITS.max }
  }

  /**
   * Moves the camera to a view at once; one that is not finite is not taken. Before the viewport has a size, and before there is anything to be
   * seen, it is kept for then.
   */
  setView(view: View): void {
    if (![view.x, view.y, view.zoom].every(Number.isFinite)) return
    const clamp = (value: number) => Math.min(MAX_COORDINATE, Math.max(-MAX_COORDINATE, value))
    const zoom = Math.min(ZOOM_LIMITS.max, Math.max(ZOOM_LIMITS.min, view.zoom))
    this.#asked = { x: clamp(view.x), y: clamp(view.y), zoom }
    this.#glide = REST
    this.stop()
    this.showAsked()
    this.onMove()
  }

  /** Puts the camera where the view that was asked for is seen, by what hangs where now. */
  showAsked(): void {
    const { item } = this.sight()
    if (!item || !this.#asked || this.#viewport.width === 0) return
    this.#camera = cameraFromView(item, this.#asked, this.#viewport)
    this.#askedCamera = this.#camera
  }

  /** Sets a camera, and what is left of its motion; one that is not finite is not taken. What moves it ends a flight. */
  move(camera: Camera, glide: Glide = REST): void {
    if (!isFiniteCamera(camera)) return
    if (!sameCamera(camera, this.#camera) || !isAtRest(glide)) this.stop()
    this.#camera = camera
    this.#glide = glide
    this.#keepView()
    this.onMove()
  }

  /**
   * Flies to a camera.
   * @returns whether it arrived; false when something else moved the camera meanwhile
   */
  fly(target: Camera): Promise<boolean> {
    this.stop()
    const flight = createFlight(this.#camera, target, this.#viewport.width)
    if (this.isInstant || flight.durationMs === 0) {
      this.move(target)
      return Promise.resolve(true)
    }
    this.#glide = REST
    return new Promise(resolve => {
      this.#journey = { flight, startMs: null, end: resolve }
      this.onMove()
    })
  }

  /** Ends the flight under way where it is. */
  stop(): void {
    const journey = this.#journey
    this.#journey = null
    journey?.end(false)
  }

  /**
   * Takes the motions of a frame.
   * @param nowMs the frame's time
   * @returns whether the camera has moved
   */
  step(nowMs: number): boolean {
    const elapsedMs = Math.max(Math.min(MAX_STEP_MS, nowMs - this.#lastMs), MIN_STEP_MS)
    this.#lastMs = nowMs
    if (this.isAtRest) return false
    const before = this.#camera
    if (this.#journey) this.#travel(this.#journey, nowMs)
    else {
      const moved = stepGlide(before, this.#glide, elapsedMs, this.scaleLimits, this.isInstant)
      this.#camera = moved.camera
      this.#glide = moved.glide
    }
    this.#keepView()
    return !sameCamera(before, this.#camera)
  }

  #travel(journey: Journey, nowMs: number): void {
    const { flight } = journey
    journey.startMs ??= nowMs
    const elapsedMs = nowMs - journey.startMs
    this.#camera = elapsedMs >= flight.durationMs ? flight.target : flight.at(elapsedMs)
    if (elapsedMs < flight.durationMs) return
    this.#journey = null
    journey.end(true)
  }

  /** The viewport has another size: what is seen alone is seen as before. */
  resize(viewport: Size): void {
    const { view } = this
    this.#viewport = viewport
    if (!this.sight().isAlone || !view || viewport.width === 0) return
    this.#asked = view
    this.showAsked()
  }

  /** What is seen now is another thing under the same camera: its view is kept from here on. */
  adoptCamera(): void {
    this.#asked = null
    this.#askedCamera = null
    this.#keepView()
  }

  /** Keeps the view of what is seen alone, for when the viewport changes; a world's is its owner's business. */
  #keepView(): void {
    if (this.sight().isAlone) this.#asked = this.view
  }
}
