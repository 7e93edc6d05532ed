// The files of a lab: a net and a result a run. Nothing else is kept of what is done: results that are copied into one folder are joined.

import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FormatError, UnsupportedError } from '../../model/errors.js'
import { parseJson } from '../../model/json.js'
import type { LabResult, LabRun } from '../../train/lab/runs.js'
import { parseLabResult } from '../../train/lab/result.js'
import { codeOf } from '../files/input.js'
import { writeWhole } from '../files/output.js'
import { checkpointPath } from '../train/train-files.js'

/** The path of a run's net in the folder of a lab, with slashes. */
export function netFile({ variant, flag, seed }: Pick<LabResult, 'variant' | 'flag' | 'seed'>): string {
  return `runs/${variant}/${flag}-${seed}.safetensors`
}

const LEFTOVER = /\.[0-9a-f]{8}\.tmp$/

interface RunPaths {
  readonly net: string
  readonly result: string
}

/** Where the net of a run lies, and its result. */
export function pathsOf(folder: string, { variant, flag, seed }: LabRun): RunPaths {
  const net = join(folder, netFile({ variant: variant.name, flag, seed }))
  return { net, result: net.replace(/\.safetensors$/, '.json') }
}

/** Makes the folders of a lab. @throws UnsupportedError */
export async function makeLabFolders(folder: string, variants: readonly { readonly name: string }[]): Promise<void> {
  for (const { name } of variants) {
    const path = join(folder, 'runs', name)
    try {
      await mkdir(path, { recursive: true })
    } catch (error) {
      throw new UnsupportedError(`${path}: cannot be made (${codeOf(error)})`)
    }
  }
}

/** Removes what killed processes left half written of runs' files. */
export async function removeRunLeftovers(folder: string, runs: readonly LabRun[]): Promise<void> {
  const own = new Set(runs.flatMap(run => ownFiles(pathsOf(folder, run))))
  for (const within of new Set([...own].map(path => dirname(path))))
    for (const name of await readdir(within).catch((): string[] => [])) {
      const path = join(within, name)
      if (LEFTOVER.test(name) && own.has(path.replace(LEFTOVER, ''))) await rm(path, { force: true })
    }
}

function ownFiles({ net, result }: RunPaths): string[] {
  return [net, result, checkpointPath(net)]
}

/**
 * Reads the result of a run.
 * @returns null when there is none yet, when it is of another plan, and when it cannot be understood: then the run is to be done
 */
export async function readResult(folder: string, run: LabRun, key: string): Promise<LabResult | null> {
  const { result } = pathsOf(folder, run)
  const text = await readFile(result, 'utf8').catch(() => null)
  if (text === null) return null
  try {
    const read = parseLabResult(parseJson(text))
    return read.key === key ? read : null
  } catch (error) {
    if (error instanceof FormatError || error instanceof SyntaxError) return null
    throw error
  }
}

/** Writes the result of a run, whole or not at all. @throws UnsupportedError */
export async function writeResult(folder: string, run: LabRun, result: LabResult): Promise<void> {
  await writeWhole(pathsOf(folder, run).result, new TextEncoder().encode(`${JSON.stringify(result)}\n`))
}
