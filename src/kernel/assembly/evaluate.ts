// Evaluates a folded network over any number of points, block after block, in two matrices that take turns.

import { BLOCK, COLUMNS, ROW_BYTES } from './block'
import { addMoments } from './batch-norm'
import { geluRows } from './gelu'
import { linear } from './linear'

// A layer's record in the table that the host writes: six 32-bit words.
const RECORD_BYTES: usize = 24

/**
 * @param layers table of records {inDim, quads of outputs, gelu follows (0 or 1), weight, bias, moments}; inDim as padded by
 *   the layer before
 * @param inputs [count, 2] float32
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
  for (let start = 0; start < count; start += BLOCK) {
    const points = min(BLOCK, count - start)
    const last = runLayers(layers, layerCount, inputs + <usize>start * 8, points, first, second)
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
  for (let start = 0; start < count; start += BLOCK) {
    const points = min(BLOCK, count - start)
    const last = runLayers(layers, layerCount, inputs + <usize>start * 8, points, first, second)
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
  for (let start = 0; start < count; start += BLOCK) {
    const points = min(BLOCK, count - start)
    runLayers(layers, layerCount, inputs + <usize>start * 8, points, first, second, before + start)
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
  loadInputs(from, inputs, points)
  for (let l = 0, record = layers; l < layerCount; l++, record += RECORD_BYTES) {
    const inDim = load<i32>(record)
    const quads = load<i32>(record, 4)
    linear(load<u32>(record, 12), load<u32>(record, 16), from, to, inDim, quads, columns)
    if (load<i32>(record, 8)) geluRows(to, quads * 4, columns)
    if (before >= 0) addMoments(load<u32>(record, 20), quads, to, before, points)
    const swap = from
    from = to
    to = swap
  }
  return from
}

/** Spreads pairs into two rows; the columns up to the next multiple of COLUMNS are zeros. */
function loadInputs(to: usize, inputs: usize, points: i32): void {
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
