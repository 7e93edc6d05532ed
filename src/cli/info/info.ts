// vexel info: what is in a file.

import { printableName, shapeText } from '../../model/printable.js'
import { summarizeFile } from '../../model/summary.js'
import { loadNetworkFile, nameOfInput } from '../files/input.js'
import type { Terminal } from '../terminal.js'

/** Prints what is in a file. */
export async function runInfo(file: string, options: { readonly json?: true }, terminal: Terminal): Promise<void> {
  const { stateDict, network } = await loadNetworkFile(file, terminal.stdin)
  const summary = summarizeFile(stateDict, network)
  if (options.json) {
    terminal.printJson({ file, ...summary }, 2)
    return
  }
  const nameWidth = Math.max(...summary.tensors.map(tensor => printableName(tensor.name).length))
  const lines = [
    `${nameOfInput(file)}: ${summary.architecture}, ${summary.parameterCount.toLocaleString('en')} parameters, ${summary.sizeBytes.toLocaleString('en')} bytes`,
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
