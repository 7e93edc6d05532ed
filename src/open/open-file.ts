// What is open: a file read once, whoever shows it. The wall's flags and what a link or a drop brings go through here, so that the
// network that is drawn and the one that is edited, saved or proved are the same object.

import { isPlainChain } from '../model/architecture.js'
import { FormatError, UnsaidError, UnsupportedError } from '../model/errors.js'
import type { Frame } from '../model/frame.js'
import { createNetwork, type Network } from '../model/network.js'
import { printableName } from '../model/printable.js'
import { StateDict } from '../model/state-dict.js'
import { type FileSummary, readFrame, summarizeFile } from '../model/summary.js'
import type { Film } from '../film/film.js'
import { isFilm } from '../film/film-metadata.js'
import type { LoadedFile } from './load-file.js'

/**
 * Checks that a file's network is built as what is asked for knows networks.
 * @param what is asked for: `scrubbing`
 * @throws UnsupportedError when it is not
 */
export function requirePlainChain({ network: { architecture } }: Pick<ParsedFile, 'network'>, what: string): void {
  if (!isPlainChain(architecture))
    throw new UnsupportedError(`${what} knows plain chains of layers with biases so far; this is ${architecture.name}`)
}

/** A file of one network, as it was read. */
export interface ParsedFile {
  readonly name: string
  readonly url: string | null
  /** As of {@link LoadedFile}; of what a training writes to a name for the visit. */
  readonly key: string
  /** As of {@link LoadedFile}. */
  readonly architecture?: string
  readonly stateDict: StateDict
  readonly network: Network
  /** The frame of the file itself, stated or default. */
  readonly ownFrame: Frame
  readonly isFrameStated: boolean
}

/** What is open. */
export interface OpenFile extends ParsedFile {
  readonly summary: FileSummary
  /** The film that the file is, its last snapshot being the network; null for a network. */
  readonly film: Film | null
}

/** Reads a file of one network. @throws FormatError when it is none */
export function parseFile(loaded: LoadedFile): ParsedFile {
  return describe(loaded, StateDict.parse(loaded.bytes))
}

/** Makes a file that was read the open one: with the very network that may be drawn of it already. */
export function openParsed(parsed: ParsedFile): OpenFile {
  const { stateDict, network } = parsed
  return { ...parsed, summary: summarizeFile(stateDict, network), film: null }
}

/** Opens a network or a film. What reads films is fetched with the first of them. @throws FormatError beginning with its name */
export async function openLoaded(loaded: LoadedFile): Promise<OpenFile> {
  const { name, bytes } = loaded
  const stateDict = withName(name, () => StateDict.parse(bytes))
  if (!isFilm(stateDict.metadata)) return withName(name, () => openParsed(describe(loaded, stateDict)))
  const { Film } = await import('../film/film.js')
  return withName(name, () => {
    const film = Film.of(stateDict)
    const parsed = describe(loaded, stateDict, film.network(film.steps.length - 1))
    return { ...parsed, summary: summarizeFile(stateDict, parsed.network), film }
  })
}

function describe(
  { name, url, key, architecture }: LoadedFile,
  stateDict: StateDict,
  network: Network = createNetwork(stateDict),
): ParsedFile {
  const { frame, isStated } = readFrame(stateDict)
  return { name, url, key, architecture, stateDict, network, ownFrame: frame, isFrameStated: isStated }
}

/** The layers of a network whose file does not say what stands between them, for people; null where it says all, and for what is no network. */
export function unsaidOf({ bytes }: LoadedFile): string | null {
  try {
    const stateDict = StateDict.parse(bytes)
    if (!isFilm(stateDict.metadata)) createNetwork(stateDict)
  } catch (error) {
    if (error instanceof UnsaidError) return error.layers
    if (!(error instanceof FormatError)) throw error
  }
  return null
}

/** Puts a file's name before what is wrong with it. */
export function withName<T>(name: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    const line = error instanceof FormatError ? `${printableName(name)}: ${error.message}` : ''
    if (error instanceof UnsaidError) throw new UnsaidError(line, error.layers)
    if (error instanceof FormatError) throw new FormatError(line)
    throw error
  }
}
