// The film of a training: a `.film.safetensors` file, every tensor with a leading axis of snapshots. It gives the network
// of any moment, also of those between two snapshots.
//
// Film time is log time: a position from 0 (the first snapshot) to 1 (the last) is even in log(1 + step). Nearly all that a
// training does it does early: even in steps, a film would be over in its first second and then stand still. The curve of
// the run is drawn over the same axis, and `vexel train` spaces its snapshots evenly on it (but for the first few, which
// are at least one step apart). Between two snapshots the parameters as the file has them go in a straight line of that
// time. They are not folded yet: batch norm's running variance goes in a straight line, too, and so stays one.

import { type Architecture, parameterSpecs } from '../model/architecture.js'
import { FormatError } from '../model/errors.js'
import type { Frame } from '../model/frame.js'
import { layerWithValues, type NetworkLayer } from '../model/layers/kinds.js'
import { createNetwork, type Network } from '../model/network.js'
import { shapeText } from '../model/printable.js'
import { bitsOf, isNumeric } from '../model/safetensors/dtype.js'
import { quoted } from '../model/safetensors/quoted.js'
import type { NewTensor } from '../model/safetensors/write.js'
import { StateDict } from '../model/state-dict.js'
import { readFrame } from '../model/summary.js'
import { TRAINED_KEYS, trainedSize } from '../train/metadata.js'
import type { ImageSize } from '../train/rgb-image.js'
import { type FilmPoint, readCurve, readSteps } from './film-metadata.js'

/** The values of one tensor through the film. */
interface Track {
  /** [snapshots, length] */
  readonly values: Float64Array
  readonly length: number
  /** [length], those of the moment that was asked for last. */
  readonly moment: Float64Array
}

/** The film of a training: the network of any moment of it. */
export class Film {
  /** Steps of the snapshots, strictly ascending. */
  readonly steps: readonly number[]
  /** The curve of the run; empty where the file has none. */
  readonly curve: readonly FilmPoint[]
  /** What the file says, else the default frame. */
  readonly frame: Frame
  /** Size of the picture that was learned, null where the file does not say it. */
  readonly size: ImageSize | null
  /** Name of that picture, without folder and extension; null where the file does not say it. */
  readonly name: string | null
  /** One line each: what the file has besides, and what of it was not understood. */
  readonly warnings: readonly string[]
  /** Where the snapshots stand in film time, [0, 1], strictly ascending from 0 to 1; one alone stands at 0. */
  readonly positions: readonly number[]
  readonly #tracks: ReadonlyMap<string, Track>
  readonly #moment: Network

  private constructor(stateDict: StateDict) {
    const { metadata } = stateDict
    this.steps = readSteps(metadata)
    this.curve = readCurve(metadata)
    const first = createNetwork(firstSnapshot(stateDict, this.steps.length))
    const { architecture, prefix } = first
    this.#tracks = readTracks(stateDict, architecture, prefix, this.steps)
    this.#moment = { ...first, warnings: [], layers: this.#layers(architecture, ({ moment }) => moment) }
    this.positions = this.steps.map(step => this.positionOf(step))
    const { frame, warnings } = readFrame(stateDict)
    const { size, warning } = readSize(metadata)
    this.frame = frame
    this.size = size
    this.name = metadata.get(TRAINED_KEYS.source)?.replace(/\.[^.]*$/, '') || null
    this.warnings = [...first.warnings, ...warnings, ...warning]
  }

  /**
   * Parses a film's file.
   * @throws FormatError in one line when it is not a film, or one of another make
   */
  static parse(bytes: Uint8Array): Film {
    return new Film(StateDict.parse(bytes))
  }

  /** As {@link Film.parse}, of a file that was parsed already. */
  static of(stateDict: StateDict): Film {
    return new Film(stateDict)
  }

  /** The architecture of all its networks. */
  get architecture(): Architecture {
    return this.#moment.architecture
  }

  /** Where a step stands in film time; beyond the first and the last snapshot it is theirs. */
  positionOf(step: number): number {
    const [first, last] = [this.steps[0], this.steps[this.steps.length - 1]]
    if (step <= first) return 0
    if (step >= last) return 1
    return (Math.log1p(step) - Math.log1p(first)) / (Math.log1p(last) - Math.log1p(first))
  }

  /** The step that stands at a position, not rounded: the inverse of {@link Film.positionOf}. */
  stepAt(position: number): number {
    const [low, high] = [this.steps[0], this.steps[this.steps.length - 1]].map(Math.log1p)
    if (position <= 0) return this.steps[0]
    if (position >= 1) return this.steps[this.steps.length - 1]
    return Math.expm1(low + (high - low) * position)
  }

