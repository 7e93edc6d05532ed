// Names beneath what hangs in a place, and the spots of what is not there. They are written out for one camera; while it flies
// the whole layer moves as one, which the browser does without drawing a letter, and is written anew when it has gone far
// or come to rest.

import type { Camera } from '../../world/camera.js'
import type { Viewer } from '../../draw/viewer.js'
import type { Caption, Spot, Place } from '../places/place.js'

/** Spots must be so high to be named, CSS pixels: all of a row alike, narrow ones too. */
const LEAST_HEIGHT = 23
/** From here on there is room for a word in a corner. */
const MARKED_HEIGHT = 60
const REST_MS = 140
/** The layer is written anew when the scale has changed so much, or the camera moved by half a viewport. */
const FAR_SCALE = 1.35
/** Names are written around the viewport, too, by this share of it. */
const AROUND = 0.5
/** Of a letter's height, on average. */
const LETTER_WIDTH = 0.58

export class Labels {
  #written: { readonly camera: Camera; readonly place: Place; readonly key: string } | null = null
  #timer = 0

  /**
   * @param layer an empty element that covers the stage
   * @param placeOf says what is seen
   */
  constructor(
    private readonly layer: HTMLElement,
    private readonly viewer: Viewer,
    private readonly placeOf: () => Place,
  ) {}

  /** Follows the camera and the place; call it in every frame in which something may have changed. */
  update(): void {
    const { layer, viewer } = this
    layer.hidden = !viewer.isWorld || viewer.viewport.width === 0
    clearTimeout(this.#timer)
    if (layer.hidden) {
      this.#written = null
      return
    }
    const { camera } = viewer
    const key = this.#key
    const written = this.#written
    const isOther = written?.place !== this.placeOf() || written.key !== key
    if (!written || isOther || this.#isFar(written.camera)) this.#write(camera, key)
    else {
      const scale = camera.scale / written.camera.scale
      const perCss = camera.scale / viewer.pixelRatio
      const dx = (written.camera.x - camera.x) * perCss
      const dy = (written.camera.y - camera.y) * perCss
      layer.style.transform = `translate(${dx}px, ${dy}px) scale(${scale})`
      if (scale !== 1) this.#timer = window.setTimeout(() => this.#write(viewer.camera, this.#key), REST_MS)
    }
  }

  /** All that decides what is written besides the camera. */
  get #key(): string {
    const { width, height } = this.viewer.viewport
    return `${this.placeOf().revision} ${width}x${height}`
  }

  #isFar({ x, y, scale }: Camera): boolean {
    const { camera, viewport } = this.viewer
    const ratio = camera.scale / scale
    const [dx, dy] = [Math.abs(camera.x - x) * camera.scale, Math.abs(camera.y - y) * camera.scale]
    return (
      ratio > FAR_SCALE ||
      ratio < 1 / FAR_SCALE ||
      dx > (viewport.width * AROUND) / 2 ||
      dy > (viewport.height * AROUND) / 2
    )
  }

  #write(camera: Camera, key: string): void {
    const { layer, viewer } = this
    const place = this.placeOf()
    if (!viewer.isWorld) return
    this.#written = { camera, place, key }
    const perCss = camera.scale / viewer.pixelRatio
    const width = viewer.viewport.width / viewer.pixelRatio
    const height = viewer.viewport.height / viewer.pixelRatio
    const elements: HTMLElement[] = []
    for (const spot of place.spots) {
      const left = width / 2 + (spot.rect.x - camera.x) * perCss
      const top = height / 2 + (spot.rect.y - camera.y) * perCss
      const box = { left, top, width: spot.rect.width * perCss, height: spot.rect.height * perCss }
      const isNear =
        left < width * (1 + AROUND) &&
        left + box.width > -width * AROUND &&
        top < height * (1 + AROUND) &&
        top + box.height * 1.3 > -height * AROUND
      // Magnified a thousand times an element is larger than a browser can place; there is nothing to read there.
      if (!isNear || box.width > 20 * width) continue
      if (spot.state !== 'ready') elements.push(spotElement(spot, box))
      if (place.labelOf) {
        const label = place.labelOf(spot, box.height)
        if (label) elements.push(labelElement(label, box))
      } else if (box.height >= LEAST_HEIGHT) elements.push(nameElement(spot, box))
      const mark = place.markOf?.(spot)
      if (mark) elements.push(markElement(mark, box))
    }
    for (const caption of place.captions ?? []) {
      const { rect } = caption
      const left = width / 2 + (rect.x - camera.x) * perCss
      const top = height / 2 + (rect.y - camera.y) * perCss
      elements.push(captionElement(caption, { left, top, width: rect.width * perCss, height: rect.height * perCss }))
    }
    layer.replaceChildren(...elements)
    layer.style.transform = ''
  }

  dispose(): void {
    clearTimeout(this.#timer)
  }
}

interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

function nameElement({ name }: Spot, { left, top, width, height }: Box): HTMLElement {
  const element = document.createElement('span')
  element.className = 'name'
  element.textContent = name
  const size = Math.min(22, Math.max(8.5, height * 0.17))
  element.style.cssText = `left:${left - height * 0.075}px;top:${top + height}px;width:${width + height * 0.15}px;font-size:${size}px`
  return element
}

/** In the picture's corner: a dot, where there is no room for the word. */
function markElement(mark: string, { left, top, width, height }: Box): HTMLElement {
  const element = document.createElement('span')
  element.className = 'wall-mark'
  element.title = mark
  if (height >= MARKED_HEIGHT) element.textContent = mark
  element.style.cssText = `left:${left + width}px;top:${top}px`
  return element
}

/** Within the picture, at its foot. */
function labelElement(text: string, { left, top, width, height }: Box): HTMLElement {
  const element = document.createElement('span')
  element.className = 'label'
  element.textContent = text
  const size = Math.min(15, Math.max(9, height * 0.13))
  element.style.cssText = `left:${left}px;bottom:calc(100% - ${top + height}px);max-width:${width}px;font-size:${size}px`
  return element
}

/** Its letters stay as they are where there is more room. */
function captionElement({ text, short }: Caption, { left, top, width, height }: Box): HTMLElement {
  const element = document.createElement('span')
  element.className = 'layer'
  const size = Math.min(14, Math.max(8, height * 0.72))
  element.textContent = width < LETTER_WIDTH * size * text.length ? short : text
  element.style.cssText = `left:${left}px;bottom:calc(100% - ${top + height}px);width:${width}px;font-size:${size}px`
  return element
}

function spotElement({ state, problem }: Spot, { left, top, width, height }: Box): HTMLElement {
  const element = document.createElement('span')
  element.className = `place ${state}`
  element.style.cssText = `left:${left}px;top:${top}px;width:${width}px;height:${height}px`
  if (problem !== null) {
    element.title = problem
    element.textContent = width > 90 ? problem : '×'
  }
  return element
}
