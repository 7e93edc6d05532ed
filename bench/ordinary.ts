// How the solver does on pictures that it does not know, and on nets of nothing: `node bench/run.js ordinary [--photographs FOLDER]`. The
// images of the folder are trained, too. Half of everything is held out: the solver's thresholds were chosen on the other half.

import { Command } from '@commander-js/extra-typings'
import { solve } from '../src/solve/solve.js'
import type { Solution } from '../src/solve/solution.js'
import { loadCatalogue, mistakesOf } from '../tests/solve/mysteries.js'
import { type OrdinaryNet, ordinaryNets } from './ordinary-nets.js'

export const OUTCOMES = ['right', 'right among the candidates', 'not among them', 'named as a flag', 'refused'] as const
export type Outcome = (typeof OUTCOMES)[number]

interface Tried extends Pick<OrdinaryNet, 'name' | 'kind' | 'isHeldOut' | 'isPicture' | 'psnr'> {
  readonly outcome: Outcome
  /** What was said, for a line about what went wrong. */
  readonly said: string
}

const program = new Command('ordinary')
  .option('--photographs <folder>', 'of PNGs and JPEGs to be trained, too')
  .option('--json', 'print a JSON line a net')
  .action(async ({ photographs, json }) => {
    const catalogue = loadCatalogue()
    const tried: Tried[] = []
    for await (const net of ordinaryNets(photographs ?? null)) {
      const { name, kind, isHeldOut, isPicture, psnr } = net
      const solution = solve(net.network, catalogue)
      const outcome = outcomeOf(solution, net)
      tried.push({ name, kind, isHeldOut, isPicture, psnr, outcome, said: saidBy(solution) })
      if (json) process.stdout.write(`${JSON.stringify(tried.at(-1))}\n`)
    }
    if (!json) process.stdout.write(`${tableOf(tried).join('\n')}\n`)
  })

await program.parseAsync()

function outcomeOf(solution: Solution, { name, frame, psnr }: OrdinaryNet): Outcome {
  const catalogue = { size: 0, pictures: [] }
  const truth = { name, path: '', flag: null, convention: '', frame, kind: 'unknown picture', psnr } as const
  if (!solution.frame) return 'refused'
  if (solution.flag) return 'named as a flag'
  const isRight = solution.candidates.map(candidate => mistakesOf(candidate, truth, catalogue).length === 0)
  return isRight[0] ? 'right' : isRight.includes(true) ? 'right among the candidates' : 'not among them'
}

function saidBy({ frame, flag, reason }: Solution): string {
  if (!frame) return reason ?? ''
  return `${flag?.name ?? 'no flag'}, ${frame.output}, ${frame.x.join(' to ')} by ${frame.y.join(' to ')}`
}

/** A row a kind: of those on which thresholds were chosen, and of those held out. */
function tableOf(tried: readonly Tried[]): string[] {
  const kinds = [...new Set(tried.map(({ kind }) => kind))]
  const of = (kind: string, isHeldOut: boolean) => tried.filter(net => net.kind === kind && net.isHeldOut === isHeldOut)
  const cell = (kind: string, outcome: Outcome) =>
    [false, true]
      .map(isHeldOut => of(kind, isHeldOut).filter(net => net.outcome === outcome).length)
      .join(' / ')
      .replace('0 / 0', '')
  const wrong = tried.filter(({ isPicture, outcome }) => outcome !== (isPicture ? 'right' : 'refused'))
  return [
    `| what the net holds, chosen on / held out | nets | ${OUTCOMES.join(' | ')} |`,
    `| --- | --: | ${OUTCOMES.map(() => '--: |').join(' ')}`,
    ...kinds.map(
      kind =>
        `| ${kind} | ${of(kind, false).length} / ${of(kind, true).length} | ${OUTCOMES.map(outcome => cell(kind, outcome)).join(' | ')} |`,
    ),
    '',
    ...wrong.map(
      ({ name, isHeldOut, psnr, outcome, said }) =>
        `- ${name}${isHeldOut ? ', held out' : ''}, ${psnr.toFixed(1)} dB: ${outcome} (${said})`,
    ),
  ]
}
