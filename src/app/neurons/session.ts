// The units of the open network while they are seen: their colours, the point that is looked at in all of them at once, what is
// done to them. They are drawn from the weights that the viewer has at the moment: edits, films and trainings show by
// themselves; only the scale of the colours follows a little later.

import { activationKindOf, kindOf } from '../../model/layers/kinds.js'
import type { Network } from '../../model/network.js'
import { traceNetwork } from '../../model/reference.js'
import { type TapLayer, tapLayers } from '../../model/tap.js'
import type { Frame } from '../../model/frame.js'
import type { OpenFile } from '../../open/open-file.js'
import type { Page } from '../page.js'
import { pointText, valueText } from '../figures.js'
import { NEURON_STAGES, type NeuronCentre, type NeuronStage, type UnitColours } from './address.js'
import type { Spot } from '../places/place.js'
import type { Facet } from '../../draw/open-network.js'
import type { Look, PlanePoint } from './look.js'
import {
  gainOf,
  isIsolated,
  isUnit,
  isolated,
  restored,
  type Surgeon,
  type Surgery,
  type UnitAddress,
  withGain,
} from './surgery.js'
import { UnitStatistics } from './statistics.js'
import { type Wire, wiresOf } from './wires.js'
import { UnitWorth, type Worth, worthText } from './worth.js'
import { type Affine, normsOf, type UnitView, viewUnit } from './unit-view.js'
import { type UnitSpot, NeuronsPlace } from './units-place.js'

/** What every unit gives at one point: by layer and unit, the head last. */
export type Activations = Readonly<Record<NeuronStage, readonly Float64Array[]>>

const NO_UNIT = { tap: null, tone: null }
const BOOST = 2

export class NeuronSession {
  readonly file: OpenFile
  readonly layers: readonly TapLayer[]
  readonly place: NeuronsPlace
  /** Of the unit that is enlarged. */
  readonly worth: UnitWorth
  readonly #statistics: UnitStatistics
  #views: readonly (readonly UnitView[])[] = []
  #norms: readonly (readonly Affine[] | null)[] = []
  #stage: NeuronStage
  #centre: NeuronCentre
  #network: Network
  #activations: { readonly network: Network; readonly point: PlanePoint; readonly values: Activations } | null = null
  #remarks = ''
  #isWired = false

