// An architecture as the training kernel sees it: an encoding that is looked up, stages, and what is seen of the last one's units.
// A stage is linear layers, perhaps an activation, perhaps a batch norm behind that; what follows no linear layer at once has a
// diagonal stage of its own. Sub-networks are parts of a stage, each with rows of its own, whole quads; no zeros are computed.

import { type Architecture, INPUT_DIM } from '../model/architecture.js'
import { UnsupportedError } from '../model/errors.js'
import type { BatchNormSpec } from '../model/layers/batch-norm.js'
import type { BlocksSpec } from '../model/layers/blocks.js'
import { type Activation, kindOf, type Layer } from '../model/layers/kinds.js'
import type { LinearSpec } from '../model/layers/linear.js'
import { trainingOpcodeOf } from './activation-opcodes.js'
import { quadsUp } from './arena.js'

/** Linear layers that give the same units: one, or those of sub-networks that are added up, their matrices side by side. */
export interface StagePart {
  /** None of a diagonal stage. */
  readonly linears: readonly PlacedLinear[]
  /** Rows of what it takes: from the first one, so many with padding. */
  readonly firstInput: number
  readonly inputRows: number
  /** Row of what it gives, and units without padding. */
  readonly firstOutput: number
  readonly outDim: number
}

export interface PlacedLinear {
  readonly spec: LinearSpec
  /** For each of its inputs the row, counted from the part's first. */
  readonly rows: readonly number[]
}

export interface TrainingStage {
  readonly parts: readonly StagePart[]
  readonly isDiagonal: boolean
  /** Rows of what it gives, all parts together with their padding. */
  readonly rows: number
  /** For each unit its row. */
  readonly unitRows: readonly number[]
  readonly activation: Activation | null
  readonly norm: BatchNormSpec | null
}

export interface TrainingProgram {
  /** What happens to the coordinates first; not trained. */
  readonly encoding: readonly Layer[]
  /** Numbers that the first stage takes, and rows of them with padding. */
  readonly inputDim: number
  readonly inputRows: number
  readonly stages: readonly TrainingStage[]
  /** What the last stage's units are. */
  readonly head: 'rgb' | 'grey' | 'alpha'
}

/**
 * Finds the stages of an architecture.
 * @throws UnsupportedError naming the layer that the kernel does not train
 */
export function trainingProgram({ layers }: Architecture): TrainingProgram {
  const encoded = layers.findLastIndex(({ kind }) => kind === 'octaves' || kind === 'waves' || kind === 'inputs') + 1
  const encoding = layers.slice(0, encoded)
  const last = encoding[encoded - 1]
  const inputDim = last ? kindOf(last).outDim(last) : INPUT_DIM
  const builder = new StagesBuilder(layers[encoded], inputDim)
  for (const layer of layers.slice(encoded)) builder.add(layer)
  return { encoding, inputDim, ...builder.finish() }
}

class StagesBuilder {
  readonly #stages: TrainingStage[] = []
  readonly #inputRows: number
  readonly #inputs: readonly number[]
  #head: TrainingProgram['head'] = 'rgb'

  constructor(first: Layer | undefined, inputDim: number) {
    // The coordinates as they are drawn: two rows, which a linear layer takes.
    this.#inputRows = inputDim === INPUT_DIM && first?.kind === 'linear' ? INPUT_DIM : quadsUp(inputDim)
    this.#inputs = Array.from({ length: inputDim }, (_, i) => i)
  }

