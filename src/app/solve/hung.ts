// Several nets that hang on the wall, solved one after the other: a worker has a core, and the page shall stay quick.

import { lineOf } from '../messages.js'
import type { FlagSpot, FlagWall } from '../places/place.js'
import { startSolving } from './solver.js'
import { SURE } from './state.js'

/**
 * Solves nets of the wall in turn; the wall learns of each as soon as it is known. What was learned meanwhile, by somebody who has
 * flown into it, is not asked again.
 * @param say tells how far it is, in a line
 */
export async function solveInTurn(
  flags: readonly FlagSpot[],
  wall: FlagWall,
  say: (line: string) => void,
): Promise<void> {
  const names: string[] = []
  for (const [index, flag] of flags.entries()) {
    if (!flag.file) continue
    say(`solving ${index + 1} of ${flags.length}: ${flag.code}`)
    const solving = startSolving(flag.file.network, () => {})
    try {
      const { frame, flag: named, confidence } = await solving.solution
      if (!frame || confidence < SURE) continue
      wall.learn(flag, { name: named?.name ?? null, frame })
      if (named) names.push(named.name)
    } catch (error) {
      say(`${flag.code}: ${lineOf(error)}`)
    } finally {
      // Its pictures of the candidates would be seen by nobody.
      solving.cancel()
    }
  }
  const unknown = flags.length - names.length
  const rest =
    unknown === 0 ? '' : names.length === 0 ? 'no flag that is known' : `and ${unknown} that no flag is known for`
  say(`solved: ${[names.join(', '), rest].filter(Boolean).join(' ')}`)
}
