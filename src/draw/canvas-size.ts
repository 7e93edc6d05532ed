// The size of the canvas in device pixels: from the place that the page gives it, as exactly as the browser tells it.

import type { Size } from '../world/camera.js'

/** A picture smaller than this part of its place is none any more. */
const LEAST_RATIO = 0.2

export class CanvasSize {
  /** Whether the canvas is to be sized, and drawn, anew: set here, taken back by whoever does it. */
  isStale = true
  /** Canvas pixels a device pixel: lowered where the GPU cannot hold a picture of the full size. */
  #ratio = 1
  readonly #observer: ResizeObserver
  #pixelRatioQuery: MediaQueryList | null = null
  /** The host in device pixels, where the browser tells them. */
  #exact: Size | null = null

  /** @param onChange called when the canvas is to be sized anew */
  constructor(
    private readonly host: HTMLElement,
    private readonly onChange: () => void,
  ) {
    this.#observer = new ResizeObserver(([entry]) => {
      const box = entry?.devicePixelContentBoxSize?.[0]
      this.#exact = box ? { width: box.inlineSize, height: box.blockSize } : null
      this.invalidate()
    })
    try {
      this.#observer.observe(host, { box: 'device-pixel-content-box' })
    } catch {
      // Safari knows no device pixels here: CSS pixels times the ratio will do.
      this.#observer.observe(host)
    }
    this.#watchPixelRatio()
  }

  get ratio(): number {
    return this.#ratio
  }

  /** The host's place, device pixels. */
  get box(): Size {
    const css = { width: this.host.clientWidth, height: this.host.clientHeight }
    // Where the browser tells the exact device pixels they are taken: a picture one pixel off would be resampled. Further
    // off they are not those of this page (under emulated pixel ratios Chromium tells the screen's).
    const exact = this.#exact
    const isOfThisPage =
      exact !== null &&
      Math.abs(exact.width - css.width * devicePixelRatio) < 2 &&
      Math.abs(exact.height - css.height * devicePixelRatio) < 2
    return isOfThisPage ? exact : devicePixelsOf(this.host)
  }

  /** Halves the resolution. @returns false where it is low enough to give up */
  halve(): boolean {
    if (this.#ratio < LEAST_RATIO) return false
    this.#ratio /= 2
    return true
  }

  restore(): void {
    this.#ratio = 1
  }

  invalidate(): void {
    this.isStale = true
    this.onChange()
  }

  dispose(): void {
    this.#observer.disconnect()
    this.#pixelRatioQuery?.removeEventListener('change', this.#onPixelRatio)
  }

  #watchPixelRatio(): void {
    this.#pixelRatioQuery = matchMedia(`(resolution: ${devicePixelRatio}dppx)`)
    this.#pixelRatioQuery.addEventListener('change', this.#onPixelRatio, { once: true })
  }

  readonly #onPixelRatio = (): void => {
    this.#watchPixelRatio()
    this.invalidate()
  }
}

/**
 * The device pixels that an element covers, where the browser does not tell (Safari): from rounded edge to rounded edge, as
 * browsers snap them. A rounded size is one off at fractional places.
 */
function devicePixelsOf(element: HTMLElement): Size {
  const { left, top, right, bottom } = element.getBoundingClientRect()
  const pixels = (from: number, to: number) =>
    Math.max(0, Math.round(to * devicePixelRatio) - Math.round(from * devicePixelRatio))
  return { width: pixels(left, right), height: pixels(top, bottom) }
}
