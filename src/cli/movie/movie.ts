// vexel movie: the film of a training as GIF, WebM, MP4, numbered PNGs, or one PNG of pictures side by side.

import { FormatError } from '../../model/errors.js'
import type { SampleCount } from '../../model/samples.js'
import { StateDict } from '../../model/state-dict.js'
import { readFrame } from '../../model/summary.js'
import { MAX_PICTURE_EDGE, pictureSize, wholeFrame } from '../../model/view.js'
import { Film } from '../../film/film.js'
import { type FrameSpec, MAX_FRAME_EDGE } from '../../film/frame-drawer.js'
import { encodeGif } from '../../film/gif.js'
import { createTimeline, type Timeline } from '../../film/timeline.js'
import { CODEC_NAMES, evenSize } from '../../film/video-spec.js'
import type { ImageSize } from '../../train/rgb-image.js'
import { threadsOption } from '../drawing/drawing-team.js'
import { UsageError } from '../failure.js'
import { type FrameOptionTexts, noteUnknownAspect, resolveFrame } from '../options/frame-options.js'
import { readCapped } from '../files/input.js'
import { refuseInputAsOutput, writeWhole } from '../files/output.js'
import { interruptible } from '../interrupt.js'
import { drawFrames } from './movie-frames.js'
import {
  formatOf,
  type MovieFormat,
  type MovieOptionTexts,
  wantedPlays,
  wantedSize,
  wantedStrip,
  type WantedStrip,
  wantedTimeline,
} from './movie-options.js'
import type { MovieJob } from './movie-piece.js'
import { ByteCounter, encodeSheet, framePath, type Sheet, sheetColumns, sheetSize, writeFrames } from './movie-png.js'
import { tellFrames } from './movie-progress.js'
import { encodeInBrowser } from './movie-video.js'
import { pointOption, samplesOption, zoomOption } from '../options/numbers.js'
import type { Terminal } from '../terminal.js'

const STRIP_GAP = 4

/** Texts as commander collects them; without `seconds` and `fps` where nobody said them. */
export type MovieTexts = FrameOptionTexts &
  MovieOptionTexts & {
    readonly out: string
    readonly center?: string
    readonly zoom: string
    readonly samples: string
    readonly fast?: true
    readonly threads?: string
    readonly json?: true
  }

/** Writes the film of a training as a movie or a strip, and prints what was written. */
export async function runMovie(path: string, options: MovieTexts, terminal: Terminal): Promise<void> {
  const format = formatOf(options.out)
  await refuseInputAsOutput(options.out, [path])
  const strip = wantedStrip(format, options)
  const plays = wantedPlays(format, options)
  const timeline = strip ? null : wantedTimeline(format, options)
  const wanted = wantedSize(options)
  const zoom = zoomOption('--zoom', options.zoom)
  const samples = samplesOption('--samples', options.samples)
  const threads = threadsOption(options.threads)
  const centre = options.center === undefined ? null : pointOption('--center', options.center)

  const { bytes, stateDict, film } = await loadFilm(path, terminal)
  const frame = resolveFrame(stateDict, options, terminal.tell)
  noteUnknownAspect(frame, wanted, terminal.tell)
  const whole = wholeFrame(frame)
  const view = { x: centre?.[0] ?? whole.x, y: centre?.[1] ?? whole.y, zoom }
  const size = movieSize(format, pictureSize(frame, wanted.width, wanted.height), terminal)
  const spec: FrameSpec = { frame, view, samples, isFast: options.fast === true, ...size }
  const report = await interruptible(async signal => {
    const draw: DrawMovie = (positions, pixels) =>
      tellFrames(drawFrames({ bytes, spec, pixels }, positions, threads, signal), positions.length, terminal.stderr)
    const written = timeline
      ? await writeMovie({ out: options.out, format, size, plays, timeline }, draw, terminal, signal)
      : await writeStrip(options.out, planStrip(film, strip as WantedStrip, size), draw)
    return { ...written, samples }
  })
  if (options.json) terminal.printJson(report)
  else terminal.print(reportText(report))
}

/** What was written, as `--json` prints it. */
interface MovieReport extends Written {
  /** A pixel. */
  readonly samples: SampleCount
}

interface Written extends ImageSize {
  readonly file: string
  readonly format: MovieFormat
  readonly bytes: number
  /** Of a movie. */
  readonly frames?: number
  readonly fps?: number
  readonly seconds?: number
  /** Of a GIF: 0 is without end. */
  readonly plays?: number
  /** Of a video. */
  readonly codec?: string
  /** Of a strip. */
  readonly pictures?: number
  readonly columns?: number
}

type DrawMovie = (
  positions: readonly number[],
  pixels: MovieJob['pixels'],
) => AsyncGenerator<Uint8ClampedArray<ArrayBuffer>, void>

