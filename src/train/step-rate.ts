// How fast a team trains on this machine: what turns a length in seconds into steps.

import type { Architecture } from '../model/architecture.js'
import { errorSchedule } from './error-map.js'
import type { ReplicaPlan } from './replica.js'
import type { Schedule } from './schedule.js'
import type { Target } from './target.js'
import type { Team } from './team.js'
import { initialState, planOf, type RunSettings, type StartTeam } from './trainer.js'

const WARM_UP_MS = 600
// The middle one of so many: what else the machine does for a moment shall not decide how long a run is.
const WINDOWS = 7
const WINDOW_MS = 200
// A slice of the run's middle, in which everything comes as often as it does: the inputs are whitened once.
const SLICE_FROM = 20
const SLICE_STEPS = 20

/**
 * Measures how many steps a second a team does, the error map included, on a state that is thrown away.
 * @param now milliseconds, any origin
 */
export async function measureStepRate(
  architecture: Architecture,
  settings: RunSettings,
  target: Target,
  startTeam: StartTeam,
  now: () => number,
): Promise<number> {
  const { replicas, schedule } = initialState(architecture, settings)
  const plan = planOf(architecture, settings, target)
  const team = await startTeam(plan, replicas)
  try {
    // The optimizing compiler of the engine comes in during the first steps.
    await stepMsOf(team, schedule, WARM_UP_MS, now)
    const times: number[] = []
    while (times.length < WINDOWS) times.push(await stepMsOf(team, schedule, WINDOW_MS, now))
    const stepMs = times.sort((a, b) => a - b)[(WINDOWS - 1) / 2]
    return 1000 / (stepMs + (await errorMapMsOf(team, plan, schedule, stepMs, now)))
  } finally {
    await team.dispose()
  }
}

async function stepMsOf(team: Team, schedule: Schedule, durationMs: number, now: () => number): Promise<number> {
  const startMs = now()
  let elapsedMs = 0
  let steps = 0
  while (elapsedMs < durationMs) {
    await team.run(schedule, SLICE_FROM, SLICE_STEPS)
    steps += SLICE_STEPS
    elapsedMs = now() - startMs
  }
  return elapsedMs / steps
}

/** What the error map takes, spread over the steps; where it comes in each slice, it is in there already. */
async function errorMapMsOf(
  team: Team,
  { recipe, target, steps, batch }: Omit<ReplicaPlan, 'index'>,
  schedule: Schedule,
  stepMs: number,
  now: () => number,
): Promise<number> {
  if (recipe.importance === 0) return 0
  const { everySteps } = errorSchedule(target.detail, steps, batch)
  if (everySteps < SLICE_FROM + SLICE_STEPS) return 0
  const times: number[] = []
  for (let i = 0; i < 3; i++) {
    const startMs = now()
    await team.run(schedule, everySteps, 1)
    times.push(now() - startMs)
  }
  return Math.max(0, times.sort((a, b) => a - b)[1] - stepMs) / everySteps
}
