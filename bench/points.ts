// What all timings evaluate: one flag, and a batch of points of its whole frame.

import { readFile } from 'node:fs/promises'
import { type FoldedNetwork, foldNetwork } from '../src/model/fold.js'
import { createNetwork } from '../src/model/network.js'
import { StateDict } from '../src/model/state-dict.js'
import { readFrame } from '../src/model/summary.js'
import { inputsOfPixels, samplingOf, wholeFrame } from '../src/model/view.js'

export interface Workload {
  readonly folded: FoldedNetwork
  /** [n, 2] (first, second) as the net takes them. */
  readonly inputs: Float64Array
  readonly count: number
}

// The flag that bench.html draws, too.
const FLAG = 'public/flags/my.safetensors'
const WIDTH = 320
const HEIGHT = 160

/** Loads the flag; n = 51,200, row after row of its picture. */
export async function loadWorkload(): Promise<Workload> {
  const stateDict = StateDict.parse(new Uint8Array(await readFile(FLAG)))
  const { frame } = readFrame(stateDict)
  const size = { width: WIDTH, height: HEIGHT }
  const sampling = samplingOf(frame, wholeFrame(frame), WIDTH, HEIGHT)
  const inputs = inputsOfPixels(new Float64Array(WIDTH * HEIGHT * 2), sampling, frame.order, size, {
    x: 0,
    y: 0,
    ...size,
  })
  return { folded: foldNetwork(createNetwork(stateDict)), inputs, count: WIDTH * HEIGHT }
}
