// The curves of a run, by uPlot: loss (logarithmic) and both PSNRs over the logarithm of the steps, the recipe's stages marked.

import './language.js'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { decibels, decibelText, qualityWord } from '../figures.js'
import type { Recipe } from '../../train/recipe.js'
import type { CurvePoint } from '../../train/start-state.js'

/** What is drawn. */
export interface CurveData {
  readonly points: readonly CurvePoint[]
  /** Length of the run. */
  readonly steps: number
  readonly recipe: Recipe
}

/** A colour of the page's theme, as it is now. */
function themed(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

const MIN_HEIGHT = 60
/** The line below the plot: training.css holds it to one. */
const LEGEND_HEIGHT = 24
const FONT = '12px system-ui, sans-serif'

export class Curves {
  /** To be put into the page; the plot fills it. */
  readonly host = document.createElement('div')
  readonly #resizeObserver = new ResizeObserver(() => this.#resize())
  #plot: uPlot | null = null
  #data: CurveData | null = null
  #shown: unknown = null

  constructor() {
    this.host.className = 'plot'
    this.host.setAttribute('role', 'img')
    this.#resizeObserver.observe(this.host)
  }

  /** Draws the curves if they have changed. */
  draw(data: CurveData): void {
    const last = data.points[data.points.length - 1]
    const shown = `${data.points.length} ${last?.step} ${data.steps} ${JSON.stringify(data.recipe.stages)}`
    if (shown === this.#shown) return
    this.#shown = shown
    this.#data = data
    this.#plot ??= new uPlot(this.#options(), [[], [], [], []], this.host)
    this.#plot.setData([
      data.points.map(({ step }) => step),
      data.points.map(({ loss }) => Math.max(loss, Number.MIN_VALUE)),
      data.points.map(({ psnr }) => psnr),
      data.points.map(({ psnrDetail }) => psnrDetail),
    ])
    this.host.setAttribute('aria-label', description(data))
  }

  #resize(): void {
    const { clientWidth: width, clientHeight } = this.host
    if (!this.#plot || width === 0) return
    this.#plot.setSize({ width, height: Math.max(MIN_HEIGHT, clientHeight - LEGEND_HEIGHT) })
  }

  #options(): uPlot.Options {
    const axis = {
      stroke: themed('--quiet'),
      font: FONT,
      ticks: { stroke: themed('--line') },
      grid: { stroke: themed('--line'), width: 1 },
    }
    return {
      width: Math.max(1, this.host.clientWidth),
      height: Math.max(MIN_HEIGHT, this.host.clientHeight - LEGEND_HEIGHT),
      scales: {
        x: { time: false, distr: 3, range: () => [1, Math.max(10, this.#data?.steps ?? 10)] },
        // Whole decades: the axis finds its ticks from powers of ten only.
        loss: { distr: 3, range: (_, min, max) => (min > 0 ? uPlot.rangeLog(min, max, 10, true) : [1e-3, 1]) },
        psnr: { range: (_, min, max) => (max === null ? [0, 30] : [Math.min(0, min), Math.max(10, max + 2)]) },
      },
      series: [
        { label: 'step', value: (_, value) => (value === null ? '–' : value.toLocaleString('en')) },
        {
          label: 'loss (left)',
          scale: 'loss',
          stroke: themed('--loss'),
          width: 2,
          points: { show: false },
          value: (_, value) => (value === null ? '–' : value.toPrecision(3)),
        },
        {
          label: 'PSNR (right)',
          scale: 'psnr',
          stroke: themed('--psnr'),
          width: 2,
          dash: [6, 3],
          points: { show: false },
          value: (_, value) => (value === null ? '–' : `${decibels(value, 2)}, ${qualityWord(value)}`),
        },
        {
          label: 'in detail',
          scale: 'psnr',
          stroke: themed('--psnr-detail'),
          width: 2,
          dash: [2, 3],
          points: { show: false },
          value: (_, value) => (value === null ? '–' : `${decibels(value, 2)}, ${qualityWord(value)}`),
        },
      ],
      axes: [
        { ...axis, size: 26, values: (_, splits) => splits.map(stepText) },
        { ...axis, scale: 'loss', size: 62, values: (_, splits) => splits.map(lossText) },
        {
          ...axis,
          scale: 'psnr',
          side: 1,
          size: 54,
          grid: { show: false },
          incrs: [1, 2, 5, 10, 20, 50],
          values: (_, splits) => splits.map(dbText),
        },
      ],
      cursor: { drag: { x: false, y: false, setScale: false } },
      hooks: { drawAxes: [plot => this.#drawStages(plot)] },
    }
  }

  /** A line where each stage but the first begins, and its name beside it. */
  #drawStages(plot: uPlot): void {
    const { ctx, bbox } = plot
    const { recipe, steps } = this.#data ?? {}
    if (!recipe || !steps || recipe.stages.length < 2) return
    ctx.save()
    ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`
    ctx.fillStyle = themed('--quiet')
    ctx.strokeStyle = themed('--quiet')
    ctx.lineWidth = devicePixelRatio
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio])
    ctx.textBaseline = 'top'
    ctx.textAlign = 'right'
    let share = 0
    for (const stage of recipe.stages) {
      const begin = Math.max(1, share * steps)
      share += stage.share
      const at = plot.valToPos(begin, 'x', true)
      const end = plot.valToPos(Math.max(1, share * steps), 'x', true)
      if (begin > 1) {
        ctx.beginPath()
        ctx.moveTo(at, bbox.top)
        ctx.lineTo(at, bbox.top + bbox.height)
        ctx.stroke()
      }
      const padding = 5 * devicePixelRatio
      // The last stages are narrow in log time: a name that does not fit is told beside the progress.
      if (ctx.measureText(stage.name).width + 2 * padding < end - at)
        ctx.fillText(stage.name, end - padding, bbox.top + padding)
    }
    ctx.restore()
  }
}

function stepText(step: number | null): string {
  if (step === null || !/^1e\+\d+$/.test(step.toExponential())) return ''
  return step < 1e6 ? step.toLocaleString('en') : `${step / 1e6} M`
}

function lossText(loss: number | null): string {
  return loss === null ? '' : String(Number(loss.toPrecision(1)))
}

function dbText(psnr: number | null): string {
  return psnr === null ? '' : `${psnr} dB`
}

function description({ points, steps }: CurveData): string {
  const last = points[points.length - 1]
  const what = 'Curves of loss and PSNR over the logarithm of the steps'
  if (!last) return `${what}: nothing measured yet`
  const [psnr, psnrDetail] = [last.psnr, last.psnrDetail].map(dB => decibelText(dB, 'the picture'))
  return `${what}: at step ${last.step} of ${steps} loss ${last.loss.toPrecision(3)}, PSNR ${psnr}, ${psnrDetail} in detail`
}
