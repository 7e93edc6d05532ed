// The flag that is given away: a network's file, or the film of its training, whose end it is then.

import { FormatError } from '../../model/errors.js'
import { createNetwork, type Network } from '../../model/network.js'
import type { StateDict } from '../../model/state-dict.js'
import type { Wiring } from '../../model/wiring.js'
import { Film } from '../../film/film.js'
import { isFilm } from '../../film/film-metadata.js'
import { loadStateDict, nameOfInput } from '../files/input.js'

export interface Flag {
  readonly stateDict: StateDict
  readonly network: Network
  /** The film that the file is; null for a network's. */
  readonly film: Film | null
}

/** @param wiring what stands between its layers, where somebody says it @throws FormatError in one line that begins with the path */
export async function loadFlag(
  path: string,
  stdin?: AsyncIterable<Uint8Array>,
  wiring: Wiring | null = null,
): Promise<Flag> {
  const stateDict = await loadStateDict(path, stdin)
  try {
    if (!isFilm(stateDict.metadata)) return { stateDict, network: createNetwork(stateDict, wiring), film: null }
    const film = Film.of(stateDict)
    return { stateDict, network: film.network(film.steps.length - 1), film }
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${nameOfInput(path)}: ${error.message}`)
    throw error
  }
}
