// How a training is followed: a bar on a terminal, plain lines elsewhere, JSON lines for machines.

import { Presets, SingleBar } from 'cli-progress'
import { duration } from '../../train/run-clock.js'
import type { Progress, RunSettings } from '../../train/trainer.js'
import type { Terminal } from '../terminal.js'

/** Progress with the clock. */
export interface TimedProgress extends Progress {
  /** Training time, seconds, over all sessions of the run. */
  readonly seconds: number
  /** Training pixels a second in millions, all threads, over the last seconds. */
  readonly megapixelsPerSecond: number
  /** Seconds left at that speed. */
  readonly secondsLeft: number
}

export interface Follower {
  show(progress: TimedProgress): void
  /** Ends the bar; whatever is printed next begins on a line of its own. */
  close(): void
}

const PLAIN_EVERY_S = 5

/** Creates what says how far a run is: on stderr, as JSON on stdout. */
export function createFollower(settings: RunSettings, style: 'bar' | 'plain' | 'json', terminal: Terminal): Follower {
  if (style === 'bar') return createBar(settings, terminal)
  let shownAt = Number.NEGATIVE_INFINITY
  let shownStage = -1
  return {
    show(progress) {
      const isDue = progress.seconds - shownAt >= (style === 'json' ? 1 : PLAIN_EVERY_S)
      if (!isDue && progress.stage === shownStage && !progress.isDone) return
      shownAt = progress.seconds
      shownStage = progress.stage
      if (style === 'json') terminal.printJson(jsonOf(settings, progress))
      else terminal.tell(line(settings, progress))
    },
    close() {},
  }
}

function createBar(settings: RunSettings, { stderr }: Terminal): Follower {
  const bar = new SingleBar(
    {
      format: '{bar} {percentage} % | {text}',
      barsize: 20,
      hideCursor: true,
      clearOnComplete: false,
      stream: stderr,
      // Ctrl-C is the command's own business.
      gracefulExit: false,
    },
    Presets.shades_classic,
  )
  bar.start(settings.steps, 0, { text: 'starting' })
  return {
    show(progress) {
      bar.setTotal(progress.total)
      bar.update(progress.done, { text: line(settings, progress) })
    },
    close: () => bar.stop(),
  }
}

function line({ recipe }: RunSettings, progress: TimedProgress): string {
  const { step, steps, trial, starts, stage, loss, psnr, psnrDetail, isLanding } = progress
  const { megapixelsPerSecond, secondsLeft } = progress
  return [
    ...(trial === null ? [] : [`start ${trial} of ${starts}`]),
    isLanding ? 'landing' : recipe.stages[stage].name,
    `step ${step} of ${steps}`,
    `${megapixelsPerSecond.toFixed(2)} Mpx/s`,
    `loss ${loss === null ? '–' : loss.toPrecision(3)}`,
    `PSNR ${psnr === null ? '–' : `${psnr.toFixed(2)} dB${psnrDetail === null ? '' : ` (${psnrDetail.toFixed(2)} in detail)`}`}`,
    `${duration(secondsLeft)} left`,
  ].join(' | ')
}

function jsonOf({ recipe }: RunSettings, progress: TimedProgress) {
  const { step, steps, done, total, trial, starts, stage, loss, psnr, psnrDetail, isLanding } = progress
  const { seconds, megapixelsPerSecond, secondsLeft } = progress
  return {
    event: 'progress',
    step,
    steps,
    done,
    total,
    trial,
    starts,
    stage: recipe.stages[stage].name,
    landing: isLanding,
    loss,
    psnr,
    psnrDetail,
    megapixelsPerSecond: round(megapixelsPerSecond),
    seconds: round(seconds),
    secondsLeft: round(secondsLeft),
  }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
