// vexel info: what is in a file, whatever it is; and whether it is a network that can be drawn.

import { FormatError } from '../../model/errors.js'
import { createNetwork } from '../../model/network.js'
import { printableName, shapeText } from '../../model/printable.js'
import type { StateDict } from '../../model/state-dict.js'
import { type FileSummary, type ForeignSummary, summarizeFile, summarizeForeign } from '../../model/summary.js'
import type { Wiring } from '../../model/wiring.js'
import { loadStateDict, nameOfInput } from '../files/input.js'
import { architectureOption, type ArchitectureText } from '../options/architecture-option.js'
import type { Terminal } from '../terminal.js'

/** Prints what is in a file. */
export async function runInfo(
  file: string,
  options: ArchitectureText & { readonly json?: true },
  terminal: Terminal,
): Promise<void> {
  const wiring = await architectureOption(options)
  const summary = summarize(await loadStateDict(file, terminal.stdin), wiring)
  if (options.json) {
    terminal.printJson({ file, ...summary }, 2)
    return
  }
  const { sizeBytes } = summary
  const nameWidth = Math.max(0, ...summary.tensors.map(tensor => printableName(tensor.name).length))
  const size = `${sizeBytes.toLocaleString('en')} bytes`
  const lines = [
    summary.architecture === null
      ? `${nameOfInput(file)}: ${summary.tensors.length} tensors, ${size}`
      : `${nameOfInput(file)}: ${summary.architecture}, ${summary.parameterCount.toLocaleString('en')} parameters, ${size}`,
    ...(summary.architecture === null ? [`cannot be drawn: ${summary.problem}`] : []),
    ...summary.tensors.map(({ name, dtype, shape, min, max }) => {
      const range = min === null || max === null ? '' : `${min.toPrecision(4)} to ${max.toPrecision(4)}`
      return `  ${printableName(name).padEnd(nameWidth)}  ${dtype.padEnd(4)}  ${shapeText(shape).padEnd(9)} ${range}`.trimEnd()
    }),
    ...Object.entries(summary.metadata).map(
      ([key, value]) => `metadata ${printableName(key)}: ${printableName(value)}`,
    ),
    `frame ${JSON.stringify(summary.frame)}${summary.isFrameStated ? '' : ' (the default: the file states none)'}`,
    ...summary.warnings.map(warning => `warning: ${warning}`),
  ]
  terminal.print(lines.join('\n'))
}

/** What is no network is listed all the same: the file is what it is. */
function summarize(stateDict: StateDict, wiring: Wiring | null): FileSummary | ForeignSummary {
  try {
    return summarizeFile(stateDict, createNetwork(stateDict, wiring))
  } catch (error) {
    if (error instanceof FormatError) return summarizeForeign(stateDict, error.message)
    throw error
  }
}
