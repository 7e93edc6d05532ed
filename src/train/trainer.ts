// The trainer leads a team through a run: slices of steps between marks, at which the network is measured, a snapshot
// taken, the run brought to an early end. Everything it decides depends on steps alone, never on the clock, so that equal
// settings give equal files; pausing is not calling it.

import type { Architecture } from '../model/architecture.js'
import type { Tensors } from '../kernel/training.js'
import { SplitMix64 } from './random.js'
import { initialTensors } from './initial-weights.js'
import { beginLanding, type LandingState, learnGain, NO_LANDING, observeLoss } from './landing.js'
import { logSpacedSteps, nextMeasured } from './marks.js'
import { type Recipe, stageAt } from './recipe.js'
import { type ReplicaPlan, type ReplicaState, shareOf } from './replica.js'
import { rememberPicture } from './remember.js'
import { coarserThan } from './rgb-image.js'
import { landFrom, rateFactor, type Schedule } from './schedule.js'
import { type Snapshot, takeSnapshot } from './snapshots.js'
import type { CurvePoint, StartState } from './start-state.js'
import type { Target } from './target.js'
import type { Team } from './team.js'
import {
  beginTrials,
  chooseStart,
  endTrial,
  observeTrial,
  planTrials,
  seedOfStart,
  type TrialPlan,
  type Trials,
} from './trials.js'

/** What is to be done, besides the picture. Plain data: it stands in the checkpoint. */
export interface RunSettings {
  readonly recipe: Recipe
  readonly seed: number
  readonly threads: number
  /** Length of the run, all starts together. */
  readonly steps: number
  /** Pixels a step, all threads together. */
  readonly batch: number
  /** Networks that are begun, of which the best goes on: see trials.ts. */
  readonly starts: number
  /** The run may end early where this is reached, dB. */
  readonly targetPsnr: number | null
  /** Snapshots to keep, the first and the last state among them; 0 for none. */
  readonly frames: number
  /** What the steps are computed in. Absent for strict, as in all older files. */
  readonly arithmetic?: 'relaxed'
}

/** Where a run stands: what a checkpoint holds, and what a run begins from. */
export interface RunState extends StartState {
  readonly schedule: Schedule
  readonly trials: Trials
}

/** A run as a person follows it. */
export interface Progress {
  /** Of the start under way, as its curve and snapshots count. */
  readonly step: number
  /** Its last step: earlier than planned while landing. */
  readonly steps: number
  /** Steps of all starts together: done, and to be done in the end. */
  readonly done: number
  readonly total: number
  /** Which start is tried, from 1; null once the best goes on, and where there is one. */
  readonly trial: number | null
  readonly starts: number
  readonly stage: number
  /** Mean loss of the last slice, null before the first. */
  readonly loss: number | null
  /** Both as of the last measurement. */
  readonly psnr: number | null
  readonly psnrDetail: number | null
  readonly rateFactor: number
  readonly isLanding: boolean
  readonly isDone: boolean
  /** The step at which the loss was no number any more; the network is the last good one from before. */
  readonly divergedAt: number | null
}

/** Starts a team on a plan: in workers, or in this thread. */
export type StartTeam = (plan: Omit<ReplicaPlan, 'index'>, state: ReplicaState) => Promise<Team>

/** What a team is told. */
export function planOf(
  architecture: Architecture,
  { recipe, threads, steps, batch, starts, arithmetic }: RunSettings,
  target: Target,
): Omit<ReplicaPlan, 'index'> {
  return { architecture, recipe, target, threads, steps: planTrials(steps, starts).runSteps, batch, arithmetic }
}

/** The state in which a run begins. */
export function initialState(architecture: Architecture, settings: RunSettings): RunState {
  const plan = planTrials(settings.steps, settings.starts)
  return {
    ...startState(architecture, settings, 0),
    schedule: { steps: plan.runSteps, landing: null },
    trials: beginTrials(plan),
  }
}

