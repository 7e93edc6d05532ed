// Curves over pixels seen, as SVG that stands in a page and needs no script.

import type { SeenPoint } from '../../train/lab/runs.js'
import { escaped } from '../page/escaped.js'

export interface ChartLine {
  readonly label: string
  readonly points: readonly SeenPoint[]
}

/** Of a chart, in its own units; the page scales it. */
const [WIDTH, HEIGHT] = [300, 190]
const MARGIN = { left: 34, right: 8, top: 22, bottom: 24 }
/** What the first pixels look like says nothing of the end. */
const FIRST_PART = 0.005
const MOST_POINTS = 48
const STEPS = [1, 2, 5, 10, 20]
const MOST_MARKS = 5

/** A line each, PSNR in dB over pixels seen, these on a logarithmic axis. @returns '' where there is nothing to draw */
export function chartSvg(title: string, lines: readonly ChartLine[]): string {
  const all = lines.flatMap(({ points }) => points)
  const last = Math.max(...all.map(({ pixels }) => pixels))
  const shown = lines.map(({ label, points }) => ({
    label,
    points: points.filter(({ pixels }) => pixels >= FIRST_PART * last),
  }))
  const values = shown.flatMap(({ points }) => points.map(({ psnr }) => psnr))
  if (values.length < 2) return ''
  const [low, high] = [Math.floor(Math.min(...values)), Math.ceil(Math.max(...values))]
  const [from, to] = [Math.log(FIRST_PART * last), Math.log(last)]
  const x = (pixels: number) =>
    MARGIN.left + ((Math.log(pixels) - from) / (to - from)) * (WIDTH - MARGIN.left - MARGIN.right)
  const y = (psnr: number) =>
    HEIGHT - MARGIN.bottom - ((psnr - low) / (high - low || 1)) * (HEIGHT - MARGIN.top - MARGIN.bottom)
  const paths = shown.map(({ points }, index) => {
    const every = Math.ceil(points.length / MOST_POINTS)
    const kept = points.filter((_, i) => i % every === 0 || i === points.length - 1)
    const d = kept.map(({ pixels, psnr }) => `${x(pixels).toFixed(1)} ${y(psnr).toFixed(1)}`).join('L')
    return kept.length === 0 ? '' : `<path class="line c${index}" d="M${d}"/>`
  })
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(`${title}: PSNR over pixels seen`)}">
<text class="title" x="${MARGIN.left}" y="14">${escaped(title)}</text>
${levels(low, high)
  .map(
    level =>
      `<path class="grid" d="M${MARGIN.left} ${y(level).toFixed(1)}H${WIDTH - MARGIN.right}"/><text class="mark" x="${MARGIN.left - 4}" y="${(y(level) + 4).toFixed(1)}" text-anchor="end">${level}</text>`,
  )
  .join('\n')}
${[0.01, 0.1, 1]
  .map(
    part =>
      `<text class="mark" x="${x(part * last).toFixed(1)}" y="${HEIGHT - 8}" text-anchor="${part === 1 ? 'end' : 'middle'}">${megapixels(part * last)}</text>`,
  )
  .join('\n')}
${paths.join('\n')}
</svg>`
}

function levels(low: number, high: number): number[] {
  const step = STEPS.find(step => (high - low) / step <= MOST_MARKS) ?? 50
  const first = Math.ceil(low / step) * step
  return Array.from({ length: Math.floor((high - first) / step) + 1 }, (_, index) => first + index * step)
}

/** As in `1.5 Mpx`. */
export function megapixels(pixels: number): string {
  return `${Number((pixels / 1e6).toPrecision(2))} Mpx`
}
