// The pictures that the solver knows: every flag as a small square, all on one sheet (an image of cells, row by row), with a
// list that names them. `vexel gallery --pictures` makes both; whoever reads them decodes the sheet.

import { FormatError } from '../model/errors.js'
import { parseJson } from '../model/json.js'

/** A flag that the solver knows. */
export interface CataloguePicture {
  readonly code: string
  readonly name: string
  /** Width / height of the flag itself. */
  readonly aspect: number
  /** [size, size, 3] 8-bit sRGB: the flag stretched to a square, each pixel the mean of its area, row 0 at the top. */
  readonly pixels: Uint8Array
}

/** All of them. */
export interface Catalogue {
  /** Edge of a picture in pixels. */
  readonly size: number
  readonly pictures: readonly CataloguePicture[]
}

/** A decoded image. */
export interface Sheet {
  readonly width: number
  readonly height: number
  /** A pixel, at least 3: red, green, blue; others are skipped. */
  readonly channels: number
  /** [height, width, channels], row 0 at the top. */
  readonly data: Uint8Array | Uint8ClampedArray
}

/** Names of the two files, in the folder of the flags. */
export const SHEET_FILE = 'pictures.png'
/** The file that names the flags of the sheet. */
export const LIST_FILE = 'pictures.json'

const COLUMNS = 16

/**
 * Reads a catalogue.
 * @param list the text of pictures.json: `{"size", "pictures": [{"code", "name", "aspect"}]}`, in the order of the cells
 * @throws FormatError naming the field that is wrong, or when the sheet is not the list's
 */
export function parseCatalogue(list: string, sheet: Sheet): Catalogue {
  const { size, pictures } = parseList(list)
  const { width, height } = sheetSize(size, pictures.length)
  if (sheet.width !== width || sheet.height !== height)
    throw new FormatError(
      `sheet of ${pictures.length} pictures: expected ${width} x ${height} pixels, got ${sheet.width} x ${sheet.height}`,
    )
  if (sheet.channels < 3 || sheet.data.length !== width * height * sheet.channels || sheet.data.BYTES_PER_ELEMENT !== 1)
    throw new FormatError('sheet: expected 8-bit red, green and blue')
  return {
    size,
    pictures: pictures.map((picture, cell) => {
      const pixels = new Uint8Array(size * size * 3)
      eachPixel(size, cell, (at, of) => {
        for (let channel = 0; channel < 3; channel++)
          pixels[3 * of + channel] = sheet.data[sheet.channels * at + channel]
      })
      return { ...picture, pixels }
    }),
  }
}

/** The two files of a catalogue: the list's text and the sheet's pixels, black where there is no picture. */
export function formatCatalogue({ size, pictures }: Catalogue): { list: string; sheet: Sheet } {
  const { width, height } = sheetSize(size, pictures.length)
  const data = new Uint8Array(width * height * 3)
  for (const [cell, { pixels }] of pictures.entries())
    eachPixel(size, cell, (at, of) => {
      data.set(pixels.subarray(3 * of, 3 * of + 3), 3 * at)
    })
  const lines = pictures.map(({ code, name, aspect }) => `    ${JSON.stringify({ code, name, aspect })}`)
  return {
    list: `{\n  "size": ${size},\n  "pictures": [\n${lines.join(',\n')}\n  ]\n}\n`,
    sheet: { width, height, channels: 3, data },
  }
}

function sheetSize(size: number, count: number): { width: number; height: number } {
  return { width: COLUMNS * size, height: Math.ceil(count / COLUMNS) * size }
}

/** Calls back with the index of each pixel on the sheet (`at`) and in the picture (`of`). */
function eachPixel(size: number, cell: number, visit: (at: number, of: number) => void): void {
  const left = (cell % COLUMNS) * size
  const top = Math.floor(cell / COLUMNS) * size
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      visit((top + row) * COLUMNS * size + left + column, row * size + column)
}

type Listed = Omit<CataloguePicture, 'pixels'>

function parseList(text: string): { size: number; pictures: Listed[] } {
  let json: unknown
  try {
    json = parseJson(text)
  } catch {
    throw new FormatError('catalogue: expected JSON')
  }
  const { size, pictures } = (json ?? {}) as { size?: unknown; pictures?: unknown }
  if (!Number.isInteger(size) || (size as number) < 1) throw new FormatError('size: expected a whole number of pixels')
  if (!Array.isArray(pictures)) throw new FormatError('pictures: expected a list')
  return { size: size as number, pictures: pictures.map(parsePicture) }
}

function parsePicture(value: unknown, index: number): Listed {
  const { code, name, aspect } = (value ?? {}) as Record<string, unknown>
  const at = `pictures[${index}]`
  if (typeof code !== 'string') throw new FormatError(`${at}.code: expected a text`)
  if (typeof name !== 'string') throw new FormatError(`${at}.name: expected a text`)
  if (typeof aspect !== 'number' || !(aspect > 0)) throw new FormatError(`${at}.aspect: expected a positive number`)
  return { code, name, aspect }
}
