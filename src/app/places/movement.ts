// How one moves about in what is seen: flights to where pictures hang, the keyboard's steps from one to the next, and pictures that are hung
// elsewhere while one looks at them.

import type { Viewer } from '../../draw/viewer.js'
import { type Camera, sameCamera } from '../../world/camera.js'
import type { Glide } from '../../world/glide.js'
import { type Direction, neighbour } from '../../world/justified.js'
import { distanceTo, nearestTo } from '../../world/overview.js'
import { Signal } from '../signal.js'
import type { Place, Spot } from './place.js'

/** What a spot that the keyboard is at has around it, world units. */
const AROUND = { side: 0.2, foot: 0.4 }

/** Where one is. */
export interface Whereabouts {
  readonly place: Place
  /** Whether the place is seen, and not a flag that hangs there alone. */
  readonly isSeen: boolean
}

export class Movement {
  readonly changed = new Signal()
  /** What a screen reader is to be told of where one is. */
  said = ''
  /** Whether all of the place is seen: then it stays so in another viewport. */
  #isHome = true
  /** Where the flight under way leads, by what hangs where just then. */
  #goal: (() => Camera) | null = null
  #goalCamera: Camera | null = null
  /** The flight under way, or the last one. */
  #flight: Promise<boolean> = Promise.resolve(false)
  /** Where one is taken to be on that flight. */
  #resting: (() => Camera) | null = null
  readonly #sized: Promise<void>
  #tellSized: () => void = () => {}

  constructor(
    private readonly viewer: Viewer,
    private readonly whereabouts: () => Whereabouts,
  ) {
    this.#sized = new Promise(resolve => {
      this.#tellSized = resolve
    })
  }

  /** Resolves once the viewport has a size: before that there is nowhere to fly. */
  get sized(): Promise<void> {
    return this.#sized
  }

  /** Where the camera is; on a flight, where whoever comes back is to be: where it leads, or still where it began. */
  get restingCamera(): Camera {
    const { navigator, camera } = this.viewer
    return (navigator.isFlying && this.#resting?.()) || camera
  }

  /**
   * @param resting where one is taken to be meanwhile: at the goal, unless something else is to be seen there than the place
   * @returns whether it arrived; false when something else moved the camera meanwhile
   */
  async fly(goal: () => Camera, resting = goal): Promise<boolean> {
    if (this.viewer.viewport.width === 0) await this.#sized
    this.#goal = goal
    this.#resting = resting
    this.#flight = this.#flyToGoal(goal)
    for (;;) {
      const flight: Promise<boolean> = this.#flight
      const hasArrived = await flight
      // Hung elsewhere on the way, it goes on to where that is now.
      if (flight === this.#flight || this.#goal !== goal) return hasArrived && this.#goal === goal
    }
  }

  #flyToGoal(goal: () => Camera): Promise<boolean> {
    this.#goalCamera = goal()
    return this.viewer.navigator.fly(this.#goalCamera)
  }

  /** Whether the camera is where a flight has led to, and nothing has moved it but pictures that were hung elsewhere. */
  isAt(goal: () => Camera): boolean {
    return goal === this.#goal && this.#goalCamera !== null && sameCamera(this.viewer.camera, this.#goalCamera)
  }

  /** Flies to where all of what is seen is seen. */
  async flyHome(): Promise<void> {
    await this.fly(() => this.whereabouts().place.home)
  }

  /** Moves the keyboard's mark from spot to spot, and the camera with it where it must. */
  async step(direction: Direction): Promise<void> {
    const { viewer } = this
    const { place } = this.whereabouts()
    const { spots } = place
    if (spots.length === 0) return
    const from = place.selected ? spots.indexOf(place.selected) : -1
    const rects = spots.map(({ rect }) => rect)
    const next = place.neighbour ?? neighbour
    const spot = spots[from < 0 ? spots.indexOf(place.nearest as Spot) : next(rects, from, direction)]
    place.selected = spot
    this.said = place.describe(spot)
    this.changed.emit()
    const { camera, viewport } = viewer
    const { rect } = spot
    const halfWidth = viewport.width / 2 / camera.scale
    const halfHeight = viewport.height / 2 / camera.scale
    const shift = (start: number, size: number, centre: number, half: number) =>
      Math.min(0, start - (centre - half)) + Math.max(0, start + size - (centre + half))
    const dx = shift(rect.x - AROUND.side, rect.width + 2 * AROUND.side, camera.x, halfWidth)
    const dy = shift(rect.y - AROUND.side, rect.height + AROUND.side + AROUND.foot, camera.y, halfHeight)
    if (dx !== 0 || dy !== 0) await this.fly(() => ({ ...camera, x: camera.x + dx, y: camera.y + dy }))
  }

  /**
   * The spot at a position of the stage, counted from its middle in drawing-buffer pixels; null between spots.
   * @param reach how far beside a spot still counts, drawing-buffer pixels: a finger is no point
   */
  spotUnder([dx, dy]: readonly [number, number], reach = 0): Spot | null {
    const { camera } = this.viewer
    const at = { x: camera.x + dx / camera.scale, y: camera.y + dy / camera.scale }
    const spot = nearestTo(this.whereabouts().place.spots, at)
    return spot && distanceTo(spot.rect, at) * camera.scale <= reach ? spot : null
  }

  /** The viewport has another size. @param arrange hangs the pictures of the place for it */
  resized(arrange: () => void): void {
    if (this.viewer.viewport.width > 0) this.#tellSized()
    this.rehang(arrange)
  }

  /** Hangs the pictures elsewhere: what is looked at stays in sight, and whoever is on the way to it goes to where it hangs now. */
  rehang(arrange: () => void): void {
    const { place, isSeen } = this.whereabouts()
    const isHome = this.#isHome
    const isThere = this.#goal !== null && this.isAt(this.#goal)
    const keep = isSeen && !isHome ? place.keepInSight() : null
    // Another place has another home, which the camera is not at yet, whoever looks meanwhile.
    arrange()
    this.#isHome = isHome
    if (!isSeen || this.viewer.viewport.width === 0) return
    const { navigator } = this.viewer
    if (navigator.isFlying && this.#goal) {
      this.#flight = this.#flyToGoal(this.#goal)
      return
    }
    if (this.#goal && isThere) {
      this.#goalCamera = this.#goal()
      navigator.move(this.#goalCamera)
      return
    }
    if (isHome) navigator.move(place.home)
    else if (keep) navigator.move(keep())
  }

  /**
   * Puts the camera there at once.
   * @param isHome whether all is seen from there: said and not found out, since a page that is sized anew before the next frame must not take another
   *   camera for that of the whole
   */
  jump(camera: Camera, isHome: boolean, glide?: Glide): void {
    this.viewer.navigator.move(camera, glide)
    this.#isHome = isHome
  }

  /** The camera has moved: notes whether all is seen. */
  noteHome(): void {
    this.#isHome = sameCamera(this.viewer.camera, this.whereabouts().place.home)
  }
}