/** The state in which one of its starts begins. */
function startState(architecture: Architecture, settings: RunSettings, start: number): StartState {
  const { threads, recipe, batch } = settings
  const seed = seedOfStart(settings.seed, start)
  // The network and the batches are drawn from streams of their own.
  const random = new SplitMix64(BigInt(seed) ^ 0x5851f42d4c957f2dn)
  const replicas = {
    step: 0,
    tensors: initialTensors(architecture, seed, recipe.firstLayer),
    firstMoments: new Float32Array(0),
    secondMoments: new Float32Array(0),
    randomStates: randomStates(random, threads, shareOf(batch, threads)),
    errors: new Float32Array(0),
    inputMoments: new Float32Array(0),
  }
  return { replicas, landing: NO_LANDING, curve: [], snapshots: [], pending: { loss: 0, steps: 0 } }
}

/** Of each replica: four words of random numbers, then its first term of the cover sequence, which all share. */
function randomStates(random: SplitMix64, threads: number, share: number): Uint32Array[] {
  const states = Array.from({ length: threads }, () => random.words())
  const offset = random.next64()
  return states.map((words, index) => {
    const term = BigInt.asUintN(64, offset + GOLDEN * BigInt(index * share))
    return Uint32Array.of(...words, Number(term & 0xffffffffn), Number(term >> 32n))
  })
}

const GOLDEN = 0x9e3779b97f4a7c15n // 2^64 / golden ratio: see draw in src/kernel/assembly/sample.ts

export class Trainer {
  readonly architecture: Architecture
  readonly settings: RunSettings
  readonly target: Target
  readonly #team: Team
  readonly #plan: TrialPlan
  #trials: Trials
  #step: number
  #schedule: Schedule
  #landing: LandingState
  #curve: CurvePoint[]
  #snapshots: Snapshot[]
  #pending: { loss: number; steps: number }
  #lastLoss: number | null = null
  #good: ReplicaState
  #divergedAt: number | null = null
  /** Whether whoever leads it has set its end. */
  #isEndSet = false

  private constructor(architecture: Architecture, settings: RunSettings, target: Target, team: Team, state: RunState) {
    this.architecture = architecture
    this.settings = settings
    this.target = target
    this.#team = team
    this.#plan = planTrials(settings.steps, settings.starts)
    this.#trials = state.trials
    this.#schedule = state.schedule
    this.#step = state.replicas.step
    this.#landing = state.landing
    this.#curve = [...state.curve]
    this.#snapshots = [...state.snapshots]
    this.#pending = { ...state.pending }
    this.#good = state.replicas
  }

  /** Starts, or goes on from a state. */
  static async start(
    architecture: Architecture,
    settings: RunSettings,
    target: Target,
    startTeam: StartTeam,
    state: RunState = initialState(architecture, settings),
  ): Promise<Trainer> {
    const team = await startTeam(planOf(architecture, settings, target), state.replicas)
    const trainer = new Trainer(architecture, settings, target, team, state)
    await trainer.#takeFirstSnapshot()
    return trainer
  }

