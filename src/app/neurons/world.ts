// The units of the open network as a world: layer by layer in the net's order, the three outputs and the flag itself last, all
// under one camera, far from the wall and from any strip.

import { type Frame, frameAspect } from '../../model/frame.js'
import type { TapLayer } from '../../model/tap.js'
import { type Camera, type Rect, sameCamera, type Size } from '../../world/camera.js'
import type { Item } from '../../world/item.js'
import { layoutNeurons, nearestTowards } from '../../world/neurons.js'
import type { InsideWorld } from '../explorer.js'
import type { Caption, Place } from '../places.js'
import type { Facet, Viewer } from '../../draw/viewer.js'

/** Where a unit hangs, or the flag. */
export interface NeuronPlace extends Place {
  name: string
  /** Counts linear layers, the head last; the flag stands in the head's. */
  readonly layer: number
  /** null: the flag. */
  readonly unit: number | null
}

/** What the world asks of whoever colours it. */
export interface NeuronPainter {
  /** What is drawn in a place. */
  seen(place: NeuronPlace): Pick<Facet, 'tap' | 'tone'>
  /** Why a place is not as others are: silenced, constant; '' for nothing. */
  remark(place: NeuronPlace): string
  /** What is said when the keyboard comes to a place. */
  describe(place: NeuronPlace): string
}

const GAP = 0.1
const LAYER_GAP = 0.22
const CAPTION_PX = 17
const MARGIN_PX = 10
/** Kept free beneath for what lies over the picture's foot, CSS pixels. */
const FOOT_PX = 60
/** Where in the world it hangs: strips are 10,000 below the wall. */
const BELOW = 20_000
/** Places so high have their names, CSS pixels. */
const NAMED_HEIGHT = 66
const REMARKED_HEIGHT = 13
/** An enlarged unit leaves this share of the viewport free around it, so that one sees where one is. */
const AROUND = 0.06

/** What the head's outputs are, in its order. */
const OUTPUT_NAMES: Readonly<Record<Frame['channels'], readonly string[]>> = {
  rgb: ['red', 'green', 'blue'],
  bgr: ['blue', 'green', 'red'],
}

export class NeuronWorld implements InsideWorld {
  readonly places: readonly NeuronPlace[]
  readonly whole: NeuronPlace
  revision = 0
  selected: Place | null = null
  #captions: readonly Caption[] = []
  #facets: readonly Facet[] = []
  #size: Size = { width: 1, height: 1 }
  #wasHome = true

  /** @param frame of the open network */
  constructor(
    private readonly viewer: Viewer,
    private readonly layers: readonly TapLayer[],
    private frame: Frame,
    private readonly painter: NeuronPainter,
  ) {
    const hung = (name: string, layer: number, unit: number | null): NeuronPlace => {
      const rect = { x: 0, y: BELOW, width: 1, height: 1 }
      return { name, rect, state: 'ready', problem: null, resident: null, layer, unit }
    }
    const units = layers.flatMap(({ name, outDim, gelu }, layer) =>
      Array.from({ length: outDim }, (_, unit) =>
        hung(gelu ? `${name} unit ${unit}` : outputName(frame, unit), layer, unit),
      ),
    )
    this.whole = hung('the flag', layers.length - 1, null)
    this.places = [...units, this.whole]
    this.arrange()
  }

  get facets(): readonly Facet[] {
    return this.#facets
  }

  get captions(): readonly Caption[] {
    return this.#captions
  }

  placeAt(layer: number, unit: number | null): NeuronPlace | null {
    return this.places.find(place => place.layer === layer && place.unit === unit) ?? null
  }

  get nearest(): NeuronPlace | null {
    const { camera } = this.viewer
    const beside = (start: number, size: number, at: number) => Math.max(start - at, 0, at - start - size)
    const far = ({ rect }: Place) =>
      Math.hypot(beside(rect.x, rect.width, camera.x), beside(rect.y, rect.height, camera.y))
    return this.places.reduce((best, place) => (far(place) < far(best) ? place : best))
  }

