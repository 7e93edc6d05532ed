// A net made by hand, whose edges are as sharp as one likes: the cross of Denmark, two bars and their union. What is between the
// edges is flat, so that the means of areas are known without any net.

import { createDenseArchitecture } from '../../src/model/architecture.js'
import { gelu } from '../../src/model/erf.js'
import type { Network } from '../../src/model/network.js'
import { networkFromTensors } from '../../src/train/inference.js'

/** Where the bars begin and end, in parts of the picture's edges. */
const BARS = { x: [12 / 37, 16 / 37], y: [12 / 28, 16 / 28] } as const
const RED = [200 / 255, 16 / 255, 46 / 255] as const
const WHITE = [1, 1, 1] as const

/**
 * Over [-1, 1] both ways, y downwards, outputs in [0, 1].
 * @param softness how wide an edge is, in plane units
 */
export function danishCross(softness: number): Network {
  // GELU(t + 4) - GELU(t - 4), over 8, climbs from 0 to 1 between t = -8 and t = 8.
  const slope = 16 / softness
  const units: { readonly weight: readonly [number, number]; readonly bias: number; readonly sign: number }[] = []
  const bars = [
    ...BARS.x.map((at, i) => [slope, 0, at, i] as const),
    ...BARS.y.map((at, i) => [0, slope, at, i] as const),
  ]
  for (const [kx, ky, at, i] of bars)
    for (const shift of [4, -4])
      units.push({
        weight: [kx, ky],
        bias: -slope * (2 * at - 1) + shift,
        sign: Math.sign(shift) * (i === 0 ? 1 : -1),
      })
  const architecture = createDenseArchitecture([units.length, 1], [1])
  // Where no bar is, GELU(10 (1 - 0)) / 10 = 1; where one or two are, 0 or next to it.
  const steepness = 10
  const tensors = new Map<string, Float32Array>([
    ['dense1.weight', Float32Array.from(units.flatMap(({ weight }) => weight))],
    ['dense1.bias', Float32Array.from(units, ({ bias }) => bias)],
    ['dense2.weight', Float32Array.from(units, ({ sign }) => (-sign * steepness) / 8)],
    ['dense2.bias', Float32Array.of(steepness)],
    ['dense_head.weight', Float32Array.from(RED, (value, c) => (value - WHITE[c]) / steepness)],
    ['dense_head.bias', Float32Array.from(WHITE)],
  ])
  // Batch norm remembers what it is fed with over the picture, and passes it on as it is.
  const grid = 4000
  const statistics = units.map(({ weight: [kx, ky], bias }) => {
    let sum = 0
    let squares = 0
    for (let i = 0; i < grid; i++) {
      const value = gelu((kx + ky) * ((2 * (i + 0.5)) / grid - 1) + bias)
      sum += value
      squares += value * value
    }
    return { mean: sum / grid, variance: squares / grid - (sum / grid) ** 2 }
  })
  tensors.set(
    'bn1.running_mean',
    Float32Array.from(statistics, ({ mean }) => mean),
  )
  tensors.set(
    'bn1.running_var',
    Float32Array.from(statistics, ({ variance }) => variance),
  )
  tensors.set(
    'bn1.weight',
    Float32Array.from(statistics, ({ variance }) => Math.sqrt(variance + 1e-5)),
  )
  tensors.set(
    'bn1.bias',
    Float32Array.from(statistics, ({ mean }) => mean),
  )
  return networkFromTensors(architecture, tensors)
}

/** What the cross is with edges of no width: each pixel the mean of its area. @returns [size, size, 3] in [0, 1] */
export function danishAreas(size: number): Float64Array {
  const covered = (pixel: number, [from, to]: readonly [number, number]) =>
    Math.max(0, Math.min(pixel + 1, size * to) - Math.max(pixel, size * from))
  return Float64Array.from({ length: size * size * 3 }, (_, i) => {
    const x = covered(Math.floor(i / 3) % size, BARS.x)
    const y = covered(Math.floor(i / 3 / size), BARS.y)
    const white = x + y - x * y
    return white * WHITE[i % 3] + (1 - white) * RED[i % 3]
  })
}
