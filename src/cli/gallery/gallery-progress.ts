// How a gallery is followed: bars on a terminal, plain lines elsewhere, JSON lines for machines.

import { MultiBar, Presets, type SingleBar } from 'cli-progress'
import { printableName } from '../../model/printable.js'
import type { ManifestFlag } from '../../train/gallery/manifest.js'
import type { Progress } from '../../train/trainer.js'
import { type Terminal, visible } from '../terminal.js'

/** A picture that has had a round. */
export interface RoundResult {
  readonly code: string
  readonly name: string
  /** From 1. */
  readonly round: number
  /** Of this round's net, dB; null when it diverged. */
  readonly psnr: number | null
  readonly psnrDetail: number | null
  /** The line of the manifest now. */
  readonly flag: ManifestFlag | null
  readonly seconds: number
}

/** What is done, of the flags of this process. */
export interface GalleryState {
  readonly finished: number
  readonly total: number
}

export interface GalleryFollower {
  /** A picture in training. */
  progress(code: string, round: number, progress: Progress): void
  finished(result: RoundResult, state: GalleryState): void
  note(line: string): void
  close(): void
}

/** @param rounds of the plan */
export function createGalleryFollower(
  style: 'bar' | 'plain' | 'json',
  rounds: number,
  terminal: Terminal,
): GalleryFollower {
  if (style === 'bar') return createBars(rounds, terminal)
  return {
    progress() {},
    finished(result, { finished, total }) {
      if (style === 'json') {
        const { code, round, psnr, psnrDetail, flag, seconds } = result
        const [best, bestDetail] = [flag?.psnr ?? null, flag?.psnrDetail ?? null]
        const event = { event: 'round', code, round, psnr, psnrDetail, best, bestDetail, seconds: round3(seconds) }
        terminal.printJson({ ...event, finished, total })
      } else terminal.tell(`${resultText(result, rounds)} | ${finished} of ${total} flags finished`)
    },
    note: terminal.tell,
    close() {},
  }
}

function createBars(rounds: number, { stderr }: Terminal): GalleryFollower {
  const bars = new MultiBar(
    {
      format: '{bar} {percentage} % | {text}',
      barsize: 20,
      hideCursor: true,
      gracefulExit: false,
      stream: stderr,
    },
    Presets.shades_classic,
  )
  const all = bars.create(1, 0, { text: 'starting' })
  const running = new Map<string, SingleBar>()
  return {
    progress(code, round, { done, total, psnr, psnrDetail }) {
      const text = `${printableName(code)} | round ${round} of ${rounds}${psnr === null ? '' : ` | ${shownPsnrs(psnr, psnrDetail)}`}`
      const bar = running.get(code) ?? bars.create(total, done, { text })
      running.set(code, bar)
      bar.setTotal(total)
      bar.update(done, { text })
    },
    finished(result, { finished, total }) {
      const bar = running.get(result.code)
      if (bar) bars.remove(bar)
      running.delete(result.code)
      bars.log(`${visible(resultText(result, rounds))}\n`)
      all.setTotal(total)
      all.update(finished, { text: `${finished} of ${total} flags` })
    },
    note: line => bars.log(`${visible(line)}\n`),
    close: () => bars.stop(),
  }
}

function resultText({ code, name, round, psnr, psnrDetail, flag, seconds }: RoundResult, rounds: number): string {
  const reached = psnr === null ? 'diverged' : shownPsnrs(psnr, psnrDetail)
  const best = flag && flag.psnr !== psnr ? `, best ${shownPsnrs(flag.psnr, flag.psnrDetail ?? null)}` : ''
  const shown = [...new Set([code, name])].map(printableName).join(' ')
  return `${shown} | round ${round} of ${rounds} | ${reached}${best} | ${seconds.toFixed(1)} s`
}

/** As in `45.60 dB (37.10 in detail)`. */
function shownPsnrs(psnr: number, psnrDetail: number | null): string {
  return `${psnr.toFixed(2)} dB${psnrDetail === null ? '' : ` (${psnrDetail.toFixed(2)} in detail)`}`
}

function round3(value: number): number {
  return Math.round(value * 1000) / 1000
}
