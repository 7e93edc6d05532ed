// vexel sample: raw head outputs at given inputs.

import { INPUT_DIM, OUTPUT_DIM } from '../../model/architecture.js'
import { FormatError } from '../../model/errors.js'
import { parseJson } from '../../model/json.js'
import { foldNetwork } from '../../model/fold.js'
import { evaluateFolded } from '../../model/reference.js'
import { createPointEvaluator } from '../../kernel/reference-evaluator.js'
import { UsageError } from '../failure.js'
import { loadNetworkFile, nameOfInput, readText } from '../files/input.js'
import { architectureOption, type ArchitectureText } from '../options/architecture-option.js'
import type { Terminal } from '../terminal.js'

/** Texts as commander collects them. */
export type SampleOptionTexts = ArchitectureText & {
  readonly points: string
  readonly precision: string
}

/** Prints the raw outputs at the points as JSON. */
export async function runSample(file: string, options: SampleOptionTexts, terminal: Terminal): Promise<void> {
  const { precision } = options
  if (precision !== 'f64' && precision !== 'f32') throw new UsageError(`--precision ${precision}: expected f64 or f32`)
  if (file === '-' && options.points === '-') throw new UsageError('the net and --points: stdin is one of them only')
  const { network } = await loadNetworkFile(file, terminal.stdin, await architectureOption(options))
  const inputs = parsePoints(await readText(options.points, terminal.stdin), nameOfInput(options.points))
  const count = inputs.length / INPUT_DIM
  const folded = foldNetwork(network)
  const rgb =
    precision === 'f64'
      ? evaluateFolded(new Float64Array(count * OUTPUT_DIM), folded, inputs)
      : createPointEvaluator(folded).evaluate(new Float32Array(count * OUTPUT_DIM), inputs)
  const bad = rgb.findIndex(value => !Number.isFinite(value))
  // JSON has no infinity; null would be taken for a missing point.
  if (bad >= 0) throw new FormatError(`point ${Math.floor(bad / OUTPUT_DIM)}: the net overflows there`)
  const rows = Array.from({ length: count }, (_, i) => [...rgb.subarray(i * OUTPUT_DIM, (i + 1) * OUTPUT_DIM)])
  terminal.printJson(rows)
}

/**
 * Parses the points of `--points`.
 * @returns [n, 2] inputs
 * @throws FormatError naming the first point that is none
 */
export function parsePoints(text: string, source: string): Float64Array {
  let value: unknown
  try {
    value = parseJson(text)
  } catch {
    throw new FormatError(`${source}: expected JSON, an array of [first, second]`)
  }
  if (!Array.isArray(value)) throw new FormatError(`${source}: expected an array of [first, second]`)
  const inputs = new Float64Array(value.length * INPUT_DIM)
  value.forEach((point: unknown, i) => {
    const isPoint = Array.isArray(point) && point.length === INPUT_DIM && point.every(Number.isFinite)
    if (!isPoint) throw new FormatError(`${source}: point ${i}: expected two finite numbers`)
    inputs.set(point as number[], i * INPUT_DIM)
  })
  return inputs
}
