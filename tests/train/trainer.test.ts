// Runs, led by the trainer over replicas in this thread: what they decide depends on their settings alone.

import { describe, expect, test } from 'vitest'
import { foldNetwork } from '../../src/model/fold.js'
import { decodeCheckpoint, digestOf, encodeCheckpoint } from '../../src/train/checkpoint.js'
import { DEFAULT_RECIPE } from '../../src/train/recipe.js'
import { networkFromTensors } from '../../src/train/inference.js'
import { withOptimizer } from '../../src/train/recipe.js'
import { Replica } from '../../src/train/replica.js'
import { LocalTeam } from '../../src/train/team.js'
import { initialState, planOf, type RunSettings, type RunState, type StartTeam } from '../../src/train/trainer.js'
import { rateFactor } from '../../src/train/schedule.js'
import { measureStepRate } from '../../src/train/step-rate.js'
import { plainTarget } from '../../src/train/target.js'
import { planTrials, seedOfStart } from '../../src/train/trials.js'
import { isFull } from '../is-full.js'
import { createRandom } from '../model/network-files.js'
import { trainingStep } from '../kernel/float64-training.js'
import { batchOf } from '../kernel/training-cases.js'
import { referencePsnr } from './reference-psnr.js'
import {
  discImage,
  outcomeOf,
  runToEnd,
  SMALL_NET,
  SMALL_RECIPE,
  smallSettings,
  startLocal,
  startSmall,
} from './run-fixture.js'

const image = discImage()
const run = async (settings: RunSettings, slice?: number) => await runToEnd(await startSmall(settings), slice)

/** A state as a checkpoint brings it back. */
function throughFile(settings: RunSettings, state: RunState): RunState {
  const checkpoint = { architecture: SMALL_NET, settings, state, imageDigest: digestOf(image), seconds: 0 }
  return decodeCheckpoint(encodeCheckpoint(checkpoint, image)).state
}

// By threads, frames and whether the run lands early.
const RUNS: readonly (readonly [string, RunSettings])[] = [
  ['one replica', smallSettings()],
  ['three replicas and a film', smallSettings({ threads: 3, frames: 9 })],
  ['two replicas, Adam', smallSettings({ threads: 2, recipe: withOptimizer(SMALL_RECIPE, 'adam') })],
  ['a target that is soon reached, and a film', smallSettings({ steps: 900, targetPsnr: 12, frames: 12 })],
  ['a target that the first landings miss, and a film', smallSettings({ steps: 1200, targetPsnr: 16, frames: 10 })],
  ['four starts, two replicas and a film', smallSettings({ steps: 300, starts: 4, threads: 2, frames: 7 })],
  ['two starts, and a target that ends the trials', smallSettings({ steps: 2000, starts: 2, targetPsnr: 12 })],
  ['a target that all landings miss, and a film of two', smallSettings({ steps: 1200, targetPsnr: 28, frames: 2 })],
]

// Of each kind of run one: replicas and a film, an early landing, several starts.
const SAMPLED_RUNS = RUNS.filter((_, i) => [1, 4, 5].includes(i))

describe.each(isFull ? RUNS : SAMPLED_RUNS)('a run with %s', (_, settings) => {
  test('is the same bit for bit when it is run again, in slices of any length', async () => {
    const once = await outcomeOf(await run(settings))
    for (const slice of isFull ? [1, 13, 1000] : [13]) expect(await outcomeOf(await run(settings, slice))).toEqual(once)
  })

  test('goes on from a state, at any step and again and again, as if it had never stopped', async () => {
    const once = await outcomeOf(await run(settings))
    const random = createRandom(11)
    for (let round = 0; round < (isFull ? 3 : 1); round++) {
      let trainer = await startSmall(settings)
      while (!trainer.progress.isDone) {
        await trainer.advance(1 + Math.floor(random() * 40))
        const state = throughFile(settings, await trainer.state())
        await trainer.dispose()
        trainer = await startSmall(settings, state)
      }
      expect(await outcomeOf(trainer)).toEqual(once)
    }
  })

  test('goes on from every single step', async () => {
    const short = { ...settings, steps: Math.min(settings.steps, 30) }
    const once = await outcomeOf(await run(short))
    let trainer = await startSmall(short)
    while (!trainer.progress.isDone) {
      await trainer.advance(1)
      trainer = await startSmall(short, throughFile(short, await trainer.state()))
    }
    expect(await outcomeOf(trainer)).toEqual(once)
  })

  test('measures at ascending steps, at last at its end, and the last figure is that of the network', async () => {
    const trainer = await run(settings)
    const { curve, progress } = trainer
    expect(curve.every(({ step }, i) => i === 0 || step > curve[i - 1].step)).toBe(true)
    expect(curve[curve.length - 1].step).toBe(progress.step)
    expect(progress.psnr).toBe(curve[curve.length - 1].psnr)
    const folded = foldNetwork(networkFromTensors(SMALL_NET, await trainer.tensors()))
    // Float32 against float64: the outputs differ by 1e-6.
    expect(Math.abs(progress.psnrDetail! - referencePsnr(folded, image))).toBeLessThan(0.01)
  })

  test('keeps as many snapshots as asked for, from the first state to the last', async () => {
    const { snapshots, progress } = await run(settings)
    const steps = snapshots.map(({ step }) => step)
    expect(steps).toHaveLength(settings.frames)
    expect(steps.every((step, i) => i === 0 || step > steps[i - 1])).toBe(true)
    if (settings.frames > 0) expect([steps[0], steps[steps.length - 1]]).toEqual([0, progress.step])
  })
})

