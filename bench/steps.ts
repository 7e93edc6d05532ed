// What a step of training costs with each part of the recipe, in turns in one thread: plain Muon first, the others as multiples
// of it, at the same batch; and what the error map adds, spread over the pixels seen from one time to the next.

import { MYSTERY_NET } from '../src/model/architecture.js'
import { errorSchedule } from '../src/train/error-map.js'
import { type Recipe, RECIPES } from '../src/train/recipe.js'
import { Replica } from '../src/train/replica.js'
import { plainTarget } from '../src/train/target.js'
import { initialState, planOf } from '../src/train/trainer.js'
import { median } from './contender.js'

export interface StepTiming {
  readonly name: string
  readonly millisecondsAStep: number
  /** Of the first one's. */
  readonly ratio: number
}

const BATCH = 2048
const SIZE = { width: 1280, height: 640 }
const STEPS = 1e6
const TURNS = 21
// One in twenty whitens.
const STEPS_A_TURN = 20
const WARM_UP_TURNS = 3

/** Times the steps. */
export function measureSteps(): StepTiming[] {
  const [sharp, direct] = ['sharp', 'direct'].map(wanted => RECIPES.find(({ name }) => name === wanted) as Recipe)
  const runners = [
    createRunner('direct: Muon, random pixels', direct),
    createRunner('direct, cover order', { ...direct, order: 'cover' }),
    createRunner('direct, whitening', { ...direct, whitening: true }),
    createRunner('sharp, without the error map', sharp),
  ]
  for (let turn = 0; turn < WARM_UP_TURNS; turn++) for (const runner of runners) runner.turn()
  const times = runners.map((): number[] => [])
  const mapTimes: number[] = []
  for (let turn = 0; turn < TURNS; turn++) {
    runners.forEach((runner, i) => times[i].push(timed(() => runner.turn()) / STEPS_A_TURN))
    mapTimes.push(timed(() => runners[3].takeErrors()))
  }
  const steps = times.map(median)
  const { everySteps } = errorSchedule(SIZE, STEPS, BATCH)
  const withMap = steps[3] + median(mapTimes) / everySteps
  return [
    ...runners.map(({ name }, i) => ({ name, millisecondsAStep: steps[i], ratio: steps[i] / steps[0] })),
    { name: 'sharp', millisecondsAStep: withMap, ratio: withMap / steps[0] },
  ]
}

function createRunner(name: string, recipe: Recipe) {
  const random = (i: number) => ((i * 2654435761) >>> 0) / 2 ** 32
  const data = Float32Array.from({ length: SIZE.width * SIZE.height * 3 }, (_, i) => random(i))
  const settings = { recipe, seed: 1, threads: 1, steps: STEPS, batch: BATCH, starts: 1, targetPsnr: null, frames: 0 }
  const { replicas, schedule } = initialState(MYSTERY_NET, settings)
  const plan = planOf(MYSTERY_NET, settings, plainTarget({ ...SIZE, data }))
  const replica = new Replica({ ...plan, index: 0 }, replicas)
  const run = (step: number) => {
    replica.computeGradients(schedule, step)
    replica.applyGradients(schedule, step, null)
  }
  return {
    name,
    turn() {
      for (let step = 0; step < STEPS_A_TURN; step++) run(STEPS_A_TURN + step)
    },
    takeErrors: () => replica.takeErrors([replica.measureErrors(STEPS_A_TURN)]),
  }
}

function timed(work: () => void): number {
  const startMs = performance.now()
  work()
  return performance.now() - startMs
}