  constructor(
    private readonly page: Page,
    { stage, centre }: UnitColours,
    private readonly look: Look,
    private readonly surgery: Surgery,
    back: () => void,
  ) {
    const { viewer, opened, places } = page
    const { network, folded, frame } = viewer
    if (!opened.file || !network || !folded || !frame) throw new Error('nothing is open')
    this.file = opened.file
    this.layers = tapLayers(network.architecture)
    this.#stage = stage
    this.#centre = centre
    this.#network = network
    this.#statistics = new UnitStatistics(() => this.#recolour())
    this.#statistics.follow(folded, frame)
    this.worth = new UnitWorth(worth => this.#tellWorth(worth))
    this.#lookAt(network)
    const painter = {
      seen: (place: UnitSpot) => this.#seen(place),
      remark: (place: UnitSpot) => this.remark(place),
      describe: (place: UnitSpot) => this.describe(place),
    }
    this.place = new NeuronsPlace(viewer, this.layers, frame, painter, {
      isSeen: () => places.current === this.place,
      back,
      rehang: arrange => places.rehang(this.place, arrange),
    })
    this.place.selected = this.place.whole
  }

  /** Whether the units are seen, of what is still open. */
  get isOpen(): boolean {
    return this.page.opened.file?.url === this.file.url && this.page.places.current === this.place
  }

  get state(): UnitColours {
    return { stage: this.#stage, centre: this.#centre }
  }

  set state({ stage, centre }: UnitColours) {
    if (stage === this.#stage && centre === this.#centre) return
    this.#stage = stage
    this.#centre = centre
    this.#recolour()
    this.page.address.write('replace')
  }

  get stage(): NeuronStage {
    return this.#stage
  }

  /** Whether the colours are those of the weights that are drawn. */
  get isUpToDate(): boolean {
    return this.#statistics.isUpToDate && this.#network === this.page.viewer.network
  }

  /** What is drawn of a unit. */
  viewOf({ layer, unit }: UnitAddress): UnitView {
    return this.#views[layer][unit]
  }

  /** Takes what has changed since the last call: weights, frame, pointer. Cheap: call it in every frame of the page. */
  follow(): void {
    const { viewer, probe } = this.page
    const { network, folded, frame } = viewer
    if (!network || !folded || !frame) return
    if (network !== this.#network) this.#lookAt(network)
    this.#statistics.follow(folded, frame)
    this.place.setFrame(frame)
    this.#followWorth(frame)
    const point = probe.pixel && this.pointUnder(probe.pixel)
    if (point) this.look.follow(point)
    this.#renewLabels()
  }

  #followWorth(frame: Frame): void {
    const { selected, place } = this
    const isEnlarged = selected !== null && place.selected !== null && place.isEnlarged(place.selected)
    const count = selected ? this.layers[selected.layer].outDim : 0
    this.worth.follow(isEnlarged ? selected : null, this.surgery.current, count, frame)
  }

  /** The plane point under a position of the stage, counted from its middle in drawing-buffer pixels; null between spots. */
  pointUnder(pixel: readonly [number, number]): PlanePoint | null {
    const { frame, camera } = this.page.viewer
    const spot = this.page.places.movement.spotUnder(pixel)
    if (!spot || !frame) return null
    const u = (camera.x + pixel[0] / camera.scale - spot.rect.x) / spot.rect.width
    const v = (camera.y + pixel[1] / camera.scale - spot.rect.y) / spot.rect.height
    return {
      x: frame.x[0] + u * (frame.x[1] - frame.x[0]),
      y: frame.y[0] + v * (frame.y[1] - frame.y[0]),
    }
  }

  /** The spot under the pointer. */
  get hovered(): UnitSpot | null {
    const { pixel } = this.page.probe
    return pixel && (this.page.places.movement.spotUnder(pixel) as UnitSpot | null)
  }

  /** The point that is looked at in all units. */
  get point(): PlanePoint {
    return this.look.point
  }

  /** What the units give at the point. */
  get activations(): Activations {
    const known = this.#activations
    const { point } = this
    if (known?.network === this.#network && known.point === point) return known.values
    const values = activationsAt(this.#network, this.page.opened.frame?.order === 'yx' ? swapped(point) : point)
    this.#activations = { network: this.#network, point, values }
    return values
  }

  // Wires.

  get isWired(): boolean {
    return this.#isWired
  }

  /** Shows the wires of the unit that is selected, or takes them away; a screen reader is told the strongest. */
  toggleWires(): void {
    this.#isWired = !this.#isWired
    const { selected, wires } = this
    const ends = wires.map(({ from, to, weight }) => {
      const isInto = selected !== null && isUnit(to, selected)
      return `${isInto ? 'from' : 'to'} ${this.nameOf(isInto ? from : to)} ${valueText(weight)}`
    })
    this.page.places.movement.said = this.#isWired ? `wires: ${ends.join(', ') || 'none'}` : 'no wires'
    this.page.requestRender()
  }

  /** Of the unit that is selected, as long as they are shown: the strongest first, those into it before those out of it. */
  get wires(): readonly Wire[] {
    const { selected } = this
    const { folded } = this.page.viewer
    return this.#isWired && selected && folded ? wiresOf(folded, selected) : []
  }

  // One unit.

  /** The unit or output that the keyboard is at; null for the flag. */
  get selected(): UnitAddress | null {
    const { layer, unit } = (this.place.selected ?? this.place.whole) as UnitSpot
    return unit === null ? null : { layer, unit }
  }

  select(place: Spot): void {
    this.place.selected = place
    this.page.requestRender()
  }

  /** Whether batch norm follows a layer. */
  hasNorm(layer: number): boolean {
    return this.#norms[layer] !== null
  }

  nameOf({ layer, unit }: UnitAddress): string {
    return this.place.spotAt(layer, unit)?.name ?? ''
  }

  gainOf(address: UnitAddress): number {
    const { current } = this.surgery
    return current ? gainOf(current.edits, address) : 1
  }

  isIsolated(address: UnitAddress): boolean {
    const { current } = this.surgery
    return current !== null && isIsolated(current.edits, address, this.layers[address.layer].outDim)
  }

  get canUndo(): boolean {
    return this.surgery.current?.canUndo ?? false
  }

  /** Silences a unit, or gives it its full strength again. @throws with one line */
  async silence(address: UnitAddress): Promise<void> {
    await this.#operate(edits => withGain(edits, address, this.gainOf(address) === 0 ? 1 : 0))
    this.#tellGain(address)
  }

  /** Doubles a unit, or gives it its full strength again. @throws with one line */
  async boost(address: UnitAddress): Promise<void> {
    await this.#operate(edits => withGain(edits, address, this.gainOf(address) === BOOST ? 1 : BOOST))
    this.#tellGain(address)
  }

  /** Silences all others of a unit's layer, or gives all of it its full strength again. @throws with one line */
  async isolate(address: UnitAddress): Promise<void> {
    const count = this.layers[address.layer].outDim
    await this.#operate(edits =>
      isIsolated(edits, address, count) ? restored(edits, address.layer, count) : isolated(edits, address, count),
    )
    this.#tellGain(address)
  }

  /** For a screen reader: what was done to a unit, with its value. */
  #tellGain(address: UnitAddress): void {
    this.page.places.movement.said = `${this.nameOf(address) || 'unit'}: ${this.#doneTo(address)}`
    this.page.requestRender()
  }

  /** And what it is worth, as soon as that is known. */
  #tellWorth(worth: Worth): void {
    const { movement } = this.page.places
    const said = `${this.nameOf(worth.unit)}: ${this.#doneTo(worth.unit)}`
    movement.said = `${said}; ${worthText(worth)}`
    this.page.requestRender()
  }

  #doneTo(address: UnitAddress): string {
    const gain = this.gainOf(address)
    if (gain === 1 && this.isIsolated(address)) return 'alone in its layer'
    return gain === 0 ? 'silenced, times 0' : gain === 1 ? 'at its full strength' : `times ${gain}`
  }

  undo(): void {
    this.surgery.current?.undo()
    this.page.requestRender()
  }

  async #operate(change: (edits: Surgeon['edits']) => Surgeon['edits']): Promise<void> {
    const surgeon = this.surgery.current ?? (await this.surgery.begin())
    surgeon.apply(change(surgeon.edits))
    this.page.requestRender()
  }

