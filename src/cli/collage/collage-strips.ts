// A collage as strips of rows: what crosses a strip is drawn for that strip and put together there, so that memory is a
// strip whatever the picture's size.

import type { FoldedNetwork } from '../../model/fold.js'
import type { Frame } from '../../model/frame.js'
import type { SampleCount } from '../../model/samples.js'
import { wholeFrame } from '../../model/view.js'
import { Caption, type CaptionFont } from './caption.js'
import { type CollagePiece, createPieceDrawer } from './collage-piece.js'
import type { CollagePlan, Place } from './collage-plan.js'
import { type Rgb, textColourOn } from './colour.js'
import { COHERENT_PIECE_ROWS, drawPieces, PIECE_EVALUATIONS } from '../drawing/drawing-team.js'
import { filterScanlines } from '../../export/png/png-scanlines.js'

// Beside the command line in the built package (vite.lib.config.ts).
const WORKER_URL = new URL('./collage-worker.js', import.meta.url)
/** Of a strip before it is compressed. */
const STRIP_BYTES = 2 ** 21

export interface CollageFlag {
  readonly name: string
  readonly folded: FoldedNetwork
  readonly frame: Frame
}

export interface CollageOptions {
  /** The plane point in the middle of every flag; null for the middle of its frame. */
  readonly centre: readonly [number, number] | null
  /** Of every flag; 1 is the whole frame. */
  readonly zoom: number
  readonly samples: SampleCount
  /** Whether most pixels may be put in between those that are evaluated. */
  readonly isFast: boolean
  readonly background: Rgb
  /** Writes the names; null where there are none. */
  readonly font: CaptionFont | null
}

/** The part of a place that lies in a strip. */
interface Crossing {
  readonly flag: number
  readonly firstRow: number
  readonly rows: number
}

interface Strip {
  readonly y: number
  readonly rows: number
  readonly crossings: readonly Crossing[]
}

/**
 * Draws a collage.
 * @param flags one for each of the plan's places
 * @returns its scanlines, strip after strip
 */
export async function* drawCollage(
  flags: readonly CollageFlag[],
  plan: CollagePlan,
  { centre, zoom, samples, isFast, background, font }: CollageOptions,
  threads: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const strips = stripsOf(plan, samples, isFast)
  const crossings = strips.flatMap(strip => strip.crossings)
  const pieceAt = (index: number): CollagePiece => {
    const { flag, firstRow, rows } = crossings[index]
    const { folded, frame } = flags[flag]
    const { width, height } = plan.places[flag]
    const whole = wholeFrame(frame)
    const view = { x: centre?.[0] ?? whole.x, y: centre?.[1] ?? whole.y, zoom }
    return { spec: { folded, frame, view, width, height, samples, isFast }, band: { firstRow, rows } }
  }
  const work = { worker: WORKER_URL, count: crossings.length, pieceAt, createDrawer: createPieceDrawer }
  const drawn = drawPieces(work, threads, signal)
  const captions = new CaptionRow(flags, plan, font)
  const ink = textColourOn(background)
  try {
    for (const strip of strips) {
      const levels = blankLevels(plan.width * strip.rows, background)
      for (const crossing of strip.crossings) {
        const piece = await drawn.next()
        if (piece.done) throw new Error('fewer pieces were drawn than there are')
        copyPiece(levels, piece.value, plan, strip, crossing)
      }
      for (const caption of await captions.crossing(strip)) caption.blendInto(levels, plan.width, strip, ink)
      yield filterScanlines(levels, plan.width)
    }
  } finally {
    await drawn.return()
  }
}

/** Cuts a collage into strips that are neither large nor long in the drawing. */
function stripsOf({ width, height, places }: CollagePlan, samples: number, isFast: boolean): Strip[] {
  const widest = places.reduce((most, place) => Math.max(most, place.width), 1)
  const most = Math.min(PIECE_EVALUATIONS / (widest * samples), STRIP_BYTES / (3 * width))
  const stripRows = Math.max(isFast ? COHERENT_PIECE_ROWS : 1, Math.floor(most))
  return Array.from({ length: Math.ceil(height / stripRows) }, (_, i) => {
    const y = i * stripRows
    const rows = Math.min(stripRows, height - y)
    const crossings = places.flatMap((place, flag): Crossing[] => {
      const firstRow = Math.max(0, y - place.y)
      const endRow = Math.min(place.height, y + rows - place.y)
      return endRow > firstRow ? [{ flag, firstRow, rows: endRow - firstRow }] : []
    })
    return { y, rows, crossings }
  })
}

function blankLevels(pixels: number, colour: Rgb): Uint8Array {
  const levels = new Uint8Array(pixels * 3)
  for (let i = 0; i < levels.length; i++) levels[i] = colour[i % 3]
  return levels
}

function copyPiece(levels: Uint8Array, piece: Uint8Array, plan: CollagePlan, strip: Strip, crossing: Crossing): void {
  const place = plan.places[crossing.flag]
  for (let row = 0; row < crossing.rows; row++) {
    const to = (place.y + crossing.firstRow + row - strip.y) * plan.width + place.x
    levels.set(piece.subarray(row * place.width * 3, (row + 1) * place.width * 3), to * 3)
  }
}

/** The names that strips are just passing: drawn when the first strip reaches them, forgotten after the last. */
class CaptionRow {
  readonly #open = new Map<Place, Caption>()

  constructor(
    private readonly flags: readonly CollageFlag[],
    private readonly plan: CollagePlan,
    private readonly font: CaptionFont | null,
  ) {}

  async crossing(strip: Strip): Promise<Caption[]> {
    const { font, flags } = this
    if (!font) return []
    const { places, captionHeight, fontSize } = this.plan
    const captions: Caption[] = []
    for (const [i, place] of places.entries()) {
      const top = place.y + place.height
      if (top >= strip.y + strip.rows || top + captionHeight <= strip.y) {
        this.#open.delete(place)
        continue
      }
      let caption = this.#open.get(place)
      if (!caption) {
        const width = Math.floor(place.captionWidth)
        // A name may stand out beyond both sides of a narrow flag.
        const x = Math.round(place.x + (place.width - width) / 2)
        const mask = await font.draw(flags[i].name, { width, height: captionHeight }, fontSize)
        caption = new Caption(mask, { x, y: top, width, height: captionHeight })
        this.#open.set(place, caption)
      }
      captions.push(caption)
    }
    return captions
  }
}
