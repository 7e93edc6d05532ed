// The peer of the training step: jax-js on its wasm backend, the same net, batch and work, after its gradients and five
// steps of Adam were held against PyTorch's. One thread: its workers are those of a page, Node has none.

import { type Array as JaxArray, numpy as np } from '@jax-js/jax'
import { MYSTERY_NET } from '../src/model/architecture.js'
import { type Contender, measureRate } from './contender.js'
import { adamCorrections, createJaxModel, cutFlat, type FlatLayout, flatLayout, type JaxState } from './jax-model.js'
import { externalMegabytes } from './memory.js'
import type { Workload } from './points.js'
import { checkGradients, checkStateAfterSteps, loadStepOracle, type StepOracle, STEPS } from './step-oracle.js'
import { createTrainingBatch } from './training-batch.js'

export const JAX_NAME = 'jax-js'

/** The larger one first: what memory it takes anew is then all that it takes. */
const BATCHES = [4096, 1024]
const TRIAL_MS = 500

const LEARNABLE = flatLayout(MYSTERY_NET, true)
const RUNNING = flatLayout(MYSTERY_NET, false)

type Model = ReturnType<typeof createJaxModel>

/** Where the points and their colours come from: n rows of 2 and of 3. */
interface Batch {
  readonly inputs: ArrayLike<number>
  readonly targets: ArrayLike<number>
  readonly count: number
}

/** Starts jax-js, takes the batch it is fastest with. Throws when it does not compute what PyTorch does. */
export async function createJaxTrainStep(workload: Workload): Promise<Contender> {
  const oracle = await loadStepOracle()
  const model = createJaxModel(MYSTERY_NET)
  const gradientError = checkGradients(JAX_NAME, oracle, await gradientsOf(model, oracle))
  checkStateAfterSteps(JAX_NAME, oracle, await stateAfterSteps(model, oracle))

  const trials = []
  for (const count of BATCHES) {
    const before = externalMegabytes()
    const run = new Run(model, oracle, createTrainingBatch(workload, count))
    // The first step compiles.
    await run.step()
    trials.push({
      count,
      run,
      megabytesHeld: externalMegabytes() - before,
      rate: await measureRate(() => run.step(), count, TRIAL_MS),
    })
  }
  const [{ count, run, megabytesHeld }, ...others] = trials.sort((a, b) => b.rate - a.rate)
  for (const other of others) other.run.dispose()

  return {
    name: JAX_NAME,
    threads: 1,
    async round() {
      const megapixelsPerSecond = await measureRate(() => run.step(), count)
      return {
        megapixelsPerSecond,
        megabytesHeld,
        note: `wasm SIMD, jit, Adam, batch ${count}; gradients within ${gradientError.toExponential(0)} of PyTorch's`,
      }
    },
    async dispose() {
      run.dispose()
      model.gradient.dispose()
      model.step.dispose()
    },
  }
}

/** A training run on one batch that never changes. */
class Run {
  readonly #model: Model
  readonly #inputs: JaxArray
  readonly #targets: JaxArray
  #state: JaxState
  #steps = 0

  constructor(model: Model, oracle: StepOracle, { inputs, targets, count }: Batch) {
    this.#model = model
    this.#inputs = np.array(Float32Array.from(inputs)).reshape([count, 2])
    this.#targets = np.array(Float32Array.from(targets)).reshape([count, 3])
    const { size } = LEARNABLE
    this.#state = [startOf(oracle, LEARNABLE), np.zeros([size]), np.zeros([size]), startOf(oracle, RUNNING)]
  }

  /** Takes a step and waits for its loss, which must be a number. */
  async step(): Promise<void> {
    const corrections = adamCorrections(++this.#steps)
    const [loss, ...state] = this.#model.step(this.#state, corrections, this.#inputs.ref, this.#targets.ref)
    this.#state = state
    const [value] = await loss.data()
    if (!Number.isFinite(value)) throw new Error(`${JAX_NAME}: loss ${value} after ${this.#steps} steps`)
  }

  /** Parameters and running statistics by name. */
  async read(): Promise<ReadonlyMap<string, Float32Array>> {
    const [parameters, , , running] = this.#state
    return new Map([...(await readFlat(LEARNABLE, parameters.ref)), ...(await readFlat(RUNNING, running.ref))])
  }

  dispose(): void {
    for (const array of [this.#inputs, this.#targets, ...this.#state]) array.dispose()
  }
}

async function gradientsOf(model: Model, oracle: StepOracle): Promise<ReadonlyMap<string, Float32Array>> {
  const inputs = np.array(Float32Array.from(oracle.points)).reshape([oracle.count, 2])
  const targets = np.array(Float32Array.from(oracle.targets)).reshape([oracle.count, 3])
  const [loss, gradient, statistics] = model.gradient(startOf(oracle, LEARNABLE), inputs, targets)
  loss.dispose()
  statistics.dispose()
  return readFlat(LEARNABLE, gradient)
}

async function stateAfterSteps(model: Model, oracle: StepOracle): Promise<ReadonlyMap<string, Float32Array>> {
  const run = new Run(model, oracle, { ...oracle, inputs: oracle.points })
  for (let step = 0; step < STEPS; step++) await run.step()
  const state = await run.read()
  run.dispose()
  return state
}

/** The values that training starts from, as a flat vector. */
function startOf({ start }: StepOracle, { specs }: FlatLayout): JaxArray {
  return np.array(Float32Array.from(specs.flatMap(({ name }) => [...start.values(name)])))
}

async function readFlat(layout: FlatLayout, flat: JaxArray): Promise<Map<string, Float32Array>> {
  const values = await flat.data()
  return cutFlat(layout, (begin, end) => values.subarray(begin, end))
}
