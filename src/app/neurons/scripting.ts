// window.vexel.neurons: the units of what is open, for consoles, lessons and end-to-end tests.

import type { DivergingTone } from '../../model/diverging.js'
import { FormatError, UnsupportedError } from '../../model/errors.js'
import type { Tap } from '../../model/tap.js'
import type { Rect } from '../../world/camera.js'
import { NEURON_CENTRES, NEURON_STAGES, type NeuronCentre, type NeuronStage, type UnitColours } from './address.js'
import type { Page } from '../page.js'
import { boxOf } from '../places/box.js'
import type { NeuronsFeature } from './feature.js'
import type { PlanePoint } from './look.js'
import type { NeuronSession } from './session.js'
import type { UnitAddress } from './surgery.js'
import type { Explanation, WhyChannel } from './why.js'

/** A picture of the view: a unit, an output of the head, or the flag. */
export interface NeuronPicture {
  readonly name: string
  /** Counts linear layers from 0, the head last; null for the flag. */
  readonly unit: UnitAddress | null
  /** Where it hangs, CSS pixels from the top left corner of the picture. */
  readonly box: Rect
  /** What is drawn, and how its values are coloured; null for the flag. */
  readonly tap: Tap | null
  readonly tone: DivergingTone | null
  /** Mean, standard deviation and ends over the frame, of the stage that is shown; null for the flag. */
  readonly spread: {
    readonly mean: number
    readonly deviation: number
    readonly min: number
    readonly max: number
  } | null
  readonly isConstant: boolean
  /** What its output is multiplied by; 1 where nothing was done to it. */
  readonly gain: number
}

/** `window.vexel.neurons`. */
export interface NeuronScripting {
  readonly isOpen: boolean
  /** Shows every unit, at once; resolves when they are there. Rejects with one line, and what was seen stays. */
  open(state?: Partial<UnitColours>): Promise<void>
  /** Flies back to the flag. */
  close(): Promise<void>
  /** Before GELU, after it, or after batch norm, too. */
  stage: NeuronStage
  /** What white stands for. */
  centre: NeuronCentre
  /** Whether the colours are those of the weights that are drawn: they follow a little later. */
  readonly isUpToDate: boolean
  /** All pictures in the net's order, the three outputs and the flag last. */
  readonly pictures: readonly NeuronPicture[]
  /** The one the keyboard is at; null for the flag. Set it to select it. */
  selected: UnitAddress | null
  /** Flies to a unit; null: to the flag's picture. */
  fly(unit: UnitAddress | null): Promise<void>
  /** Flies to where all are seen. */
  home(): Promise<void>
  /** Takes a unit out of the network, or puts it back. */
  silence(unit: UnitAddress): Promise<void>
  /** Takes all others of its layer out, or puts them back. */
  isolate(unit: UnitAddress): Promise<void>
  /** Doubles what a unit gives, or takes that back. */
  boost(unit: UnitAddress): Promise<void>
  /** The plane point that is looked at in all units; null before anything was looked at. Set it to pin it, null to let it go. */
  point: PlanePoint | null
  /** What all units give there, by layer and unit. */
  activations(stage?: NeuronStage): readonly (readonly number[])[]
  /** Opens the explanation of the colour at a point, also without the view of the units. */
  why(point: PlanePoint, channel?: WhyChannel, layer?: number | null): Promise<Explanation>
}

export function neuronScripting(page: Page, feature: NeuronsFeature): NeuronScripting {
  const session = (): NeuronSession => {
    if (!feature.session) throw new UnsupportedError('the units are not shown')
    return feature.session
  }
  const spot = (unit: UnitAddress | null) => {
    const { place } = session()
    const found = unit ? place.spotAt(unit.layer, unit.unit) : place.whole
    if (!found) throw new FormatError(`neurons: there is no unit ${unit?.unit} in layer ${unit?.layer}`)
    return found
  }
  const address = (unit: UnitAddress): UnitAddress => {
    spot(unit)
    return unit
  }
  const oneOf = <T>(value: T, choices: readonly T[], name: string): T => {
    if (!choices.includes(value)) throw new FormatError(`${name}: expected one of ${choices.join(', ')}`)
    return value
  }
  return {
    get isOpen() {
      return feature.session !== null
    },
    open: async state => {
      const { stage = 'post', centre = 'mean' } = { ...feature.session?.state, ...state }
      oneOf(stage, NEURON_STAGES, 'stage')
      oneOf(centre, NEURON_CENTRES, 'centre')
      await feature.open({ stage, centre }, false)
    },
    close: () => feature.close(),
    get stage() {
      return session().state.stage
    },
    set stage(stage) {
      session().state = { ...session().state, stage: oneOf(stage, NEURON_STAGES, 'stage') }
    },
    get centre() {
      return session().state.centre
    },
    set centre(centre) {
      session().state = { ...session().state, centre: oneOf(centre, NEURON_CENTRES, 'centre') }
    },
    get isUpToDate() {
      return session().isUpToDate
    },
    get pictures() {
      const { place } = session()
      return place.spots.map(({ name, layer, unit, rect }): NeuronPicture => {
        const own = unit === null ? null : { layer, unit }
        const view = own && session().viewOf(own)
        return {
          name,
          unit: own,
          box: boxOf(page.viewer, rect),
          tap: view?.tap ?? null,
          tone: view?.tone ?? null,
          spread: view?.spread ?? null,
          isConstant: view?.isConstant ?? false,
          gain: own ? session().gainOf(own) : 1,
        }
      })
    },
    get selected() {
      return session().selected
    },
    set selected(unit) {
      session().select(spot(unit))
    },
    fly: async unit => {
      await page.places.flyInto(spot(unit))
    },
    home: async () => {
      session()
      await page.places.movement.flyHome()
    },
    silence: unit => session().silence(address(unit)),
    isolate: unit => session().isolate(address(unit)),
    boost: unit => session().boost(address(unit)),
    get point() {
      return feature.look?.point ?? null
    },
    set point(point) {
      if (!feature.look) throw new UnsupportedError('nothing was looked at yet')
      if (point === null) feature.look.unpin()
      else if (![point.x, point.y].every(Number.isFinite)) throw new FormatError('point: expected finite x and y')
      else feature.look.pin({ x: point.x, y: point.y })
    },
    activations: stage => session().activations[stage ?? session().stage].map(values => [...values]),
    why: async (point, channel = 'red', layer = null) => {
      if (![point.x, point.y].every(Number.isFinite)) throw new FormatError('why: expected finite x and y')
      const why = await feature.ask({ x: point.x, y: point.y })
      const { network, frame } = page.viewer
      if (!network || !frame) throw new UnsupportedError('no flag is open')
      Object.assign(why, { channel, layer })
      return why.explanation(network, frame)
    },
  }
}
