// How much work a call does, without a clock: V8 counts how often each block of our sources is executed, loops' bodies among
// them. What the engine's own functions do inside (a sort, a search in a string) is not counted.

import { type Profiler, Session } from 'node:inspector'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { vi } from 'vitest'

const SRC = fileURLToPath(new URL('../../src/', import.meta.url))

/** Counts the blocks of src that `work` executes. */
export type CountOperations = (work: () => unknown) => number

/**
 * Imports modules anew, so that their blocks are counted, and those of what they import.
 * @returns what `load` gives, a counter, and what ends the counting: code is slower until then
 */
export async function importCounted<T>(
  load: () => Promise<T>,
): Promise<{ counted: T; count: CountOperations; stop: () => void }> {
  const session = new Session()
  session.connect()
  // The answers of a session in the same thread come at once.
  const take = (): readonly Profiler.ScriptCoverage[] => {
    let scripts: readonly Profiler.ScriptCoverage[] = []
    session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error) throw error
      scripts = result
    })
    return scripts.filter(({ url }) => url.includes(SRC))
  }
  // Optimized code does not count its calls, and what was not called shows no blocks.
  setFlagsFromString('--no-opt')
  setFlagsFromString('--no-maglev')
  session.post('Profiler.enable')
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  // Only what is compiled from here on is counted block by block.
  vi.resetModules()
  const counted = await load()
  const count: CountOperations = work => {
    take()
    work()
    const ranges = take().flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
    return ranges.reduce((sum, { count }) => sum + count, 0)
  }
  const stop = () => {
    session.post('Profiler.stopPreciseCoverage')
    session.disconnect()
    setFlagsFromString('--opt')
  }
  return { counted, count, stop }
}
