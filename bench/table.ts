// The bench's report as text: a Markdown table a contest, so that they can be pasted into RESULTS.md, and a few lines under
// them.

import { type Budgets, budgetLines } from './budgets.js'
import { coherentCells, type CoherentTiming } from './coherent.js'
import type { ExplainTiming } from './explain.js'
import { isaLines, type IsaReport } from './isa/isa.js'
import type { Peak } from './multiply-add-peak.js'
import type { NeuronTiming } from './neurons.js'
import type { RenderTiming } from './render.js'
import type { Responsiveness } from './responsiveness.js'
import { type Solved, solveLines } from './solve.js'
import type { ScrubTiming } from './scrub.js'
import type { StepTiming } from './steps.js'
import type { WallTiming } from './wall.js'

export interface Machine {
  readonly renderer: string
  readonly cpu: string
  readonly cores: number
  readonly node: string
  /** How many processes wanted a core in the minute before: what others took from the figures. */
  readonly load: number
}

export interface Row {
  readonly name: string
  /** In millions, the median of the rounds; null where it did not run, see `note`. */
  readonly megapixelsPerSecond: number | null
  /** Its speed as a multiple of each baseline's, in the order of the table's. */
  readonly ratios: readonly (number | null)[]
  readonly threads: number | null
  readonly megabytesHeld: number | null
  /** Multiply-adds of the linear layers alone, as a share of what so many threads can do at best. */
  readonly shareOfPeak: number | null
  readonly note: string
}

/** The outcome of a contest. */
export interface Table {
  readonly title: string
  readonly multiplyAddsPerPixel: number
  readonly baselines: readonly string[]
  readonly rows: readonly Row[]
}

export interface BenchReport {
  readonly machine: Machine
  /** Of one thread; null where nobody computes on the processor. */
  readonly peak: Peak | null
  readonly tables: readonly Table[]
  readonly render: RenderTiming | null
  readonly responsiveness: Responsiveness | null
  readonly wall: WallTiming | null
  readonly explain: ExplainTiming | null
  readonly neurons: NeuronTiming | null
  readonly solved: readonly Solved[] | null
  /** A timing for each renderer. */
  readonly scrub: readonly ScrubTiming[] | null
  readonly steps: readonly StepTiming[] | null
  readonly isa: IsaReport | null
  readonly coherent: readonly CoherentTiming[] | null
  readonly budgets: Budgets | null
}

/** Names the machine in one line. */
export function headline({ renderer, cpu, cores, node, load }: Machine): string {
  return `GL renderer: ${renderer}; CPU: ${cpu}, ${cores} cores, load before ${load.toFixed(1)}; Node ${node}`
}

const COHERENT_TITLE = 'Coherent pictures, 1920x1080, against every pixel by the net (off: by more than one level):'

/** The tables, then the responsiveness. */
export function reportText({
  peak,
  tables,
  render,
  responsiveness,
  wall,
  explain,
  neurons,
  solved,
  scrub,
  steps,
  isa,
  coherent,
  budgets,
}: BenchReport): string {
  const lines: string[] = []
  if (peak)
    lines.push(
      '',
      `Peak of one thread in WebAssembly: ${peak.gigaPerSecond.toFixed(1)} thousand million multiply-adds a second (f32x4.mul and f32x4.add, ${peak.chains} accumulators).`,
    )
  for (const table of tables) lines.push('', titleOf(table), '', ...contestLines(table))
  if (render) lines.push('', renderLine(render))
  if (responsiveness) lines.push('', ...responsivenessLines(responsiveness))
  if (wall) lines.push('', ...wallLines(wall))
  if (explain) lines.push('', ...explainLines(explain))
  if (neurons) lines.push('', neuronsLine(neurons))
  if (solved) lines.push('', ...solveLines(solved))
  if (scrub) lines.push('', ...scrubLines(scrub))
  if (steps) lines.push('', ...stepLines(steps))
  if (isa) lines.push('', ...isaLines(isa))
  if (coherent) lines.push('', COHERENT_TITLE, '', ...tableLines(coherentCells(coherent)))
  if (budgets) lines.push('', ...budgetLines(budgets))
  return `${lines.join('\n')}\n`
}

function renderLine({ width, height, threads, seconds, fileMegabytes, peakMegabytes }: RenderTiming): string {
  const memory = peakMegabytes === null ? '' : `, ${Math.round(peakMegabytes)} MB of memory at most`
  return `\`vexel render --width ${width}\` of a 2:1 flag, ${width}x${height}: ${seconds.toFixed(1)} s on ${threads} threads${memory}; a PNG of ${fileMegabytes.toFixed(1)} MB.`
}

function titleOf({ title, multiplyAddsPerPixel }: Table): string {
  return `${title[0].toUpperCase()}${title.slice(1)}, ${multiplyAddsPerPixel.toLocaleString('en')} multiply-adds a pixel:`
}

