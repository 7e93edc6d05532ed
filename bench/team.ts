// Training as `vexel train` does it: a team of threads with the default recipe, drawing batches and exchanging gradients
// included.

import { MYSTERY_NET } from '../src/model/architecture.js'
import { evaluateFolded } from '../src/model/reference.js'
import { startThreads } from '../src/cli/train/train-team.js'
import { DEFAULT_RECIPE, lengthOfSteps } from '../src/train/recipe.js'
import { plainTarget } from '../src/train/target.js'
import { initialState, planOf } from '../src/train/trainer.js'
import { type Contender, measureRate } from './contender.js'
import type { Workload } from './points.js'

const STEPS_A_TURN = 16
const WIDTH = 320
const HEIGHT = 160

/** As in `training, 2 threads`. */
export function teamName(threads: number): string {
  return `training, ${threads === 1 ? '1 thread' : `${threads} threads`}`
}

/** Starts a team; its picture is one that the trained net of the workload paints. */
export async function createTeam({ folded }: Workload, threads: number): Promise<Contender> {
  const length = lengthOfSteps(DEFAULT_RECIPE, 1e6)
  const settings = { recipe: DEFAULT_RECIPE, seed: 1, threads, targetPsnr: null, frames: 0, ...length }
  const { replicas, schedule } = initialState(MYSTERY_NET, settings)
  const image = { width: WIDTH, height: HEIGHT, data: paint(folded) }
  const team = await startThreads(planOf(MYSTERY_NET, settings, plainTarget(image)), replicas)
  const { name } = DEFAULT_RECIPE
  const { batch } = length
  let step = 0
  return {
    name: teamName(threads),
    threads,
    async round() {
      const megapixelsPerSecond = await measureRate(async () => {
        const { diverged } = await team.run(schedule, step, STEPS_A_TURN)
        if (diverged) throw new Error(`${teamName(threads)}: diverged after ${step} steps`)
        step += STEPS_A_TURN
      }, batch * STEPS_A_TURN)
      return {
        megapixelsPerSecond,
        megabytesHeld: team.sizeBytes / 1e6,
        note: `as vexel train: ${name}, batch ${batch}`,
      }
    },
    dispose: () => team.dispose(),
  }
}

function paint(folded: Workload['folded']): Float32Array<ArrayBuffer> {
  const inputs = Float64Array.from({ length: WIDTH * HEIGHT * 2 }, (_, i) => {
    const pixel = i >> 1
    return i % 2 === 0
      ? (((pixel % WIDTH) + 0.5) / WIDTH) * 2 - 1
      : ((Math.floor(pixel / WIDTH) + 0.5) / HEIGHT) * 2 - 1
  })
  const rgb = evaluateFolded(new Float64Array(WIDTH * HEIGHT * 3), folded, inputs)
  return Float32Array.from(rgb, value => Math.min(1, Math.max(0, value)))
}