  get home(): Camera {
    const { width, height } = this.#room
    const ratio = this.viewer.pixelRatio
    const scale = Math.min(width / this.#size.width, height / this.#size.height) * ratio || 1
    const below = ((FOOT_PX - MARGIN_PX) * ratio) / 2 / scale
    return { x: this.#size.width / 2, y: BELOW + this.#size.height / 2 + below, scale }
  }

  get isHome(): boolean {
    return sameCamera(this.viewer.camera, this.home)
  }

  /** What the whole is fitted into, CSS pixels. */
  get #room(): Size {
    const { viewport, pixelRatio } = this.viewer
    return {
      width: Math.max(1, viewport.width / pixelRatio - 2 * MARGIN_PX),
      height: Math.max(1, viewport.height / pixelRatio - MARGIN_PX - FOOT_PX),
    }
  }

  cameraOf({ rect }: Place): Camera {
    const { width, height } = this.viewer.viewport
    const scale = Math.min(width / rect.width, height / rect.height) * (1 - 2 * AROUND)
    return { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2, scale }
  }

  /** Whether a place is seen as large as it is flown to, or nearly. */
  isEnlarged(place: Place): boolean {
    const { camera } = this.viewer
    const { rect } = place
    const isOver =
      camera.x >= rect.x && camera.x <= rect.x + rect.width && camera.y >= rect.y && camera.y <= rect.y + rect.height
    return isOver && camera.scale >= this.cameraOf(place).scale * 0.7
  }

  placeOf({ rect }: Place): Pick<Item, 'rect' | 'frame'> {
    return { rect, frame: this.frame }
  }

  describe(place: Place): string {
    return this.painter.describe(place as NeuronPlace)
  }

  labelOf(place: Place, height: number): string {
    const remark = height >= REMARKED_HEIGHT ? this.painter.remark(place as NeuronPlace) : ''
    if (height < NAMED_HEIGHT) return remark
    return remark ? `${place.name} · ${remark}` : place.name
  }

  neighbour(...[rects, index, direction]: Parameters<typeof nearestTowards>): number {
    return nearestTowards(rects, index, direction)
  }

  cameraMoved(): void {
    this.#wasHome = this.isHome
  }

  resized(): void {
    const { viewer } = this
    const before = this.home
    const wasHome = this.#wasHome
    const over = this.nearest
    const isEnlarged = over !== null && this.isEnlarged(over)
    this.arrange()
    viewer.worldScale = this.home.scale
    if (wasHome) viewer.move(this.home)
    else if (over && isEnlarged) viewer.move(this.cameraOf(over))
    else viewer.move({ ...viewer.camera, scale: viewer.camera.scale * (this.home.scale / before.scale) })
  }

  /** The frame is another one: other proportions, perhaps. */
  setFrame(frame: Frame): void {
    if (frame === this.frame) return
    const isReshaped = frameAspect(frame) !== frameAspect(this.frame)
    this.frame = frame
    for (const place of this.places)
      if (place.layer === this.whole.layer && place.unit !== null) place.name = outputName(frame, place.unit)
    if (isReshaped) this.resized()
    else this.paint()
  }

  /** Finds the places, for the viewport there is. */
  arrange(): void {
    const laidOut = layoutNeurons(
      this.layers.slice(0, -1).map(({ outDim }) => outDim),
      (this.layers.at(-1) as TapLayer).outDim + 1,
      frameAspect(this.frame),
      this.#room,
      { gap: GAP, layerGap: LAYER_GAP, captionHeight: CAPTION_PX },
    )
    this.#size = laidOut
    const lowered = (rect: Rect): Rect => ({ ...rect, y: rect.y + BELOW })
    const rects = laidOut.layers.flat()
    this.places.forEach((place, i) => {
      place.rect = lowered(rects[i])
    })
    this.#captions = laidOut.captions.map((rect, i) => ({
      text: i === this.layers.length - 1 ? 'outputs' : this.layers[i].name,
      short: i === this.layers.length - 1 ? 'out' : String(i + 1),
      rect: lowered(rect),
    }))
    this.paint()
  }

  /** Takes the colours anew. */
  paint(): void {
    this.#facets = this.places.map(place => ({ rect: place.rect, ...this.painter.seen(place) }))
    this.revision++
    if (this.viewer.isWorld && this.#isHung) this.viewer.facets = this.#facets
  }

  #isHung = false

  /** Whether its pictures are those that are seen: then they follow every change. */
  set isHung(isHung: boolean) {
    this.#isHung = isHung
  }
}

function outputName({ channels }: Frame, unit: number): string {
  return `${OUTPUT_NAMES[channels][unit]} output`
}
