// What `vexel train` is to make: a net by its description, or one like another file's.

import { existsSync } from 'node:fs'
import type { Architecture } from '../../model/architecture.js'
import { BLUEPRINT_NAMES, parseBlueprintText } from '../../model/blueprint.js'
import { FormatError } from '../../model/errors.js'
import { createNetwork } from '../../model/network.js'
import { optionValue } from '../failure.js'
import { loadStateDict, readText } from '../files/input.js'
import { architectureOption } from '../options/architecture-option.js'

export const TRAINED_ARCHITECTURE_HELP = `what is trained: JSON, a file of it, or ${BLUEPRINT_NAMES.join(', ')}`

/** Texts as commander collects them. */
export type ArchitectureTexts = { readonly architecture?: string; readonly like?: string }

/**
 * Reads both options.
 * @returns undefined where neither is given
 * @throws UsageError for what is no architecture; FormatError for a file that cannot be read or is no network
 */
export async function wantedArchitecture(texts: ArchitectureTexts): Promise<Architecture | undefined> {
  const { architecture: text, like } = texts
  if (like !== undefined) {
    const stateDict = await loadStateDict(like)
    try {
      return createNetwork(stateDict, await architectureOption(texts)).architecture
    } catch (error) {
      if (error instanceof FormatError) throw new FormatError(`${like}: ${error.message}`)
      throw error
    }
  }
  if (text === undefined) return undefined
  const isFile = !BLUEPRINT_NAMES.includes(text) && !text.trimStart().startsWith('{') && existsSync(text)
  const spelled = isFile ? await readText(text) : text
  return optionValue('--architecture', text, () => parseBlueprintText(spelled))
}
