// The strip of a film: its snapshots side by side, each a network that hangs in the world, far from the wall, under the same
// camera.

import type { Film } from '../../film/film.js'
import { foldNetwork } from '../../model/fold.js'
import { type Frame, frameAspect } from '../../model/frame.js'
import type { Camera, Size } from '../../world/camera.js'
import type { Item } from '../../world/item.js'
import { cameraOnto, nearestTo, overview } from '../../world/overview.js'
import { layoutStrip } from '../../world/strip.js'
import type { Spot, StripPlace } from '../places/place.js'
import type { Resident } from '../../draw/residents.js'
import type { Viewer } from '../../draw/viewer.js'
import { momentAt, momentText } from './track.js'

/** What a strip leads to. */
export interface StripExits {
  /** A moment fills the view. */
  readonly enter: (spot: StripSpot) => void
  /** Back from a moment that was entered. */
  readonly reopen: () => void
  /** Escape: back to the flag. */
  readonly leave: () => void
}

/** A moment of the film. */
export interface StripSpot extends Spot {
  /** Film time, that of a snapshot. */
  readonly position: number
  readonly resident: Resident
}

/** More are not shown: the renderer holds them all at once. The first and the last always are. */
const MAX_PICTURES = 240
const GAP = 0.1
const CAPTION = 0.22
const MARGIN = 0.15
/** Where in the world it hangs: the wall is some thirty units across, around the origin. */
const BELOW = 10_000

export class Strip implements StripPlace {
  readonly spots: readonly StripSpot[]
  revision = 0
  #size: Size = { width: 1, height: 1 }
  /** The one the keyboard is at. */
  selected: Spot | null = null

  constructor(
    private readonly viewer: Viewer,
    private readonly film: Film,
    readonly frame: Frame,
    private readonly exits: StripExits,
    /** Called when the networks hang elsewhere. */
    private readonly onMoved: (residents: readonly Resident[]) => void,
  ) {
    this.spots = chosen(film.steps.length).map((index): StripSpot => {
      const network = film.network(index)
      const rect = { x: 0, y: BELOW, width: 1, height: 1 }
      const resident: Resident = { network, folded: foldNetwork(network), frame, rect }
      const name = `step ${film.steps[index].toLocaleString('en')}`
      return { name, rect, state: 'ready', problem: null, resident, position: film.positions[index] }
    })
    this.arrange()
  }

  get residents(): readonly Resident[] {
    return this.spots.map(({ resident }) => resident)
  }

  /** The snapshot that is nearest to a position. */
  spotAt(position: number): StripSpot {
    const far = (place: StripSpot) => Math.abs(place.position - position)
    return this.spots.reduce((best, place) => (far(place) < far(best) ? place : best))
  }

  get nearest(): StripSpot | null {
    return nearestTo(this.spots, this.viewer.camera)
  }

  get home(): Camera {
    const { width, height } = this.#size
    const whole = { x: -MARGIN, y: BELOW - MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN }
    return overview(whole, this.viewer.viewport)
  }

  cameraOf({ rect }: Spot): Camera {
    return cameraOnto(rect, this.viewer.viewport)
  }

  anchorOf({ rect }: Spot): Pick<Item, 'rect' | 'frame'> {
    return { rect, frame: this.frame }
  }

  describe(place: Spot): string {
    const index = this.spots.indexOf(place as StripSpot)
    return `${momentText(momentAt(this.film, this.spots[index].position))}, ${index + 1} of ${this.spots.length}`
  }

  enter(spot: Spot): void {
    this.exits.enter(spot as StripSpot)
  }

  reopen(): void {
    this.exits.reopen()
  }

  back(): void {
    this.exits.leave()
  }

  /** As much of the strip as was seen. */
  keepInSight(): () => Camera {
    const before = this.home.scale
    return () => {
      const { camera } = this.viewer
      return { ...camera, scale: camera.scale * (this.home.scale / before) }
    }
  }

  /** Lays the strip out for the viewport there is. */
  arrange(): void {
    const { width, height } = this.viewer.viewport
    const boxAspect = width > 0 ? width / height : 1.6
    const laidOut = layoutStrip(this.spots.length, frameAspect(this.frame), boxAspect, {
      gap: GAP,
      captionHeight: CAPTION,
    })
    this.#size = laidOut
    this.spots.forEach((place, i) => {
      const rect = laidOut.rects[i]
      place.rect = { ...rect, y: rect.y + BELOW }
      place.resident.rect = place.rect
    })
    this.revision++
    this.onMoved(this.residents)
  }
}

/** Which snapshots are shown: all, or as many as there is room for, evenly. */
function chosen(count: number): number[] {
  const shown = Math.min(count, MAX_PICTURES)
  return Array.from({ length: shown }, (_, i) => (shown === 1 ? 0 : Math.round((i * (count - 1)) / (shown - 1))))
}
