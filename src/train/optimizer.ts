// Optimizers: one interface, their state in the kernel's two moment vectors, so that a checkpoint is the same for all.

import type { AdamSettings, TrainingKernel } from '../kernel/training.js'
import type { TrainingLayout } from '../kernel/training-layout.js'
import { type RateRange, rangesBeside } from '../kernel/training-places.js'
import type { Recipe } from './recipe.js'

export interface Optimizer {
  /**
   * Moves the kernel's parameters by the gradients in its exchange.
   * @param step counted from 1
   * @param factor of the learning rate, in [0, 1]
   */
  update(kernel: TrainingKernel, step: number, factor: number): void
}

/** PyTorch's defaults. */
export const ADAM_SETTINGS: AdamSettings = { beta1: 0.9, beta2: 0.999, eps: 1e-8 }
const MUON_MOMENTUM = 0.95

/** Makes the optimizer of a recipe. */
export function createOptimizer({
  optimizer,
  rate,
  adamRate,
  whitening,
}: Pick<Recipe, 'optimizer' | 'rate' | 'adamRate' | 'whitening'>): Optimizer {
  if (optimizer === 'adam') return createAdam(rate)
  return whitening ? createWhitenedMuon(rate, adamRate) : createMuon(rate, adamRate)
}

function createAdam(rate: number): Optimizer {
  return {
    update(kernel, step, factor) {
      moveByAdam(kernel, kernel.layout.ranges, rate * factor, step)
    },
  }
}

/** Muon for the hidden matrices; Adam for the first layer, the head, biases and batch norms. */
function createMuon(rate: number, adamRate: number): Optimizer {
  const restOf = once(({ ranges, hidden }) => rangesBeside(ranges, hidden))
  return {
    update(kernel, step, factor) {
      for (const matrix of kernel.layout.hidden) kernel.muon(matrix, rate * factor, MUON_MOMENTUM)
      moveByAdam(kernel, restOf(kernel.layout), adamRate * factor, step)
    },
  }
}

/** Muon for the weights and biases of hidden layers, whose inputs are whitened; Adam for the rest. */
function createWhitenedMuon(rate: number, adamRate: number): Optimizer {
  const plainOf = once(({ hidden, whitened }) => {
    const records = new Set(whitened.map(({ stage }) => stage))
    return hidden.filter(({ record }) => !records.has(record))
  })
  const restOf = once(layout => {
    const biases = layout.whitened.flatMap(({ bias }) => (bias ? [{ start: bias.start, count: bias.stride }] : []))
    return rangesBeside(layout.ranges, [...layout.hidden, ...biases])
  })
  return {
    update(kernel, step, factor) {
      const { layout } = kernel
      for (const place of layout.whitened) kernel.muonWhitened(place, rate * factor, MUON_MOMENTUM)
      // Of layers that are too wide to be whitened.
      for (const matrix of plainOf(layout)) kernel.muon(matrix, rate * factor, MUON_MOMENTUM)
      moveByAdam(kernel, restOf(layout), adamRate * factor, step)
    },
  }
}

function moveByAdam(kernel: TrainingKernel, ranges: readonly RateRange[], rate: number, step: number): void {
  for (const { start, count, factor } of ranges) kernel.adam(start, count, rate * factor, step, ADAM_SETTINGS)
}

/** Takes something of a layout when that is first asked for, and keeps it. */
function once<T extends object>(take: (layout: TrainingLayout) => T): (layout: TrainingLayout) => T {
  const taken = new WeakMap<TrainingLayout, T>()
  return layout => {
    const known = taken.get(layout) ?? take(layout)
    taken.set(layout, known)
    return known
  }
}
