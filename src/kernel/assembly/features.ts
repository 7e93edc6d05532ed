// What an encoding makes of the pixels of a batch, from tables by column and by row that the host takes in float64
// (../input-features.ts): sines of high frequencies are exact so, and cost a look-up or two.

import { BLOCK, ROW_BYTES } from './block'

const RECORD_BYTES: usize = 20

/**
 * @param features records {opcode, and the tables A and C by column, B and D by row}; 0: A, 1: B, 2: sqrt(A + B), 3: A B + C D
 * @param places [B * BLOCK] row * 65536 + column
 * @param to [B, rows, BLOCK], the first rows written
 */
export function encode(features: usize, featureCount: i32, places: usize, to: usize, rows: i32, count: i32): void {
  for (let start = 0; start < count; start += BLOCK) {
    const points = <usize>min(BLOCK, count - start)
    for (let f: usize = 0; f < <usize>featureCount; f++)
      encodeRow(features + f * RECORD_BYTES, places, to + f * ROW_BYTES, points)
    places += ROW_BYTES
    to += <usize>rows * ROW_BYTES
  }
}

function encodeRow(feature: usize, places: usize, to: usize, points: usize): void {
  const opcode = load<i32>(feature)
  const a = <usize>load<u32>(feature, 4)
  const b = <usize>load<u32>(feature, 8)
  const c = <usize>load<u32>(feature, 12)
  const d = <usize>load<u32>(feature, 16)
  for (let i: usize = 0; i < points; i++) {
    const place = load<u32>(places + i * 4)
    const column = <usize>(place & 0xffff) * 4
    const row = <usize>(place >> 16) * 4
    let value: f32
    if (opcode === 0) value = load<f32>(a + column)
    else if (opcode === 1) value = load<f32>(b + row)
    else if (opcode === 2) value = sqrt<f32>(load<f32>(a + column) + load<f32>(b + row))
    else value = load<f32>(a + column) * load<f32>(b + row) + load<f32>(c + column) * load<f32>(d + row)
    store<f32>(to + i * 4, value)
  }
}