describe('a run of several starts', () => {
  const settings = smallSettings({ steps: 390, starts: 4, frames: 5 })
  const { runSteps, trialSteps } = planTrials(settings.steps, settings.starts)
  const alone = (start: number, seed = settings.seed) =>
    smallSettings({ ...settings, steps: runSteps, starts: 1, seed: seedOfStart(seed, start) })
  const lateLosses = (seed = settings.seed) =>
    Promise.all(
      [0, 1, 2, 3].map(async start => {
        const own = alone(start, seed)
        const { replicas, schedule } = initialState(SMALL_NET, own)
        const team = new LocalTeam(planOf(SMALL_NET, own, plainTarget(image)), replicas)
        const { losses } = await team.run(schedule, 0, trialSteps)
        const late = losses.slice(Math.floor(trialSteps * 0.75))
        return late.reduce((sum, loss) => sum + loss, 0) / late.length
      }),
    )

  test('ends as the one whose last quarter of a trial had the least loss would have ended alone', async () => {
    const chosen = new Set<number>()
    for (const seed of isFull ? [5, 6, 7, 8, 9, 10] : [5, 6, 7]) {
      const losses = await lateLosses(seed)
      const best = losses.indexOf(Math.min(...losses))
      chosen.add(best)
      const [several, one] = [await run({ ...settings, seed }), await run(alone(best, seed))]
      expect(await several.tensors()).toEqual(await one.tensors())
      expect(several.curve).toEqual(one.curve)
      expect(several.snapshots).toEqual(one.snapshots)
      expect((await several.state()).trials).toMatchObject({ start: best, isOver: true, best: null })
    }
    // Not always the same.
    expect(chosen.size).toBeGreaterThan(1)
  })

  test('takes as many steps, all starts together, as were asked for, and says where it is', async () => {
    const trainer = await startSmall(settings)
    const seen: (number | null)[] = []
    let done = 0
    while (!trainer.progress.isDone) {
      const progress = await trainer.advance(1)
      expect(progress.done).toBe(++done)
      expect(progress.total).toBe(settings.steps)
      if (seen[seen.length - 1] !== progress.trial) seen.push(progress.trial)
    }
    expect(done).toBe(settings.steps)
    expect(trainer.progress.step).toBe(runSteps)
    expect(seen).toEqual([1, 2, 3, 4, null])
  })

  test('goes on without the starts that diverge', async () => {
    const losses = await lateLosses()
    const order = [0, 1, 2, 3].sort((a, b) => losses[a] - losses[b])
    const trainer = await runToEnd(await startSmall(settings, undefined, image, diverging([order[0], order[1]])))
    expect(trainer.progress).toMatchObject({ divergedAt: null, step: runSteps })
    expect((await trainer.state()).trials.start).toBe(order[2])
    expect(await trainer.tensors()).toEqual(await (await run(alone(order[2]))).tensors())
  })

  test('has diverged when all its starts have', async () => {
    const trainer = await runToEnd(await startSmall(settings, undefined, image, diverging([0, 1, 2, 3])))
    expect(trainer.progress.divergedAt).toBe(3)
    expect(trainer.curve.every(({ psnr }) => Number.isFinite(psnr))).toBe(true)
  })

  /** Teams in which the given starts have no loss in their fourth step. */
  function diverging(starts: readonly number[]): StartTeam {
    return async (plan, state) => {
      const team = new LocalTeam(plan, state)
      let start = 0
      const { run, restore } = { run: team.run.bind(team), restore: team.restore.bind(team) }
      team.restore = async to => {
        if (to.step === 0) start++
        await restore(to)
      }
      team.run = async (schedule, from, count) => {
        if (!starts.includes(start) || from > 3 || from + count <= 3 || start > 3)
          return await run(schedule, from, count)
        const slice = await run(schedule, from, 3 - from)
        return { losses: slice.losses, diverged: true }
      }
      return team
    }
  }
})

