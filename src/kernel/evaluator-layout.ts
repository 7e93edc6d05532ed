// Where everything of a folded network lies in the kernel's memory when it evaluates: pieces, one a layer, or one for each block of a
// layer whose blocks take and give units of their own, so that no zeros are multiplied.

import { UnsupportedError } from '../model/errors.js'
import type { FoldedLayer, FoldedNetwork } from '../model/fold.js'
import { INPUT_DIM } from '../model/architecture.js'
import { ForwardPass } from '../model/forward.js'
import { denseWeight } from '../model/layers/blocks.js'
import { opcodeOf, parameterOf } from './activation-opcodes.js'
import { type Arena, quadsUp } from './arena.js'
import { BLOCK } from './module.js'

/** A record of the table that the kernel reads: see assembly/evaluate.ts. */
export const RECORD_WORDS = 11

/** What is computed at once: outputs [firstOutput, firstOutput + outDim) of a layer from its inputs [firstInput, firstInput + inDim). */
export interface Piece {
  readonly layer: number
  readonly firstInput: number
  /** As padded by the layer before. */
  readonly inDim: number
  readonly firstOutput: number
  readonly outDim: number
  /** Where its weights, [outDim, rowLength], begin among the layer's. */
  readonly start: number
  readonly rowLength: number
  /** Addresses. Moments are float64 mean and sum of squared deviations of each unit. */
  readonly weight: number
  readonly bias: number
  readonly moments: number
  /** Whether another piece of the same layer follows. */
  readonly isFollowed: boolean
}

/** How many numbers the first layer takes: two, or what an encoding makes of them. */
export function inputDimOf({ layers }: FoldedNetwork): number {
  return layers[0].inDim
}

/** What makes of the two coordinates what the first layer takes; null where that is these two. */
export function encoderOf({ encoding }: FoldedNetwork): ForwardPass | null {
  return encoding ? new ForwardPass(encoding, INPUT_DIM) : null
}

/** Whether a layer's blocks are pieces of their own: they must begin with a quad of units each. */
function isPieced({ blocks }: FoldedLayer, index: number): boolean {
  return blocks !== undefined && index > 0 && blocks.every(({ outDim }) => outDim % 4 === 0)
}

/** The weights of a layer as its pieces count them. */
export function piecedWeight(layer: FoldedLayer, index: number): Float64Array {
  return isPieced(layer, index) ? layer.weight : denseWeight(layer)
}

/** Lays the pieces of all layers out. */
export function layOutPieces({ layers }: FoldedNetwork, arena: Arena): readonly Piece[] {
  return layers.flatMap((layer, index) => {
    const whole = [{ inDim: layer.inDim, outDim: layer.outDim }]
    const isWhole = !isPieced(layer, index)
    const parts = isWhole ? whole : (layer.blocks ?? whole)
    let [firstInput, firstOutput, start] = [0, 0, 0]
    return parts.map(({ inDim, outDim }, part): Piece => {
      const padded = isWhole && index > 0 ? quadsUp(inDim) : inDim
      const units = quadsUp(outDim)
      const piece = {
        layer: index,
        firstInput,
        inDim: padded,
        firstOutput,
        outDim,
        start,
        rowLength: inDim,
        weight: arena.floats(units * padded),
        bias: arena.floats(units),
        moments: arena.bytes(units * 16),
        isFollowed: part < parts.length - 1,
      }
      firstInput += inDim
      firstOutput += outDim
      start += inDim * outDim
      return piece
    })
  })
}

/** The words of a piece's record. @param parameters a view of the word of the activation's parameter as a float */
export function recordOf(piece: Piece, { activation }: FoldedLayer): Uint32Array {
  const { inDim, outDim, weight, bias, moments, firstInput, firstOutput, isFollowed } = piece
  const record = new Uint32Array(RECORD_WORDS)
  const rowBytes = BLOCK * 4
  record.set([inDim, quadsUp(outDim) / 4, opcodeOf(activation) ?? 0, weight, bias, moments])
  new Float32Array(record.buffer)[6] = parameterOf(activation)
  record.set([firstInput * rowBytes, firstOutput * rowBytes, Number(isFollowed)], 7)
  return record
}

/** Writes a piece's weights and biases into memory, rounded to float32. @param weights of its layer, as {@link piecedWeight} has them */
export function packPiece(floats: Float32Array, piece: Piece, weights: Float64Array, biases: Float64Array): void {
  const { inDim, outDim, firstOutput, start, rowLength, weight, bias } = piece
  for (let o = 0; o < outDim; o++) {
    for (let i = 0; i < rowLength; i++)
      floats[weight / 4 + (o >> 2) * inDim * 4 + i * 4 + (o & 3)] = weights[start + o * rowLength + i]
    floats[bias / 4 + o] = biases[firstOutput + o]
  }
}

/** Checks that the kernel knows all that a network is made of. @throws UnsupportedError naming what it does not know */
export function checkKernelKinds(folded: FoldedNetwork): void {
  const { layers, ending } = folded
  if (ending && !endsWithAlpha(folded))
    throw new UnsupportedError(`the kernel does not know how to end with ${ending[0].kind}`)
  for (const { name, activation } of layers)
    if (opcodeOf(activation) === null)
      throw new UnsupportedError(`${name}: the kernel does not know the activation ${activation?.kind}`)
}

/** Whether the kernel knows all that a network is made of. */
export function isKnownToKernel(folded: FoldedNetwork): boolean {
  const isEndKnown = !folded.ending || endsWithAlpha(folded)
  return isEndKnown && folded.layers.every(({ activation }) => opcodeOf(activation) !== null)
}

/** Whether the last layer gives colours and their opacity, and nothing else happens to these. */
export function endsWithAlpha({ layers, ending }: FoldedNetwork): boolean {
  return ending?.length === 1 && ending[0].kind === 'alpha' && !isPieced(layers[layers.length - 1], layers.length - 1)
}

/** What is seen behind the opacity of a network that ends with one. */
export function groundOf({ ending }: FoldedNetwork): number {
  const last = ending?.[0]
  return last?.kind === 'alpha' ? (last.ground ?? 1) : 1
}

/** Added to the opcode of the activation of such a layer. */
export const ALPHA_OPCODE = 16
