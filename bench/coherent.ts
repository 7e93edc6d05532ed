// What a coherent picture saves, and what it costs: whole pictures on one thread and by WebGL, every pixel by the net and coherently in
// turns, of many flags at some depths; and how many pixels are not what they ought to be.

import { readFile } from 'node:fs/promises'
import { ColourDrawer } from '../src/kernel/colours.js'
import { STILL_TOLERANCE } from '../src/kernel/density.js'
import { Evaluator } from '../src/kernel/evaluator.js'
import type { DrawnRegion, Region } from '../src/kernel/region.js'
import { foldNetwork } from '../src/model/fold.js'
import type { Frame } from '../src/model/frame.js'
import { createNetwork } from '../src/model/network.js'
import { StateDict } from '../src/model/state-dict.js'
import { readFrame } from '../src/model/summary.js'
import { samplingOf, type View, wholeFrame } from '../src/model/view.js'
import type { Place } from './browser.js'
import { measureByWebgl } from './coherent-webgl.js'
import { median } from './contender.js'
import type { CoherentPicture } from './gpu/coherent-pictures.js'

/** Of some nets at one depth. */
export interface CoherentTiming {
  /** What draws. */
  readonly renderer: string
  readonly nets: string
  readonly zoom: number
  /** The time of every pixel by the net, as a multiple of the coherent picture's. */
  readonly ratio: { readonly median: number; readonly least: number }
  /** Null where nobody counts them. */
  readonly evaluationsAPixel: { readonly median: number; readonly most: number } | null
  /** Of all pixels those with a channel that is more than one level from the exact picture's. */
  readonly shareOff: number
  /** The farthest, in levels. */
  readonly mostLevels: number
  readonly coherentMs: number
}

const PICTURE = { width: 1920, height: 1080 }
const FLAGS = ['jp', 'my', 'np', 'us', 'br', 'za', 'kr', 'gb', 'in', 'ca', 'mx', 'bd']
const ORACLE = ['japan', 'malaysia', 'nepal', 'usa']
const ZOOMS = [1, 4, 16, 1000]
const TURNS = 2

/** @param folder of more nets, by the names of the wall's; null for none */
export async function measureCoherent(place: Place, folder: string | null): Promise<CoherentTiming[]> {
  const sets = [
    { nets: 'four by PyTorch', paths: ORACLE.map(name => `tests/oracle/${name}.safetensors`) },
    { nets: 'twelve of the wall', paths: FLAGS.map(code => `public/flags/${code}.safetensors`) },
    ...(folder ? [{ nets: `twelve of ${folder}`, paths: FLAGS.map(code => `${folder}/${code}.safetensors`) }] : []),
  ]
  const timings: CoherentTiming[] = []
  for (const { nets, paths } of sets) {
    const subjects = await Promise.all(paths.map(loadSubject))
    for (const zoom of ZOOMS) {
      place.log(`${nets} at ${zoom}x`)
      timings.push(
        timingOf(
          'CPU, 1 thread',
          nets,
          zoom,
          subjects.map(subject => measureOne(subject, zoom)),
        ),
      )
    }
    const byWebgl: (readonly CoherentPicture[])[] = []
    for (const { bytes, frame, edge } of subjects) {
      place.log(`${nets}, ${byWebgl.length + 1} of ${subjects.length} by WebGL`)
      byWebgl.push(
        await measureByWebgl(
          place,
          bytes,
          ZOOMS.map(zoom => viewAt(frame, edge, zoom)),
        ),
      )
    }
    ZOOMS.forEach((zoom, i) => {
      const pictures = byWebgl.map(views => views[i])
      timings.push(timingOf(pictures[0].renderer, nets, zoom, pictures))
    })
  }
  return timings
}

/** What was seen of one net at one depth. */
interface CoherentMeasurement extends Omit<CoherentPicture, 'renderer' | 'view'> {
  readonly evaluationsAPixel?: number
}

function timingOf(
  renderer: string,
  nets: string,
  zoom: number,
  measured: readonly CoherentMeasurement[],
): CoherentTiming {
  const ratios = measured.map(({ exactMs, coherentMs }) => exactMs / coherentMs)
  const evaluations = measured.flatMap(({ evaluationsAPixel }) => evaluationsAPixel ?? [])
  return {
    renderer,
    nets,
    zoom,
    ratio: { median: median(ratios), least: Math.min(...ratios) },
    evaluationsAPixel: evaluations.length > 0 ? { median: median(evaluations), most: Math.max(...evaluations) } : null,
    shareOff: measured.reduce((sum, { shareOff }) => sum + shareOff, 0) / measured.length,
    mostLevels: Math.max(...measured.map(({ mostLevels }) => mostLevels)),
    coherentMs: median(measured.map(({ coherentMs }) => coherentMs)),
  }
}
interface Subject {
  readonly bytes: Uint8Array
  readonly frame: Frame
  readonly drawer: ColourDrawer
  /** A point on an edge. */
  readonly edge: Pick<View, 'x' | 'y'>
}

