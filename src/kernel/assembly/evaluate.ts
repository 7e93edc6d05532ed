// Evaluates a folded network over any number of points, block after block, in two matrices that take turns.

import { activateRows } from './activations'
import { addMoments } from './batch-norm'
import { BLOCK, COLUMNS, ROW_BYTES } from './block'
import { coverRows } from './head'
import { linear } from './linear'

// A record of a layer, or of one of its blocks, in the table that the host writes: eleven 32-bit words.
const RECORD_BYTES: usize = 44
// Added to the activation of a head that gives colours and their opacity.
const ALPHA = 16

/**
 * @param layers table of records {inDim, quads of outputs, activation that follows (0 for none; and ALPHA), weight, bias, moments, the
 *   activation's parameter (float32), bytes to its first input row, bytes to its first output row, whether another block of the same
 *   layer follows, the ground behind an opacity (float32)}; inDim as padded by the layer before
 * @param inputs [count, inDim of the first record] float32
 * @param outputs [count, 3] float32, written
 * @param from two matrices of a block, each as wide as the widest layer
 */
export function evaluate(
  layers: usize,
  layerCount: i32,
  inputs: usize,
  outputs: usize,
  count: i32,
  first: usize,
  second: usize,
): void {
  const inputBytes = <usize>load<i32>(layers) * 4
  for (let start = 0; start < count; start += BLOCK) {
    const points = min(BLOCK, count - start)
    const last = runLayers(layers, layerCount, inputs + <usize>start * inputBytes, points, first, second)
    storeOutputs(outputs + <usize>start * 12, last, points)
  }
}

/**
 * Evaluates one unit of the last layer of a table, as {@link evaluate}.
 * @param row which of its rows
 * @param outputs [count] float32, written
 */
export function evaluateUnit(
  layers: usize,
  layerCount: i32,
  row: i32,
  inputs: usize,
  outputs: usize,
  count: i32,
  first: usize,
  second: usize,
): void {
  const inputBytes = <usize>load<i32>(layers) * 4
  for (let start = 0; start < count; start += BLOCK) {
    const points = min(BLOCK, count - start)
    const last = runLayers(layers, layerCount, inputs + <usize>start * inputBytes, points, first, second)
    memory.copy(outputs + <usize>start * 4, last + <usize>row * ROW_BYTES, <usize>points * 4)
  }
}

/**
 * Takes points through the layers and joins what comes out of each to its moments: mean and sum of squared deviations,
 * float64 [d, 2].
 * @param before points that the moments have seen
 */
export function evaluateMoments(
  layers: usize,
  layerCount: i32,
  inputs: usize,
  before: i32,
  count: i32,
  first: usize,
  second: usize,
): void {
  const inputBytes = <usize>load<i32>(layers) * 4
  for (let start = 0; start < count; start += BLOCK) {
    const points = min(BLOCK, count - start)
    runLayers(layers, layerCount, inputs + <usize>start * inputBytes, points, first, second, before + start)
  }
}

/**
 * Takes a block through all layers; returns which of the two matrices holds the last one's output.
 * @param before points that the moments have seen; below 0: they stay as they are
 */
function runLayers(
  layers: usize,
  layerCount: i32,
  inputs: usize,
  points: i32,
  first: usize,
  second: usize,
  before: i32 = -1,
): usize {
  const columns = <usize>((points + COLUMNS - 1) & -COLUMNS) * 4
  let from = first
  let to = second
  loadInputs(from, inputs, load<i32>(layers), points)
  for (let l = 0, record = layers; l < layerCount; l++, record += RECORD_BYTES) {
    const inDim = load<i32>(record)
    const quads = load<i32>(record, 4)
    const at = to + load<u32>(record, 32)
    linear(load<u32>(record, 12), load<u32>(record, 16), from + load<u32>(record, 28), at, inDim, quads, columns)
    const activation = load<i32>(record, 8)
    if (activation & ~ALPHA) activateRows(activation & ~ALPHA, at, quads * 4, columns, load<f32>(record, 24))
    if (activation & ALPHA) coverRows(at, columns, load<f32>(record, 40))
    if (before >= 0) addMoments(load<u32>(record, 20), quads, at, before, points)
    if (load<i32>(record, 36)) continue
    const swap = from
    from = to
    to = swap
  }
  return from
}

/** Spreads points into a row an input; the columns up to the next multiple of COLUMNS are zeros. */
function loadInputs(to: usize, inputs: usize, inDim: i32, points: i32): void {
  if (inDim !== 2) {
    for (let row = 0; row < inDim; row++, to += ROW_BYTES, inputs += 4) {
      for (let i = 0; i < points; i++)
        store<f32>(to + ((<usize>i) << 2), load<f32>(inputs + ((<usize>(i * inDim)) << 2)))
      for (let i = points; i & (COLUMNS - 1); i++) store<f32>(to + ((<usize>i) << 2), 0)
    }
    return
  }
  for (let i = 0; i < points; i++) {
    store<f32>(to + ((<usize>i) << 2), load<f32>(inputs + ((<usize>i) << 3)))
    store<f32>(to + ((<usize>i) << 2), load<f32>(inputs + ((<usize>i) << 3), 4), ROW_BYTES)
  }
  for (let i = points; i & (COLUMNS - 1); i++) {
    store<f32>(to + ((<usize>i) << 2), 0)
    store<f32>(to + ((<usize>i) << 2), 0, ROW_BYTES)
  }
}

/** Gathers three rows into triples. */
function storeOutputs(outputs: usize, from: usize, points: i32): void {
  for (let i = 0; i < points; i++) {
    const at = from + ((<usize>i) << 2)
    const out = outputs + <usize>i * 12
    store<f32>(out, load<f32>(at))
    store<f32>(out, load<f32>(at, ROW_BYTES), 4)
    store<f32>(out, load<f32>(at, 2 * ROW_BYTES), 8)
  }
}
