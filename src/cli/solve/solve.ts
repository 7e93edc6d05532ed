// vexel solve: what a net draws, over which inputs, found from its weights alone.

import { UnsupportedError } from '../../model/errors.js'
import { printableName } from '../../model/printable.js'
import type { Catalogue } from '../../solve/catalogue.js'
import type { Reading, Solution } from '../../solve/solution.js'
import { solve } from '../../solve/solve.js'
import { confidenceText, frameLabel, frameLines, nameOf } from '../../solve/words.js'
import { loadCatalogue } from './catalogue.js'
import { loadNetworkFile } from '../files/input.js'
import { architectureOption, type ArchitectureText } from '../options/architecture-option.js'
import type { Terminal } from '../terminal.js'

/** Prints what frame and flag the weights tell of. */
export async function runSolve(
  file: string,
  options: ArchitectureText & { readonly json?: true },
  terminal: Terminal,
): Promise<void> {
  const { stateDict, network } = await loadNetworkFile(file, terminal.stdin, await architectureOption(options))
  tellMetadata(stateDict.metadata, terminal)
  const { frame, flag, confidence, reason, candidates } = solve(network, await catalogueOrNone(terminal))
  const solution: Solution = { frame, flag, confidence, reason, candidates }
  if (options.json) terminal.printJson(solution, 2)
  else terminal.print(solutionLines(file, solution).join('\n'))
}

/** Says what the file states; the solver does not listen. */
function tellMetadata(metadata: ReadonlyMap<string, string>, { tell }: Terminal): void {
  // What safetensors' own writers put into every file says nothing about the net.
  const entries = [...metadata].filter(([key]) => key !== 'format')
  for (const [key, value] of entries.slice(0, TOLD_ENTRIES))
    tell(`the file states ${printableName(key)}: ${printableName(value)}; not used`)
  if (entries.length > TOLD_ENTRIES) tell(`the file states ${entries.length - TOLD_ENTRIES} things more; not used`)
}

const TOLD_ENTRIES = 3

/** Without flags to compare with the frame may still be found. */
async function catalogueOrNone({ tell }: Terminal): Promise<Catalogue | null> {
  try {
    return await loadCatalogue()
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error
    tell(`${error.message}; no flag can be named`)
    return null
  }
}

function solutionLines(file: string, solution: Solution): string[] {
  const { frame, flag, confidence, reason, candidates } = solution
  if (!frame) return [`${file}: cannot tell what it draws`, ...(reason ? [`  ${reason}`] : [])]
  const title = flag
    ? `${file}: ${flag.name} (${flag.code}), ${confidenceText(flag.confidence)} sure`
    : `${file}: no flag that is known`
  return [
    title,
    ...frameLines(frame).map((line, i) => `${i === 0 ? 'frame' : '     '}  ${line}`),
    `sure   ${confidenceText(confidence)} of the frame`,
    ...(reason ? [`why    ${reason}`] : []),
    `json   ${JSON.stringify(frame)}`,
    ...(candidates.length > 1 ? ['candidates', ...candidates.map(candidateLine)] : []),
  ]
}

function candidateLine(reading: Reading, index: number): string {
  const frame = reading.frame ? frameLabel(reading.frame) : 'no frame'
  return `${String(index + 1).padStart(4)}. ${confidenceText(reading.flag?.confidence ?? reading.confidence).padStart(9)}  ${nameOf(reading)}: ${frame}`
}
