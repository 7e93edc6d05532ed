// Pixels drawn by probabilities: the sequence, the pixel a term falls on, what it weighs.

import { describe, expect, test } from 'vitest'
import { createDenseArchitecture } from '../../src/model/architecture.js'
import { TrainingKernel } from '../../src/kernel/training.js'
import { SplitMix64 } from '../../src/train/random.js'
import { createRandom } from '../model/network-files.js'
import { batchOf } from './training-cases.js'

const NET = createDenseArchitecture([1], [])
const [WIDTH, HEIGHT] = [20, 15]
const PIXELS = WIDTH * HEIGHT
const GOLDEN = 0x9e3779b97f4a7c15n
const MASK = (1n << 64n) - 1n

/** A kernel whose pixels stand in a shuffled order, each with its own colour. */
function drawingKernel(batch: number, probabilityAt: (pixel: number) => number) {
  const kernel = new TrainingKernel(
    NET,
    batch,
    { width: WIDTH, height: HEIGHT },
    { isWeighted: true, isWhitened: false },
  )
  const places = Uint32Array.from({ length: PIXELS }, (_, i) => {
    const pixel = (i * 7) % PIXELS
    return Math.floor(pixel / WIDTH) * 65_536 + (pixel % WIDTH)
  })
  kernel.setPlaces(places)
  kernel.setPicture(Float32Array.from({ length: PIXELS * 3 }, (_, i) => Math.floor(i / 3) / PIXELS))
  kernel.setProbabilities(probabilityAt)
  kernel.randomState.set([...new SplitMix64(3).words(), 0x89abcdef, 0x01234567])
  return { kernel, places }
}

/** Places in the order, told by the colour. */
const drawnOf = (kernel: TrainingKernel) => batchOf(kernel).targets.map(([red]) => Math.round(red * PIXELS))

function uneven(seed: number): Float64Array {
  const random = createRandom(seed)
  const values = Float64Array.from({ length: PIXELS }, () => 0.05 + random() ** 6)
  const sum = values.reduce((a, b) => a + b, 0)
  return values.map(value => value / sum)
}

describe('a batch drawn by probabilities', () => {
  test('takes the first pixel whose sum is above each term of the golden-ratio sequence, which never restarts', () => {
    const p = uneven(1)
    const { kernel } = drawingKernel(80, pixel => 10 * p[pixel])
    const sums = p.map((_, i) => p.subarray(0, i + 1).reduce((a, b) => a + b, 0))
    let term = 0x0123456789abcdefn
    for (let round = 0; round < 4; round++) {
      // Two others take 160 terms in between.
      kernel.drawBatch(160, 0)
      const expected = Array.from({ length: 80 }, () => {
        const u = Number(term >> 11n) / 2 ** 53
        term = (term + GOLDEN) & MASK
        return sums.findIndex(sum => sum > u)
      })
      term = (term + 160n * GOLDEN) & MASK
      expect(drawnOf(kernel)).toEqual(expected)
    }
    expect([...kernel.randomState.subarray(4)]).toEqual([Number(term & 0xffffffffn), Number(term >> 32n)])
  })

  test('weighs each pixel by 1 / (pixels x probability), so that the weighted mean is that of the picture', () => {
    const p = uneven(2)
    const { kernel } = drawingKernel(4096, pixel => p[pixel])
    let sum = 0
    let weights = 0
    for (let round = 0; round < 20; round++) {
      kernel.drawBatch(0, 0)
      const own = kernel.batchWeights
      drawnOf(kernel).forEach((pixel, i) => {
        expect(Math.abs(own[i] * PIXELS * p[pixel] - 1)).toBeLessThan(1e-6)
        sum += own[i] * pixel
        weights += own[i]
      })
    }
    const count = 20 * 4096
    expect(Math.abs(weights / count - 1)).toBeLessThan(0.01)
    expect(Math.abs(sum / count / ((PIXELS - 1) / 2) - 1)).toBeLessThan(0.01)
  })

  test('of equal probabilities covers the picture: 300 consecutive terms miss and repeat few pixels', () => {
    const { kernel } = drawingKernel(304, () => 1)
    for (let round = 0; round < 5; round++) {
      kernel.drawBatch(0, 0)
      // By chance a share of 1 / e would be missed: 110.
      expect(PIXELS - new Set(drawnOf(kernel)).size).toBeLessThan(90)
    }
  })

  test('has the inputs of its pixels, and noise as any batch', () => {
    const { kernel, places } = drawingKernel(256, () => 1)
    kernel.drawBatch(0, 0)
    const { inputs } = batchOf(kernel)
    drawnOf(kernel).forEach((at, i) => {
      expect(Math.abs(inputs[i][0] - ((((places[at] & 0xffff) + 0.5) / WIDTH) * 2 - 1))).toBeLessThan(1e-7)
      expect(Math.abs(inputs[i][1] - (((Math.floor(places[at] / 65_536) + 0.5) / HEIGHT) * 2 - 1))).toBeLessThan(1e-7)
    })
    kernel.drawBatch(0, 0.1)
    const values = batchOf(kernel).targets.map(([red, green]) => red - green)
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
    // Two independent deviations of 0.1; 256 draws tell it to a tenth.
    expect(deviation).toBeGreaterThan(0.12)
    expect(deviation).toBeLessThan(0.165)
  })

  test('at random draws each pixel as often as its probability says', () => {
    const p = uneven(4)
    const { kernel } = drawingKernel(4096, pixel => p[pixel])
    const counts = new Float64Array(PIXELS)
    for (let round = 0; round < 50; round++) {
      kernel.drawBatch(null, 0)
      for (const pixel of drawnOf(kernel)) counts[pixel]++
    }
    const chiSquare = counts.reduce((sum, n, i) => sum + (n - 50 * 4096 * p[i]) ** 2 / (50 * 4096 * p[i]), 0)
    expect(Math.abs(chiSquare - (PIXELS - 1))).toBeLessThan(4 * Math.sqrt(2 * (PIXELS - 1)))
  })

  test('reaches pixels of probability 0 never, the last one for terms near 1, and a picture may be one pixel', () => {
    const { kernel } = drawingKernel(4096, pixel => (pixel % 3 === 0 ? 1 : 0))
    kernel.drawBatch(0, 0)
    expect(drawnOf(kernel).every(pixel => pixel % 3 === 0)).toBe(true)
    kernel.randomState.set([0xffffffff, 0xffffffff], 4)
    kernel.drawBatch(0, 0)
    expect(drawnOf(kernel)[0]).toBe(PIXELS - 3)
    const single = new TrainingKernel(NET, 16, { width: 1, height: 1 }, { isWeighted: true, isWhitened: false })
    single.setPlaces(Uint32Array.of(0))
    single.setPicture(Float32Array.of(0.25, 0.5, 0.75))
    single.setProbabilities(() => 1)
    single.drawBatch(0, 0)
    expect(batchOf(single).targets.every(([red, , blue]) => red === 0.25 && blue === 0.75)).toBe(true)
  })
})
