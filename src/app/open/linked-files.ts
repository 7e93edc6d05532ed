// Networks that came in an address: whoever has one open has an address that carries it. What reads such addresses is fetched with the first one.

import { FormatError } from '../../model/errors.js'
import { printableName } from '../../model/printable.js'
import { StateDict } from '../../model/state-dict.js'
import { keyOf } from '../../open/file-key.js'

/** So begin their keys. */
const LINKED = 'net-'
const NAME_LENGTH = 60

export interface LinkedFile {
  readonly key: string
  readonly file: File
}

export class LinkedFiles {
  /** What addresses spell, by the keys of the files. */
  readonly #texts = new Map<string, string>()

  /** What an address spells a file as; null for one that came otherwise. */
  textOf(key: string): string | null {
    return this.#texts.get(key) ?? null
  }

  /** Reads what an address carries. @throws FormatError in one line */
  async read(text: string): Promise<LinkedFile> {
    const { readNet, TITLE_KEY } = await import('../../export/packed/link.js')
    try {
      const bytes = await readNet(text)
      const title = StateDict.parse(bytes).metadata.get(TITLE_KEY) ?? ''
      const name = printableName(title.trim().slice(0, NAME_LENGTH)) || 'a linked flag'
      const key = LINKED + (await keyOf(bytes))
      this.#texts.set(key, text)
      return { key, file: new File([bytes as Uint8Array<ArrayBuffer>], `${name}.safetensors`) }
    } catch (error) {
      if (error instanceof FormatError) throw new FormatError(`link: net: ${error.message}`)
      throw error
    }
  }
}
