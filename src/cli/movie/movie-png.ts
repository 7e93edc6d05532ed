// A film as PNGs: numbered frames, or all its pictures side by side in one.

import { extname } from 'node:path'
import type { ImageSize } from '../../train/rgb-image.js'
import { writeWhole } from '../files/output.js'
import { filterScanlines } from '../../export/png/png-scanlines.js'
import { encodePng } from '../../export/png/png-stream.js'

const CHANNELS = 3
const WHITE = 255
const MIN_DIGITS = 4

/** `OUT.png` has the frames `OUT-0001.png`, `OUT-0002.png`, ... @param index from 0 */
export function framePath(out: string, index: number, count: number): string {
  const extension = extname(out)
  const digits = Math.max(MIN_DIGITS, String(count).length)
  return `${out.slice(0, -extension.length)}-${String(index + 1).padStart(digits, '0')}${extension}`
}

/**
 * Writes frames into numbered files, each whole or not at all.
 * @param frames [height, width, 3] levels each
 * @returns bytes written
 */
export async function writeFrames(
  out: string,
  size: ImageSize,
  count: number,
  frames: AsyncIterable<Uint8ClampedArray>,
): Promise<number> {
  let index = 0
  const counter = new ByteCounter()
  for await (const frame of frames) {
    await writeWhole(framePath(out, index++, count), counter.count(encodePng(size, scanlinesOf(frame, size.width))))
  }
  return counter.bytes
}

/** Pictures side by side. */
export interface Sheet {
  readonly columns: number
  readonly count: number
  /** Of each picture. */
  readonly picture: ImageSize
  /** Between two pictures, white. */
  readonly gap: number
}

/** Rows of at most twelve, as long as each other but for the last. */
export function sheetColumns(count: number): number {
  const rows = Math.ceil(count / 12)
  return Math.ceil(count / rows)
}

export function sheetSize({ columns, count, picture, gap }: Sheet): ImageSize {
  const rows = Math.ceil(count / columns)
  return { width: columns * (picture.width + gap) - gap, height: rows * (picture.height + gap) - gap }
}

/**
 * Puts pictures side by side, row after row.
 * @param pictures [height, width, 3] levels each, `count` of them
 * @returns the PNG
 */
export function encodeSheet(sheet: Sheet, pictures: AsyncIterable<Uint8ClampedArray>): AsyncIterable<Uint8Array> {
  return encodePng(sheetSize(sheet), sheetRows(sheet, pictures))
}

async function* sheetRows(sheet: Sheet, pictures: AsyncIterable<Uint8ClampedArray>): AsyncGenerator<Uint8Array, void> {
  const { columns, count, picture, gap } = sheet
  const { width } = sheetSize(sheet)
  const rowBytes = width * CHANNELS
  const pictureBytes = picture.width * CHANNELS
  let band = new Uint8Array()
  let index = 0
  for await (const levels of pictures) {
    const column = index % columns
    if (column === 0) {
      const isLast = index + columns >= count
      band = new Uint8Array((picture.height + (isLast ? 0 : gap)) * rowBytes).fill(WHITE)
    }
    const left = column * (picture.width + gap) * CHANNELS
    for (let row = 0; row < picture.height; row++)
      band.set(levels.subarray(row * pictureBytes, (row + 1) * pictureBytes), row * rowBytes + left)
    index++
    if (column === columns - 1 || index === count) yield filterScanlines(band, width)
  }
}

async function* scanlinesOf(levels: Uint8ClampedArray, width: number): AsyncGenerator<Uint8Array, void> {
  yield filterScanlines(new Uint8Array(levels.buffer), width)
}

/** Counts what passes through. */
export class ByteCounter {
  bytes = 0

  async *count(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const piece of pieces) {
      yield piece
      this.bytes += piece.length
    }
  }
}
