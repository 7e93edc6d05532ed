// How what is open and what is seen of it stand in the address.

import { FormatError } from '../../model/errors.js'
import { DEFAULT_FRAME, type Frame, parseFrame, parseNumber } from '../../model/frame.js'
import { parseJson } from '../../model/json.js'
import { parseSampleCount, type SampleCount } from '../../model/samples.js'
import type { PartSpelling } from '../address.js'

/** What is open and what is seen of it. */
export interface PlacesState {
  /** URL of the open file; null for one from the person's disk, which no link can name. */
  readonly file: string | null
  /** The file of the person's own that is open, as src/app/places/own-address.ts spells it: only the browser that has it can open it. */
  readonly yours: string | null
  /** The open network itself, where the address is what it came in: src/export/packed/link.ts spells it. */
  readonly net: string | null
  /** Where no file is open the wall is seen: around the flag of this code, the view being one of it; null: the whole wall. */
  readonly wall: string | null
  /** The view: centre in plane units and zoom; null where it is the whole frame's. */
  readonly x: number | null
  readonly y: number | null
  readonly zoom: number
  /** Samples a pixel of the picture at rest; null: 4 on a GPU that is fast enough, else 1. */
  readonly samples: SampleCount | null
  /** Whether the frame is outlined. */
  readonly outline: boolean
  /** The frame, where it is not the file's own. */
  readonly frame: Frame | null
}

const text = (key: string): PartSpelling<string | null> => ({
  key,
  default: null,
  format: String,
  parse: spelled => spelled || null,
})

/** @throws FormatError for what is no finite number */
export function finiteNumber(spelled: string): number {
  const value = parseNumber(spelled)
  if (!Number.isFinite(value)) throw new FormatError(`expected a number, got ${spelled.slice(0, 30)}`)
  return value
}

const number = (key: string): PartSpelling<number | null> => ({
  key,
  default: null,
  format: String,
  parse: finiteNumber,
})

export const FILE_PART = text('file')
export const YOURS_PART = text('yours')
export const NET_PART = text('net')
export const WALL_PART = text('wall')
export const X_PART = number('x')
export const Y_PART = number('y')

export const ZOOM_PART: PartSpelling<number> = {
  key: 'zoom',
  default: 1,
  format: String,
  parse: spelled => {
    const zoom = finiteNumber(spelled)
    if (!(zoom > 0)) throw new FormatError(`expected a zoom above 0, got ${spelled.slice(0, 30)}`)
    return zoom
  },
}

export const SAMPLES_PART: PartSpelling<SampleCount | null> = {
  key: 'samples',
  default: null,
  format: String,
  parse: spelled => parseSampleCount(finiteNumber(spelled)),
}

export const OUTLINE_PART: PartSpelling<boolean> = {
  key: 'outline',
  default: true,
  format: () => '0',
  parse: spelled => spelled !== '0',
}

export const FRAME_PART: PartSpelling<Frame | null> = {
  key: 'frame',
  default: null,
  format: JSON.stringify,
  parse: spelled => parseFrame(parseJson(spelled), DEFAULT_FRAME),
}
