// A scene: what is seen, and through which camera.

import type { Camera, Size } from './camera.js'
import type { Item } from './item.js'

/** All that determines the picture. Compared by identity but for the camera: make a new items array to change it. */
export interface Scene {
  readonly items: readonly Item[]
  readonly camera: Camera
  readonly viewport: Size
  /** Samples a pixel of the picture at rest; null leaves it to the maker's speed: several on a fast one, else one. */
  readonly samples: number | null
}
