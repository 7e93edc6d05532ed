// Draws the frames of a movie with the CPU kernel: any moment of a film through one view, of one size.

import { UnsupportedError } from '../model/errors.js'
import { type FoldedNetwork, foldNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import { levelsOf, type PictureSpec, referenceRows } from '../model/picture.js'
import type { SampleCount } from '../model/samples.js'
import type { View } from '../model/view.js'
import { ColourDrawer } from '../kernel/colours.js'
import { createPointEvaluator } from '../kernel/reference-evaluator.js'
import { LevelDrawer } from '../kernel/levels.js'
import { regionOfRows } from '../kernel/region.js'
import type { Film } from './film.js'

/** What every frame of a movie has in common. */
export interface FrameSpec {
  readonly frame: Frame
  readonly view: View
  /** In pixels. */
  readonly width: number
  readonly height: number
  readonly samples: SampleCount
  /** Whether most pixels may be put in between those that are evaluated, where that is worth it. */
  readonly isFast?: boolean
}

/** Pixels an edge: what video encoders take, and 64 MB a frame. */
export const MAX_FRAME_EDGE = 4096

/** Rows [firstRow, firstRow + rows) of a frame. */
export interface FrameBand {
  readonly firstRow: number
  readonly rows: number
}

// Evaluations a band: some 30 ms, so that progress and Ctrl-C are prompt, and little is held as floats.
const BAND_EVALUATIONS = 65_536

// Of a coherent band: each has a ring of blocks around it that is only tested.
const COHERENT_ROWS = 128

/** Cuts a frame into bands of whole rows, from the top. */
export function bandsOf({ width, height, samples, isFast }: FrameSpec): FrameBand[] {
  const rows = Math.max(isFast ? COHERENT_ROWS : 1, Math.floor(BAND_EVALUATIONS / (width * samples)))
  return Array.from({ length: Math.ceil(height / rows) }, (_, i) => ({
    firstRow: i * rows,
    rows: Math.min(rows, height - i * rows),
  }))
}

export class FrameDrawer {
  /** One for all frames: WebAssembly memories are large, and freed late. */
  #colours: ColourDrawer | null = null
  #moment: { readonly position: number; readonly picture: PictureSpec; readonly drawer: ColourDrawer | null } | null =
    null

  constructor(
    private readonly film: Film,
    private readonly spec: FrameSpec,
  ) {}

  /**
   * Draws the frame at a position of the film.
   * @returns [height, width, 4] opaque levels, within one of the reference: what encodes them loses more
   */
  drawFrame(position: number): Uint8ClampedArray<ArrayBuffer> {
    const { width, height } = this.spec
    const frame = new Uint8ClampedArray(width * height * 4)
    for (const band of bandsOf(this.spec)) frame.set(this.drawBand(position, band), band.firstRow * width * 4)
    return frame
  }

  /** As {@link FrameDrawer.drawFrame}, of some rows: [rows, width, 4]. */
  drawBand(position: number, { firstRow, rows }: FrameBand): Uint8ClampedArray<ArrayBuffer> {
    const { picture, drawer } = this.#prepare(position)
    if (!drawer) return levelsOf(referenceRows(picture, firstRow, rows))
    return drawer.drawPixels(regionOfRows(picture, firstRow, rows)).rgba
  }

  /**
   * Draws some rows of the frame at a position as `vexel render` draws them.
   * @returns [rows, width, 3] levels, those of the reference
   */
  drawExactBand(position: number, { firstRow, rows }: FrameBand): Uint8Array<ArrayBuffer> {
    const { picture, drawer } = this.#prepare(position)
    return new LevelDrawer(picture.folded, drawer?.evaluator ?? null).draw(regionOfRows(picture, firstRow, rows))
  }

  #prepare(position: number) {
    if (this.#moment?.position === position) return this.#moment
    const folded = foldNetwork(this.film.networkAt(position))
    this.#moment = { position, picture: { ...this.spec, folded }, drawer: this.#drawerOf(folded) }
    return this.#moment
  }

  /** Null where the kernel cannot draw this network, and the reference must do. */
  #drawerOf(folded: FoldedNetwork): ColourDrawer | null {
    try {
      if (this.#colours) this.#colours.evaluator.setNetwork(folded)
      else this.#colours = new ColourDrawer(createPointEvaluator(folded))
      return this.#colours
    } catch (error) {
      if (error instanceof UnsupportedError) return null
      throw error
    }
  }
}
