// What a call of `vexel movie` asks for, checked as far as it can be without the film.

import { extname } from 'node:path'
import { FormatError } from '../../model/errors.js'
import { parseNumber } from '../../model/frame.js'
import { MAX_FRAME_EDGE } from '../../film/frame-drawer.js'
import { MAX_GIF_FPS, MAX_GIF_PLAYS } from '../../film/gif.js'
import { createTimeline, type Timeline } from '../../film/timeline.js'
import { optionValue, UsageError } from '../failure.js'
import { pixelsOption, wholeOption } from '../options/numbers.js'
import { DEFAULT_FPS, DEFAULT_SECONDS } from './movie-defaults.js'

export type MovieFormat = 'gif' | 'webm' | 'mp4' | 'png'

const FORMATS: readonly MovieFormat[] = ['gif', 'webm', 'mp4', 'png']

/** The options as commander collects them. */
export type MovieOptionTexts = {
  readonly size?: string
  readonly width?: string
  readonly height?: string
  readonly seconds?: string
  readonly fps?: string
  readonly hold?: string
  readonly bounce?: true
  readonly loop?: string
  readonly strip?: string | true
  readonly columns?: string
}

/** Of the length, and no more than a second: how long the last snapshot stays. */
const DEFAULT_HOLD_SHARE = 0.2
const DEFAULT_STRIP_WIDTH = 160
const MAX_STRIP_PICTURES = 4096

/** Reads the format off the name of the file. @throws UsageError */
export function formatOf(out: string): MovieFormat {
  const extension = extname(out).slice(1).toLowerCase()
  const found = FORMATS.find(format => format === extension)
  if (!found) throw new UsageError(`-o ${out}: expected a name that ends in ${FORMATS.map(f => `.${f}`).join(', ')}`)
  return found
}

/** The size that was asked for; what is missing follows from the frame. @throws UsageError */
export function wantedSize({ size, width, height, strip }: MovieOptionTexts): { width?: number; height?: number } {
  if (size === undefined) {
    const wanted = { width: edge('--width', width), height: edge('--height', height) }
    const isOpen = wanted.width === undefined && wanted.height === undefined
    return strip !== undefined && isOpen ? { width: DEFAULT_STRIP_WIDTH } : wanted
  }
  if (width !== undefined || height !== undefined)
    throw new UsageError('--size and --width, --height: say one or the others')
  return optionValue('--size', size, text => {
    const match = /^(\d{1,5})x(\d{1,5})$/.exec(text)
    if (!match) throw new FormatError('expected WIDTHxHEIGHT in pixels, such as 640x400')
    return { width: edge('--size', match[1]), height: edge('--size', match[2]) }
  })
}

function edge(flag: string, text: string | undefined): number | undefined {
  const pixels = pixelsOption(flag, text)
  if (pixels !== undefined && pixels > MAX_FRAME_EDGE)
    throw new UsageError(`${flag} ${text}: a movie has at most ${MAX_FRAME_EDGE} pixels an edge`)
  return pixels
}

/** The timeline of a movie. @throws UsageError */
export function wantedTimeline(format: MovieFormat, texts: MovieOptionTexts): Timeline {
  const seconds = number('--seconds', texts.seconds) ?? DEFAULT_SECONDS
  const fps = number('--fps', texts.fps) ?? DEFAULT_FPS
  const holdSeconds = number('--hold', texts.hold, true) ?? Math.min(1, DEFAULT_HOLD_SHARE * seconds)
  if (format === 'gif' && fps > MAX_GIF_FPS)
    throw new UsageError(`--fps ${fps}: a GIF has at most ${MAX_GIF_FPS} frames a second`)
  try {
    return createTimeline({ seconds, fps, holdSeconds, bounce: texts.bounce })
  } catch (error) {
    if (error instanceof FormatError) throw new UsageError(error.message)
    throw error
  }
}

/** How often a GIF is played, 0 without end. @throws UsageError */
export function wantedPlays(format: MovieFormat, { loop }: MovieOptionTexts): number {
  if (loop === undefined) return 0
  if (format !== 'gif') throw new UsageError('--loop: only a GIF says how often it is played')
  return optionValue('--loop', loop, text => {
    const plays = parseNumber(text)
    if (!Number.isInteger(plays) || plays < 0 || plays > MAX_GIF_PLAYS)
      throw new FormatError(`expected how often it is played, up to ${MAX_GIF_PLAYS}, or 0 for without end`)
    return plays
  })
}

/** A strip instead of a movie: how many pictures (null: one a snapshot) and columns (null: by the number of pictures). */
export interface WantedStrip {
  readonly pictures: number | null
  readonly columns: number | null
}

/** @returns null for a movie @throws UsageError */
export function wantedStrip(format: MovieFormat, texts: MovieOptionTexts): WantedStrip | null {
  const { strip, columns } = texts
  if (strip === undefined) {
    if (columns !== undefined) throw new UsageError('--columns: only with --strip')
    return null
  }
  if (format !== 'png') throw new UsageError('--strip: is a PNG')
  for (const name of ['seconds', 'fps', 'hold', 'bounce'] as const)
    if (texts[name] !== undefined) throw new UsageError(`--strip and --${name}: a strip takes no time`)
  return {
    pictures: strip === true ? null : wholeOption('--strip', strip, 1, MAX_STRIP_PICTURES),
    columns: columns === undefined ? null : wholeOption('--columns', columns, 1, MAX_STRIP_PICTURES),
  }
}

function number(flag: string, text: string | undefined, mayBeZero = false): number | undefined {
  if (text === undefined) return undefined
  return optionValue(flag, text, value => {
    const parsed = parseNumber(value)
    if (!Number.isFinite(parsed) || parsed < 0 || (parsed === 0 && !mayBeZero))
      throw new FormatError(`expected a number ${mayBeZero ? 'from' : 'above'} 0`)
    return parsed
  })
}