  add(layer: Layer): void {
    if (this.#head !== 'rgb') throw refused(layer, 'nothing may follow it')
    if (layer.kind === 'linear') {
      const [firstInput, inputRows] = [0, this.#takenRows]
      const rows = this.#last?.unitRows ?? this.#inputs
      const { outDim } = layer
      this.#push([{ linears: [{ spec: layer, rows }], firstInput, inputRows, firstOutput: 0, outDim }], false)
    } else if (layer.kind === 'blocks') this.#addBlocks(layer)
    else if (layer.kind === 'batchNorm') this.#addNorm(layer)
    else if (layer.kind === 'grey' || layer.kind === 'alpha') this.#head = layer.kind
    else if (kindOf(layer).isActivation) this.#addActivation(layer)
    else throw refused(layer, `no ${layer.kind} is trained there`)
  }

  finish(): Pick<TrainingProgram, 'inputRows' | 'stages' | 'head'> {
    if (this.#last?.norm) this.#pushDiagonal({})
    return { inputRows: this.#inputRows, stages: this.#stages, head: this.#head }
  }

  get #last(): TrainingStage | undefined {
    return this.#stages[this.#stages.length - 1]
  }

  get #takenRows(): number {
    return this.#last?.rows ?? this.#inputRows
  }

  #push(parts: readonly StagePart[], isDiagonal: boolean): void {
    const unitRows = parts.flatMap(({ firstOutput, outDim }) =>
      Array.from({ length: outDim }, (_, unit) => firstOutput + unit),
    )
    const rows = parts.reduce((sum, { outDim }) => sum + quadsUp(outDim), 0)
    this.#stages.push({ parts, isDiagonal, rows, unitRows, activation: null, norm: null })
  }

  /** Of one part: what stands behind sub-networks has none yet. */
  #pushDiagonal(what: Partial<Pick<TrainingStage, 'activation' | 'norm'>>): void {
    const outDim = this.#last?.unitRows.length ?? this.#inputs.length
    this.#push([{ linears: [], firstInput: 0, inputRows: this.#takenRows, firstOutput: 0, outDim }], true)
    this.#change(what)
  }

  #change(what: Partial<Pick<TrainingStage, 'activation' | 'norm'>>): void {
    const last = this.#stages.pop() as TrainingStage
    this.#stages.push({ ...last, ...what })
  }

  #addBlocks(layer: BlocksSpec): void {
    const { parts, takes, gives } = layer
    const before = this.#last
    if (before?.norm) throw refused(layer, 'batch norm beside sub-networks is not trained')
    const inputRowsOf = (part: number) => {
      if (takes === 'all')
        return { firstInput: 0, inputRows: this.#takenRows, unitRows: before?.unitRows ?? this.#inputs }
      const own = before?.parts[part]
      if (!before || before.parts.length !== parts.length || own?.outDim !== parts[part].inDim)
        throw refused(layer, 'its parts take other units than the sub-networks in front of it give')
      const unitRows = Array.from({ length: own.outDim }, (_, unit) => own.firstOutput + unit)
      return { firstInput: own.firstOutput, inputRows: quadsUp(own.outDim), unitRows }
    }
    if (takes === 'all' && (before || gives === 'sum'))
      throw refused(layer, 'sub-networks of one layer are not trained')
    if (gives === 'sum') {
      const linears = parts.map((spec, part) => ({ spec, rows: inputRowsOf(part).unitRows }))
      const { outDim } = parts[0]
      this.#push([{ linears, firstInput: 0, inputRows: this.#takenRows, firstOutput: 0, outDim }], false)
      return
    }
    let firstOutput = 0
    const placed = parts.map((spec, part): StagePart => {
      const { firstInput, inputRows, unitRows } = inputRowsOf(part)
      const rows = unitRows.map(row => row - firstInput)
      const own = { linears: [{ spec, rows }], firstInput, inputRows, firstOutput, outDim: spec.outDim }
      firstOutput += quadsUp(spec.outDim)
      return own
    })
    this.#push(placed, false)
  }

  #addActivation(layer: Layer): void {
    const { name: _, dim: __, ...activation } = layer as unknown as Activation & { name: string; dim: number }
    if (trainingOpcodeOf(activation as Activation) === null)
      throw refused(layer, `the kernel does not train ${layer.kind}`)
    this.#join(layer, { activation: activation as Activation }, last => !last.activation && !last.norm)
  }

  #addNorm(layer: BatchNormSpec): void {
    if (this.#last && this.#last.parts.length > 1) throw refused(layer, 'batch norm beside sub-networks is not trained')
    this.#join(layer, { norm: layer }, last => !last.norm)
  }

  #join(
    layer: Layer,
    what: Partial<Pick<TrainingStage, 'activation' | 'norm'>>,
    fits: (last: TrainingStage) => boolean,
  ): void {
    const last = this.#last
    if (last && fits(last)) this.#change(what)
    else if (last && last.parts.length > 1) throw refused(layer, 'two functions behind sub-networks are not trained')
    else this.#pushDiagonal(what)
  }
}

function refused({ name }: Pick<Layer, 'name'>, why: string): UnsupportedError {
  return new UnsupportedError(`${name}: ${why}`)
}
