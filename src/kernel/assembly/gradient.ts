// The gradient of a linear layer's weights over a block, G += delta x', in tiles of four outputs by two inputs. Sums stay
// in four lanes from block to block, so that lanes are added up once a batch:
//
//   quad 0, inputs 0 and 1: G[0][0] G[1][0] G[2][0] G[3][0] G[0][1] G[1][1] G[2][1] G[3][1], four lanes each; inputs 2 and 3 ...

import { QUAD_BYTES, ROW_BYTES } from './block'
import { sumOfLanes } from './lanes'
import { madd } from './madd'
import { Stage } from './stage'

/**
 * @param delta gradient of the loss by the layer's output
 * @param x the layer's input
 * @param columns bytes of a row in use
 */
export function addGradient(stage: usize, delta: usize, x: usize, columns: usize): void {
  const inDim = <usize>Stage.inDim(stage)
  let lanes = Stage.weightLanes(stage)
  let biasLanes = Stage.biasLanes(stage)
  const end = delta + <usize>Stage.quads(stage) * QUAD_BYTES
  for (; delta < end; delta += QUAD_BYTES) {
    const lastX = x + inDim * ROW_BYTES
    for (let row = x; row < lastX; row += 2 * ROW_BYTES) {
      let a0 = v128.load(lanes)
      let a1 = v128.load(lanes, 16)
      let a2 = v128.load(lanes, 32)
      let a3 = v128.load(lanes, 48)
      let c0 = v128.load(lanes, 64)
      let c1 = v128.load(lanes, 80)
      let c2 = v128.load(lanes, 96)
      let c3 = v128.load(lanes, 112)
      let d = delta
      const last = row + columns
      for (let t = row; t < last; t += 16) {
        const upper = v128.load(t)
        const lower = v128.load(t, ROW_BYTES)
        let k = v128.load(d)
        a0 = madd(k, upper, a0)
        c0 = madd(k, lower, c0)
        k = v128.load(d, ROW_BYTES)
        a1 = madd(k, upper, a1)
        c1 = madd(k, lower, c1)
        k = v128.load(d, 2 * ROW_BYTES)
        a2 = madd(k, upper, a2)
        c2 = madd(k, lower, c2)
        k = v128.load(d, 3 * ROW_BYTES)
        a3 = madd(k, upper, a3)
        c3 = madd(k, lower, c3)
        d += 16
      }
      v128.store(lanes, a0)
      v128.store(lanes, a1, 16)
      v128.store(lanes, a2, 32)
      v128.store(lanes, a3, 48)
      v128.store(lanes, c0, 64)
      v128.store(lanes, c1, 80)
      v128.store(lanes, c2, 96)
      v128.store(lanes, c3, 112)
      lanes += 128
    }
    for (let row = delta; row < delta + QUAD_BYTES; row += ROW_BYTES) {
      let sum = v128.load(biasLanes)
      for (let t = row; t < row + columns; t += 16) sum = f32x4.add(sum, v128.load(t))
      v128.store(biasLanes, sum)
      biasLanes += 16
    }
  }
}

/** Empties the lanes before a batch. */
export function resetGradient(stage: usize): void {
  const units = <usize>Stage.quads(stage) * 4
  memory.fill(Stage.weightLanes(stage), 0, units * <usize>Stage.inDim(stage) * 16)
  memory.fill(Stage.biasLanes(stage), 0, units * 16)
}

/** Adds the lanes up: G [d, i] and db [d]. */
export function finishGradient(stage: usize): void {
  const inDim = <usize>Stage.inDim(stage)
  const units = <usize>Stage.quads(stage) * 4
  const lanes = Stage.weightLanes(stage)
  const gradient = Stage.weightGradient(stage)
  for (let o: usize = 0; o < units; o++) {
    const row = lanes + (o >> 2) * inDim * 64 + (o & 3) * 16
    for (let i: usize = 0; i < inDim; i++)
      store<f32>(gradient + (o * inDim + i) * 4, sumOfLanes(v128.load(row + (i >> 1) * 128 + (i & 1) * 64)))
    const bias = sumOfLanes(v128.load(Stage.biasLanes(stage) + o * 16))
    for (let k: usize = 0; k < <usize>Stage.biasCount(stage); k++)
      store<f32>(Stage.biasGradient(stage) + (k * units + o) * 4, bias)
  }
}
