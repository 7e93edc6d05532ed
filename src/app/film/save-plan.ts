// What is to be saved of a film, checked: a format, a picture, a size, a time. No page: its worker gets the plan as it is.

import type { FrameSpec } from '../../film/frame-drawer.js'
import { createTimeline } from '../../film/timeline.js'
import { evenSize } from '../../film/video-spec.js'
import { FormatError } from '../../model/errors.js'
import type { Frame } from '../../model/frame.js'
import { pictureSize, wholeFrame } from '../../model/view.js'
import type { Size } from '../../world/camera.js'
import { seenFrame, type Shown } from '../seen-frame.js'

export const SAVE_FORMATS = ['gif', 'webm', 'mp4', 'png'] as const
export type SaveFormat = (typeof SAVE_FORMATS)[number]

/** What can be asked for; `vexel.film.save` takes any of it. */
export interface SaveOptions {
  readonly format: SaveFormat
  /** What is on screen, or the whole flag. */
  readonly picture: 'view' | 'whole'
  /** In pixels; the height follows. */
  readonly width: number
  readonly seconds: number
  /** Frames a second. */
  readonly fps: number
}

export const DEFAULT_SAVE: SaveOptions = { format: 'gif', picture: 'view', width: 480, seconds: 6, fps: 25 }

/** What the worker does. */
export interface SavePlan {
  readonly format: SaveFormat
  readonly spec: FrameSpec
  /** Film time of every frame. */
  readonly positions: readonly number[]
  readonly fps: number
  /** Of the file, without ending. */
  readonly name: string
}

/** What is on screen. */
export interface Scene {
  readonly frame: Frame
  /** Null where it is the strip. */
  readonly shown: Shown | null
}

/** As `vexel movie` has them. */
const SAMPLES = 4
const HOLD_SHARE = 0.2
/** As frame-drawer.ts and gif.ts have them: what encodes is not loaded for a check. */
const MAX_EDGE = 4096
const MAX_GIF_FPS = 50
/** All frames together: encoded they are held in memory. */
const MAX_PIXELS = 4e9

/**
 * Plans a file.
 * @throws FormatError naming what is out of its range
 */
export function planSave(options: SaveOptions, scene: Scene, name: string): SavePlan {
  const { format, picture, width, seconds, fps } = options
  if (!SAVE_FORMATS.includes(format))
    throw new FormatError(`format: expected one of ${SAVE_FORMATS.join(', ')}, got ${String(format).slice(0, 20)}`)
  if (!Number.isInteger(width) || width < 1 || width > MAX_EDGE)
    throw new FormatError(`width: expected a whole number of pixels from 1 to ${MAX_EDGE}, got ${width}`)
  if (format === 'gif' && fps > MAX_GIF_FPS)
    throw new FormatError(`frames a second: a GIF has at most ${MAX_GIF_FPS}, got ${fps}`)
  const holdSeconds = Math.min(1, HOLD_SHARE * seconds)
  const { positions } = createTimeline({ seconds, fps, holdSeconds })
  const spec = specOf(options, scene)
  if (Math.max(spec.width, spec.height) > MAX_EDGE)
    throw new FormatError(`width: at ${width} pixels the picture is ${spec.height} high; expected at most ${MAX_EDGE}`)
  if (spec.width * spec.height * positions.length > MAX_PIXELS)
    throw new FormatError(`${positions.length} frames of ${spec.width} × ${spec.height} are more than a page can hold`)
  return { format, spec, positions, fps, name: picture === 'view' && scene.shown ? `${name}.view` : name }
}

function specOf({ format, picture, width }: SaveOptions, { frame, shown }: Scene): FrameSpec {
  const fit = (size: Size) => (format === 'webm' || format === 'mp4' ? evenSize(size) : size)
  if (picture === 'whole' || !shown)
    return { frame, view: wholeFrame(frame), ...fit(pictureSize(frame, width)), samples: SAMPLES }
  const seen = seenFrame(frame, shown)
  return { frame: seen, view: shown.view, ...fit(pictureSize(seen, width)), samples: SAMPLES }
}
