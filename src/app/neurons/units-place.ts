// The units of the open network as a world: layer by layer in the net's order, the three outputs and the flag itself last, all
// under one camera, far from the wall and from any strip.

import { type Frame, frameAspect } from '../../model/frame.js'
import type { TapLayer } from '../../model/tap.js'
import { type Camera, type Rect, sameCamera, type Size } from '../../world/camera.js'
import type { Item } from '../../world/item.js'
import { layoutNeurons, nearestTowards } from '../../world/neurons.js'
import { cameraOnto, nearestTo, overview } from '../../world/overview.js'
import type { Caption, Spot, UnitsPlace } from '../places/place.js'
import type { Facet } from '../../draw/open-network.js'
import type { Viewer } from '../../draw/viewer.js'

/** Where a unit hangs, or the flag. */
export interface UnitSpot extends Spot {
  name: string
  /** Counts linear layers, the head last; the flag stands in the head's. */
  readonly layer: number
  /** null: the flag. */
  readonly unit: number | null
}

/** What the world asks of whoever colours it. */
export interface NeuronPainter {
  /** What is drawn in a place. */
  seen(place: UnitSpot): Pick<Facet, 'tap' | 'tone'>
  /** Why a place is not as others are: silenced, constant; '' for nothing. */
  remark(place: UnitSpot): string
  /** What is said when the keyboard comes to a place. */
  describe(place: UnitSpot): string
}

/** What the units' place asks of the page. */
export interface UnitsExits {
  /** Whether its pictures are those that are seen: then they follow every change. */
  readonly isSeen: () => boolean
  /** Escape: from one unit to all of them, from all of them to the flag. */
  readonly back: () => void
  /** Hangs the pictures elsewhere, while what is looked at stays in sight. */
  readonly rehang: (arrange: () => void) => void
}

const GAP = 0.1
const LAYER_GAP = 0.22
const CAPTION_PX = 17
const MARGIN_PX = 10
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

export class NeuronsPlace implements UnitsPlace {
  readonly spots: readonly UnitSpot[]
  readonly whole: UnitSpot
  revision = 0
  selected: Spot | null = null
  #captions: readonly Caption[] = []
  #facets: readonly Facet[] = []
  #size: Size = { width: 1, height: 1 }

  /** @param frame of the open network */
  constructor(
    private readonly viewer: Viewer,
    private readonly layers: readonly TapLayer[],
    private frame: Frame,
    private readonly painter: NeuronPainter,
    private readonly exits: UnitsExits,
  ) {
    const hung = (name: string, layer: number, unit: number | null): UnitSpot => {
      const rect = { x: 0, y: BELOW, width: 1, height: 1 }
      return { name, rect, state: 'ready', problem: null, resident: null, layer, unit }
    }
    const units = layers.flatMap(({ name, outDim, activation }, layer) =>
      Array.from({ length: outDim }, (_, unit) =>
        hung(activation ? `${name} unit ${unit}` : outputName(frame, unit), layer, unit),
      ),
    )
    this.whole = hung('the flag', layers.length - 1, null)
    this.spots = [...units, this.whole]
    this.arrange()
  }

  get facets(): readonly Facet[] {
    return this.#facets
  }

  get captions(): readonly Caption[] {
    return this.#captions
  }

  spotAt(layer: number, unit: number | null): UnitSpot | null {
    return this.spots.find(place => place.layer === layer && place.unit === unit) ?? null
  }

  get nearest(): UnitSpot {
    return nearestTo(this.spots, this.viewer.camera) as UnitSpot
  }

  get home(): Camera {
    const ratio = this.viewer.pixelRatio
    const { width, height } = this.#room
    const room = { width: width * ratio, height: height * ratio }
    return overview({ x: 0, y: BELOW, ...this.#size }, room)
  }

  get isHome(): boolean {
    return sameCamera(this.viewer.camera, this.home)
  }

  /** What the whole is fitted into, CSS pixels. */
  get #room(): Size {
    const { viewport, pixelRatio } = this.viewer
    return {
      width: Math.max(1, viewport.width / pixelRatio - 2 * MARGIN_PX),
      height: Math.max(1, viewport.height / pixelRatio - 2 * MARGIN_PX),
    }
  }

  cameraOf({ rect }: Spot): Camera {
    return cameraOnto(rect, this.viewer.viewport, 1 - 2 * AROUND)
  }

  /** Whether a place is seen as large as it is flown to, or nearly. */
  isEnlarged(place: Spot): boolean {
    const { camera } = this.viewer
    const { rect } = place
    const isOver =
      camera.x >= rect.x && camera.x <= rect.x + rect.width && camera.y >= rect.y && camera.y <= rect.y + rect.height
    return isOver && camera.scale >= this.cameraOf(place).scale * 0.7
  }

  anchorOf({ rect }: Spot): Pick<Item, 'rect' | 'frame'> {
    return { rect, frame: this.frame }
  }

  describe(place: Spot): string {
    return this.painter.describe(place as UnitSpot)
  }

  labelOf(place: Spot, height: number): string {
    const remark = height >= REMARKED_HEIGHT ? this.painter.remark(place as UnitSpot) : ''
    if (height < NAMED_HEIGHT) return remark
    return remark ? `${place.name} · ${remark}` : place.name
  }

  neighbour(...[rects, index, direction]: Parameters<typeof nearestTowards>): number {
    return nearestTowards(rects, index, direction)
  }

  back(): void {
    this.exits.back()
  }

  /** An enlarged unit stays enlarged; else as much of all as was seen. */
  keepInSight(): () => Camera {
    const over = this.nearest
    if (this.isEnlarged(over)) return () => this.cameraOf(over)
    const before = this.home.scale
    return () => {
      const { camera } = this.viewer
      return { ...camera, scale: camera.scale * (this.home.scale / before) }
    }
  }

  /** The frame is another one: other proportions, perhaps. */
  setFrame(frame: Frame): void {
    if (frame === this.frame) return
    const isReshaped = frameAspect(frame) !== frameAspect(this.frame)
    this.frame = frame
    for (const place of this.spots)
      if (place.layer === this.whole.layer && place.unit !== null) place.name = outputName(frame, place.unit)
    if (isReshaped) this.exits.rehang(() => this.arrange())
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
    this.spots.forEach((place, i) => {
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
    this.#facets = this.spots.map(place => ({ rect: place.rect, ...this.painter.seen(place) }))
    this.revision++
    if (this.exits.isSeen()) this.viewer.contents.facets = this.#facets
  }
}

function outputName({ channels }: Frame, unit: number): string {
  return `${OUTPUT_NAMES[channels][unit]} output`
}
