// How well `vexel solve` does on the nets of the test set, and how long a file takes: the built command line as a person runs it,
// its start included. Rows of the confusion table are what a net holds, columns what was answered.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Solution } from '../src/solve/solution.js'
import { loadCatalogue, MYSTERIES, type Mystery, mistakesOf, rangeError } from '../tests/solve/mysteries.js'

export const OUTCOMES = ['right', 'wrong name', 'wrong frame', 'candidates, no name', 'refused'] as const
export type Outcome = (typeof OUTCOMES)[number]

export interface Solved {
  readonly mystery: Mystery
  readonly outcome: Outcome
  /** The farthest end, as a share of its range; null without a frame. */
  readonly rangeError: number | null
  readonly seconds: number
}

const CLI = fileURLToPath(new URL('../lib/cli.js', import.meta.url))
const run = promisify(execFile)

/** Solves every net of the test set, one after the other. */
export async function measureSolve(): Promise<readonly Solved[]> {
  const catalogue = loadCatalogue()
  const solved: Solved[] = []
  for (const mystery of MYSTERIES) {
    const startMs = performance.now()
    const { stdout } = await run(process.execPath, [CLI, 'solve', mystery.path, '--json'], { maxBuffer: 2 ** 24 })
    const seconds = (performance.now() - startMs) / 1000
    const solution = JSON.parse(stdout) as Solution
    const { frame } = solution
    solved.push({
      mystery,
      outcome: outcomeOf(solution, mistakesOf(solution, mystery, catalogue)),
      rangeError: frame && rangeError(frame, mystery.frame),
      seconds,
    })
  }
  return solved
}

function outcomeOf({ frame, flag }: Solution, mistakes: readonly string[]): Outcome {
  if (!frame) return 'refused'
  if (!flag) return 'candidates, no name'
  if (mistakes.includes('flag')) return 'wrong name'
  return mistakes.length === 0 ? 'right' : 'wrong frame'
}

/** The confusion table, the conventions, and the times, as Markdown. */
export function solveLines(solved: readonly Solved[]): string[] {
  const kinds = ['flag', 'unknown picture', 'nothing'] as const
  const count = (kind: Mystery['kind'], outcome: Outcome) =>
    solved.filter(({ mystery, ...found }) => mystery.kind === kind && found.outcome === outcome).length
  const flags = solved.filter(({ mystery }) => mystery.kind === 'flag')
  const conventions = [...new Set(flags.map(({ mystery }) => mystery.convention))]
  const seconds = solved.map(found => found.seconds).toSorted((a, b) => a - b)
  const errors = flags.flatMap(found => found.rangeError ?? [])
  const wrong = solved.filter(({ outcome }) => outcome === 'wrong name' || outcome === 'wrong frame')
  return [
    `\`vexel solve\` on ${solved.length} nets, flags under ${conventions.length} conventions; a file takes ${seconds[seconds.length >> 1].toFixed(1)} s as a rule and ${seconds[seconds.length - 1].toFixed(1)} s at most, the start included. The farthest end of a flag's ranges is off by ${(100 * Math.max(...errors)).toFixed(2)} % of its length.`,
    '',
    `| what the net holds | ${OUTCOMES.join(' | ')} |`,
    `| --- | ${OUTCOMES.map(() => '--: |').join(' ')}`,
    ...kinds.map(kind => `| ${kind} | ${OUTCOMES.map(outcome => count(kind, outcome)).join(' | ')} |`),
    '',
    '| convention | nets | right | farthest end off |',
    '| --- | --: | --: | --: |',
    ...conventions.map(convention => {
      const own = flags.filter(({ mystery }) => mystery.convention === convention)
      const right = own.filter(({ outcome }) => outcome === 'right').length
      const worst = Math.max(...own.map(found => found.rangeError ?? Number.POSITIVE_INFINITY))
      return `| ${convention} | ${own.length} | ${right} | ${(100 * worst).toFixed(2)} % |`
    }),
    ...wrong.map(({ mystery, outcome }) => `\n${mystery.name}: ${outcome}.`),
  ]
}
