// The ruler for everything that computes on the processor: how many multiply-adds a second one thread can do in
// WebAssembly at best, 128-bit SIMD, f32x4.mul and f32x4.add (that is what every engine has; a fused one is not).

import { readFile } from 'node:fs/promises'
import asc from 'assemblyscript/asc'

export interface Peak {
  /** Multiply-adds of single floats, in thousands of millions: a vector of four counts four. */
  readonly gigaPerSecond: number
  /** With how many independent accumulators that was. */
  readonly chains: number
}

const SOURCE = 'bench/assembly/multiply-add-peak.ts'
const BINARY = 'peak.wasm'

/** The chains end at TERM / (1 - FACTOR) = 2 exactly, whatever they start from: the proof that they were computed. */
const FACTOR = 0.5
const TERM = 1
const END = 2

const CALLS = 20
const LOOPS = 100_000

type Chains = (loops: number, factor: number, term: number) => number

/** Compiles the loops; `measure` takes a third of a second, so that it can take turns with what it measures. */
export async function createMultiplyAddPeak(): Promise<{ measure(): Peak }> {
  const { instance } = await WebAssembly.instantiate(await compile())
  const links = (instance.exports.LINKS as WebAssembly.Global).value as number
  const loops = Object.entries(instance.exports).flatMap(([name, run]) => {
    const chains = /^chains(\d+)$/.exec(name)
    return chains ? [{ chains: Number(chains[1]), run: run as Chains }] : []
  })
  return {
    measure() {
      let best: Peak = { gigaPerSecond: 0, chains: 0 }
      for (const { chains, run } of loops) {
        const gigaPerSecond = (4 * chains * links * LOOPS) / fastestMs(chains, run) / 1e6
        if (gigaPerSecond > best.gigaPerSecond) best = { gigaPerSecond, chains }
      }
      return best
    },
  }
}

/** The fastest of some calls, ms: the first ones still run what the engine compiled in haste. */
function fastestMs(chains: number, run: Chains): number {
  let fastest = Infinity
  for (let call = 0; call < CALLS; call++) {
    const startMs = performance.now()
    const sum = run(LOOPS, FACTOR, TERM)
    fastest = Math.min(fastest, performance.now() - startMs)
    if (sum !== 4 * chains * END)
      throw new Error(`multiply-add peak: expected ${chains} chains to sum up to ${4 * chains * END}, got ${sum}`)
  }
  return fastest
}

async function compile(): Promise<Uint8Array<ArrayBuffer>> {
  let binary: Uint8Array | null = null
  const options = [
    '--config',
    'none',
    '--outFile',
    BINARY,
    '--enable',
    'simd',
    '-O3',
    '--runtime',
    'stub',
    '--noAssert',
  ]
  const { error, stderr } = await asc.main([SOURCE, ...options], {
    readFile: (name, folder) => readFile(`${folder}/${name}`, 'utf8').catch(() => null),
    writeFile(name, contents) {
      if (name === BINARY && typeof contents !== 'string') binary = contents
    },
  })
  if (error || !binary) throw new Error(`${SOURCE}: ${error?.message ?? 'nothing compiled'} ${stderr}`)
  return new Uint8Array(binary)
}
