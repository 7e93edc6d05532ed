// Where training begins.

import { describe, expect, test } from 'vitest'
import { MYSTERY_NET } from '../../src/model/architecture.js'
import { initialTensors } from '../../src/train/initial-weights.js'

const SEEDS = [1, 2, 3, 4, 5]

describe('the first weights', () => {
  test('are uniform in the bounds of PyTorch, with the variance of a uniform distribution', () => {
    for (const layer of MYSTERY_NET.layers) {
      if (layer.kind !== 'linear') continue
      const bound = 1 / Math.sqrt(layer.inDim)
      for (const part of ['weight', 'bias']) {
        const values = SEEDS.flatMap(seed => [
          ...initialTensors(MYSTERY_NET, seed, 'default').get(`${layer.name}.${part}`)!,
        ])
        expect(values.every(value => Math.abs(value) <= Math.fround(bound))).toBe(true)
        const meanSquare = values.reduce((sum, value) => sum + value * value, 0) / values.length
        // Of a uniform square, the deviation of its mean is 0.3 / sqrt(n) of the bound's square: four of them.
        expect(Math.abs(meanSquare / bound ** 2 - 1 / 3)).toBeLessThan(1.2 / Math.sqrt(values.length))
      }
    }
  })

  test('leave batch norms at the identity', () => {
    const tensors = initialTensors(MYSTERY_NET, 1, 'default')
    for (const [name, values] of tensors) {
      if (!name.startsWith('bn')) continue
      const expected = /\.(weight|running_var)$/.test(name) ? 1 : 0
      expect(
        values.every(value => value === expected),
        name,
      ).toBe(true)
    }
    expect(tensors.size).toBe(34)
  })

  test('are the same for a seed, others for another', () => {
    expect(initialTensors(MYSTERY_NET, 7, 3)).toEqual(initialTensors(MYSTERY_NET, 7, 3))
    expect(initialTensors(MYSTERY_NET, 7, 3)).not.toEqual(initialTensors(MYSTERY_NET, 8, 3))
  })
})

describe('a wide first layer', () => {
  test.each([0.5, 3, 10])('has weights of length %f in all directions', length => {
    const angles = SEEDS.flatMap(seed => {
      const weight = initialTensors(MYSTERY_NET, seed, length).get('dense1.weight')!
      return Array.from({ length: 16 }, (_, o) => {
        expect(Math.hypot(weight[2 * o], weight[2 * o + 1]) / length).toBeCloseTo(1, 5)
        return Math.atan2(weight[2 * o + 1], weight[2 * o])
      })
    })
    for (let quadrant = 0; quadrant < 4; quadrant++) {
      const inside = angles.filter(angle => Math.floor((angle + Math.PI) / (Math.PI / 2)) === quadrant).length
      // Of 80, 20 are expected: deviation 3.9, four of them.
      expect(Math.abs(inside - 20)).toBeLessThan(16)
    }
  })

  test('crosses zero inside the frame with every unit', () => {
    for (const seed of SEEDS) {
      const tensors = initialTensors(MYSTERY_NET, seed, 3)
      const [weight, bias] = [tensors.get('dense1.weight')!, tensors.get('dense1.bias')!]
      for (let o = 0; o < 16; o++) {
        const corners = [-1, 1].flatMap(x => [-1, 1].map(y => weight[2 * o] * x + weight[2 * o + 1] * y + bias[o]))
        expect(Math.min(...corners)).toBeLessThanOrEqual(0)
        expect(Math.max(...corners)).toBeGreaterThanOrEqual(0)
      }
    }
  })

  test('leaves the other layers within the bounds of PyTorch', () => {
    const tensors = initialTensors(MYSTERY_NET, 1, 10)
    expect(tensors.get('dense2.weight')!.every(value => Math.abs(value) <= 0.25)).toBe(true)
  })
})
