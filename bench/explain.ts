// How long it takes to say what matters: sensitivities of a view, statistics of the units, the attribution of one point; each beside
// what it would take without derivatives, or without sharing: one thread, float64.

import { performance } from 'node:perf_hooks'
import { readFile } from 'node:fs/promises'
import { listParameters, tensorValues } from '../src/edit/parameters.js'
import { attributeColour } from '../src/explain/attribution.js'
import { measureSensitivities } from '../src/explain/sensitivity.js'
import { measureUnits, STATISTICS_GRID } from '../src/explain/unit-statistics.js'
import { foldNetwork } from '../src/model/fold.js'
import { createNetwork } from '../src/model/network.js'
import { evaluateFolded, traceNetwork } from '../src/model/reference.js'
import { StateDict } from '../src/model/state-dict.js'
import { readFrame } from '../src/model/summary.js'
import { inputsOfPixels, samplingOf, wholeFrame } from '../src/model/view.js'
import { median } from './contender.js'

export interface ExplainTiming {
  readonly width: number
  readonly height: number
  readonly rows: readonly {
    readonly name: string
    readonly ms: number
    readonly naive: string
    readonly naiveMs: number
  }[]
}

const FLAG = 'public/flags/my.safetensors'
const RUNS = 7
/** Of the naive pass a sample of the parameters is taken, and told as if it were all. */
const SAMPLED = 24
const UNITS = 224

/** Times the flag's whole frame over the grid of the statistics. */
export async function measureExplain(): Promise<ExplainTiming> {
  const stateDict = StateDict.parse(new Uint8Array(await readFile(FLAG)))
  const network = createNetwork(stateDict)
  const folded = foldNetwork(network)
  const { frame } = readFrame(stateDict)
  const { width, height } = STATISTICS_GRID
  const count = width * height
  const sampling = samplingOf(frame, wholeFrame(frame), width, height)
  const rect = { x: 0, y: 0, width, height }
  const inputs = inputsOfPixels(new Float64Array(count * 2), sampling, frame.order, rect, rect)
  const colours = new Float64Array(count * 3)
  const list = listParameters(network.architecture)

  const sampledDifferences = () => {
    for (let k = 0; k < SAMPLED; k++) {
      const tensor = list.tensors[k % list.tensors.length]
      const values = tensorValues(network, tensor)
      const value = values[0]
      for (const delta of [1e-4, -1e-4]) {
        values[0] = value + delta
        evaluateFolded(colours, foldNetwork(network), inputs)
      }
      values[0] = value
    }
  }
  const traces = () => {
    for (let i = 0; i < count; i++) traceNetwork(network, inputs[2 * i], inputs[2 * i + 1])
  }
  const moved = () => {
    for (let unit = 0; unit < UNITS; unit++) for (let side = 0; side < 2; side++) traceNetwork(network, 0.1, 0.2)
  }
  return {
    width,
    height,
    rows: [
      {
        name: `sensitivities of all ${list.count.toLocaleString('en')} parameters for a view`,
        ms: timeOf(() => measureSensitivities(network, { frame, sampling, width, height })),
        naive: 'central differences',
        naiveMs: (timeOf(sampledDifferences, 1) * list.count) / SAMPLED,
      },
      {
        name: 'statistics of all units',
        ms: timeOf(() => measureUnits(folded, frame)),
        naive: 'the stages of the reference, point by point, without any sums',
        naiveMs: timeOf(traces),
      },
      {
        name: 'attribution of one point',
        ms: timeOf(() => attributeColour(network, frame, 0.1, 0.2)),
        naive: 'central differences by every unit',
        naiveMs: timeOf(moved),
      },
    ],
  }
}

/** The median of a few runs, after one that warms up, milliseconds. */
function timeOf(work: () => unknown, runs = RUNS): number {
  work()
  return median(
    Array.from({ length: runs }, () => {
      const startMs = performance.now()
      work()
      return performance.now() - startMs
    }),
  )
}
