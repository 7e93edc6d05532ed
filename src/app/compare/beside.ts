// What stands beside the open net where two are compared: another net, or a picture of pixels, drawn over the same part of the plane. Another net is
// drawn beside the page, coarsely while the camera moves; once it rests finely, most pixels put in between, and then each by the net. What was drawn last
// moves with the camera meanwhile.

import type { Frame } from '../../model/frame.js'
import { frameAspect } from '../../model/frame.js'
import type { Network } from '../../model/network.js'
import type { View } from '../../model/view.js'
import type { Size } from '../../world/camera.js'
import { type Preview, type PreviewRequest, Previews } from '../previews/previews.js'

/** Another net, and the frame that it is seen in. */
export interface OtherNet {
  readonly network: Network
  readonly frame: Frame
}

/** How finely a picture is drawn, one after the other. */
type Stage = 'coarse' | 'fine' | 'exact'

interface Question extends PreviewRequest {
  readonly other: OtherNet
  readonly stage: Stage
}

/** Pixels that are drawn while the camera moves: a tenth of a second of one core at most. */
const COARSE_PIXELS = 60_000
/** And at rest: a second and a half of one core. */
const FINE_PIXELS = 4_000_000
/** One core is the page's; more than so many share little. */
const MOST_WORKERS = 4

export class Beside {
  readonly canvas = document.createElement('canvas')
  readonly #previews: Previews<Question>
  #wanted: { readonly other: OtherNet; readonly view: View; readonly viewport: Size } | null = null

  #picture: { readonly of: Preview; readonly canvas: OffscreenCanvas } | null = null

  /** @param onChange another picture is there */
  constructor(private readonly onChange: () => void) {
    const workers = Math.min(MOST_WORKERS, Math.max(1, (navigator.hardwareConcurrency || 1) - 1))
    this.#previews = new Previews(() => this.#take(), workers)
  }

  /**
   * Draws another net where a view of the open one is.
   * @param view of the open net, in its frame
   * @param viewport drawing-buffer pixels
   */
  draw(other: OtherNet, frame: Frame, view: View, viewport: Size): void {
    const own = viewIn(view, frame, other.frame)
    const known = this.#wanted
    const isSame =
      known?.other.network === other.network &&
      known.other.frame === other.frame &&
      sameView(known.view, own) &&
      known.viewport.width === viewport.width &&
      known.viewport.height === viewport.height
    if (isSame) return
    this.#wanted = { other, view: own, viewport }
    this.#ask('coarse')
    this.#paint()
  }

  /** Why it is not seen, in a line. */
  get problem(): string | null {
    return this.#previews.problem
  }

  #ask(stage: Stage): void {
    if (!this.#wanted) return
    const { other, view, viewport } = this.#wanted
    const most = stage === 'coarse' ? COARSE_PIXELS : FINE_PIXELS
    const factor = Math.min(1, Math.sqrt(most / (viewport.width * viewport.height)))
    const width = Math.max(1, Math.round(viewport.width * factor))
    const height = Math.max(1, Math.round(viewport.height * factor))
    const frame = filling(other.frame, viewport)
    const isFast = stage !== 'exact'
    this.#previews.ask({ networks: [other.network], frame, view, width, height, samples: 1, isFast, other, stage })
  }

  #take(): void {
    const { latest } = this.#previews
    const wanted = this.#wanted
    if (latest && wanted && latest.question.view === wanted.view) {
      const { stage } = latest.question
      if (stage !== 'exact') this.#ask(stage === 'coarse' ? 'fine' : 'exact')
    }
    this.#paint()
    this.onChange()
  }

  /** Puts what was drawn last where it belongs by now. */
  #paint(): void {
    const wanted = this.#wanted
    const { canvas } = this
    if (!wanted) return
    const { width, height } = wanted.viewport
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
    const context = canvas.getContext('2d')
    if (!context) return
    context.clearRect(0, 0, width, height)
    const { latest } = this.#previews
    if (!latest || latest.question.other.network !== wanted.other.network) return
    const [preview] = latest.previews
    const drawn = latest.question
    const scale = wanted.view.zoom / drawn.view.zoom
    const frame = filling(wanted.other.frame, wanted.viewport)
    const shift = (axis: 'x' | 'y', length: number) =>
      ((drawn.view[axis] - wanted.view[axis]) / (frame[axis][1] - frame[axis][0])) * wanted.view.zoom * length
    const [w, h] = [width * scale, height * scale]
    context.imageSmoothingQuality = 'high'
    context.drawImage(
      this.#pictureOf(preview),
      width / 2 + shift('x', width) - w / 2,
      height / 2 + shift('y', height) - h / 2,
      w,
      h,
    )
  }

  /** What was drawn last is put in place in every frame of a flight. */
  #pictureOf(preview: Preview): OffscreenCanvas {
    if (this.#picture?.of !== preview) {
      const { width, height, rgba } = preview
      const canvas = new OffscreenCanvas(width, height)
      canvas.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0)
      this.#picture = { of: preview, canvas }
    }
    return this.#picture.canvas
  }

  dispose(): void {
    this.#wanted = null
    this.#picture = null
    this.#previews.dispose()
  }
}

/** The frame that fills a viewport where the given one is fitted into it. */
export function filling(frame: Frame, { width, height }: Size): Frame {
  const aspect = frameAspect(frame)
  const fitted = Math.min(width, height * aspect)
  const widened = ([a, b]: readonly [number, number], by: number) =>
    [(a + b) / 2 - ((b - a) / 2) * by, (a + b) / 2 + ((b - a) / 2) * by] as const
  return {
    ...frame,
    x: widened(frame.x, width / fitted),
    y: widened(frame.y, (height * aspect) / fitted),
    aspect: null,
  }
}

/** The same part of another frame: as far from its middle, in its own widths and heights, and as large. */
export function viewIn(view: View, from: Frame, to: Frame): View {
  const place = (axis: 'x' | 'y') => {
    const share = (view[axis] - (from[axis][0] + from[axis][1]) / 2) / (from[axis][1] - from[axis][0])
    return (to[axis][0] + to[axis][1]) / 2 + share * (to[axis][1] - to[axis][0])
  }
  return { x: place('x'), y: place('y'), zoom: view.zoom }
}

function sameView(a: View, b: View): boolean {
  return a.x === b.x && a.y === b.y && a.zoom === b.zoom
}