  get progress(): Progress {
    const last = this.#curve[this.#curve.length - 1]
    const { starts, trialSteps } = this.#plan
    const { start, isOver, elsewhere } = this.#trials
    return {
      step: this.#step,
      steps: this.#schedule.steps,
      done: this.#step + elsewhere,
      total: this.#schedule.steps + (isOver ? elsewhere : (starts - 1) * trialSteps),
      trial: isOver ? null : start + 1,
      starts,
      stage: stageAt(this.settings.recipe, this.#step / this.#schedule.steps),
      loss: this.#lastLoss,
      psnr: last?.psnr ?? null,
      psnrDetail: last?.psnrDetail ?? null,
      rateFactor: rateFactor(this.#schedule, this.#step),
      isLanding: this.#schedule.landing !== null,
      isDone: this.#divergedAt !== null || this.#step >= this.#schedule.steps,
      divergedAt: this.#divergedAt,
    }
  }

  get curve(): readonly CurvePoint[] {
    return this.#curve
  }

  get snapshots(): readonly Snapshot[] {
    return this.#snapshots
  }

  /** Bytes held by the kernels of the team. */
  get sizeBytes(): number {
    return this.#team.sizeBytes
  }

  /** The network as it is now. */
  async tensors(): Promise<Tensors> {
    return await this.#team.tensors()
  }

  /** Runs at most so many steps, up to the next mark. @throws what a worker threw; the trainer is of no use then */
  async advance(maxSteps: number): Promise<Progress> {
    if (this.progress.isDone) return this.progress
    const measured = nextMeasured(this.#step, this.#schedule.steps)
    const snapshot = this.#nextSnapshot()
    const trialEnd = this.#trials.isOver ? Number.POSITIVE_INFINITY : this.#plan.trialSteps
    const count = Math.min(maxSteps, ...[measured, snapshot, trialEnd].map(mark => mark - this.#step))
    const { losses, diverged } = await this.#team.run(this.#schedule, this.#step, count)
    if (diverged) {
      await this.#divergeAt(this.#step + losses.length)
      return this.progress
    }
    this.#lastLoss = losses.reduce((sum, loss) => sum + loss, 0) / losses.length
    // One by one: how a run is cut into slices must not show, not even in the last digit.
    for (const loss of losses) {
      this.#trials = observeTrial(this.#trials, this.#plan, this.#step, loss)
      this.#pending.loss += loss
      this.#step++
    }
    this.#pending.steps += losses.length
    if (this.#step === snapshot) await this.#takeSnapshot()
    if (this.#step === measured) await this.#measure()
    if (this.#step === trialEnd && !this.#trials.isOver) await this.#endTrial(await this.#startState())
    return this.progress
  }

  /**
   * Brings the run to its end in so many steps from now, where that is sooner than planned; the rate falls to zero until then. The end that
   * there is by then is not put off any more, whatever is reached there. What calls this by the clock gives up that equal settings give equal files.
   */
  landIn(steps: number): void {
    const end = this.#step + Math.max(1, Math.round(steps))
    if (this.progress.isDone) return
    this.#isEndSet = true
    if (end >= this.#schedule.steps) return
    this.#schedule = landFrom(this.#schedule, this.#step, end - this.#step)
    // There is no time left for others.
    this.#trials = chooseStart(this.#trials)
  }

  /** All that it takes to go on from here. */
  async state(): Promise<RunState> {
    return { ...(await this.#startState()), schedule: this.#schedule, trials: this.#trials }
  }

  async #startState(): Promise<StartState> {
    return {
      replicas: this.#divergedAt === null ? await this.#team.state(this.#step) : this.#good,
      landing: this.#landing,
      curve: this.#curve.slice(),
      snapshots: this.#snapshots.slice(),
      pending: { ...this.#pending },
    }
  }

  async dispose(): Promise<void> {
    await this.#team.dispose()
  }

  /**
   * Goes on with the next start or, after the last one, with the best.
   * @param state of the start under way; null when it diverged @returns false when all have
   */
  async #endTrial(state: StartState | null): Promise<boolean> {
    const { start } = this.#trials
    const trials = endTrial(this.#trials, this.#plan, state)
    // Over it is with what was best, else the next one begins.
    if (trials.isOver) {
      this.#trials = { ...trials, best: null }
      if (trials.best && trials.start !== start) await this.#goOnWith(trials.best.state)
      return trials.best !== null
    }
    this.#trials = trials
    await this.#goOnWith(startState(this.architecture, this.settings, trials.start))
    await this.#takeFirstSnapshot()
    return true
  }

  async #goOnWith({ replicas, landing, curve, snapshots, pending }: StartState): Promise<void> {
    await this.#team.restore(replicas)
    this.#step = replicas.step
    this.#landing = landing
    this.#curve = [...curve]
    this.#snapshots = [...snapshots]
    this.#pending = { ...pending }
    this.#good = replicas
  }

  /** What a measurement on the way may take. */
  get #evaluationsPerMark(): number {
    const { runSteps } = this.#plan
    return Math.max(LEAST_EVALUATIONS, (EVALUATIONS_PER_PIXEL * runSteps * this.settings.batch) / MARKS)
  }

  async #measure(): Promise<void> {
    const loss = this.#pending.loss / this.#pending.steps
    this.#pending = { loss: 0, steps: 0 }
    const { steps } = this.#schedule
    const isLast = this.#step === steps
    const { psnr, psnrDetail } = await this.#team.measure(isLast ? Number.POSITIVE_INFINITY : this.#evaluationsPerMark)
    if (Number.isNaN(psnr) || Number.isNaN(psnrDetail)) {
      await this.#divergeAt(this.#step)
      return
    }
    this.#curve.push({ step: this.#step, loss, psnr, psnrDetail })
    this.#good = await this.#team.state(this.#step)
    this.#landing = observeLoss(this.#landing, loss)
    const { targetPsnr } = this.settings
    if (targetPsnr !== null && !this.#isEndSet) this.#considerLanding(targetPsnr, psnr)
  }

  #considerLanding(targetPsnr: number, psnr: number): void {
    const { landing, steps } = this.#schedule
    const { runSteps } = this.#plan
    if (landing && this.#step === steps && psnr < targetPsnr && this.#step < runSteps) {
      this.#landing = learnGain(this.#landing, psnr)
      // The landing took the snapshots that were left. All but its last, if there is room, are needed for what is to come.
      const before = this.#snapshots.filter(({ step }) => step <= landing.from)
      this.#snapshots = [...before, ...this.#snapshots.slice(-1)].slice(0, Math.max(0, this.settings.frames - 1))
      this.#schedule = { steps: runSteps, landing: null }
      return
    }
    const begun = beginLanding(this.#landing, this.#schedule, this.#step, targetPsnr)
    if (!begun) return
    this.#schedule = begun.schedule
    this.#landing = begun.state
    // Near enough to land: the others need not be better.
    this.#trials = chooseStart(this.#trials)
  }

  /**
   * The step of the next snapshot: evenly in log time between the last one, or the step where landing began, and the end
   * as it is planned now. Always asked for anew, so that a resumed run, which has the snapshots and no older plan, gets
   * the same answer.
   */
  #nextSnapshot(): number {
    const { frames } = this.settings
    const taken = this.#snapshots.length
    if (taken >= frames) return Number.POSITIVE_INFINITY
    const { steps, landing } = this.#schedule
    const last = this.#snapshots[taken - 1]?.step
    const plan =
      last === undefined
        ? logSpacedSteps(0, steps, frames)
        : logSpacedSteps(Math.max(last, landing?.from ?? 0), steps, frames - taken + 1)
    return plan.find(mark => mark > this.#step) ?? Number.POSITIVE_INFINITY
  }

  /** Of the network as it is drawn. */
  async #takeFirstSnapshot(): Promise<void> {
    if (this.settings.frames > 1 && this.#step === 0 && this.#snapshots.length === 0) await this.#takeSnapshot()
  }

  async #takeSnapshot(): Promise<void> {
    const tensors = await this.#team.tensors()
    const { detail } = this.target
    // The last one is the net as it is saved.
    const size = this.#step === this.#schedule.steps ? detail : coarserThan(detail, SNAPSHOT_PIXELS)
    const remembered = rememberPicture(this.architecture, tensors, size)
    this.#snapshots.push(takeSnapshot(this.architecture, this.#step, remembered))
  }

  async #divergeAt(step: number): Promise<void> {
    if (!this.#trials.isOver && (await this.#endTrial(null))) return
    this.#divergedAt = step
    this.#step = this.#good.step
    this.#curve = this.#curve.filter(point => point.step <= this.#step)
    this.#snapshots = this.#snapshots.filter(snapshot => snapshot.step <= this.#step)
    await this.#team.restore(this.#good)
  }
}

// A snapshot's batch norms remember the picture at so many points, for it takes one in a moment.
const SNAPSHOT_PIXELS = 65_536

// Measuring on the way takes about a thirtieth of a run's time: an evaluation costs a third of a pixel's training.
const EVALUATIONS_PER_PIXEL = 0.1
const MARKS = 104
const LEAST_EVALUATIONS = 16_384
