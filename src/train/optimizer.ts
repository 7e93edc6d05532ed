// Optimizers: one interface, their state in the kernel's two moment vectors, so that a checkpoint is the same for all.

import type { AdamSettings, TrainingKernel } from '../kernel/training.js'
import type { TensorPlace } from '../kernel/training-layout.js'
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
      kernel.adam(0, kernel.layout.parameterCount, rate * factor, step, ADAM_SETTINGS)
    },
  }
}

/** Muon for the hidden matrices; Adam for the first layer, the head, biases and batch norms. */
function createMuon(rate: number, adamRate: number): Optimizer {
  return {
    update(kernel, step, factor) {
      const { learnable } = kernel.layout
      const matrices = hiddenMatrices(learnable)
      for (const place of learnable) {
        if (matrices.has(place)) kernel.muon(place, rate * factor, MUON_MOMENTUM)
        else kernel.adam(place.start, place.paddedRows * place.stride, adamRate * factor, step, ADAM_SETTINGS)
      }
    },
  }
}

/** Muon for the weights and biases of hidden layers, whose inputs are whitened; Adam for the rest. */
function createWhitenedMuon(rate: number, adamRate: number): Optimizer {
  return {
    update(kernel, step, factor) {
      const { learnable, whitened } = kernel.layout
      const byMuon = new Set(whitened.flatMap(({ weight, bias }) => [weight, bias]))
      for (const place of whitened) kernel.muonWhitened(place, rate * factor, MUON_MOMENTUM)
      for (const place of learnable)
        if (!byMuon.has(place))
          kernel.adam(place.start, place.paddedRows * place.stride, adamRate * factor, step, ADAM_SETTINGS)
    },
  }
}

/** The weights of linear layers but the first and the last. */
function hiddenMatrices(learnable: readonly TensorPlace[]): Set<TensorPlace> {
  return new Set(learnable.filter(({ shape }) => shape.length === 2).slice(1, -1))
}