  /**
   * The network of a snapshot, exactly as the file has it; do not write to it.
   * @param index from 0
   */
  network(index: number): Network {
    const at = Math.min(Math.max(0, index), this.steps.length - 1)
    const layers = this.#layers(this.architecture, ({ values, length }) =>
      values.subarray(at * length, (at + 1) * length),
    )
    return { ...this.#moment, layers }
  }

  /**
   * The network of a moment. At the position of a snapshot it is the snapshot's, bit for bit.
   * @param position film time from 0 to 1; what lies outside is taken for the nearer end
   * @returns always the same network, whose values the next call replaces: fold it, or copy them
   */
  networkAt(position: number): Network {
    const after = this.positions.findIndex(at => at > position)
    const k = after < 0 ? this.steps.length - 1 : Math.max(0, after - 1)
    const from = this.positions[k]
    const share = after > 0 ? (position - from) / (this.positions[after] - from) : 0
    for (const { values, length, moment } of this.#tracks.values()) {
      const start = k * length
      if (share === 0) moment.set(values.subarray(start, start + length))
      else
        // In this form it stays between the two, so a variance stays positive and nothing overflows.
        for (let i = 0, a = start, b = start + length; i < length; i++, a++, b++)
          moment[i] = (1 - share) * values[a] + share * values[b]
    }
    return this.#moment
  }

  /** As {@link Film.networkAt}, a network that stays what it is: for whoever shows it. */
  copyAt(position: number): Network {
    const { layers, ...rest } = this.networkAt(position)
    return { ...rest, layers: layers.map(copyOf) }
  }

  #layers({ layers }: Architecture, valuesOf: (track: Track) => Float64Array): NetworkLayer[] {
    return layers.map(layer => layerWithValues(layer, ({ name }) => valuesOf(this.#tracks.get(name) as Track)))
  }
}

/** The first snapshot as a file of its own: its names and shapes are those of a network. */
function firstSnapshot(stateDict: StateDict, count: number): StateDict {
  const tensors = stateDict.names.map((name): NewTensor => {
    const { dtype, shape } = stateDict.entry(name)
    if (shape[0] !== count)
      throw new FormatError(
        `${quoted(name)}: expected a first axis of ${count}, one for each snapshot, got shape ${shapeText(shape)}`,
      )
    if (!isNumeric(dtype)) throw new FormatError(`${quoted(name)}: expected plain numbers, got ${dtype}`)
    const length = shape.slice(1).reduce((product, dim) => product * dim, 1)
    const bytes = stateDict.bytes(name).subarray(0, (length * bitsOf(dtype)) / 8)
    return { name, dtype, shape: shape.slice(1), bytes }
  })
  return StateDict.create(tensors, stateDict.metadata)
}

/** Reads what the architecture asks for and checks every value: the names and shapes were checked with the first snapshot. */
function readTracks(
  stateDict: StateDict,
  { layers }: Architecture,
  prefix: string,
  steps: readonly number[],
): Map<string, Track> {
  const tracks = new Map<string, Track>()
  for (const { name, isVariance } of layers.flatMap(parameterSpecs)) {
    const values = stateDict.values(prefix + name)
    const length = values.length / steps.length
    const refuse = (flat: number, expected: string) => {
      const snapshot = Math.floor(flat / length)
      throw new FormatError(
        `snapshot ${snapshot + 1} (step ${steps[snapshot]}), ${name}: expected ${expected}, got ${values[flat]}`,
      )
    }
    const notFinite = values.findIndex(value => !Number.isFinite(value))
    if (notFinite >= 0) refuse(notFinite, 'finite numbers')
    const negative = isVariance ? values.findIndex(value => value < 0) : -1
    if (negative >= 0) refuse(negative, 'variances >= 0')
    tracks.set(name, { values, length, moment: values.slice(0, length) })
  }
  return tracks
}

function readSize(metadata: ReadonlyMap<string, string>): { size: ImageSize | null; warning: readonly string[] } {
  try {
    return { size: trainedSize(metadata), warning: [] }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    return { size: null, warning: [error.message] }
  }
}

function copyOf(layer: NetworkLayer): NetworkLayer {
  const copies = Object.entries(layer).map(([key, value]) => [
    key,
    value instanceof Float64Array ? value.slice() : value,
  ])
  return Object.fromEntries(copies) as NetworkLayer
}
