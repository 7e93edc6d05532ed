// What hangs in a world has a place and a name: the flags of the wall, the moments of a strip.

import type { Camera, Rect } from '../world/camera.js'
import type { Item } from '../world/item.js'
import type { Direction } from '../world/justified.js'
import type { Resident } from '../draw/residents.js'

/** A place in a world. */
export interface Place {
  readonly name: string
  rect: Rect
  state: 'waiting' | 'loading' | 'ready' | 'failed'
  /** Why nothing hangs there, in a line. */
  problem: string | null
  resident: Resident | null
}

/** A line of text that stands in a world. */
export interface Caption {
  readonly text: string
  /** Where there is too little room for that. */
  readonly short: string
  /** Where it stands, as high as its letters. */
  readonly rect: Rect
}

/** What is flown over while no network is open. */
export interface World {
  /** In reading order. */
  readonly places: readonly Place[]
  /** Counts what changes the places and what hangs in them. */
  readonly revision: number
  /** The one the keyboard is at. */
  selected: Place | null
  /** The camera that sees all of it. */
  readonly home: Camera
  /** The place under the centre of the view, or nearest to it. */
  readonly nearest: Place | null
  /** The camera that shows a place whole, as large as it fits. */
  cameraOf(place: Place): Camera
  /** What the view would be an item of. */
  placeOf(place: Place): Pick<Item, 'rect' | 'frame'>
  /** What is said of a place when the keyboard comes to it. */
  describe(place: Place): string
  /** The camera may have moved: notes whether all is still seen. */
  cameraMoved(): void
  /** The viewport has another size. */
  resized(): void
  /** Besides the places' names. */
  readonly captions?: readonly Caption[]
  /**
   * What is written into a place rather than beneath it; '' for nothing.
   * @param height of the place, CSS pixels
   */
  labelOf?(place: Place, height: number): string
  /** Where an arrow key leads, in place of {@link neighbour}. */
  neighbour?(rects: readonly Rect[], index: number, direction: Direction): number
}
