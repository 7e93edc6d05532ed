// The whole state of the page, and how its parts stand in the hash, in their order.

import { ARCHITECTURE_PART, type ArchitectureState } from './architecture/address.js'
import { COMPARE_PART, type CompareState } from './compare/address.js'
import type { FilmState } from './film/address.js'
import { FILM_PART, STRIP_PART } from './film/address.js'
import { type NeuronsState, NEURONS_PART } from './neurons/address.js'
import {
  FILE_PART,
  FRAME_PART,
  NET_PART,
  OUTLINE_PART,
  type PlacesState,
  SAMPLES_PART,
  WALL_PART,
  X_PART,
  Y_PART,
  YOURS_PART,
  ZOOM_PART,
} from './places/address.js'
import { EDITS_PART, type ScrubState } from './scrub/address.js'
import { SORT_PART, type WallState } from './wall/address.js'

/** The state of the page. `window.vexel.state()` returns it, the hash spells it. */
export interface PageState
  extends ArchitectureState, PlacesState, WallState, FilmState, ScrubState, NeuronsState, CompareState {}

/** The parts that the page registers, by their keys. */
export const PAGE_PARTS = {
  file: FILE_PART,
  architecture: ARCHITECTURE_PART,
  yours: YOURS_PART,
  net: NET_PART,
  wall: WALL_PART,
  sort: SORT_PART,
  x: X_PART,
  y: Y_PART,
  zoom: ZOOM_PART,
  samples: SAMPLES_PART,
  outline: OUTLINE_PART,
  frame: FRAME_PART,
  film: FILM_PART,
  strip: STRIP_PART,
  edits: EDITS_PART,
  neurons: NEURONS_PART,
  compare: COMPARE_PART,
} satisfies Record<keyof PageState, unknown>
