// A band of a frame of a movie, drawn by whichever thread: what movie-frames.ts shares out.

import { Film } from '../../film/film.js'
import { type FrameBand, FrameDrawer, type FrameSpec } from '../../film/frame-drawer.js'

/** What a movie's worker is started with. */
export interface MovieJob {
  /** The film's file. */
  readonly bytes: Uint8Array
  readonly spec: FrameSpec
  /** RGBA for an encoder, or RGB as `vexel render` draws. */
  readonly pixels: 'rgba' | 'rgb'
}

/** Rows of the frame at a position of the film. */
export interface MoviePiece {
  readonly position: number
  readonly band: FrameBand
}

/** Creates a function that draws pieces of a movie: [rows, width, 4 or 3] levels. */
export function createMovieDrawer({ bytes, spec, pixels }: MovieJob): (piece: MoviePiece) => Uint8Array<ArrayBuffer> {
  const drawer = new FrameDrawer(Film.parse(bytes), spec)
  return ({ position, band }) =>
    pixels === 'rgb' ? drawer.drawExactBand(position, band) : new Uint8Array(drawer.drawBand(position, band).buffer)
}