  // Colours and words.

  #seen({ layer, unit }: UnitSpot): Pick<Facet, 'tap' | 'tone'> {
    return unit === null ? NO_UNIT : this.#views[layer][unit]
  }

  remark({ layer, unit }: UnitSpot): string {
    if (unit === null) return ''
    const gain = this.gainOf({ layer, unit })
    if (gain !== 1) return `${gain}×`
    return this.#views[layer][unit].isConstant ? 'constant' : ''
  }

  describe(place: UnitSpot): string {
    const { layer, unit, name } = place
    const index = `${this.place.spots.indexOf(place) + 1} of ${this.place.spots.length}`
    if (unit === null) return `${name}, ${index}`
    const value = this.activations[this.#stage][layer][unit]
    const { x, y } = this.point
    const at = `${valueText(value)} at ${pointText(x)}, ${pointText(y)}`
    return [name, this.remark(place), at, index].filter(Boolean).join(', ')
  }

  #lookAt(network: Network): void {
    this.#network = network
    this.#norms = normsOf(network)
    this.#findViews()
  }

  #findViews(): void {
    const { layers } = this.#statistics
    this.#views = this.layers.map(({ outDim }, layer) =>
      Array.from({ length: outDim }, (_, unit) =>
        viewUnit({ layer, unit }, layers[layer], this.#norms[layer], this.#stage, this.#centre),
      ),
    )
  }

  #recolour(): void {
    this.#findViews()
    this.place.paint()
    this.page.requestRender()
  }

  /** Labels say what was done to units. */
  #renewLabels(): void {
    const remarks = this.place.spots.map(place => this.remark(place)).join()
    if (remarks === this.#remarks) return
    this.#remarks = remarks
    this.place.revision++
  }

  /** What is shown of the units at a stage, in words. */
  stageText(stage: NeuronStage): string {
    const [{ activation }] = this.layers
    const label = activation ? activationKindOf(activation).label : 'the activation'
    return { pre: `before ${label}`, post: `after ${label}`, norm: 'after batch norm' }[stage]
  }

  get nextStage(): NeuronStage {
    return NEURON_STAGES[(NEURON_STAGES.indexOf(this.#stage) + 1) % NEURON_STAGES.length]
  }

  dispose(): void {
    this.#statistics.dispose()
    this.worth.dispose()
  }
}

function activationsAt(network: Network, { x, y }: PlanePoint): Activations {
  const pre: Float64Array[] = []
  const post: Float64Array[] = []
  const norm: Float64Array[] = []
  const stages = traceNetwork(network, x, y)
  let isBent = false
  network.layers.forEach((layer, i) => {
    const { values } = stages[i]
    if (layer.kind === 'linear') {
      for (const list of [pre, post, norm]) list.push(values)
      isBent = false
      return
    }
    if (kindOf(layer).isActivation) isBent = true
    // As it is drawn: a frequency belongs to the layer in front of the sine.
    if (layer.kind === 'sine') pre[pre.length - 1] = pre[pre.length - 1].map(value => value * layer.frequency)
    // A batch norm in front of the activation is a part of what that takes.
    const changed = layer.kind === 'batchNorm' && isBent ? [norm] : isBent ? [post, norm] : [pre, post, norm]
    for (const list of changed) list[list.length - 1] = values
  })
  return { pre, post, norm }
}

function swapped({ x, y }: PlanePoint): PlanePoint {
  return { x: y, y: x }
}
