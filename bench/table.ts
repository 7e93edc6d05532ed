// The bench's report as text: one Markdown table, so that it can be pasted into RESULTS.md, and a few lines under it.

import type { Responsiveness } from './responsiveness.js'

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
  /** Net evaluations a second in millions, the median of the rounds; null where it did not run, see `note`. */
  readonly megapixelsPerSecond: number | null
  /** To the float64 reference. */
  readonly ratio: number | null
  readonly note: string
}

export interface BenchReport {
  readonly machine: Machine
  readonly rows: readonly Row[]
  readonly responsiveness: Responsiveness | null
}

/** Names the machine in one line. */
export function headline({ renderer, cpu, cores, node, load }: Machine): string {
  return `GL renderer: ${renderer}; CPU: ${cpu}, ${cores} cores, load before ${load.toFixed(1)}; Node ${node}`
}

/** The table, then the responsiveness. */
export function reportText({ rows, responsiveness }: BenchReport): string {
  const lines: string[] = []
  if (rows.length > 0)
    lines.push(
      '',
      ...tableLines([
        ['who', 'Mpx/s', 'ratio to float64 reference', 'note'],
        ...rows.map(({ name, megapixelsPerSecond, ratio, note }) => [
          name,
          megapixelsPerSecond?.toPrecision(3) ?? '–',
          ratio?.toFixed(2) ?? '–',
          note,
        ]),
      ]),
    )
  if (responsiveness) lines.push('', ...responsivenessLines(responsiveness))
  return `${lines.join('\n')}\n`
}

function tableLines([head, ...body]: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map(cells => cells[column].length)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...body.map(line)]
}

function responsivenessLines({ canvas, gaps, moves, settledMs }: Responsiveness): string[] {
  const ms = (value: number) => `${Math.round(value)} ms`
  const list = (values: readonly number[]) => `${values.map(value => Math.round(value)).join(', ')} ms`
  return [
    `The page refining a ${canvas.width}x${canvas.height} canvas, ${moves.length} moves of the camera, 1 sample a pixel:`,
    `- animation frames: ${(100 * gaps.shareWithin50Ms).toFixed(1)} % of ${gaps.count} gaps at most 50 ms; median ${ms(gaps.medianMs)}, 95th percentile ${ms(gaps.percentile95Ms)}, longest ${ms(gaps.maxMs)}`,
    `- first coarse picture after a move, from the start of its drawing: ${list(moves.map(move => move.coverMs))}`,
    `- the same from the move until an animation frame knows of it: ${list(moves.map(move => move.seenMs))}`,
    `- complete ${(settledMs / 1000).toFixed(1)} s after the last move`,
  ]
}