function contestLines({ baselines, rows }: Table): string[] {
  const cell = (value: number | null, text: (value: number) => string) => (value === null ? '–' : text(value))
  return tableLines([
    ['who', 'Mpx/s', ...baselines.map(name => `ratio to ${name}`), 'threads', 'MB held', 'share of peak', 'note'],
    ...rows.map(row => [
      row.name,
      cell(row.megapixelsPerSecond, rate => rate.toPrecision(3)),
      ...row.ratios.map(ratio => cell(ratio, value => value.toFixed(2))),
      cell(row.threads, String),
      cell(row.megabytesHeld, megabytes => megabytes.toFixed(1)),
      cell(row.shareOfPeak, share => `${(100 * share).toFixed(1)} %`),
      row.note,
    ]),
  ])
}

function tableLines([head, ...body]: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map(cells => cells[column].length)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...body.map(line)]
}

function responsivenessLines({ renderer, canvas, gaps, moves, settledMs }: Responsiveness): string[] {
  const ms = (value: number) => `${Math.round(value)} ms`
  const list = (values: readonly number[]) => `${values.map(value => Math.round(value)).join(', ')} ms`
  return [
    `The page refining a ${canvas.width}x${canvas.height} canvas, ${moves.length} moves of the camera, 1 sample a pixel, drawn by ${renderer}:`,
    `- animation frames: ${(100 * gaps.shareWithin50Ms).toFixed(1)} % of ${gaps.count} gaps at most 50 ms; median ${ms(gaps.medianMs)}, 95th percentile ${ms(gaps.percentile95Ms)}, longest ${ms(gaps.maxMs)}`,
    `- first coarse picture after a move, from the start of its drawing: ${list(moves.map(move => move.coverMs))}`,
    `- the same from the move until an animation frame knows of it: ${list(moves.map(move => move.seenMs))}`,
    `- complete ${(settledMs / 1000).toFixed(1)} s after the last move`,
  ]
}

function neuronsLine({ units, width, height, unitsMs, flagMs }: NeuronTiming): string {
  return `All ${units} units as pictures of ${width}x${height}, by the kernel on one thread: ${unitsMs.toFixed(0)} ms; the flag itself in as many pictures: ${flagMs.toFixed(0)} ms.`
}

function wallLines(wall: WallTiming): string[] {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`
  const memory =
    wall.processMegabytes === null ? '' : `, the page's process ${wall.processMegabytes.toFixed(0)} MB (PSS)`
  return [
    `The wall of ${wall.flags} flags at 1280x800, drawn by ${wall.renderer}:`,
    `- first flag seen ${seconds(wall.firstMs)} after the navigation began, all loaded ${seconds(wall.loadedMs)}, picture complete ${seconds(wall.completeMs)}`,
    ...wall.flights.map(
      gaps =>
        `- ${gaps.name}: ${(100 * gaps.shareWithin50Ms).toFixed(1)} % of ${gaps.count} animation-frame gaps at most 50 ms; median ${Math.round(gaps.medianMs)} ms, 95th percentile ${Math.round(gaps.percentile95Ms)} ms, longest ${Math.round(gaps.maxMs)} ms`,
    ),
    `- textures ${wall.textureMegabytes.toFixed(0)} MB${memory}`,
  ]
}

function explainLines({ width, height, rows }: ExplainTiming): string[] {
  const ms = (value: number) => `${value.toPrecision(3)} ms`
  return [
    `What the net does, over ${width} x ${height} points, one thread, float64:`,
    '',
    ...tableLines([
      ['what', 'time', 'the naive way', 'its time', 'ratio'],
      ...rows.map(({ name, ms: own, naive, naiveMs }) => [
        name,
        ms(own),
        naive,
        ms(naiveMs),
        (naiveMs / own).toPrecision(3),
      ]),
    ]),
  ]
}

function stepLines(timings: readonly StepTiming[]): string[] {
  return [
    'A step of training by recipe, batch 2048, a 1280 x 640 target, one thread:',
    '',
    '| recipe | ms a step | ratio |',
    '| --- | --- | --- |',
    ...timings.map(
      ({ name, millisecondsAStep, ratio }) => `| ${name} | ${millisecondsAStep.toFixed(2)} | ${ratio.toFixed(2)} |`,
    ),
  ]
}

function scrubLines(timings: readonly ScrubTiming[]): string[] {
  const [{ turns }] = timings
  const text = ({ medianMs, percentile95Ms }: ScrubTiming['drawn']) =>
    `${medianMs.toFixed(1)} (${percentile95Ms.toFixed(1)})`
  return [
    `Scrubbing at 1280x800 with the panel open, ${turns} notches of a wheel over parameters: milliseconds from the event, median (95th percentile):`,
    '',
    ...tableLines([
      ['drawn by', 'frames at most', 'edited, folded, uploaded', 'in the next frame, issued', 'drawn'],
      ...timings.map(({ renderer, mostFrames, handled, issued, drawn }) => [
        renderer,
        String(mostFrames),
        text(handled),
        text(issued),
        text(drawn),
      ]),
    ]),
  ]
}