describe('a seed', () => {
  test('that is another one gives another network', async () => {
    const [a, b] = [await run(smallSettings({ seed: 1 })), await run(smallSettings({ seed: 2 }))]
    expect(await a.tensors()).not.toEqual(await b.tensors())
  })
})

describe('a team', () => {
  test('takes the step that data-parallel training takes: means over replicas of gradients and of statistics', async () => {
    // Adam's first step shows the sign of the mean gradient only, so the moments are looked at: 0.1 of the gradient.
    const recipe = { ...withOptimizer(SMALL_RECIPE, 'adam'), loss: 'plain' as const }
    const settings = smallSettings({ threads: 3, recipe })
    const trainer = await startSmall(settings)
    const before = await trainer.tensors()
    await trainer.advance(1)
    // The same replicas once more, to see their batches.
    const { replicas, schedule } = initialState(SMALL_NET, settings)
    const batches = replicas.randomStates.map((_, index) => {
      const replica = new Replica({ ...planOf(SMALL_NET, settings, plainTarget(image)), index }, replicas)
      replica.computeGradients(schedule, 0)
      const { inputs, targets } = batchOf(replica.kernel)
      return { inputs: inputs.flat(), targets: targets.flat() }
    })
    const steps = batches.map(batch => trainingStep(SMALL_NET, before, batch))
    const { curve } = trainer
    expect(Math.abs(curve[0].loss - steps.reduce((sum, { loss }) => sum + loss / 3, 0))).toBeLessThan(1e-6)
    const after = await trainer.tensors()
    for (const [name, values] of steps[0].statistics) {
      const start = name.endsWith('var') ? 1 : 0
      values.forEach((_, i) => {
        const mean = steps.reduce((sum, { statistics }) => sum + statistics.get(name)![i] / 3, 0)
        expect(Math.abs(after.get(name)![i] - (0.9 * start + 0.1 * mean))).toBeLessThan(1e-6)
      })
    }
    for (const [name, values] of steps[0].gradients)
      values.forEach((_, i) => {
        const mean = steps.reduce((sum, { gradients }) => sum + gradients.get(name)![i] / 3, 0)
        const moved = before.get(name)![i] - after.get(name)![i]
        if (Math.abs(mean) > 1e-5) expect(moved / (recipe.rate * Math.sign(mean))).toBeCloseTo(1, 2)
      })
  })

  test('of any size shares the batch in whole sixteens', async () => {
    for (const threads of [1, 2, 5, 8]) {
      const { progress } = await run(smallSettings({ threads, steps: 3 }))
      expect(progress.step).toBe(3)
    }
  })
})

describe('learning', () => {
  test('a small picture of two colours takes it above 25 dB', async () => {
    const settings = smallSettings({
      steps: 700,
      recipe: { ...DEFAULT_RECIPE, batch: 256, stages: [{ name: 'clean', share: 1, blur: 0, noise: 0 }] },
    })
    const { curve } = await run(settings, 100)
    expect(curve[0].psnr).toBeLessThan(20)
    expect(curve[curve.length - 1].psnr).toBeGreaterThan(25)
  })

  test('black and white can be hit exactly, and the run goes on with that', async () => {
    // Displayed, whatever lies beyond white is white: the loss is 0 and the PSNR infinite.
    const white = discImage(8, 6, [1, 1, 1], [1, 1, 1])
    const settings = smallSettings({
      steps: 200,
      targetPsnr: 90,
      recipe: { ...DEFAULT_RECIPE, batch: 48, rate: 0.1, adamRate: 0.1 },
    })
    const once = await runToEnd(await startSmall(settings, undefined, white))
    expect(once.progress.psnr).toBe(Number.POSITIVE_INFINITY)
    let trainer = await startSmall(settings, undefined, white)
    while (!trainer.progress.isDone) {
      await trainer.advance(9)
      trainer = await startSmall(settings, throughFile(settings, await trainer.state()), white)
    }
    expect(await outcomeOf(trainer)).toEqual(await outcomeOf(once))
  })
})