async function loadSubject(path: string): Promise<Subject> {
  const bytes = new Uint8Array(await readFile(path))
  const stateDict = StateDict.parse(bytes)
  const { frame } = readFrame(stateDict)
  const drawer = new ColourDrawer(new Evaluator(foldNetwork(createNetwork(stateDict))))
  return { bytes, frame, drawer, edge: findEdge(drawer, frame) }
}

function viewAt(frame: Frame, edge: Subject['edge'], zoom: number): View {
  return { ...(zoom === 1 ? wholeFrame(frame) : edge), zoom }
}

function measureOne({ frame, drawer, edge }: Subject, zoom: number): CoherentMeasurement {
  const exactRegion = regionOf(frame, viewAt(frame, edge, zoom), PICTURE)
  const coherentRegion = { ...exactRegion, tolerance: STILL_TOLERANCE }
  const turns = Array.from({ length: TURNS }, () => ({
    exact: timed(() => drawer.drawPixels(exactRegion)),
    coherent: timed(() => drawer.drawPixels(coherentRegion)),
  }))
  const [{ exact, coherent }] = turns
  const pixels = PICTURE.width * PICTURE.height
  let off = 0
  let mostLevels = 0
  for (let pixel = 0; pixel < pixels; pixel++) {
    let levels = 0
    for (let i = 4 * pixel; i < 4 * pixel + 3; i++)
      levels = Math.max(levels, Math.abs(exact.drawn.rgba[i] - coherent.drawn.rgba[i]))
    if (levels > 1) off++
    mostLevels = Math.max(mostLevels, levels)
  }
  // The shorter of each: whatever else the machine does only ever makes a picture slower.
  return {
    exactMs: Math.min(...turns.map(turn => turn.exact.ms)),
    coherentMs: Math.min(...turns.map(turn => turn.coherent.ms)),
    evaluationsAPixel: coherent.drawn.evaluations / pixels,
    shareOff: off / pixels,
    mostLevels,
  }
}

function regionOf(frame: Frame, view: View, size: { readonly width: number; readonly height: number }): Region {
  const sampling = samplingOf(frame, view, size.width, size.height)
  return {
    frame,
    tap: null,
    tone: null,
    sampling,
    viewport: size,
    blocks: { x: 0, y: 0, ...size },
    step: 1,
    samples: 1,
  }
}

const GRID = 200
/** So near that at a million times the edge is still in the picture. */
const BISECTIONS = 24

/** The place between two points of a grid that differ most, where the colour is halfway. */
function findEdge(drawer: ColourDrawer, frame: Frame): Pick<View, 'x' | 'y'> {
  const whole = regionOf(frame, wholeFrame(frame), { width: GRID, height: GRID })
  const colours = drawer.draw(whole).slice()
  const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) + Math.abs(a[2] - b[2])
  const at = (column: number, row: number) => colours.subarray(3 * (row * GRID + column), 3 * (row * GRID + column) + 3)
  let most = { distance: -1, column: 0, row: 0 }
  for (let row = 0; row < GRID; row++)
    for (let column = 0; column + 1 < GRID; column++) {
      const between = distance(at(column, row), at(column + 1, row))
      if (between > most.distance) most = { distance: between, column, row }
    }
  const { sampling } = whole
  const y = sampling.y + (most.row + 0.5 - GRID / 2) * sampling.stepY
  let left = sampling.x + (most.column + 0.5 - GRID / 2) * sampling.stepX
  let right = left + sampling.stepX
  const colourAt = (x: number) =>
    drawer.draw({ ...regionOf(frame, { x, y, zoom: 1 }, { width: 1, height: 1 }) }).slice()
  const [leftColour, rightColour] = [colourAt(left), colourAt(right)]
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (left + right) / 2
    const colour = colourAt(middle)
    if (distance(colour, leftColour) < distance(colour, rightColour)) left = middle
    else right = middle
  }
  return { x: (left + right) / 2, y }
}

/** Draws, and tells the processor's time of it: what others take of the machine does not count. */
function timed(draw: () => DrawnRegion): { readonly drawn: DrawnRegion; readonly ms: number } {
  const before = process.cpuUsage()
  const drawn = draw()
  const { user, system } = process.cpuUsage(before)
  return { drawn, ms: (user + system) / 1000 }
}

/** The timings as the cells of a table, the head first. */
export function coherentCells(timings: readonly CoherentTiming[]): string[][] {
  return [
    [
      'drawn by',
      'nets',
      'zoom',
      'times as fast, median (least)',
      'evaluations a pixel, median [most]',
      'pixels off',
      'ms',
    ],
    ...timings.map(({ renderer, nets, zoom, ratio, evaluationsAPixel, shareOff, mostLevels, coherentMs }) => [
      renderer,
      nets,
      `${zoom.toLocaleString('en')}x`,
      `${ratio.median.toFixed(1)} (${ratio.least.toFixed(1)})`,
      evaluationsAPixel ? `${evaluationsAPixel.median.toPrecision(2)} [${evaluationsAPixel.most.toPrecision(2)}]` : '–',
      shareOff === 0 ? 'none' : `${shareOff.toExponential(0)}, at most ${mostLevels} levels`,
      coherentMs.toFixed(0),
    ]),
  ]
}
