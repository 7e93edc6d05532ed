// What the viewer draws with: WebGL, or the kernel on the processor's threads. It makes the tiles that the scheduler asks
// for and shows the pictures they make up; where the camera is and what comes next is the viewer's.

import type { FoldedNetwork } from '../model/fold.js'
import type { ParitySubject } from '../gpu/parity.js'
import type { Camera, Size } from '../world/camera.js'
import type { NetworkHandle } from '../world/item.js'
import type { Batch, Scene } from '../world/scheduler.js'
import type { StandIn } from '../world/stills.js'
import type { Tile } from '../world/tiles.js'

/** A picture read back: RGBA, row 0 at the top, drawing-buffer pixels. */
export interface Pixels extends Size {
  readonly data: Uint8ClampedArray
}

/** A batch that is done. */
export interface DoneBatch {
  readonly batch: Batch
  /** The milliseconds it took: since its issue or the end of the one before. */
  readonly elapsedMs: number
  /** The evaluations it took, where they are counted; else those that were planned, unless it is coherent. */
  readonly evaluations?: number
}

export interface RendererEvents {
  /** Batches may be done: the time to collect them and to give more. */
  readonly onDone: () => void
  /** It cannot go on. */
  readonly onFail: (error: Error) => void
}

export interface Renderer {
  readonly kind: 'webgl' | 'cpu'
  /** What it draws with, for people. */
  readonly name: string
  /** For the proof: its raw outputs and its levels. */
  readonly subject: ParitySubject
  /** Whether what was painted may be presented at once, in order; else when it is collected. */
  readonly isOrdered: boolean
  /** The least edge of a coherent tile that is worth it, in pixels; null while it draws no coherent levels. */
  readonly coherentEdge: number | null

  /** Whether others want the processor, too: a training. Then one thread must do. */
  isSharing: boolean

  /** Takes a network. @throws UnsupportedError, ShaderError or ContextLostError; nothing is left behind then */
  addNetwork(folded: FoldedNetwork): Promise<NetworkHandle>
  /** Makes ready to draw what a network's units show. @throws ShaderError or ContextLostError */
  prepareTaps(network: NetworkHandle): Promise<void>
  /** Replaces the weights of a network by others of the same architecture. */
  updateNetwork(network: NetworkHandle, folded: FoldedNetwork): void
  removeNetwork(network: NetworkHandle): void

  /** Whether no batch is being made. */
  readonly isEmpty: boolean
  /** Whether the next batch has to wait. */
  readonly isFull: boolean
  /**
   * Begins to make a batch of tiles.
   * @throws PictureSizeError when there is no memory for a picture of this size
   */
  paint(batch: Batch): void
  /**
   * Makes a batch that is a whole level for the frame that is being put together: what is under way waits, and older pictures
   * never come after it.
   * @throws as {@link paint}
   */
  paintAtOnce(batch: Batch): void
  /** The share of the measured speed that {@link paintAtOnce} has. */
  readonly shareAtOnce: number
  /** Takes out the batches that are done, in order. */
  collect(): readonly DoneBatch[]
  /** Milliseconds that tiles of a scene take, from here until they are done; nothing of them is shown. */
  time(tiles: readonly Tile[], scene: Scene): Promise<number>

  /**
   * Sizes the canvas.
   * @param box its place on the page, in CSS or device pixels
   * @param ratio canvas pixels a pixel of the box
   * @returns the size it has got, null when it has no area
   */
  resize(box: Size, ratio: number): Size | null
  /**
   * Shows on the canvas what there is, as `camera` sees it.
   * @param withTiles whether the tiles of the unfinished picture are shown over the complete one
   * @param stills what stands in where the pictures are empty
   */
  present(camera: Camera, canvas: Size, withTiles: boolean, stills: readonly StandIn[]): void
  /** The scene of the last complete picture, null before the first. */
  readonly completeScene: Scene | null
  /** Reads what was presented last. */
  readPixels(canvas: Size): Pixels
  /** Bytes of all textures, or of the canvases that are in their place. */
  readonly textureBytes: number
  /** Frees the pages of stills from this one on: nothing on them is shown any more. */
  trimPages(count: number): void
  /** Forgets all pictures; stills are kept. */
  clear(): void
  dispose(): void
}