describe('a target', () => {
  test('that is reached ends the run early, with the rate brought to zero', async () => {
    const settings = smallSettings({ steps: 5000, targetPsnr: 18, recipe: { ...SMALL_RECIPE, batch: 256 } })
    const trainer = await startSmall(settings)
    let last = rateFactor({ steps: 5000, landing: null }, 0)
    while (!trainer.progress.isDone) {
      await trainer.advance(10)
      // It may rise again only where a landing fell short.
      if (trainer.progress.isLanding) last = trainer.progress.rateFactor
    }
    expect(trainer.progress.step).toBeLessThan(2500)
    expect(trainer.progress.psnr).toBeGreaterThanOrEqual(18)
    expect(last).toBe(0)
  })

  test('that a landing misses lets the run go on as it was planned', async () => {
    const trainer = await startSmall(smallSettings({ steps: 1200, targetPsnr: 32 }))
    let fellShort = 0
    while (!trainer.progress.isDone) {
      const wasLanding = trainer.progress.isLanding
      const { isLanding, steps } = await trainer.advance(1)
      if (!wasLanding || isLanding || steps !== 1200) continue
      fellShort++
      expect(trainer.progress.rateFactor).toBeCloseTo(1 - trainer.progress.step / 1200, 12)
    }
    expect(fellShort).toBeGreaterThan(0)
    expect(trainer.progress.step).toBe(1200)
  })

  test('that is not reached lets the run have its length', async () => {
    const { progress } = await run(smallSettings({ steps: 300, targetPsnr: 100 }))
    expect(progress.step).toBe(300)
  })

  test('is no reason to end before anything is learned that was asked for', async () => {
    const { progress } = await run(smallSettings({ steps: 40, targetPsnr: 1 }))
    // A landing takes at least fifty steps: this run is shorter.
    expect(progress.step).toBe(40)
  })
})

describe('a run whose end is set on the way', () => {
  test.each([1, 2])('with %i starts begun ends there, the rate fallen to zero, whatever its target', async starts => {
    const trainer = await startSmall(smallSettings({ steps: 2000, starts, targetPsnr: 60, frames: 6 }))
    while (trainer.progress.step < 50) await trainer.advance(50 - trainer.progress.step)
    const { rateFactor: before } = trainer.progress
    trainer.landIn(100)
    const { steps, isLanding, trial } = trainer.progress
    expect([steps, isLanding, trial]).toEqual([150, true, null])
    while (trainer.progress.step < 100) await trainer.advance(100 - trainer.progress.step)
    expect(trainer.progress.rateFactor).toBeCloseTo(before / 2, 12)
    await runToEnd(trainer)
    expect(trainer.progress.step).toBe(150)
    expect(trainer.snapshots.at(-1)?.step).toBe(150)
  })

  test('is not longer than it was planned', async () => {
    const trainer = await startSmall(smallSettings({ steps: 60 }))
    await trainer.advance(20)
    trainer.landIn(100)
    expect(trainer.progress).toMatchObject({ steps: 60, isLanding: false })
    await runToEnd(trainer)
    expect(trainer.progress.step).toBe(60)
  })
})

describe('a diverging run', () => {
  // Adam with a rate of 10 makes a network of numbers in the thousands, whose outputs overflow before long.
  const wild = smallSettings({
    steps: 4000,
    frames: 8,
    recipe: { ...withOptimizer(SMALL_RECIPE, 'adam'), rate: 10, loss: 'plain' },
  })

  /** A team whose replicas lose their numbers at a step. */
  class FailingTeam extends LocalTeam {
    override async run(...[schedule, from, count]: Parameters<LocalTeam['run']>) {
      if (from + count <= 33) return await super.run(schedule, from, count)
      const { losses } = await super.run(schedule, from, 33 - from)
      return { losses, diverged: true }
    }
  }
  const startFailing: StartTeam = async (plan, state) => new FailingTeam(plan, state)

  test('stops, goes back to the last measured weights, and says where it broke', async () => {
    const settings = smallSettings({ steps: 400, frames: 8 })
    const trainer = await runToEnd(await startSmall(settings, undefined, image, startFailing))
    const { progress, curve, snapshots } = trainer
    expect(progress).toMatchObject({ isDone: true, divergedAt: 33, step: curve[curve.length - 1].step })
    expect(progress.step).toBeLessThanOrEqual(33)
    expect(snapshots.every(({ step }) => step <= progress.step)).toBe(true)
    // The weights are those of an undisturbed run at that step.
    const same = await startSmall(settings)
    while (same.progress.step < progress.step) await same.advance(progress.step - same.progress.step)
    expect(await trainer.tensors()).toEqual(await same.tensors())
    expect((await trainer.state()).replicas).toEqual((await same.state()).replicas)
    // And nothing moves any more.
    expect(await trainer.advance(10)).toEqual(progress)
  })

  test('by itself leaves finite weights, whether it breaks or not', async () => {
    for (const seed of [1, 2, 3]) {
      const trainer = await run({ ...wild, seed }, 50)
      const tensors = [...(await trainer.tensors()).values()]
      expect(tensors.every(values => values.every(Number.isFinite))).toBe(true)
    }
  })
})

test('the speed of a team is measured on a state that is thrown away', async () => {
  let nowMs = 0
  // A clock by which every look takes 50 ms, and one of them a second: the middle window counts.
  let looks = 0
  const rate = await measureStepRate(
    SMALL_NET,
    smallSettings(),
    plainTarget(image),
    startLocal,
    () => (nowMs += ++looks === 20 ? 1000 : 50),
  )
  // Twenty steps a look, 50 ms a look: 400 a second.
  expect(rate).toBeCloseTo(400)
})
