// --architecture: what stands between the layers of a file that does not say it.

import { existsSync } from 'node:fs'
import { parseWiringText, type Wiring, WIRING_NAMES, wiringNamed } from '../../model/wiring.js'
import { optionValue } from '../failure.js'
import { readText } from '../files/input.js'

export const ARCHITECTURE_FLAG = '--architecture <what>'
export const ARCHITECTURE_HELP = `what stands between the layers, where the file does not say: JSON, a file of it, or ${WIRING_NAMES.join(', ')}`

/** The option's text as commander collects it. */
export type ArchitectureText = { readonly architecture?: string }

/**
 * Reads the option: a name, JSON, or a file with either.
 * @returns null where it is not given: then the file says it, or nobody
 * @throws UsageError for what is none of these; FormatError for a file that cannot be read
 */
export async function architectureOption({ architecture: text }: ArchitectureText): Promise<Wiring | null> {
  if (text === undefined) return null
  const isFile = !wiringNamed(text) && !text.trimStart().startsWith('{') && existsSync(text)
  const spelled = isFile ? await readText(text) : text
  return optionValue('--architecture', text, () => parseWiringText(spelled))
}
