// PyTorch's truth of a training step (tests/oracle/step.*): what a contender must compute before it is timed. All numbers
// there are float64; the contenders compute in float32.

import { readFile } from 'node:fs/promises'
import { StateDict } from '../src/model/state-dict.js'

/** Values by the tensor's name, row-major in PyTorch's order. */
export type Tensors = ReadonlyMap<string, ArrayLike<number>>

export interface StepOracle {
  /** The weights before the first step. */
  readonly start: StateDict
  /** [96, 2] as the net takes them. */
  readonly points: Float64Array
  /** [96, 3] */
  readonly targets: Float64Array
  readonly count: number
  /** Of the mean squared error at the start, for all learnable tensors in PyTorch's order. */
  readonly gradients: Tensors
  /** Learnable tensors and running statistics after STEPS steps of Adam on this one batch. */
  readonly stateAfterSteps: Tensors
}

export const STEPS = 5

/**
 * Of the largest gradient of the same tensor. Float32 sums over a batch of 96 and over nine layers, and an error function
 * good to 1.5e-7, give up to 3e-5. A variance divided by n - 1 is off by 1e-2, the tanh GELU by more than 1e-3.
 */
const GRADIENT_TOLERANCE = 1e-4

/** Absolute: each of the five steps moves a weight by up to 1e-3, an error of the update moves it as far. */
const STATE_TOLERANCE = 1e-5

/** A scalar, a vector or a matrix in rows. */
type Nested = number | readonly number[] | readonly (readonly number[])[]

/** Loads the oracle's two files. */
export async function loadStepOracle(): Promise<StepOracle> {
  const start = StateDict.parse(new Uint8Array(await readFile('tests/oracle/step.start.safetensors')))
  const json = JSON.parse(await readFile('tests/oracle/step.expected.json', 'utf8')) as {
    readonly points: Nested
    readonly targets: Nested
    readonly gradients_step1: Readonly<Record<string, Nested>>
    readonly state_after_5_adam_steps: Readonly<Record<string, Nested>>
  }
  const flat = (nested: Nested): number[] => [nested].flat(2)
  const tensors = (byName: Readonly<Record<string, Nested>>): Tensors =>
    new Map(Object.entries(byName).map(([name, values]) => [name, flat(values)]))
  const points = Float64Array.from(flat(json.points))
  const state = new Map(tensors(json.state_after_5_adam_steps))
  for (const name of state.keys()) if (name.endsWith('.num_batches_tracked')) state.delete(name)
  return {
    start,
    points,
    targets: Float64Array.from(flat(json.targets)),
    count: points.length / 2,
    gradients: tensors(json.gradients_step1),
    stateAfterSteps: state,
  }
}

/** Throws when a gradient is off by more than GRADIENT_TOLERANCE; returns the largest error, of its tensor's largest value. */
export function checkGradients(who: string, { gradients }: StepOracle, got: Tensors): number {
  const relative = (error: number, expected: ArrayLike<number>) => error / Math.max(...Array.from(expected, Math.abs))
  return checkTensors(`${who}: gradient of`, gradients, got, GRADIENT_TOLERANCE, relative)
}

/** Throws when a value after STEPS steps is off by more than STATE_TOLERANCE; returns the largest error. */
export function checkStateAfterSteps(who: string, { stateAfterSteps }: StepOracle, got: Tensors): number {
  return checkTensors(`${who}: after ${STEPS} steps`, stateAfterSteps, got, STATE_TOLERANCE, error => error)
}

function checkTensors(
  what: string,
  expected: Tensors,
  got: Tensors,
  tolerance: number,
  scale: (error: number, expected: ArrayLike<number>) => number,
): number {
  let worst = 0
  for (const [name, values] of expected) {
    const ours = got.get(name)
    if (ours?.length !== values.length)
      throw new Error(`${what} ${name}: expected ${values.length} values, got ${ours?.length ?? 'none'}`)
    const maxAbs = Array.from(values).reduce((max, value, i) => {
      const error = Math.abs(value - ours[i])
      return error <= max ? max : error
    }, 0)
    const error = scale(maxAbs, values)
    // Not `error > tolerance`: NaN is no agreement.
    if (!(error <= tolerance)) throw new Error(`${what} ${name}: expected PyTorch's within ${tolerance}, got ${error}`)
    worst = Math.max(worst, error)
  }
  return worst
}
