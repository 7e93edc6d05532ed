// The strip of a film: its snapshots side by side, each a network that hangs in the world, far from the wall, under the same
// camera.

import type { Film } from '../../film/film.js'
import { foldNetwork } from '../../model/fold.js'
import { type Frame, frameAspect } from '../../model/frame.js'
import { type Camera, sameCamera, type Size } from '../../world/camera.js'
import type { Item } from '../../world/item.js'
import { layoutStrip } from '../../world/strip.js'
import type { Place, World } from '../places.js'
import type { Resident } from '../../draw/residents.js'
import type { Viewer } from '../../draw/viewer.js'
import { momentAt, momentText } from './track.js'

/** A moment of the film. */
export interface StripPlace extends Place {
  /** Film time, that of a snapshot. */
  readonly position: number
  readonly resident: Resident
}

/** More are not shown: the renderer holds them all at once. The first and the last always are. */
const MAX_PICTURES = 240
const GAP = 0.1
const CAPTION = 0.22
const MARGIN = 0.15
/** Kept free beneath the strip for what lies over the picture's foot, CSS pixels. */
const FOOT = 54
/** Where in the world it hangs: the wall is some thirty units across, around the origin. */
const BELOW = 10_000

export class Strip implements World {
  readonly places: readonly StripPlace[]
  revision = 0
  #size: Size = { width: 1, height: 1 }
  #wasHome = true
  /** The one the keyboard is at. */
  selected: Place | null = null

  constructor(
    private readonly viewer: Viewer,
    private readonly film: Film,
    readonly frame: Frame,
    /** Called when the networks hang elsewhere. */
    private readonly onMoved: (residents: readonly Resident[]) => void,
  ) {
    this.places = chosen(film.steps.length).map((index): StripPlace => {
      const network = film.network(index)
      const rect = { x: 0, y: BELOW, width: 1, height: 1 }
      const resident: Resident = { network, folded: foldNetwork(network), frame, rect }
      const name = `step ${film.steps[index].toLocaleString('en')}`
      return { name, rect, state: 'ready', problem: null, resident, position: film.positions[index] }
    })
    this.arrange()
  }

  get residents(): readonly Resident[] {
    return this.places.map(({ resident }) => resident)
  }

  /** The snapshot that is nearest to a position. */
  placeAt(position: number): StripPlace {
    const far = (place: StripPlace) => Math.abs(place.position - position)
    return this.places.reduce((best, place) => (far(place) < far(best) ? place : best))
  }

  get nearest(): StripPlace | null {
    const { camera } = this.viewer
    const beside = (start: number, size: number, at: number) => Math.max(start - at, 0, at - start - size)
    const far = ({ rect }: StripPlace) =>
      Math.hypot(beside(rect.x, rect.width, camera.x), beside(rect.y, rect.height, camera.y))
    return this.places.reduce<StripPlace | null>(
      (best, place) => (!best || far(place) < far(best) ? place : best),
      null,
    )
  }

  get home(): Camera {
    const { width, height } = this.#room
    const scale = Math.min(width / (this.#size.width + 2 * MARGIN), height / (this.#size.height + 2 * MARGIN)) || 1
    const below = (this.viewer.viewport.height - height) / 2 / scale
    return { x: this.#size.width / 2, y: BELOW + this.#size.height / 2 + below, scale }
  }

  get #room(): Size {
    const { viewport, pixelRatio } = this.viewer
    return { width: viewport.width, height: Math.max(1, viewport.height - FOOT * pixelRatio) }
  }

  cameraOf({ rect }: Place): Camera {
    const { width, height } = this.viewer.viewport
    const scale = Math.min(width / rect.width, height / rect.height)
    return { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2, scale }
  }

  placeOf({ rect }: Place): Pick<Item, 'rect' | 'frame'> {
    return { rect, frame: this.frame }
  }

  describe(place: Place): string {
    const index = this.places.indexOf(place as StripPlace)
    return `${momentText(momentAt(this.film, this.places[index].position))}, ${index + 1} of ${this.places.length}`
  }

  /** The viewport has another size while the strip is seen. */
  resized(): void {
    const { viewer } = this
    const before = this.home
    this.arrange()
    this.onMoved(this.residents)
    viewer.worldScale = this.home.scale
    if (this.#wasHome) viewer.move(this.home)
    else viewer.move({ ...viewer.camera, scale: viewer.camera.scale * (this.home.scale / before.scale) })
  }

  /** Notes whether all of it is seen: then it stays so in another viewport. */
  cameraMoved(): void {
    this.#wasHome = sameCamera(this.viewer.camera, this.home)
  }

  /** Lays the strip out for the viewport there is. */
  arrange(): void {
    const { width, height } = this.#room
    const boxAspect = width > 0 ? width / height : 1.6
    const laidOut = layoutStrip(this.places.length, frameAspect(this.frame), boxAspect, {
      gap: GAP,
      captionHeight: CAPTION,
    })
    this.#size = laidOut
    this.places.forEach((place, i) => {
      const rect = laidOut.rects[i]
      place.rect = { ...rect, y: rect.y + BELOW }
      place.resident.rect = place.rect
    })
    this.revision++
  }
}

/** Which snapshots are shown: all, or as many as there is room for, evenly. */
function chosen(count: number): number[] {
  const shown = Math.min(count, MAX_PICTURES)
  return Array.from({ length: shown }, (_, i) => (shown === 1 ? 0 : Math.round((i * (count - 1)) / (shown - 1))))
}
