// Option values that are numbers.

import { FormatError } from '../../model/errors.js'
import { parseNumber } from '../../model/frame.js'
import { parseSampleCount, type SampleCount } from '../../model/samples.js'
import { MAX_PICTURE_EDGE } from '../../model/view.js'
import { optionValue } from '../failure.js'
import type { Terminal } from '../terminal.js'

/** A number of pixels, undefined when the option is not given. */
export function pixelsOption(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  return optionValue(flag, text, value => {
    const pixels = parseNumber(value)
    if (!Number.isInteger(pixels) || pixels < 1 || pixels > MAX_PICTURE_EDGE)
      throw new FormatError(`expected a whole number of pixels from 1 to ${MAX_PICTURE_EDGE}`)
    return pixels
  })
}

/** A zoom: a positive number. */
export function zoomOption(flag: string, text: string): number {
  return optionValue(flag, text, value => {
    const zoom = parseNumber(value)
    if (!(zoom > 0 && Number.isFinite(zoom))) throw new FormatError('expected a number above 0')
    return zoom
  })
}

/** A point `X,Y` of the plane. */
export function pointOption(flag: string, text: string): readonly [number, number] {
  return optionValue(flag, text, value => {
    const point = value.split(',').map(parseNumber)
    if (point.length !== 2 || !point.every(Number.isFinite)) throw new FormatError('expected two numbers X,Y')
    return [point[0], point[1]]
  })
}

/** A whole number within bounds. For an option that is not given see {@link wholeIfGiven}. */
export function wholeOption(flag: string, text: string, low: number, high: number): number {
  return optionValue(flag, text, given => {
    const value = parseNumber(given)
    if (!Number.isInteger(value) || value < low || value > high)
      throw new FormatError(`expected a whole number from ${low} to ${high}`)
    return value
  })
}

/** As {@link wholeOption}; undefined when the option is not given. */
export function wholeIfGiven(flag: string, text: string | undefined, low: number, high: number): number | undefined {
  return text === undefined ? undefined : wholeOption(flag, text, low, high)
}

/** Samples a pixel. */
export function samplesOption(flag: string, text: string): SampleCount {
  return optionValue(flag, text, value => parseSampleCount(parseNumber(value)))
}

/** Says on stderr how many samples a pixel are taken: for where nobody asked for a number. */
export function tellSamples(samples: SampleCount, tell: Terminal['tell']): void {
  tell(`${samples} ${samples === 1 ? 'sample' : 'samples'} a pixel (--samples for another number)`)
}
