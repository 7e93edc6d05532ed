// How long the kernel takes for the pictures of all units at once, side by side as the neuron view hangs them, on one thread:
// regions through the drawer that the page's workers have, colours included.

import { readFile } from 'node:fs/promises'
import { ColourDrawer } from '../src/kernel/colours.js'
import { Evaluator } from '../src/kernel/evaluator.js'
import type { Region } from '../src/kernel/region.js'
import { foldNetwork } from '../src/model/fold.js'
import { createNetwork } from '../src/model/network.js'
import { StateDict } from '../src/model/state-dict.js'
import { readFrame } from '../src/model/summary.js'
import { listTaps, type Tap } from '../src/model/tap.js'
import { samplingOf, wholeFrame } from '../src/model/view.js'
import { median } from './contender.js'

export interface NeuronTiming {
  readonly units: number
  /** Of each picture, so that together they fill about 1280 x 800. */
  readonly width: number
  readonly height: number
  /** Milliseconds of all units' pictures, after GELU, and of the flag's own in as many pictures. */
  readonly unitsMs: number
  readonly flagMs: number
}

const FLAG = 'public/flags/my.safetensors'
const PICTURE = { width: 94, height: 47 }
const ROUNDS = 5

/** Draws every unit of the flag, and the flag as often; rounds of both take turns. */
export async function measureNeurons(): Promise<NeuronTiming> {
  const stateDict = StateDict.parse(new Uint8Array(await readFile(FLAG)))
  const { frame } = readFrame(stateDict)
  const network = createNetwork(stateDict)
  const taps = listTaps(network.architecture)
  const drawer = new ColourDrawer(new Evaluator(foldNetwork(network)))
  const sampling = samplingOf(frame, wholeFrame(frame), PICTURE.width, PICTURE.height)
  const draw = (tap: Tap | null) => {
    const blocks = { x: 0, y: 0, ...PICTURE }
    const region: Region = { frame, tap, tone: null, sampling, viewport: PICTURE, blocks, step: 1, samples: 1 }
    drawer.draw(region)
  }
  const time = (shown: readonly (Tap | null)[]) => {
    const startMs = performance.now()
    for (const tap of shown) draw(tap)
    return performance.now() - startMs
  }
  const heads = taps.map(() => null)
  // What is compiled at first use is not what is asked for.
  time(taps)
  time(heads)
  const rounds = Array.from({ length: ROUNDS }, () => ({ unitsMs: time(taps), flagMs: time(heads) }))
  return {
    units: taps.length,
    ...PICTURE,
    unitsMs: median(rounds.map(({ unitsMs }) => unitsMs)),
    flagMs: median(rounds.map(({ flagMs }) => flagMs)),
  }
}
