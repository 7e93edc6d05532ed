// The edits of this visit, by file: whoever leaves a flag finds it again as it was left, undo included. On the wall it hangs as it came, with a mark.

import type { History } from '../../edit/history.js'
import type { Network } from '../../model/network.js'
import { Signal } from '../signal.js'

/** What was made of one file. */
export interface FileEdits {
  /** Whether they make the file another than it came. */
  readonly isEdited: boolean
  readonly history: History
  /** The networks that its morph effects go towards, by their key. */
  readonly targets: Map<string, Network>
}

export class KeptEdits {
  /** The edits of some file are others. */
  readonly changed = new Signal()
  readonly #byFile = new Map<string, FileEdits>()

  /** @param key of the file; null where nothing was ever changed in it */
  of(key: string): FileEdits | null {
    return this.#byFile.get(key) ?? null
  }

  /** Whether a file is not as it came. */
  isEdited(key: string): boolean {
    return this.#byFile.get(key)?.isEdited ?? false
  }

  keep(key: string, edits: FileEdits): void {
    this.#byFile.set(key, edits)
    this.changed.emit()
  }
}