async function loadFilm(
  path: string,
  { stdin, tell }: Terminal,
): Promise<{ bytes: Uint8Array; stateDict: StateDict; film: Film }> {
  const bytes = await readCapped(path, 'a film', stdin)
  try {
    const stateDict = StateDict.parse(bytes)
    const film = Film.of(stateDict)
    // Those of its frame are told where it is resolved.
    const { warnings } = readFrame(stateDict)
    for (const warning of film.warnings) if (!warnings.includes(warning)) tell(warning)
    return { bytes, stateDict, film }
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`)
    throw error
  }
}

function movieSize(format: MovieFormat, natural: ImageSize, { tell }: Terminal): ImageSize {
  const size = format === 'webm' || format === 'mp4' ? evenSize(natural) : natural
  if (Math.max(size.width, size.height) > MAX_FRAME_EDGE)
    throw new UsageError(`${size.width} x ${size.height}: a movie has at most ${MAX_FRAME_EDGE} pixels an edge`)
  if (size.width !== natural.width || size.height !== natural.height)
    tell(`${natural.width} x ${natural.height} became ${size.width} x ${size.height}: video has even sizes`)
  return size
}

interface MoviePlan {
  readonly out: string
  readonly format: MovieFormat
  readonly size: ImageSize
  readonly plays: number
  readonly timeline: Timeline
}

async function writeMovie(
  { out, format, size, plays, timeline: { positions, fps } }: MoviePlan,
  draw: DrawMovie,
  { tell }: Terminal,
  signal: AbortSignal,
): Promise<Written> {
  const frames = positions.length
  const common = { file: out, format, ...size, frames, fps, seconds: frames / fps }
  switch (format) {
    case 'png':
      return { ...common, bytes: await writeFrames(out, size, frames, draw(positions, 'rgb')) }
    case 'gif': {
      const written = new ByteCounter()
      await writeWhole(
        out,
        written.count(encodeGif({ ...size, frameCount: frames, fps, plays }, draw(positions, 'rgba'))),
      )
      return { ...common, seconds: Math.round((100 * frames) / fps) / 100, plays, bytes: written.bytes }
    }
    case 'webm':
    case 'mp4': {
      const { bytes, codec } = await encodeInBrowser(
        { container: format, fps, ...size },
        frames,
        draw(positions, 'rgba'),
        tell,
        signal,
      )
      if (format === 'mp4' && codec !== 'avc')
        tell(`the browser encodes no H.264 of ${size.width} x ${size.height}: this MP4 is ${CODEC_NAMES[codec]}`)
      await writeWhole(out, bytes)
      return { ...common, codec: CODEC_NAMES[codec] ?? codec, bytes: bytes.length }
    }
  }
}

/** @throws UsageError when the sheet is larger than any picture */
function planStrip(film: Film, strip: WantedStrip, picture: ImageSize): { sheet: Sheet; positions: readonly number[] } {
  const count = strip.pictures ?? film.steps.length
  const positions =
    strip.pictures === null ? film.positions : createTimeline({ seconds: strip.pictures, fps: 1 }).positions
  const sheet = { columns: Math.min(count, strip.columns ?? sheetColumns(count)), count, picture, gap: STRIP_GAP }
  const { width, height } = sheetSize(sheet)
  if (Math.max(width, height) > MAX_PICTURE_EDGE)
    throw new UsageError(`--strip: ${width} x ${height} is more than ${MAX_PICTURE_EDGE} pixels an edge`)
  return { sheet, positions }
}

async function writeStrip(
  out: string,
  { sheet, positions }: ReturnType<typeof planStrip>,
  draw: DrawMovie,
): Promise<Written> {
  const written = new ByteCounter()
  await writeWhole(out, written.count(encodeSheet(sheet, draw(positions, 'rgb'))))
  const { count, columns } = sheet
  return { file: out, format: 'png', ...sheetSize(sheet), pictures: count, columns, bytes: written.bytes }
}

function reportText(report: MovieReport): string {
  const { file, format, width, height, bytes, frames, fps, seconds, codec, pictures, columns, samples } = report
  const name = format === 'png' && frames !== undefined ? `${framePath(file, 0, frames)} ...` : file
  const parts = [
    frames === undefined ? `${pictures} pictures in rows of ${columns}` : `${frames} frames`,
    `${width} x ${height}`,
    `${samples} ${samples === 1 ? 'sample' : 'samples'} a pixel`,
    ...(seconds === undefined ? [] : [`${Number(seconds.toFixed(3))} s at ${fps} frames a second`]),
    ...(codec === undefined ? [] : [codec]),
    `${Math.ceil(bytes / 1000)} KB`,
  ]
  return `${name}: ${parts.join(', ')}`
}
