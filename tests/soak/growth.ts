// What grows: samples of a page that was brought to the same rest each time, one a minute, judged.

import { median } from '../../bench/contender.js'

/** What a page holds at rest. */
export interface Sample {
  /** Minutes since the soak began. */
  readonly minute: number
  /** Things done until then. */
  readonly actions: number
  /** Of the JavaScript heap of the page's own thread, after a collection. */
  readonly heapMegabytes: number
  /** DOM nodes, also those that hang nowhere but are held. */
  readonly nodes: number
  readonly listeners: number
  readonly workers: number
  /** Of all textures, or of the canvases that are in their place. */
  readonly textureMegabytes: number
  /** GPU objects alive, or the workers that draw. */
  readonly liveObjects: number
}

export type Figure = Exclude<keyof Sample, 'minute' | 'actions'>

/**
 * How much more the last third of a soak may hold than the second: what is kept on purpose (the panels that were opened, the last
 * file's history, a second picture of the viewport) depends on what was done last. In twenty minutes a page of stills every three
 * minutes, a worker every five or a megabyte a minute is beyond it.
 */
const ALLOWANCES: Readonly<Record<Figure, number>> = {
  heapMegabytes: 4,
  nodes: 1500,
  listeners: 60,
  workers: 0,
  textureMegabytes: 10,
  liveObjects: 6,
}

/** Fewer samples than these show no trend. */
export const LEAST_SAMPLES = 6

/**
 * Names what grew, a line each, by the medians of the second and of the last third; the first one is the time to get warm.
 * @param samples in order of time; fewer than {@link LEAST_SAMPLES} tell nothing
 */
export function findGrowth(samples: readonly Sample[]): string[] {
  if (samples.length < LEAST_SAMPLES) return []
  const third = Math.floor(samples.length / 3)
  const middle = samples.slice(-2 * third, -third)
  const last = samples.slice(-third)
  return (Object.keys(ALLOWANCES) as Figure[]).flatMap(figure => {
    const [before, after] = [middle, last].map(part => median(part.map(sample => sample[figure])))
    if (after <= before + ALLOWANCES[figure]) return []
    return [
      `${figure}: ${after.toFixed(1)} in the middle of the last third, ${before.toFixed(1)} in that of the second`,
    ]
  })
}

const COLUMNS: readonly (readonly [head: string, text: (sample: Sample) => string])[] = [
  ['minute', ({ minute }) => minute.toFixed(1)],
  ['actions', ({ actions }) => String(actions)],
  ['heap, MB', ({ heapMegabytes }) => heapMegabytes.toFixed(1)],
  ['nodes', ({ nodes }) => String(nodes)],
  ['listeners', ({ listeners }) => String(listeners)],
  ['workers', ({ workers }) => String(workers)],
  ['textures, MB', ({ textureMegabytes }) => textureMegabytes.toFixed(1)],
  ['GL objects', ({ liveObjects }) => String(liveObjects)],
]

/** The two first lines of the samples' table, Markdown. */
export const TABLE_HEAD = [row(COLUMNS.map(([head]) => head)), row(COLUMNS.map(([head]) => '-'.repeat(head.length)))]

/** A sample's line of the table. */
export function tableRow(sample: Sample): string {
  return row(COLUMNS.map(([head, text]) => text(sample).padStart(head.length)))
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
