// Both ways of morphing side by side: small pictures along the way and how near they are to the cross-fade. They are drawn
// one a task, some hundredths of a second each, so that the page stays prompt.

import { levelsOf } from '../../model/picture.js'
import { crossFadePsnr, drawMorph, MORPH_SHARES, type MorphPair } from '../../edit/morph-report.js'
import { frameAspect } from '../../model/frame.js'

/** One way of going. */
export interface MorphWay {
  readonly isMatched: boolean
  /** A picture for each of {@link MORPH_SHARES}, as far as they are drawn. */
  readonly pictures: readonly string[]
  /** In dB; null until all are drawn. */
  readonly psnr: number | null
}

const THUMBNAIL_PIXELS = 900

export class MorphComparison {
  ways: readonly MorphWay[] = []
  #timer = 0
  #pair: MorphPair | null = null

  constructor(private readonly onChange: () => void) {}

  /** Begins to compare; what was compared before goes. */
  start(pair: MorphPair): void {
    this.clear()
    this.#pair = pair
    this.ways = [false, true].map(isMatched => ({ isMatched, pictures: [], psnr: null }))
    const aspect = Math.min(4, Math.max(0.25, frameAspect(pair.frame)))
    const width = Math.round(Math.sqrt(THUMBNAIL_PIXELS * aspect))
    const size = { width, height: Math.max(1, Math.round(width / aspect)) }
    const drawn: Float64Array[][] = [[], []]
    const next = () => {
      const w = drawn.findIndex(pictures => pictures.length < MORPH_SHARES.length)
      if (w < 0) return
      const pictures = drawn[w]
      pictures.push(drawMorph(pair, MORPH_SHARES[pictures.length], this.ways[w].isMatched, size))
      const isComplete = pictures.length === MORPH_SHARES.length
      const way: MorphWay = {
        ...this.ways[w],
        pictures: [...this.ways[w].pictures, urlOf(pictures[pictures.length - 1], size)],
        psnr: isComplete ? crossFadePsnr(pictures) : null,
      }
      this.ways = this.ways.map((old, i) => (i === w ? way : old))
      this.#timer = window.setTimeout(next)
      this.onChange()
    }
    this.#timer = window.setTimeout(next)
    this.onChange()
  }

  /** Whether this is what was compared. */
  isOf({ original, target, frame }: MorphPair): boolean {
    return this.#pair?.original === original && this.#pair.target === target && this.#pair.frame === frame
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.ways = []
    this.#pair = null
  }
}

function urlOf(rgb: Float64Array, { width, height }: { width: number; height: number }): string {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  canvas.getContext('2d')?.putImageData(new ImageData(levelsOf(rgb), width, height), 0, 0)
  return canvas.toDataURL()
}
