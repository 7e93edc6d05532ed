// Runs contests: the rounds of all contenders take turns, medians are taken of each, and told as multiples of the baselines
// and as shares of the machine's peak, which is measured in the same turns.

import { type Contender, median, type Round } from './contender.js'
import { type Contest, wantedEntries } from './contest.js'
import { createMultiplyAddPeak, type Peak } from './multiply-add-peak.js'
import type { Row, Table } from './table.js'

const ROUNDS = 3

interface Running {
  readonly contender: Contender
  readonly done: Round[]
}

export interface Measured {
  readonly peak: Peak | null
  readonly tables: readonly Table[]
}

/** Measures what `--only WORD` leaves of the contests; those that nothing is left of have no table. */
export async function measureContests(
  contests: readonly Contest[],
  only: string,
  log: (line: string) => void,
): Promise<Measured> {
  const started: (readonly [Contest, readonly Running[]])[] = []
  for (const contest of contests) {
    const running: Running[] = []
    for (const entry of wantedEntries(contest, only)) {
      log(`starting: ${entry.name}`)
      running.push({ contender: await entry.create(), done: [] })
    }
    if (running.length > 0) started.push([contest, running])
  }
  const all = started.flatMap(([, running]) => running)
  const peak = await runRounds(all, log)
  for (const { contender } of all) await contender.dispose?.()
  return { peak, tables: started.map(([contest, running]) => createTable(contest, running, peak)) }
}

/** Runs the rounds in turns; returns the middle one of the peaks seen meanwhile, null where nobody needs it. */
async function runRounds(all: readonly Running[], log: (line: string) => void): Promise<Peak | null> {
  const ruler = all.some(({ contender }) => contender.threads) ? await createMultiplyAddPeak() : null
  const peaks: Peak[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    if (ruler) peaks.push(ruler.measure())
    for (const { contender, done } of all) {
      if (done.some(({ megapixelsPerSecond }) => megapixelsPerSecond === null)) continue
      log(`round ${round} of ${ROUNDS}: ${contender.name}`)
      done.push(await contender.round())
    }
  }
  return peaks.sort((a, b) => a.gigaPerSecond - b.gigaPerSecond)[(peaks.length - 1) >> 1] ?? null
}

function createTable(
  { title, multiplyAddsPerPixel, baselines }: Contest,
  running: readonly Running[],
  peak: Peak | null,
): Table {
  const baselineRates = running.slice(0, baselines.length).map(rateOf)
  const rows = running.map((one): Row => {
    const { name, threads } = one.contender
    const rate = rateOf(one)
    const last = one.done[one.done.length - 1]
    return {
      name,
      megapixelsPerSecond: rate,
      ratios: baselineRates.map(baseline => (rate !== null && baseline ? rate / baseline : null)),
      threads: threads ?? null,
      megabytesHeld: (last.megapixelsPerSecond !== null ? last.megabytesHeld : null) ?? null,
      shareOfPeak:
        rate !== null && threads && peak ? (rate * multiplyAddsPerPixel) / (threads * peak.gigaPerSecond * 1000) : null,
      note: last.note,
    }
  })
  return { title, multiplyAddsPerPixel, baselines: baselines.map(({ name }) => name), rows }
}

/** The median of the rounds; null when one of them failed. */
function rateOf({ done }: Running): number | null {
  const rates = done.map(({ megapixelsPerSecond }) => megapixelsPerSecond).filter(rate => rate !== null)
  return rates.length === done.length ? median(rates) : null
}
