// Evaluates a folded network over any number of points, block after block, in two matrices that take turns.

import { BLOCK, COLUMNS, ROW_BYTES } from './block'
import { addMoments } from './batch-norm'
import { geluRows } from './gelu'
import { linear } from './linear'

// A layer's record in the table that the host writes: six 32-bit words.
const RECORD_BYTES: usize = 24

/**
 * @param layers table of records {inDim, quads of outputs, gelu follows (0 or 1), weight, bias, moments or 0}; inDim as padded by
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
 * Takes points through the layers and joins what comes out of those that have moments to them: mean and sum of squared
 * deviations, float64 [d, 2].
 * @param before points that the moments have seen
 * @param count a multiple of COLUMNS, or the last
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
    const columns = <usize>((points + COLUMNS - 1) & -COLUMNS) * 4
    let from = first
    let to = second
    loadInputs(from, inputs + <usize>start * 8, points)
    for (let l = 0, record = layers; l < layerCount; l++, record += RECORD_BYTES) {
      runLayer(record, from, to, columns)
      const moments = load<u32>(record, 20)
      if (moments) addMoments(moments, load<i32>(record, 4), to, before + start, points)
      const swap = from
      from = to
      to = swap
    }
  }
}

/** Takes a block through all layers; returns which of the two matrices holds the last one's output. */
function runLayers(layers: usize, layerCount: i32, inputs: usize, points: i32, first: usize, second: usize): usize {
  const columns = <usize>((points + COLUMNS - 1) & -COLUMNS) * 4
  let from = first
  let to = second
  loadInputs(from, inputs, points)
  for (let l = 0, record = layers; l < layerCount; l++, record += RECORD_BYTES) {
    runLayer(record, from, to, columns)
    const swap = from
    from = to
    to = swap
  }
  return from
}

function runLayer(record: usize, from: usize, to: usize, columns: usize): void {
  const quads = load<i32>(record, 4)
  linear(load<u32>(record, 12), load<u32>(record, 16), from, to, load<i32>(record), quads, columns)
  if (load<i32>(record, 8)) geluRows(to, quads * 4, columns)
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
