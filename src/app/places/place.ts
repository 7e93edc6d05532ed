// What is seen: the wall, the strip of a film, the units of a net are places in the world, far from each other, under one camera. In each hang
// pictures, every one at a spot with a name.

import type { Frame } from '../../model/frame.js'
import type { Network } from '../../model/network.js'
import type { ListedFlag } from '../../train/gallery/manifest.js'
import type { Camera, Rect } from '../../world/camera.js'
import type { Item } from '../../world/item.js'
import type { Direction } from '../../world/justified.js'
import type { Facet } from '../../draw/open-network.js'
import type { Resident } from '../../draw/residents.js'
import type { OpenFile, ParsedFile } from '../../open/open-file.js'

/** Where one picture hangs. */
export interface Spot {
  readonly name: string
  rect: Rect
  state: 'waiting' | 'loading' | 'ready' | 'failed'
  /** Why nothing hangs there, in a line. */
  problem: string | null
  resident: Resident | null
}

/** A line of text that stands in a place. */
export interface Caption {
  readonly text: string
  /** Where there is too little room for that. */
  readonly short: string
  /** Where it stands, as high as its letters. */
  readonly rect: Rect
}

/** What is flown over while no network is seen alone. */
export interface Place {
  /** In reading order. */
  readonly spots: readonly Spot[]
  /** Counts what changes the spots and what hangs there. */
  readonly revision: number
  /** The one the keyboard is at. */
  selected: Spot | null
  /** The camera that sees all of it. */
  readonly home: Camera
  /** The spot under the centre of the view, or nearest to it. */
  readonly nearest: Spot | null
  /** The camera that shows a spot whole, as large as it fits. */
  cameraOf(spot: Spot): Camera
  /** What the view would be an item of. */
  anchorOf(spot: Spot): Pick<Item, 'rect' | 'frame'>
  /** What is said of a spot when the keyboard comes to it. */
  describe(spot: Spot): string
  /** Hangs the pictures for the viewport that there is. */
  arrange(): void
  /** Notes what is looked at, to be called before it hangs elsewhere. @returns the camera that looks at it then */
  keepInSight(): () => Camera
  /** Escape: a step back. */
  back(): void
  /** Besides the spots' names. */
  readonly captions?: readonly Caption[]
  /**
   * What is written into a spot rather than beneath it; '' for nothing.
   * @param height of the spot, CSS pixels
   */
  labelOf?(spot: Spot, height: number): string
  /** What stands beside a spot's name, in a word; '' for nothing. */
  markOf?(spot: Spot): string
  /** Where an arrow key leads, in place of {@link neighbour}. */
  neighbour?(rects: readonly Rect[], index: number, direction: Direction): number
}

/** The strip of a film: its snapshots are opened by flying into them. */
export interface StripPlace extends Place {
  readonly residents: readonly Resident[]
  /** A spot fills the view. */
  enter(spot: Spot): void
  /** Back from a moment that was entered: all of them are seen again. */
  reopen(): void
}

/** The units of the open network. */
export interface UnitsPlace extends Place {
  readonly facets: readonly Facet[]
  /** The spot of the flag itself. */
  readonly whole: Spot
}

/** A flag of the wall. */
export interface FlagSpot extends Spot {
  readonly code: string
  /** As the hash names it; null for a file of the person's own. */
  readonly url: string | null
  /** What the manifest says of it; nothing of a file of the person's own. */
  readonly listed: Partial<ListedFlag>
  /** Null until it is loaded. */
  file: ParsedFile | null
}

/** What was found out about a file that states no frame. */
export interface FoundFlag {
  /** Null for a picture that is not known. */
  readonly name: string | null
  readonly frame: Frame
}

/** The wall: all flags there are. */
export interface FlagWall extends Place {
  /** In the order in which they hang. */
  readonly flags: readonly FlagSpot[]
  selected: FlagSpot | null
  readonly nearest: FlagSpot | null
  /** What hangs in the world besides the flags, somewhere else. */
  guests: readonly Resident[]
  /** Whether the viewport that there is wants the flags elsewhere. */
  readonly isStale: boolean
  /** Goes on loading while it is seen. */
  load(): void
  flagAt(url: string | null): FlagSpot | null
  flagOf(code: string): FlagSpot | null
  /** The flag that is this file: see {@link ParsedFile.key}. */
  flagOfKey(key: string): FlagSpot | null
  /** The flag whose net a resident is. */
  flagBy(resident: Resident | null): FlagSpot | null
  /** The file of a flag that is entered, with the very network that is drawn of it. */
  openFile(flag: FlagSpot, parsed: ParsedFile): OpenFile
  /** Hangs a file of the person's own by what was found out about it. */
  learn(flag: FlagSpot, found: FoundFlag): void
  /** The network of a flag. @throws with one line when there is none of this code, or it cannot be loaded */
  network(code: string): Promise<Network>
}
